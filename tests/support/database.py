"""Transactions on the test's own thread, in `with` blocks, beside the threads of the database under test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import text

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
    with connections.begin(database._engine) as connection:
        transaction = Transaction(connection, clock.now())
        yield transaction
        transaction.finish()


@contextmanager
def open_reading(database: Database, clock: Clock = _CLOCK) -> Iterator[Transaction]:
    """Open a transaction for reading: one snapshot."""
    with database._reading_engine.connect() as connection, connection.begin():
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


def is_another_waiting(transaction: Transaction) -> bool:
    """Return whether another transaction waits for a row's lock, on PostgreSQL."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')"
    return bool(transaction.execute(text(waiting)).scalar_one())
