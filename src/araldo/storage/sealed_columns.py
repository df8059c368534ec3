"""Every column whose values the vault has sealed; a test looks for others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, select, update

from araldo.storage.database import Transaction
from araldo.storage.push_tables import push_devices, push_keys
from araldo.storage.schema import accounts, connections, earlier_credentials, user_totp, webhooks
from araldo.storage.vault import Vault, VaultKeyLost

SealedColumn = Column[Any]

SEALED_COLUMNS: tuple[SealedColumn, ...] = (
    accounts.c.credentials,
    earlier_credentials.c.token,
    earlier_credentials.c.read_token,
    connections.c.remembered,
    connections.c.found,
    webhooks.c.secret,
    webhooks.c.old_secret,
    user_totp.c.secret,
    push_keys.c.private_key,
    push_devices.c.subscription,
)


def list_sealed(transaction: Transaction, column: SealedColumn, after: str, limit: int) -> list[tuple[str, str]]:
    """Return the keys of rows and their sealed values, in the order of the keys, from after this one on."""
    key = _key_of(column)
    rows = transaction.execute(select(key, column).where(column.is_not(None), key > after).order_by(key).limit(limit))
    return [(row[0], row[1]) for row in rows]


def replace_sealed(transaction: Transaction, column: SealedColumn, key: str, before: str, after: str) -> bool:
    """Write a value by compare-and-set; False when the row has another one by now, as after a renewed token."""
    done = transaction.execute(
        update(column.table).where(_key_of(column) == key, column == before).values({column: after})
    )
    return bool(done.rowcount)


def _key_of(column: SealedColumn) -> Column[Any]:
    (key,) = column.table.primary_key.columns
    return key


def count_unreadable(transaction: Transaction, vault: Vault | None) -> int:
    """Return how many sealed values the vault cannot open; all of them without a vault."""
    return sum(vault is None or not _can_open(vault, value) for value in sealed_values(transaction))


def _can_open(vault: Vault, value: str) -> bool:
    try:
        vault.open(value)
    except VaultKeyLost:
        return False
    return True


def sealed_values(transaction: Transaction) -> Iterator[str]:
    """Yield every sealed value of the database."""
    for column in SEALED_COLUMNS:
        yield from transaction.execute(select(column).where(column.is_not(None))).scalars()
