"""Changes whose SQL is rendered once: what SQLAlchemy works out for each execution takes longer than many statements.

docs/decisions/0038-statements-rendered-once.md says why, and which statements are worth it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

_Convert = Callable[[Any], Any] | None


class RenderedChange:
    """An insert, update or delete of one set of parameters that returns no rows.

    It is rendered when it is first executed, with the names of the parameters that it is given then; later ones have at
    least those. Any thread may execute it.
    """

    def __init__(self, statement: Insert | Update | Delete) -> None:
        # Inline: else an insert would return the key that the database assigns.
        self.statement = statement.inline() if isinstance(statement, Insert) else statement
        self._rendered: dict[str, _Rendered] = {}

    def execute(self, connection: Connection, parameters: Mapping[str, Any]) -> int:
        """Execute it in the connection's transaction and return the number of rows. Raises SQLAlchemy's DBAPIError."""
        dialect = connection.dialect
        rendered = self._rendered.get(dialect.name)
        if rendered is None:
            rendered = self._rendered[dialect.name] = _Rendered(self.statement, dialect, parameters)
        if not connection.in_transaction():
            # As SQLAlchemy does for its own statements: else nothing would be committed.
            connection.begin()
        driver: Any = connection.connection.dbapi_connection
        values = rendered.values(parameters)
        try:
            changed: int = driver.execute(rendered.sql, values).rowcount
        except dialect.loaded_dbapi.Error as error:
            raise _wrapped(error, rendered.sql, connection) from error
        return changed


class _Rendered:
    """A statement's SQL for one database, with what converts its parameters."""

    def __init__(self, statement: Insert | Update | Delete, dialect: Dialect, parameters: Mapping[str, Any]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(parameters))
        if compiled.effective_returning or compiled.prefetch:
            raise TypeError("a change returns no rows, and has no values that Python would fill in")
        self.sql = compiled.string
        converters = _converters_of(compiled, dialect)
        constant = {name: value for name, value in compiled.params.items() if name not in parameters}
        self._constant = {name: _converted(converters[name], value) for name, value in constant.items()}
        self._given = [(name, converters[name]) for name in compiled.params if name in parameters]
        self._order = compiled.positiontup

    def values(self, parameters: Mapping[str, Any]) -> object:
        """Return the parameters as the driver takes them, by position or by name."""
        values = self._constant.copy()
        for name, convert in self._given:
            value = parameters[name]
            values[name] = value if convert is None else convert(value)
        return values if self._order is None else [values[name] for name in self._order]


def _converters_of(compiled: SQLCompiler, dialect: Dialect) -> dict[str, _Convert]:
    return {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()}


def _converted(convert: _Convert, value: object) -> object:
    return value if convert is None else convert(value)


def _wrapped(error: Any, sql: str, connection: Connection) -> BaseException:
    """Return the error as SQLAlchemy's own, with the connection invalidated when it is dead; without the parameters."""
    dialect = connection.dialect
    is_dead = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    wrapped: BaseException = DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_dead,
        dialect=dialect,
    )
    if is_dead:
        connection.invalidate(error)
    return wrapped
