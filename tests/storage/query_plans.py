"""How the database would execute the statements that a function issued: which tables they scan, and what they sort."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, event

from araldo.storage.prebuilt import RenderedChange

# What grows without end.
GROWING = ("posts", "deliveries", "events", "delivery_pictures", "slide_pictures")
_SQLITE_SCAN = re.compile(rf"SCAN ({'|'.join(GROWING)})\b")
_CONDITIONS = ("Index Cond", "Recheck Cond")


class QueryPlans:
    """The statements that were executed on a connection, and what is wrong with their plans."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"
        self.statements: list[tuple[str, Any]] = []

    def scans(self) -> list[str]:
        """Return the statements that read a growing table from end to end, each with its plan."""
        self._avoid("seqscan", "mergejoin", "hashjoin")
        return [
            f"{statement}\n{plan}"
            for statement, parameters in self.statements
            if (plan := self.plan(statement, parameters)) and self._scans(plan)
        ]

    def sorts(self) -> list[str]:
        """Return the statements that sort what they found, so that the first rows need all of them."""
        self._avoid("seqscan", "bitmapscan", "sort")
        return [
            f"{statement}\n{plan}"
            for statement, parameters in self.statements
            if "TEMP B-TREE FOR ORDER BY" in (plan := str(self.plan(statement, parameters))) or "'Sort'" in plan
        ]

    def _avoid(self, *ways: str) -> None:
        """Let PostgreSQL plan without these wherever it can: it would take none of its indexes for a few rows."""
        for way in () if self._is_sqlite else ways:
            self._connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")

    def plan(self, statement: str, parameters: Any) -> Any:
        """Return SQLite's lines, or PostgreSQL's tree of nodes."""
        how = "QUERY PLAN" if self._is_sqlite else "(FORMAT JSON)"
        rows = self._connection.exec_driver_sql(f"EXPLAIN {how} {statement}", parameters)
        if self._is_sqlite:
            return "\n".join(row.detail for row in rows)
        plan: Any = rows.scalar_one()
        return (plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]

    def _scans(self, plan: Any) -> bool:
        if self._is_sqlite:
            return _SQLITE_SCAN.search(plan) is not None
        return any(_is_scan(node) for node in _nodes(plan))


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for inner in node.get("Plans", []):
        yield from _nodes(inner)


def _is_scan(node: Mapping[str, Any]) -> bool:
    reads = "Scan" in node["Node Type"] and node.get("Relation Name") in GROWING
    return reads and not any(name in node for name in _CONDITIONS)


@contextmanager
def recorded_plans(connection: Connection) -> Iterator[QueryPlans]:
    """Record the statements of a block; their plans are to be asked for after it, in the same transaction."""
    plans = QueryPlans(connection)

    def record(_: object, __: object, statement: str, parameters: Any, ___: object, executemany: bool) -> None:
        plans.statements.append((statement, parameters[0] if executemany else parameters))

    event.listen(connection, "before_cursor_execute", record)
    try:
        # Past SQLAlchemy's cursor no event would tell of them.
        with patch.object(
            RenderedChange, "execute", lambda self, on, values: on.execute(self.statement, values).rowcount
        ):
            yield plans
    finally:
        event.remove(connection, "before_cursor_execute", record)
