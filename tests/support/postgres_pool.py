"""Migrated PostgreSQL databases that tests use one after another.

Creating and dropping a database, and filling the caches of its first connection, costs the server three times as much
as deleting what a test has written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from tests.support.kept_connections import KEPT_CONNECTIONS
from tests.support.leaks import LEAK_DETECTOR, tables_with_rows
from tests.support.migrated import postgres_database

# Changes with every CREATE, ALTER, DROP and TRUNCATE, for each writes or moves a row of these catalogs.
_DEFINITIONS = " UNION ALL ".join(
    f"SELECT '{catalog}', count(*), sum(oid::bigint), max(xmin::text::bigint) FROM {catalog} WHERE oid >= 16384"
    for catalog in ("pg_class", "pg_constraint", "pg_trigger", "pg_proc", "pg_type")
)
_COLUMNS = """
    SELECT 'pg_attribute', count(*), sum(attrelid::bigint), max(xmin::text::bigint) FROM pg_attribute
    WHERE attrelid >= 16384
"""
# Whoever is still connected could write into the next test's database; each may take a moment to end.
_END_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL (%s)
"""
_RESTART_SEQUENCES = """
    SELECT setval(quote_ident(schemaname) || '.' || quote_ident(sequencename), start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""


@dataclass
class _Pooled:
    """A database; `definitions`: its schema as it was made, `kept`: the rows that a migrated database begins with.

    `opened`: what is closed to drop it.
    """

    url: str
    opened: ExitStack
    connection: psycopg.Connection
    definitions: list[tuple[object, ...]]
    kept: dict[str, list[str]]


class PostgresPool:
    """The databases of one server. `close` drops them."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._free: list[_Pooled] = []

    @contextmanager
    def database(self) -> Iterator[str]:
        """Yield the URL of a migrated database without rows, for the caller alone; look for secrets afterwards."""
        taken = self._free.pop() if self._free else self._create()
        yield taken.url
        try:
            taken.connection.execute("SELECT 1")
        except psycopg.OperationalError:  # the test ended every connection
            taken.connection = taken.opened.enter_context(psycopg.connect(taken.url, autocommit=True))
        taken.connection.execute(_END_OTHERS, [KEPT_CONNECTIONS.pids(taken.connection.info.dbname)])
        LEAK_DETECTOR.scan_postgres(taken.connection)
        if _definitions(taken.connection) == taken.definitions:
            _restore_rows(taken)
            self._free.append(taken)
        else:
            taken.opened.close()

    def close(self) -> None:
        for database in self._free:
            database.opened.close()

    def _create(self) -> _Pooled:
        with ExitStack() as opened:
            url = opened.enter_context(postgres_database(self._server_url, migrated=True))
            connection = opened.enter_context(psycopg.connect(url, autocommit=True))
            KEPT_CONNECTIONS.keep_for(connection.info.dbname)
            opened.callback(KEPT_CONNECTIONS.close_all, connection.info.dbname)
            kept = {name: _rows(connection, name) for name in tables_with_rows(connection)}
            return _Pooled(url, opened.pop_all(), connection, _definitions(connection), kept)


def _restore_rows(taken: _Pooled) -> None:
    """Delete the rows that a test wrote, and write those anew that it changed."""
    connection = taken.connection
    # Without triggers, those of foreign keys among them.
    connection.execute("SET session_replication_role = replica")
    for name in tables_with_rows(connection):
        kept = taken.kept.get(name, [])
        if kept and _rows(connection, name) == kept:
            continue
        table = sql.Identifier(name)
        connection.execute(sql.SQL("DELETE FROM {}").format(table))
        for row in kept:
            connection.execute(sql.SQL("INSERT INTO {0} SELECT (%s::{0}).*").format(table), [row])
    connection.execute(_RESTART_SEQUENCES)


def _definitions(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    return connection.execute(f"{_DEFINITIONS} UNION ALL {_COLUMNS}".encode()).fetchall()


def _rows(connection: psycopg.Connection, table: str) -> list[str]:
    statement = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(table))
    return [row for (row,) in connection.execute(statement).fetchall()]
