"""Print the SQL of a new SQLite database: what all migrations together make. `make new-database` writes it."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine

from araldo.storage.schema_revision import migration_config

# In this order each finds what it refers to; tables are looked for only when rows come.
_KINDS = ("table", "index", "trigger")


def migrated_dump() -> str:
    """Return the dump of a database that every migration was applied to."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "araldo.db"
        engine = create_engine(f"sqlite:///{path}")
        with engine.begin() as connection:
            command.upgrade(migration_config(connection), "head")
        engine.dispose()
        with closing(sqlite3.connect(path)) as opened:
            return dump_database(opened)


def dump_database(opened: sqlite3.Connection) -> str:
    """Return the SQL that makes a database with the same schema and rows, a semicolon after each statement."""
    made = [
        (kind, name, _in_one_order(sql))
        for kind, name, sql in opened.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        if not _is_implied(name)
    ]
    # Tables and constraints that SQLite rebuilds for a migration come in another order each time.
    statements = [sql for _, _, sql in sorted(made, key=lambda one: (_KINDS.index(one[0]), one[1]))]
    tables = tuple(f'INSERT INTO "{name}" ' for kind, name, _ in made if kind == "table" and name != "posts_search")
    rows = sorted(line.removesuffix(";") for line in opened.iterdump() if line.startswith(tables))
    return "".join(f"{statement};\n" for statement in statements + rows)


def _is_implied(name: str) -> bool:
    """Return whether SQLite makes this by itself: its own tables, and those behind the full-text index."""
    return name.startswith("sqlite_") or name.removeprefix("posts_search_") in {"config", "data", "docsize", "idx"}


def _in_one_order(sql: str) -> str:
    """Return the statement with the constraints at a table's end sorted, and without spaces at the end of its lines."""
    lines = [line.rstrip() for line in sql.splitlines()]
    constraints = sorted(line.removesuffix(",") for line in lines if line.startswith("\tCONSTRAINT "))
    if constraints:
        begin = next(number for number, line in enumerate(lines) if line.startswith("\tCONSTRAINT "))
        lines[begin : begin + len(constraints)] = ",\n".join(constraints).split("\n")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(migrated_dump())
