"""Copy the rows of all tables from one database to another of the same schema, SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    DateTime,
    column,
    func,
    insert,
    inspect,
    literal,
    select,
    table,
    text,
    union_all,
)
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.sql.expression import ColumnClause, TableClause
from sqlalchemy.types import NullType, TypeEngine

from araldo.errors import Conflict
from araldo.messages import Message
from araldo.storage.brand_tables import metadata
from araldo.storage.derived import create_status_triggers, drop_status_triggers
from araldo.storage.utc import UtcTime

# What a step has done so far, and of how much: rows, files.
Progress = Callable[[int, int], None]

_SLICE = 500
# With the names that tables had in earlier revisions; others in the same PostgreSQL database are not ours.
OUR_NAMES = frozenset({*metadata.tables, "tellers"})


class CopyIncomplete(Conflict):
    """The rows that arrived are not those that were there."""

    code = "copy_incomplete"


def our_tables(connection: Connection) -> list[TableClause]:
    """Return the schema's tables as this database has them, each after those that it refers to.

    They have the columns that are written, with types that both databases read and write; computed ones follow from
    them.
    """
    found = inspect(connection)
    names = [name for name, _ in found.get_sorted_table_and_fkc_names() if name in OUR_NAMES]
    # Without names it would return the columns of all tables.
    columns = found.get_multi_columns(filter_names=names) if names else {}
    return [table(name, *_stored_columns(columns[None, name])) for name in names]


def _stored_columns(found: Iterable[ReflectedColumn]) -> Iterator[ColumnClause[Any]]:
    for one in found:
        if "computed" not in one:
            yield column(one["name"], _portable_type(one["type"]))


def _portable_type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return a type that both databases read and write; what they call it themselves differs."""
    if isinstance(kind, DateTime):
        return UtcTime()
    if isinstance(kind, JSON):
        return JSON(none_as_null=True)
    return Boolean() if isinstance(kind, Boolean) else NullType()


def count_rows(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Return how many rows each table has; in one statement, because preparing one for each takes longer."""
    counts = [select(literal(name), func.count()).select_from(table(name)) for name in names]
    rows = connection.execute(union_all(*counts)).all() if counts else []
    return dict(rows)


def copy_rows(source: Connection, target: Connection, progress: Progress) -> dict[str, int]:
    """Copy every row into the empty tables of `target`, in slices, and return how many each table has.

    The tables are those of `target`, so nothing of the source but its rows has an effect. Event ids go on after the
    source's last one. Raises CopyIncomplete when a count differs.
    """
    tables = our_tables(target)
    names = [one.name for one in tables]
    expected = count_rows(source, names)
    total, done = sum(expected.values()), 0
    drop_status_triggers(target)
    # Migrations fill some tables themselves.
    filled = count_rows(target, names)
    for one in reversed(tables):
        if filled[one.name]:
            target.execute(one.delete())
    for one in tables:
        for rows in _slices(source, one) if expected[one.name] else ():
            target.execute(insert(one), rows)
            done += len(rows)
            progress(done, total)
    raise_event_ids(target, last_event_id(source))
    if any(column["name"] == "status" for column in inspect(target).get_columns("posts")):
        create_status_triggers(target)
    copied = count_rows(target, names)
    if copied != expected:
        wrong = ", ".join(name for name in copied if copied[name] != expected[name])
        raise CopyIncomplete(Message("database.copy_incomplete", {"tables": wrong}))
    return copied


def _slices(source: Connection, one: TableClause) -> Iterator[list[dict[str, Any]]]:
    streamed = source.execute(select(one), execution_options={"stream_results": True, "max_row_buffer": _SLICE})
    for rows in streamed.mappings().partitions(_SLICE):
        yield [dict(row) for row in rows]


def last_event_id(connection: Connection) -> int:
    """Return the highest id that an event ever had; its row may be deleted."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'events'")).scalar()
    else:
        query = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM events_id_seq"
        found = connection.execute(text(query)).scalar()
    return int(found or 0)


def raise_event_ids(connection: Connection, last: int) -> None:
    """Let the ids of further events begin after `last`, as they must after rows with ids of their own."""
    last = max(last, connection.execute(text("SELECT coalesce(max(id), 0) FROM events")).scalar_one())
    if last == 0:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = 'events'"))
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES ('events', :last)"), {"last": last})
    else:
        connection.execute(text("SELECT setval('events_id_seq', :last)"), {"last": last})


def is_empty(connection: Connection) -> bool:
    """Return whether there is no workspace and no user yet: no schema, or one that nobody has used."""
    present = set(inspect(connection).get_table_names())
    used = [metadata.tables[name] for name in ("workspaces", "users") if name in present]
    return all(connection.execute(select(func.count()).select_from(one)).scalar_one() == 0 for one in used)


def drop_all_tables(connection: Connection) -> None:
    """Drop the schema with all rows, for another one in the same transaction; tables of others stay."""
    is_sqlite = connection.dialect.name == "sqlite"
    present = set(inspect(connection).get_table_names())
    if is_sqlite and "posts_search" in present:
        connection.exec_driver_sql("DROP TABLE posts_search")
    for one in reversed(our_tables(connection)):
        connection.exec_driver_sql(f'DROP TABLE "{one.name}"{"" if is_sqlite else " CASCADE"}')
    if "alembic_version" in present:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    if not is_sqlite:
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS refresh_post_status()")
