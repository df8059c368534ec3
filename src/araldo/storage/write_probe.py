"""A write without lasting effect, to test whether the database accepts writes."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import delete, insert

from araldo.storage.database import Transaction
from araldo.storage.schema import idempotency

# More than a page, so that a database that cannot grow fails too.
_BYTES = 8_192
_NOBODY = "readiness_probe"


def write_and_delete(transaction: Transaction, now: datetime) -> None:
    """Insert a row of two pages and delete it; the commit still has to reach the disk."""
    row = {"caller_id": _NOBODY, "route": "", "key": secrets.token_hex(8), "body_hash": "", "created_at": now}
    transaction.execute(insert(idempotency).values(**row, answer={"filling": "x" * _BYTES}))
    transaction.execute(delete(idempotency).where(idempotency.c.caller_id == _NOBODY))
