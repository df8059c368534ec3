"""Fill a database fast: copy the rows of posts that Araldo made itself, with new ids, other times and other words.

Everything is read from the database (tables, foreign keys, columns), so that a new column or table needs no change
here. Run it while no server uses the database.
"""

from __future__ import annotations

import random
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import MetaData, Table, create_engine

# How many posts' rows are collected before they are written, table by table.
_AT_ONCE = 5_000
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(\+00(:?00)?)?")

Value = Any
Row = list[Value]


class TableFiles(Protocol):
    """Reads and writes rows as the database itself spells their values."""

    def columns_and_rows(self, table: str, column: str, ids: Sequence[str]) -> tuple[list[str], list[Row]]: ...

    def write(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None: ...


class SqliteFiles:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def columns_and_rows(self, table: str, column: str, ids: Sequence[str]) -> tuple[list[str], list[Row]]:
        marks = ",".join("?" * len(ids))
        found = self._connection.execute(f'SELECT * FROM "{table}" WHERE "{column}" IN ({marks})', list(ids))
        return [entry[0] for entry in found.description], [list(row) for row in found]

    def write(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        names, marks = ",".join(f'"{name}"' for name in columns), ",".join("?" * len(columns))
        self._connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)


class PostgresFiles:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def columns_and_rows(self, table: str, column: str, ids: Sequence[str]) -> tuple[list[str], list[Row]]:
        chosen = sql.SQL("SELECT * FROM {} WHERE {} = ANY({})").format(
            sql.Identifier(table), sql.Identifier(column), sql.Literal(list(ids))
        )
        with self._connection.cursor() as cursor:
            cursor.execute(sql.SQL("{} LIMIT 0").format(chosen))
            names = [entry.name for entry in cursor.description or ()]
            with cursor.copy(sql.SQL("COPY ({}) TO STDOUT").format(chosen)) as copy:
                return names, [list(row) for row in copy.rows()]

    def write(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        names = sql.SQL(",").join(map(sql.Identifier, columns))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


@dataclass(frozen=True, slots=True)
class Clone:
    """How one copy differs: its times are shifted, and texts and ids in `replaced` are exchanged."""

    shift: timedelta
    replaced: Mapping[str, str]


class PostTemplate:
    """The rows of one post in all tables that depend on it. `replaced`: the texts that every clone exchanges."""

    def __init__(self, files: TableFiles, tables: Sequence[Table], post_id: str, replaced: Iterable[str]) -> None:
        self.tables: dict[str, tuple[list[str], list[_RowTemplate]]] = {}
        raw = _dependent_rows(files, tables, post_id)
        self._ids = _ids_of(raw)
        tokens = re.compile("|".join(map(re.escape, sorted([*self._ids, *replaced], key=len, reverse=True))))
        for name, (columns, rows) in raw.items():
            # A number that the database assigns.
            kept = [at for at, column in enumerate(columns) if not (column == "id" and _is_number(rows[0][at]))]
            kept_columns = [columns[at] for at in kept]
            templates = [_RowTemplate(kept_columns, [row[at] for at in kept], tokens) for row in rows]
            self.tables[name] = (kept_columns, templates)

    def leave_out(self, table: str) -> None:
        """Clone without the rows of this table."""
        self.tables.pop(table, None)

    def rows(self, clone: Clone) -> Iterator[tuple[str, Row]]:
        """Yield the rows of one clone, each with its table's name."""
        mark = secrets.token_hex(15)
        replaced = {old: f"{old.partition('_')[0]}_{mark}{number:x}" for number, old in enumerate(self._ids)}
        made = Clone(clone.shift, {**replaced, **clone.replaced})
        for name, (_, templates) in self.tables.items():
            for template in templates:
                yield name, template.row(made)


class _RowTemplate:
    """One row; `row` changes only the values that differ in each clone."""

    def __init__(self, columns: Sequence[str], values: Row, tokens: re.Pattern[str]) -> None:
        self._values = values
        self._changes: list[tuple[int, Callable[[Clone], Value]]] = []
        for at, (column, value) in enumerate(zip(columns, values, strict=True)):
            change = _change_of(column, value, tokens)
            if change is not None:
                self._changes.append((at, change))

    def row(self, clone: Clone) -> Row:
        made = self._values.copy()
        for at, change in self._changes:
            made[at] = change(clone)
        return made


def _change_of(column: str, value: Value, tokens: re.Pattern[str]) -> Callable[[Clone], Value] | None:
    if column == "search_id":
        # The row's id in SQLite's full-text index, unique.
        return lambda _: secrets.randbits(62)
    if not isinstance(value, str):
        return None
    if _INSTANT.fullmatch(value):
        moment, separator = datetime.fromisoformat(value), value[10]
        spec = "microseconds" if "." in value else "seconds"
        return lambda clone: (moment + clone.shift).isoformat(separator, spec)
    if tokens.fullmatch(value):
        return lambda clone: clone.replaced.get(value, value)
    if tokens.search(value):
        return lambda clone: tokens.sub(lambda found: clone.replaced.get(found[0], found[0]), value)
    return None


def _dependent_rows(files: TableFiles, tables: Sequence[Table], post_id: str) -> dict[str, tuple[list[str], list[Row]]]:
    """Return by table the rows that belong to the post: those that refer to it, or to a row that does."""
    found: dict[str, tuple[list[str], list[Row]]] = {}
    ids: dict[str, list[str]] = {}
    for table in tables:
        if table.name == "posts":
            columns, rows = files.columns_and_rows("posts", "id", [post_id])
        else:
            keys = sorted(table.foreign_keys, key=lambda key: key.parent.name)
            parent = next((key for key in keys if key.column.table.name in ids and key.column.name == "id"), None)
            if parent is None:
                continue
            columns, rows = files.columns_and_rows(table.name, parent.parent.name, ids[parent.column.table.name])
        # The database derives the others itself.
        given = [at for at, column in enumerate(columns) if table.c[column].computed is None]
        columns, rows = [columns[at] for at in given], [[row[at] for at in given] for row in rows]
        if rows:
            found[table.name] = (columns, rows)
            if "id" in columns and not _is_number(rows[0][columns.index("id")]):
                ids[table.name] = [row[columns.index("id")] for row in rows]
    return found


def _ids_of(raw: Mapping[str, tuple[list[str], list[Row]]]) -> list[str]:
    """Return the ids of all rows, and those on the platforms, which are unique too."""
    return [
        row[at]
        for columns, rows in raw.values()
        for at, column in enumerate(columns)
        for row in rows
        if column == "remote_id" or (column == "id" and not _is_number(row[at]))
        if row[at] is not None
    ]


def _is_number(value: Value) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and value.isdigit())


class Cloner:
    """Writes clones of posts into a database."""

    def __init__(self, files: TableFiles, tables: Sequence[Table]) -> None:
        self._files = files
        self._tables = tables

    def template(self, post_id: str, replaced: Iterable[str] = ()) -> PostTemplate:
        return PostTemplate(self._files, self._tables, post_id, replaced)

    def write(self, clones: Iterable[tuple[PostTemplate, Clone]]) -> int:
        """Write all clones, parents first, and return how many posts there were."""
        waiting: list[tuple[PostTemplate, Clone]] = []
        count = 0
        for clone in clones:
            waiting.append(clone)
            count += 1
            if len(waiting) == _AT_ONCE:
                self._write_some(waiting)
                waiting.clear()
        self._write_some(waiting)
        return count

    def _write_some(self, clones: Sequence[tuple[PostTemplate, Clone]]) -> None:
        rows: dict[str, list[Row]] = {}
        columns: dict[str, list[str]] = {}
        for template, clone in clones:
            for name, row in template.rows(clone):
                rows.setdefault(name, []).append(row)
            columns |= {name: names for name, (names, _) in template.tables.items()}
        for table in self._tables:
            if table.name in rows:
                self._files.write(table.name, columns[table.name], rows[table.name])


def edit_sqlite(path: Path, work: Callable[[Cloner], None]) -> None:
    """Run `work` in one transaction on a SQLite file that nobody else uses."""
    tables = _tables_of(f"sqlite:///{path}")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        connection.execute("BEGIN IMMEDIATE")
        work(Cloner(SqliteFiles(connection), tables))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def edit_postgresql(url: str, work: Callable[[Cloner], None]) -> None:
    """Run `work` in one transaction on PostgreSQL, then collect statistics, as its autovacuum would."""
    tables = _tables_of(url.replace("postgresql://", "postgresql+psycopg://"))
    with psycopg.connect(url) as connection:
        work(Cloner(PostgresFiles(connection), tables))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")


def _tables_of(url: str) -> list[Table]:
    engine, metadata = create_engine(url), MetaData()
    # SQLite keeps its full-text index in tables of its own, which triggers fill.
    metadata.reflect(engine, only=lambda name, _: not name.startswith("posts_search"))
    engine.dispose()
    return list(metadata.sorted_tables)


_SYLLABLES = [first + second for first in "bcdfglmnprstv" for second in "aeiou"]


def vocabulary(rng: random.Random, words: int = 2_000) -> list[str]:
    """Return made-up words without accents, in small letters."""
    return ["".join(rng.choices(_SYLLABLES, k=3)) for _ in range(words)]
