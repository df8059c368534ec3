"""Every column whose values the vault has sealed; a test looks for others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, select

from araldo.storage.database import Transaction
from araldo.storage.schema import accounts, connections, user_totp, webhooks

SEALED_COLUMNS: tuple[Column[Any], ...] = (
    accounts.c.token,
    accounts.c.read_token,
    connections.c.found,
    webhooks.c.secret,
    webhooks.c.old_secret,
    user_totp.c.secret,
)


def sealed_values(transaction: Transaction) -> Iterator[str]:
    """Yield every sealed value of the database."""
    for column in SEALED_COLUMNS:
        yield from transaction.execute(select(column).where(column.is_not(None))).scalars()
