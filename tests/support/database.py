"""Transactions on the test's own thread, in `with` blocks, beside the threads of the database under test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from araldo.clock import Clock, SystemClock
from araldo.storage import connections
from araldo.storage.database import Database, Transaction

_CLOCK = SystemClock()


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


def is_another_waiting(transaction: Transaction) -> bool:
    """Return whether another transaction waits for a row's lock, on PostgreSQL."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')"
    return bool(transaction.execute(text(waiting)).scalar_one())
