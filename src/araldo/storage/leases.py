"""Leases in the database: rows that only one process works on until `lease_until`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Table, or_, update

from araldo.storage.columns import metadata
from araldo.storage.transaction import Transaction


def is_unleased(table: Table, now: datetime) -> ColumnElement[bool]:
    """Match the rows that nobody has leased, or whose lease has expired."""
    return or_(table.c.lease_until.is_(None), table.c.lease_until <= now)


def release_all_leases(transaction: Transaction) -> None:
    """Release every lease of every table, at the start of the only process that may have had one."""
    for table in metadata.tables.values():
        if "lease_until" in table.c:
            lease = {name: None for name in ("lease_owner", "lease_until") if name in table.c}
            transaction.execute(update(table).where(table.c.lease_until.is_not(None)).values(lease))
