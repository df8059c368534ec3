"""Migrations of empty PostgreSQL databases, recorded once per process and then replayed, at a tenth of the CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from alembic.config import Config
from sqlalchemy import Connection, event, inspect

_Upgrade = Callable[[Config, str], None]


def replay_on_empty(upgrade: _Upgrade) -> _Upgrade:
    """Return `alembic.command.upgrade` for many databases: those without our tables get the SQL of the first one."""
    recorded: dict[tuple[str, frozenset[str]], str] = {}

    def upgrade_by_record(config: Config, revision: str) -> None:
        connection: Connection = config.attributes["connection"]
        present = frozenset(inspect(connection).get_table_names())
        if connection.dialect.name != "postgresql" or "alembic_version" in present:
            upgrade(config, revision)
        elif (revision, present) in recorded:
            _driver_of(connection).execute(recorded[revision, present].encode())
        else:
            with _record(connection) as statements:
                upgrade(config, revision)
            recorded[revision, present] = ";\n".join(statements)

    return upgrade_by_record


@contextmanager
def _record(connection: Connection) -> Iterator[list[str]]:
    """Yield a list that gets all statements of the connection but queries, with their parameters in them."""
    statements: list[str] = []

    def add(_1: object, _2: object, statement: str, parameters: Any, _3: object, has_several: bool) -> None:
        if not statement.lstrip().startswith("SELECT"):
            cursor = psycopg.ClientCursor(_driver_of(connection))
            statements.extend(cursor.mogrify(statement, each) for each in (parameters if has_several else [parameters]))

    event.listen(connection, "before_cursor_execute", add)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", add)


def _driver_of(connection: Connection) -> psycopg.Connection[Any]:
    driver: object = connection.connection.dbapi_connection
    assert isinstance(driver, psycopg.Connection)
    return driver
