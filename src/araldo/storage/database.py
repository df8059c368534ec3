"""The database: one SQL on SQLite and PostgreSQL, and transactions that any store takes."""

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

# One name for a connection that stands inside a transaction; stores take it and nobody else looks into it.
Transaction = AsyncConnection

# What a transaction does last, given everything that was put off until then.
BeforeCommit = Callable[[Transaction, list[Any]], Awaitable[None]]

_MIGRATIONS = Path(__file__).parent / "migrations"
# How long SQLite waits for another process's lock; for our own other writers twice that, as SQLAlchemy does for a
# connection. Without an end requests would pile up behind a lock that stays.
_BUSY_TIMEOUT_S = 15.0
_BEFORE_COMMIT_OPTION = "araldo_last"


def new_id(prefix: str) -> str:
    """An opaque id: 120 random bits behind the prefix of its kind."""
    return f"{prefix}_{secrets.token_hex(15)}"


class Database:
    """Opened once a process. On SQLite one writer at a time, in BEGIN IMMEDIATE, synced to the disk at commit."""

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
        # Tasks of this process queue here, fairly; other processes are met by SQLite's own busy timeout.
        self._write_lock = asyncio.Lock()
        self._write_lock_timeout_s = 2 * busy_timeout_s

    @property
    def conninfo(self) -> str:
        """The PostgreSQL URL as libpq takes it."""
        return self.url.replace("postgresql+psycopg://", "postgresql://", 1)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """All that is done within is committed together when the block ends, and nothing when it raises."""
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
        """One consistent view; nothing is written."""
        async with self._engine.begin() as connection:
            yield connection

    async def migrate(self) -> None:
        """Bring the schema to this version's; safe to call at every start and beside a running server."""
        async with self._writer.connect() as connection:
            await connection.run_sync(self._upgrade)
            await connection.commit()

    @staticmethod
    def _upgrade(connection: Connection) -> None:
        if _is_current_schema(connection):
            return
        # Slow to import, and most starts have nothing to migrate.
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
    """Have `work` done as the transaction's last thing, once, with every item that was put off for it."""
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
    """Whether the schema is of the newest migration, by the names of their files (`0011_users.py`)."""
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
    """An SQLite connection that is opened with its settings, in the driver's thread and in one step.

    A task that was cancelled between two of them left a connection behind whose PRAGMA kept the database locked.
    `isolation_level` None: we say BEGIN ourselves; the driver's own guess at it would start a write as a read and lose
    races.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for pragma in (
            "journal_mode=WAL",
            # With NORMAL a power cut can take back a committed intent, and the post would go out twice.
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            self.execute(f"PRAGMA {pragma}").close()


def _install_sqlite_hooks(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "invalidate")
    def _on_invalidate(connection: Any, _record: Any, _why: Any) -> None:
        # A task was cancelled in the middle of a statement. Closing alone would leave the transaction open, and the
        # database locked for all other writers, until somebody's garbage collection finds that statement.
        with suppress(Exception):
            connection.rollback()

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("araldo_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def as_utc(moment: datetime) -> datetime:
    """The same instant in UTC; a naive time is a bug of the caller."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC)
