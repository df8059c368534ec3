"""What a system has once it is prepared and connected: saved after the first time, stored again for every other.

To prepare and connect takes as long as most tests do afterwards.
"""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from araldo.storage.brand_tables import metadata
from araldo.storage.schema import events, outbox_consumers
from araldo.workspaces.keys import make_key
from tests.support.leaks import LEAK_DETECTOR

# As `storage.database.new_id` makes them.
_ID = re.compile(r"\b([a-z]+)_[0-9a-f]{30}\b")
# Consumers keep their positions, because the ids of events are never reused.
_TABLES = [table.name for table in reversed(metadata.sorted_tables) if table is not outbox_consumers]
_WITH_ROWS = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in _TABLES)


@dataclass(frozen=True, slots=True)
class PreparedState:
    """Rows of each table with one API key, as JSON, and the sandbox's records."""

    rows: str
    key_prefix: str
    key_hash: str
    records: Any

    def store_rows(self, database: Path) -> str:
        """Store the rows in an empty database, under new ids, and return a new API key in place of the saved one."""
        key, ids = make_key(), dict[str, str]()

        def new_id(found: re.Match[str]) -> str:
            return ids.setdefault(found[0], f"{found[1]}_{secrets.token_hex(15)}")

        text = _ID.sub(new_id, self.rows).replace(self.key_hash, key.hash).replace(self.key_prefix, key.prefix)
        with open_file(database) as connection:
            connection.execute("BEGIN IMMEDIATE")
            for name, columns, rows in json.loads(text):
                named, marks = ", ".join(f'"{column}"' for column in columns), ", ".join("?" * len(columns))
                connection.executemany(f'INSERT INTO "{name}" ({named}) VALUES ({marks})', rows)
            connection.execute("COMMIT")
        return key.secret


def save_state(database: Path, records: Any) -> PreparedState:
    """Save what a database with one API key has."""
    saved = []
    with open_file(database) as connection:
        prefix, digest = connection.execute("SELECT prefix, hash FROM api_keys").fetchone()
        for name in tables_with_rows(connection):
            found = connection.execute(f'SELECT * FROM "{name}"')
            columns, rows = [column[0] for column in found.description], found.fetchall()
            if name == events.name:
                # The database assigns new ones, as for every event.
                number = columns.index("id")
                columns, rows = _without(number, columns), [_without(number, row) for row in rows]
            saved.append((name, columns, rows))
    return PreparedState(json.dumps(saved), prefix, digest, records)


def _without(number: int, values: Any) -> list[Any]:
    return [*values[:number], *values[number + 1 :]]


def tables_with_rows(connection: sqlite3.Connection) -> list[str]:
    """Return the tables that have rows, those that refer to others first."""
    return [name for (name,) in connection.execute(_WITH_ROWS)]


def delete_rows(connection: sqlite3.Connection) -> None:
    """Delete all rows, in a transaction, after a scan of them for secrets."""
    connection.execute("BEGIN IMMEDIATE")
    for name in tables_with_rows(connection):
        rows = connection.execute(f'SELECT * FROM "{name}"').fetchall()
        LEAK_DETECTOR.scan(f"table {name}", repr(rows).encode())
        connection.execute(f'DELETE FROM "{name}"')
    connection.execute("COMMIT")


@contextmanager
def open_file(database: Path) -> Iterator[sqlite3.Connection]:
    """Open without SQLAlchemy, which would compile each statement again for every test."""
    with closing(sqlite3.connect(database, timeout=20, isolation_level=None)) as connection:
        yield connection


@cache
def vault_key() -> str:
    """Return the key of all systems of this process, so that what one sealed another can open."""
    return Fernet.generate_key().decode()
