"""The migrations make exactly the schema, from nothing, on both databases, and can be applied twice."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from araldo.storage.database import Database
from araldo.storage.picture_schema import metadata


def _differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "include_name": _is_ours}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _is_ours(name: str | None, _kind: str, _parents: object) -> bool:
    """The index of words is a table of SQLite's own making there, and no column's index on PostgreSQL."""
    return not str(name).startswith("posts_search")


async def test_schema_has_not_drifted(database: Database) -> None:
    async with database.reading() as transaction:
        assert await transaction.run_sync(_differences) == []


async def test_migrating_again_changes_nothing(database: Database) -> None:
    await database.migrate()
    async with database.reading() as transaction:
        assert await transaction.run_sync(_differences) == []
