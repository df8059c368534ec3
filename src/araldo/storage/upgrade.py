"""Bring a schema to a revision: by migrations, or, for a new SQLite database, in one step.

A new database needs what all migrations together make, not each of them: that is in `new_database.sql`, which
`make new-database` writes. A test compares both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, inspect

from araldo.storage.schema_revision import known_revisions, migration_config, revision_of

NEW_DATABASE = Path(__file__).parent / "new_database.sql"


def upgrade_schema(connection: Connection, revision: str = "head") -> None:
    """Bring the schema to the revision, in the connection's transaction."""
    newest = known_revisions()[-1]
    wanted = newest if revision == "head" else revision
    if revision_of(connection) == wanted:
        return
    if wanted == newest and connection.dialect.name == "sqlite" and not inspect(connection).get_table_names():
        for statement in _statements(NEW_DATABASE.read_text()):
            connection.exec_driver_sql(statement)
        return
    # Imported here because it is slow, and most starts have nothing to migrate.
    from alembic import command

    command.upgrade(migration_config(connection), revision)


def _statements(sql: str) -> Iterator[str]:
    """Yield one statement after the other; a trigger's has semicolons in it."""
    begun: list[str] = []
    for line in sql.splitlines():
        begun.append(line)
        if line.endswith(";") and sqlite3.complete_statement(text := "\n".join(begun)):
            yield text
            begun.clear()
