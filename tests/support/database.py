"""Transactions on the test's own thread, in `with` blocks, beside the threads of the database under test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from select import select
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import Connection, Engine, event, text

from araldo.clock import Clock, SystemClock
from araldo.storage import connections
from araldo.storage.database import Database, Transaction

_CLOCK = SystemClock()
_Value = TypeVar("_Value")


class RerunningDatabase(Database):
    """Runs each writing function twice, undone the first time, as after a deadlock of PostgreSQL."""

    async def write(self, function: Callable[[Transaction], _Value], **options: Any) -> _Value:
        def run_twice(transaction: Transaction) -> _Value:
            with suppress(Exception), transaction.savepoint():
                function(transaction)
                raise RuntimeError("undo the first run")
            return function(transaction)

        return await super().write(run_twice, **options)


@contextmanager
def open_transaction(database: Database, clock: Clock = _CLOCK) -> Iterator[Transaction]:
    """Open a transaction for writing: committed when the block ends, rolled back when it raises."""
    with _connection_of(database._engine) as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        transaction = Transaction(connection, clock.now())
        yield transaction
        transaction.finish()
        connection.commit()


@contextmanager
def open_reading(database: Database, clock: Clock = _CLOCK) -> Iterator[Transaction]:
    """Open a transaction for reading: one snapshot."""
    with _connection_of(database._reading_engine) as connection, connection.begin():
        yield Transaction(connection, clock.now())


@contextmanager
def open_reading_of(url: str, clock: Clock = _CLOCK) -> Iterator[Transaction]:
    """As `open_reading`, of a database that other processes use, with a connection for this block alone."""
    engine = connections.create_reading_engine(connections.with_connect_timeout(url))
    try:
        with engine.connect() as connection, connection.begin():
            yield Transaction(connection, clock.now())
    finally:
        engine.dispose()


@contextmanager
def open_beside(url: str) -> Iterator[Transaction]:
    """Open a transaction for writing in the database of a running server, as a command's: see `open_transaction`."""
    database = Database(url, _CLOCK)
    try:
        with open_transaction(database) as transaction:
            yield transaction
    finally:
        database._engine.dispose()


# What waits for a test's next transaction, by engine, because connecting costs more than most transactions; None once
# the database is closed.
_IDLE: WeakKeyDictionary[Engine, list[Connection] | None] = WeakKeyDictionary()


@contextmanager
def _connection_of(engine: Engine) -> Iterator[Connection]:
    """Yield a connection for this block alone, closed when the block raises, and else with the database."""
    if engine not in _IDLE:
        _IDLE[engine] = []
        event.listen(engine, "engine_disposed", _close_idle)
    idle = _IDLE[engine]
    connection = idle.pop() if idle else engine.connect()
    if _has_ended(connection):
        connection.invalidate()
        connection.close()
        connection = engine.connect()
    with ExitStack() as closing:
        closing.callback(connection.close)
        yield connection
        idle = _IDLE[engine]
        if idle is not None and not connection.invalidated:
            closing.pop_all()
            idle.append(connection)


def _close_idle(engine: Engine) -> None:
    for connection in _IDLE[engine] or ():
        connection.close()
    _IDLE[engine] = None


def _has_ended(connection: Connection) -> bool:
    """Return whether PostgreSQL has ended the idle connection: it sends nothing else unasked."""
    driver: object = connection.connection.dbapi_connection
    return isinstance(driver, psycopg.Connection) and bool(select([driver.fileno()], [], [], 0)[0])


def is_another_waiting(transaction: Transaction) -> bool:
    """Return whether another transaction waits for a row's lock, on PostgreSQL."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')"
    return bool(transaction.execute(text(waiting)).scalar_one())
