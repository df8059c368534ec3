"""Load rows into a database that nobody uses, SQLite or PostgreSQL, in one transaction: all of it or nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, text

from araldo.errors import Conflict
from araldo.messages import Message
from araldo.storage import connections
from araldo.storage.backup.snapshot import open_snapshot
from araldo.storage.database import Transaction
from araldo.storage.moved import clear_mark
from araldo.storage.schema_revision import lock_schema, require_own_tables
from araldo.storage.table_copy import Progress, copy_rows, drop_all_tables, is_empty, last_event_id, raise_event_ids
from araldo.storage.upgrade import upgrade_schema

_Value = TypeVar("_Value")
_LOCK_TIMEOUT_S = 60.0
# More than the lost system has recorded after the backup: ids of events must not come again, because readers continue
# after the last id that they have seen.
_EVENT_IDS_LEFT_OUT = 10_000_000
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"
    # Of another role's connections the type is hidden.
    " AND coalesce(backend_type, 'client backend') = 'client backend'"
)
# How often, and in seconds how long apart, to look for other clients.
_LOOKS, _LOOK_GAP_S = 11, 0.2


class DatabaseNotEmpty(Conflict):
    code = "database_not_empty"


class DatabaseInUse(Conflict):
    code = "database_in_use"


def load_snapshot(
    url: str,
    snapshot: Path,
    revision: str,
    finish: Callable[[Transaction], _Value],
    *,
    now: datetime,
    replace: bool,
    progress: Progress,
) -> _Value:
    """Replace what the database has with the snapshot's rows, migrate it, run `finish`, and commit all of it at once.

    Further events get ids that the system of which it is a backup cannot have used. Return what `finish` returns.
    `replace`: also when the database is not empty. Raises DatabaseNotEmpty, DatabaseInUse.
    """
    with open_empty_schema(url, revision, replace=replace) as connection, open_snapshot(snapshot) as source:
        copy_rows(source, connection, progress)
        upgrade_schema(connection)
        clear_mark(connection)
        raise_event_ids(connection, last_event_id(connection) + _EVENT_IDS_LEFT_OUT)
        transaction = Transaction(connection, now)
        value = finish(transaction)
        transaction.finish()
        return value


def require_usable(url: str, *, replace: bool) -> None:
    """Raise DatabaseNotEmpty unless `replace`, DatabaseInUse and DatabaseForeign, before anything is written."""
    with _open_alone(url, replace=replace) as connection:
        connection.rollback()


@contextmanager
def open_empty_schema(url: str, revision: str, *, replace: bool) -> Iterator[Connection]:
    """Open a transaction on a database with nothing but the schema of `revision`, committed when the block ends.

    A process that starts meanwhile waits for it. Raises DatabaseNotEmpty unless `replace`, DatabaseInUse, and
    DatabaseForeign.
    """
    with _open_alone(url, replace=replace) as connection:
        drop_all_tables(connection)
        upgrade_schema(connection, revision)
        yield connection


@contextmanager
def _open_alone(url: str, *, replace: bool) -> Iterator[Connection]:
    engine = connections.create_writing_engine(url, _LOCK_TIMEOUT_S)
    with connections.begin(engine, foreign_keys=False) as connection:
        lock_schema(connection)
        if connection.dialect.name != "sqlite" and not _is_alone(connection):
            raise DatabaseInUse(Message("database.in_use"))
        require_own_tables(connection)
        if not replace and not is_empty(connection):
            raise DatabaseNotEmpty(Message("database.not_empty"))
        yield connection


def _is_alone(connection: Connection) -> bool:
    """Return whether no other client is connected, or stays connected: one that has just closed is listed a while."""
    for look in range(_LOOKS):
        if look > 0:
            time.sleep(_LOOK_GAP_S)  # PostgreSQL tells nobody when a client's process has ended - so look again
        # A transaction sees the list as it was at its first look.
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))
        if not connection.execute(text(_OTHERS)).scalar():
            return True
    return False
