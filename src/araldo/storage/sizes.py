"""How large the database is: its bytes, and the rows of each table."""

from __future__ import annotations

from sqlalchemy import func, select, text

from araldo.storage.brand_tables import metadata
from araldo.storage.database import Transaction

_BYTES_OF_SQLITE = text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
_BYTES_OF_POSTGRESQL = text("SELECT pg_database_size(current_database())")
TABLES = tuple(metadata.tables)


def count_rows_of(transaction: Transaction, table: str) -> int:
    return transaction.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one()


def read_database_bytes(transaction: Transaction) -> int:
    query = _BYTES_OF_POSTGRESQL if transaction.is_postgresql else _BYTES_OF_SQLITE
    return int(transaction.execute(query).scalar_one())
