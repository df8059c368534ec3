"""A transaction as plain functions see it: statements, the time, and work to do just before the commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVarTuple, overload

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.sql.selectable import TypedReturnsRows

from araldo.storage.prebuilt import RenderedChange

_Columns = TypeVarTuple("_Columns")
_Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class TransactionFailed(Exception):
    """The database ended the transaction, or could not begin or commit it; `__cause__` is its error.

    Nothing is stored, unless COMMIT failed: then it is unknown, as after a crash.
    """

    def __init__(self, cause: BaseException) -> None:
        # The driver's error, as SQLAlchemy's errors have it.
        self.orig = getattr(cause, "orig", None) or cause
        super().__init__(type(self.orig).__name__)
        self.__cause__ = cause


class Transaction:
    """One transaction, given to a plain function that runs in a database thread; useless after that function returns.

    `now`: the time at which the function began, the same for the whole function. The function may run twice (after a
    deadlock, say), so it has no effects but its statements, and it returns values, not open results.
    """

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.now = now
        self.is_postgresql = connection.dialect.name == "postgresql"
        # Whether waiting readers are to be notified after the commit.
        self.has_changes = False
        self._connection = connection
        self._before_commit: dict[Callable[[Transaction, list[Any]], None], list[Any]] = {}
        self._savepoints = 0
        # The error with which the database ended the transaction.
        self._ended: BaseException | None = None

    @overload
    def execute(
        self, statement: TypedReturnsRows[*_Columns], parameters: _Parameters | None = None
    ) -> CursorResult[*_Columns]: ...

    @overload
    def execute(
        self, statement: Executable, parameters: _Parameters | None = None
    ) -> CursorResult[*tuple[Any, ...]]: ...

    def execute(self, statement: Executable, parameters: _Parameters | None = None) -> CursorResult[*tuple[Any, ...]]:
        """Execute a statement. Raises SQLAlchemy's errors; TransactionFailed once the transaction is no more."""
        if self._ended is not None:
            # On SQLite the connection is in autocommit by now: the statement would take effect by itself.
            raise TransactionFailed(self._ended)
        try:
            return self._connection.execute(statement, parameters)
        except BaseException as error:
            # Also MemoryError, which the driver raises for SQLITE_NOMEM and SQLAlchemy does not wrap.
            if not self.stands:
                self._ended = error
            raise

    def change(self, change: RenderedChange, parameters: Mapping[str, Any]) -> int:
        """Execute a change that is rendered once, and return the number of rows. Raises as `execute` does."""
        if self._ended is not None:
            raise TransactionFailed(self._ended)
        try:
            return change.execute(self._connection, parameters)
        except BaseException as error:
            if not self.stands:
                self._ended = error
            raise

    @property
    def stands(self) -> bool:
        """Whether the transaction may still be open; asked after a failure."""
        if self._connection.invalidated:
            return False
        driver: object = self._connection.connection.dbapi_connection
        return driver.in_transaction if isinstance(driver, sqlite3.Connection) else True

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo the block alone when it raises: its statements, and what it registered. Raises what the block raises."""
        self._savepoints += 1
        name = f"nested_{self._savepoints}"
        registered = {work: list(items) for work, items in self._before_commit.items()}
        self._connection.exec_driver_sql(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            self._before_commit = registered
            if self._ended is None:
                self._connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {name}")
            raise
        self._connection.exec_driver_sql(f"RELEASE SAVEPOINT {name}")

    def before_commit(self, work: Callable[[Transaction, list[Any]], None], item: Any) -> None:
        """Register `item`: at the end of the function, `work` is called with all items registered for it."""
        self._before_commit.setdefault(work, []).append(item)

    def finish(self) -> None:
        """Do the registered work; called once, after the function."""
        while self._before_commit:
            work = next(iter(self._before_commit))
            # Taken out first, because the work may register more, also for itself.
            work(self, self._before_commit.pop(work))
