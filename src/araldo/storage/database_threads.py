"""Threads that run one function a transaction: all reads, and on PostgreSQL the writes too."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from araldo.clock import Clock
from araldo.storage.function_queue import FunctionQueue, QueuedFunction
from araldo.storage.transaction import Transaction, TransactionFailed

# After these errors of PostgreSQL the same function may succeed at once: serialization failure, deadlock
# (https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html).
_RUN_AGAIN = frozenset({"40001", "40P01"})
_RUNS_MAX = 4


class DatabaseThread(Thread):
    """Takes functions from the queue and runs each in a transaction, on a connection that it keeps.

    A function is run again after a serialization failure or a deadlock, and once when the kept connection turns out to
    be dead before COMMIT was sent.
    """

    def __init__(
        self,
        name: str,
        queue: FunctionQueue,
        connect: Callable[[], Connection],
        clock: Clock,
        on_change: Callable[[], None],
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._queue = queue
        self._connect = connect
        self._clock = clock
        self._on_change = on_change
        self._connection: Connection | None = None

    def run(self) -> None:
        while self._serve_next():
            pass
        self._disconnect()

    def _serve_next(self) -> bool:
        """Run and answer one function; False when the queue is closed. Nothing of it is kept while the thread waits."""
        taken = self._queue.take()
        for job in taken:
            try:
                self._run(job)
            except BaseException as error:
                job.error = error
        self._queue.answer(taken, self._on_change)
        return bool(taken)

    def _run(self, job: QueuedFunction) -> None:
        """Run the job until it is committed. Raises what the function raises; TransactionFailed when COMMIT failed."""
        for run in range(1, _RUNS_MAX + 1):
            kept = self._connection is not None
            try:
                self._run_once(job)
            except DBAPIError as error:
                dead = error.connection_invalidated
                if dead:
                    self._disconnect()
                again = (dead and kept) or getattr(error.orig, "sqlstate", None) in _RUN_AGAIN
                if not again or run == _RUNS_MAX:
                    raise
            else:
                return

    def _run_once(self, job: QueuedFunction) -> None:
        if self._connection is None:
            self._connection = self._connect()
        connection = self._connection
        transaction = connection.begin()
        try:
            job.run(Transaction(connection, self._clock.now()))
        except BaseException:
            transaction.rollback()
            raise
        try:
            transaction.commit()
        except Exception as error:
            self._disconnect()
            raise TransactionFailed(error) from error

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()
