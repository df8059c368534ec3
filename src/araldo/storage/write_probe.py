"""A write that leaves nothing behind, to see whether the database takes any."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import delete, insert

from araldo.storage.database import Transaction
from araldo.storage.schema import idempotency

# More than a page, so that a database that may not grow is noticed too.
_BYTES = 8_192
_NOBODY = "readiness_probe"


async def write_and_delete(transaction: Transaction, now: datetime) -> None:
    """Write a row of two pages and delete it again; the commit that follows has to reach the disk all the same."""
    row = {"caller_id": _NOBODY, "route": "", "key": secrets.token_hex(8), "body_hash": "", "created_at": now}
    await transaction.execute(insert(idempotency).values(**row, answer={"filling": "x" * _BYTES}))
    await transaction.execute(delete(idempotency).where(idempotency.c.caller_id == _NOBODY))
