"""SQLite's one writer thread: functions that wait together share one transaction, and so one sync to disk."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from threading import Thread

from sqlalchemy import Connection

from araldo.clock import Clock
from araldo.storage.function_queue import FunctionQueue, QueuedFunction
from araldo.storage.transaction import Transaction, TransactionFailed

# More functions gain little for a commit, and each waits for the whole group.
_GROUP_MAX = 64


class GroupCommitWriter(Thread):
    """Runs waiting functions, up to 64 in one BEGIN IMMEDIATE, each in a savepoint; answers all after one COMMIT.

    A function that raises is undone alone while the transaction stands. When SQLite has ended the transaction by itself
    (SQLITE_FULL, SQLITE_IOERR, SQLITE_NOMEM; https://sqlite.org/lang_transaction.html), or BEGIN or COMMIT fails, all
    functions of the group fail, and the next group begins on a new connection.
    """

    def __init__(
        self, queue: FunctionQueue, connect: Callable[[], Connection], clock: Clock, on_change: Callable[[], None]
    ) -> None:
        super().__init__(name="database writer", daemon=True)
        self._queue = queue
        self._connect = connect
        self._clock = clock
        self._on_change = on_change
        self._connection: Connection | None = None

    def run(self) -> None:
        while self._serve_group():
            pass
        self._disconnect()

    def _serve_group(self) -> bool:
        """Run and answer a group; False when the queue is closed. Nothing of it is kept while the thread waits."""
        taken = self._queue.take(_GROUP_MAX)
        if taken:
            self._queue.answer(self._run_group(taken), self._on_change)
        return bool(taken)

    def _run_group(self, jobs: list[QueuedFunction]) -> list[QueuedFunction]:
        """Run and commit the jobs; return all that are finished, each with its value or its error."""
        began = time.monotonic()
        try:
            connection = self._begin()
        except BaseException as error:
            # Those that were queued meanwhile have waited as long for the lock.
            return self._fail_all(jobs + self._queue.take_queued_before(began), error)
        driver: object = connection.connection.dbapi_connection
        assert isinstance(driver, sqlite3.Connection)
        try:
            for job in jobs:
                self._run_in_savepoint(job, connection, driver)
            driver.execute("COMMIT")
        except BaseException as error:
            return self._fail_all(jobs, error)
        return jobs

    def _begin(self) -> Connection:
        if self._connection is None:
            self._connection = self._connect()
        self._connection.exec_driver_sql("BEGIN IMMEDIATE")
        return self._connection

    def _run_in_savepoint(self, job: QueuedFunction, connection: Connection, driver: sqlite3.Connection) -> None:
        """Run one job; an error is kept in it. Raises the error when SQLite has ended the whole transaction."""
        driver.execute("SAVEPOINT one")
        try:
            job.run(Transaction(connection, self._clock.now()))
        except BaseException as error:
            if not driver.in_transaction:
                raise
            driver.execute("ROLLBACK TO one")
            job.error = error
        driver.execute("RELEASE one")

    def _fail_all(self, jobs: list[QueuedFunction], error: BaseException) -> list[QueuedFunction]:
        self._disconnect()
        for job in jobs:
            # One exception a caller: a shared one would collect the traceback of each.
            job.error = TransactionFailed(error)
        return jobs

    def _disconnect(self) -> None:
        """Close the connection, which rolls back what is open."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()
