"""Connections to the database: SQLite's settings and BEGIN, PostgreSQL's time-outs and snapshots."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event

# How long one read may run, in seconds: a snapshot that stays open keeps SQLite's WAL and PostgreSQL's dead rows.
_READ_MAX_S = 30.0
_CONNECT_S = 10
# How many of SQLite's instructions run between two looks at the clock.
_INSTRUCTIONS = 100_000


def with_connect_timeout(url: str) -> str:
    """Return a PostgreSQL URL that limits a connection's attempt to 10 s, unless it has a limit; SQLite's as it is.

    A server that is stopping, or a host that drops packets, would be waited for by minutes.
    """
    if url.startswith("sqlite") or "connect_timeout=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}connect_timeout={_CONNECT_S}"


def create_writing_engine(url: str, lock_timeout_s: float) -> Engine:
    """Return an engine without a pool: each thread keeps a connection. A lock is waited for that many seconds."""
    if url.startswith("sqlite"):
        return _create_sqlite_engine(url, _WritingConnection, lock_timeout_s)
    engine = _create_engine(url)

    @event.listens_for(engine, "connect")
    def _limit_locks(driver: Any, _record: object) -> None:
        driver.execute(f"SET lock_timeout = {round(1000 * lock_timeout_s)}")
        driver.commit()

    return engine


def create_reading_engine(url: str) -> Engine:
    """Return an engine whose transactions read one snapshot, cannot write, and end after 30 s."""
    if url.startswith("sqlite"):
        engine = _create_sqlite_engine(url, _ReadingConnection, lock_timeout_s=_READ_MAX_S)

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            driver: object = connection.connection.dbapi_connection
            assert isinstance(driver, _ReadingConnection)
            driver.end_at = time.monotonic() + _READ_MAX_S
            driver.execute("BEGIN")

        return engine
    engine = _create_engine(url)

    @event.listens_for(engine, "connect")
    def _limit_reads(driver: Any, _record: object) -> None:
        # Imported here because it is slow, and only PostgreSQL needs it.
        from psycopg import IsolationLevel

        driver.execute(f"SET statement_timeout = {round(1000 * _READ_MAX_S)}")
        driver.commit()
        driver.isolation_level = IsolationLevel.REPEATABLE_READ
        driver.read_only = True

    return engine


@contextmanager
def begin(engine: Engine, *, foreign_keys: bool = True) -> Iterator[Connection]:
    """Open a connection and a transaction for writing, committed when the block ends, on the caller's own thread.

    `foreign_keys` False, for migrations: SQLite alters a table by dropping it, which would delete all that refers to
    it.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            if not foreign_keys:
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection
        connection.commit()


class _WritingConnection(sqlite3.Connection):
    """An SQLite connection that sets its PRAGMAs when it is opened.

    `isolation_level` None: the threads issue BEGIN; the driver's implicit one would begin a write as a read and lose
    races.
    """

    pragmas: tuple[str, ...] = (
        "journal_mode=WAL",
        # With NORMAL a power cut can undo a committed intent, and the post would be published twice.
        "synchronous=FULL",
        "foreign_keys=ON",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for pragma in self.pragmas:
            self.execute(f"PRAGMA {pragma}").close()


class _ReadingConnection(_WritingConnection):
    """Reads only; a statement is interrupted (SQLITE_INTERRUPT) once `end_at` has passed, on `time.monotonic`."""

    pragmas = ("query_only=ON",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.end_at = float("inf")
        self.set_progress_handler(lambda: time.monotonic() > self.end_at, _INSTRUCTIONS)


def _create_sqlite_engine(url: str, factory: type[sqlite3.Connection], lock_timeout_s: float) -> Engine:
    options = {"factory": factory, "timeout": lock_timeout_s, "isolation_level": None, "check_same_thread": False}
    return _create_engine(url, connect_args=options)


def _create_engine(url: str, **options: Any) -> Engine:
    # The parameters of a statement are what people wrote, and would be in the log with its error.
    return create_engine(url, poolclass=NullPool, hide_parameters=True, **options)
