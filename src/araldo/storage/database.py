"""The database, SQLite or PostgreSQL: engine, transactions and migrations."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

if TYPE_CHECKING:
    from alembic.config import Config

# A connection inside a transaction. Only stores use its methods.
Transaction = AsyncConnection

# Work that a transaction does just before its commit, with all items that were registered for it.
BeforeCommit = Callable[[Transaction, list[Any]], Awaitable[None]]

_MIGRATIONS = Path(__file__).parent / "migrations"
# How long SQLite waits for another process's lock; writers of this process wait twice that, as SQLAlchemy does for a
# connection. Without a limit, requests would pile up behind a lock that stays.
_BUSY_TIMEOUT_S = 15.0
_BEFORE_COMMIT_OPTION = "araldo_last"


def new_id(prefix: str) -> str:
    """Return an opaque id: the prefix and 120 random bits in hex."""
    return f"{prefix}_{secrets.token_hex(15)}"


class Database:
    """One per process. On SQLite there is one writer at a time, in BEGIN IMMEDIATE, synced to disk at commit."""

    def __init__(self, url: str, *, busy_timeout_s: float = _BUSY_TIMEOUT_S) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            options = {"factory": _ConfiguredConnection, "timeout": busy_timeout_s, "isolation_level": None}
            self._engine = create_async_engine(url, pool_size=8, max_overflow=8, connect_args=options)
            _install_sqlite_hooks(self._engine)
        else:
            self._engine = create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
        self._writer = self._engine.execution_options(araldo_write=True)
        # Writers of this process queue here, in order; SQLite's busy timeout covers other processes.
        self._write_lock = asyncio.Lock()
        self._write_lock_timeout_s = 2 * busy_timeout_s

    @property
    def conninfo(self) -> str:
        """The PostgreSQL URL in libpq's form."""
        return self.url.replace("postgresql+psycopg://", "postgresql://", 1)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction for writing: committed when the block ends, rolled back when it raises."""
        if not self.is_sqlite:
            async with self._writer.begin() as connection, _run_before_commit_work(connection):
                yield connection
            return
        async with self._hold_write_lock(), self._writer.begin() as connection, _run_before_commit_work(connection):
            yield connection

    @asynccontextmanager
    async def _hold_write_lock(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._write_lock_timeout_s):
                await self._write_lock.acquire()
        except TimeoutError:
            raise PoolTimeout(f"no turn to write within {self._write_lock_timeout_s:g} s") from None
        try:
            yield
        finally:
            self._write_lock.release()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """Open a transaction for reading: one consistent snapshot."""
        async with self._engine.begin() as connection:
            yield connection

    async def migrate(self) -> None:
        """Migrate the schema to this version. Safe to call at every start and beside a running server."""
        async with self._writer.connect() as connection:
            await connection.run_sync(self._upgrade)
            await connection.commit()

    @staticmethod
    def _upgrade(connection: Connection) -> None:
        if _is_current_schema(connection):
            return
        # Imported here because it is slow and most starts have nothing to migrate.
        from alembic import command

        command.upgrade(migration_config(connection), "head")

    async def is_reachable(self) -> bool:
        try:
            async with self.reading() as connection:
                await connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    async def close(self) -> None:
        await self._engine.dispose()


def run_before_commit(transaction: Transaction, work: BeforeCommit, item: Any) -> None:
    """Register `item`: just before the commit, `work` is called once with all items registered for it."""
    assert transaction.sync_connection is not None
    transaction.sync_connection.get_execution_options()[_BEFORE_COMMIT_OPTION].setdefault(work, []).append(item)


@asynccontextmanager
async def _run_before_commit_work(connection: AsyncConnection) -> AsyncIterator[None]:
    last: dict[BeforeCommit, list[Any]] = {}
    await connection.execution_options(**{_BEFORE_COMMIT_OPTION: last})
    yield
    for work, items in last.items():
        await work(connection, items)


def _is_current_schema(connection: Connection) -> bool:
    """Return whether the newest migration is applied, by the names of their files (`0011_users.py`)."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    newest = max(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*_*.py"))
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [newest]


def migration_config(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


class _ConfiguredConnection(sqlite3.Connection):
    """An SQLite connection that sets its PRAGMAs when it is opened, in the driver's thread and in one step.

    In separate steps, a task cancelled between two of them left a connection whose PRAGMA kept the database locked.
    `isolation_level` None: this module issues BEGIN; the driver's implicit one would begin a write as a read and lose
    races.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for pragma in (
            "journal_mode=WAL",
            # With NORMAL a power cut can undo a committed intent, and the post would be published twice.
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            self.execute(f"PRAGMA {pragma}").close()


def _install_sqlite_hooks(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "invalidate")
    def _on_invalidate(connection: Any, _record: Any, _why: Any) -> None:
        # A task was cancelled during a statement. Closing alone would leave the transaction open, and the database
        # locked for other writers, until that statement is garbage-collected.
        with suppress(Exception):
            connection.rollback()

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("araldo_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def as_utc(moment: datetime) -> datetime:
    """Return the instant in UTC. Raises ValueError for a naive time, a bug of the caller."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC)
