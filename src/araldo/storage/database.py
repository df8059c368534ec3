"""The database, SQLite or PostgreSQL: transactions as plain functions that run in threads, and migrations."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread
from typing import TypeVar
from weakref import WeakValueDictionary

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from araldo.clock import Clock
from araldo.storage import connections
from araldo.storage.database_threads import DatabaseThread
from araldo.storage.function_queue import FunctionQueue, QueuedFunction
from araldo.storage.group_commit import GroupCommitWriter
from araldo.storage.job_schema import migrate_job_tables
from araldo.storage.moved import require_not_moved
from araldo.storage.schema_revision import lock_schema, migration_config, needs_migration
from araldo.storage.signals import ChangeSignal
from araldo.storage.transaction import Transaction, TransactionFailed
from araldo.storage.upgrade import upgrade_schema
from araldo.telemetry.observer import Observer

__all__ = ["Database", "Transaction", "TransactionFailed", "as_utc", "migration_config", "new_id"]

_Value = TypeVar("_Value")
# How long a write waits for another process's lock, on SQLite for the database and on PostgreSQL for a row.
_LOCK_TIMEOUT_S = 15.0
_READERS = 4
# More threads than this cost PostgreSQL and Python more than they bring; measured in docs/performance.md.
_POSTGRES_WRITERS = 4


def new_id(prefix: str) -> str:
    """Return an opaque id: the prefix and 120 random bits in hex."""
    return f"{prefix}_{secrets.token_hex(15)}"


class Database:
    """One per process. `write` and `read` run a function in a transaction, off the event loop.

    On SQLite one thread writes, many functions a commit, synced to disk; on PostgreSQL a few threads write, one
    function a commit. Reads have threads of their own. `committed` is notified after every commit that recorded events,
    `changed` also when another process has announced one of its own.
    """

    def __init__(
        self, url: str, clock: Clock, *, lock_timeout_s: float = _LOCK_TIMEOUT_S, observer: Observer | None = None
    ) -> None:
        self.url = url = connections.with_connect_timeout(url)
        self.is_sqlite = url.startswith("sqlite")
        self.committed, self.changed = ChangeSignal(), ChangeSignal()
        self._clock = clock
        self._engine = connections.create_writing_engine(url, lock_timeout_s)
        self._reading_engine = connections.create_reading_engine(url)
        observer = observer or Observer()
        self._writes, self._reads = FunctionQueue("write", observer), FunctionQueue("read", observer)
        self._threads: list[Thread] = []
        # By key, while anyone has or waits for the turn: see `write`.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def queues(self) -> dict[str, tuple[int, int, int]]:
        """Return, for reads and writes, how many functions wait, how many are being run, and the number of threads."""
        writers = 1 if self.is_sqlite else _POSTGRES_WRITERS
        return {"read": (*self._reads.counts(), _READERS), "write": (*self._writes.counts(), writers)}

    @property
    def conninfo(self) -> str:
        """The PostgreSQL URL in libpq's form."""
        return self.url.replace("postgresql+psycopg://", "postgresql://", 1)

    async def write(
        self, function: Callable[[Transaction], _Value], *, urgent: bool = False, one_at_a_time: str | None = None
    ) -> _Value:
        """Run `function` in a transaction, commit, and return its value; undo it when it raises, and raise that.

        Raises TransactionFailed when the database gave up; after a failed COMMIT, and when the caller is cancelled, it
        is unknown whether the function's statements are stored. `urgent` goes before all that waits (a lease).
        `one_at_a_time`: functions with the same key (a row that each locks) wait for each other here instead of in
        PostgreSQL, where they would hold a thread each.
        """
        if one_at_a_time is None or self.is_sqlite:
            return await self._submit(self._writes, function, urgent=urgent)
        async with self._turns.setdefault(one_at_a_time, asyncio.Lock()):
            return await self._submit(self._writes, function, urgent=urgent)

    async def read(self, function: Callable[[Transaction], _Value]) -> _Value:
        """Run `function` on one snapshot, taken after this call, and return its value. It cannot write."""
        return await self._submit(self._reads, function)

    async def _submit(
        self, queue: FunctionQueue, function: Callable[[Transaction], _Value], *, urgent: bool = False
    ) -> _Value:
        if not self._threads:
            self._start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_Value] = loop.create_future()
        queue.put(QueuedFunction(function, future, loop), urgent=urgent)
        return await future

    def _start(self) -> None:
        def notify() -> None:
            self.committed.notify()
            self.changed.notify()

        self._threads = [
            DatabaseThread(f"database reader {number}", self._reads, self._reading_engine.connect, self._clock, notify)
            for number in range(_READERS)
        ]
        if self.is_sqlite:
            self._threads.append(GroupCommitWriter(self._writes, self._engine.connect, self._clock, notify))
        else:
            self._threads += [
                DatabaseThread(f"database writer {number}", self._writes, self._engine.connect, self._clock, notify)
                for number in range(_POSTGRES_WRITERS)
            ]
        for thread in self._threads:
            thread.start()

    async def migrate(self) -> None:
        """Migrate the schema to this version. Safe to call at every start and beside a running server.

        All in one transaction: a migration that fails leaves the database as it was. Raises SchemaTooNew, and
        DatabaseMoved for one that is used elsewhere now.
        """
        await asyncio.to_thread(self._migrate)

    def _migrate(self) -> None:
        with connections.begin(self._engine, foreign_keys=False) as connection:
            lock_schema(connection)
            is_old = needs_migration(connection)
            if not self.is_sqlite:
                migrate_job_tables(connection)
            if is_old:
                self._upgrade(connection)
            require_not_moved(connection)

    def _upgrade(self, connection: Connection) -> None:
        upgrade_schema(connection)
        if self.is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            raise ValueError(f"the migration left references to nothing: {broken[:5]}")

    async def is_migrated(self) -> bool:
        """Return whether the schema is this version's. Raises SchemaTooNew."""

        def look() -> bool:
            with self._reading_engine.connect() as connection:
                return not needs_migration(connection)

        return await asyncio.to_thread(look)

    async def is_reachable(self) -> bool:
        try:
            await self.read(lambda transaction: transaction.execute(text("SELECT 1")).scalar())
        except (SQLAlchemyError, TransactionFailed):
            return False
        return True

    def wait_until_idle(self) -> None:
        """Block this thread until every function that was submitted is answered."""
        for queue in (self._writes, self._reads):
            queue.wait_until_idle()

    async def close(self) -> None:
        """Run what waits, then end the threads and close all connections. The database cannot be used again."""
        for queue in (self._writes, self._reads):
            queue.close()
        await asyncio.to_thread(self._join)

    def _join(self) -> None:
        for thread in self._threads:
            thread.join()
        self._engine.dispose()
        self._reading_engine.dispose()


def as_utc(moment: datetime) -> datetime:
    """Return the instant in UTC. Raises ValueError for a naive time, a bug of the caller."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC)
