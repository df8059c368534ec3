"""The migrations create exactly the schema on both databases, and can be applied twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from araldo.clock import SystemClock
from araldo.storage.brand_tables import metadata
from araldo.storage.database import Database, migration_config
from tests.support.database import open_reading, open_transaction


def _differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "include_name": _is_ours}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _is_ours(name: str | None, _kind: str, _parents: object) -> bool:
    """Ignore the full-text index: FTS5 tables on SQLite, an expression index on PostgreSQL."""
    return not str(name).startswith("posts_search")


async def test_schema_has_not_drifted(database: Database) -> None:
    with open_reading(database) as transaction:
        assert _differences(transaction._connection) == []


async def test_migrating_again_changes_nothing(database: Database) -> None:
    await database.migrate()
    with open_reading(database) as transaction:
        assert _differences(transaction._connection) == []


_BEFORE_USERS = (
    "INSERT INTO workspaces VALUES ('ws_1', 'Araldo', 'it', 'Europe/Rome', '2030-01-01')",
    "INSERT INTO api_keys (id, workspace_id, name, prefix, hash, scopes, created_at)"
    " VALUES ('key_1', 'ws_1', '', 'ara_', 'h', '[]', '2030-01-01')",
    "INSERT INTO connections (id, workspace_id, api_key_id, service, status, created_at, expires_at)"
    " VALUES ('con_1', 'ws_1', 'key_1', 'meta', 'begun', '2030-01-01', '2030-01-02')",
    "INSERT INTO idempotency (api_key_id, route, key, body_hash, created_at)"
    " VALUES ('key_1', '/posts', 'k', 'b', '2030-01-01')",
)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_connections_begun_before_users_existed_survive_the_migration(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    if kind == "postgresql":
        url = request.getfixturevalue("empty_postgres").replace("postgresql://", "postgresql+psycopg://")
    database = Database(url, SystemClock())
    with open_transaction(database) as transaction:
        command.upgrade(migration_config(transaction._connection), "0006")
    with open_transaction(database) as transaction:
        for statement in _BEFORE_USERS:
            transaction.execute(text(statement))
    await database.migrate()
    with open_reading(database) as transaction:
        kept = transaction.execute(text("SELECT caller_id, key FROM idempotency"))
        begun = transaction.execute(text("SELECT id, api_key_id, session_id FROM connections"))
        languages = transaction.execute(text("SELECT language, language_source FROM workspaces"))
        assert [tuple(row) for row in languages] == [("it", "workspace")]
        assert ([tuple(row) for row in kept], [tuple(row) for row in begun]) == (
            [("key_1", "k")],
            [("con_1", "key_1", None)],
        )
    await database.close()
