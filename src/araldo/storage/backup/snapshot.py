"""A consistent snapshot of the database as one SQLite file, whichever database it is, taken beside a running server."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from araldo.errors import Conflict
from araldo.messages import Message
from araldo.storage import connections
from araldo.storage.brand_tables import metadata
from araldo.storage.schema_revision import known_revisions, needs_migration, revision_of
from araldo.storage.table_copy import OUR_NAMES, Progress, copy_rows, count_rows
from araldo.storage.upgrade import upgrade_schema

_LOCK_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class SnapshotContents:
    """`rows`: how many rows each table has. `digests`: of the pictures that it refers to."""

    revision: str
    rows: dict[str, int]
    digests: list[str]


class SnapshotDamaged(Exception):
    """The file is no snapshot; `why` says what is wrong with it."""

    def __init__(self, why: Message) -> None:
        super().__init__(why.key)
        self.why = why


def write_snapshot(url: str, path: Path, progress: Progress) -> None:
    """Write what is committed now to the new file `path`; writers are not held up.

    Raises SchemaTooNew, and Conflict when there is no database to back up.
    """
    if url.startswith("sqlite"):
        _copy_sqlite(Path(make_url(url).database or ""), path)
    else:
        _copy_postgresql(url, path, progress)
    _keep_tables_only(path)


def _copy_sqlite(source: Path, path: Path) -> None:
    """Copy with VACUUM INTO: what was deleted, an old token say, does not linger in free pages.

    Through SQLite's own connection alone: closing another handle of the file would release the locks that a server in
    this process has on it (see `private_files`).
    """
    if not source.exists():
        raise Conflict(Message("backup.no_database"))
    address = f"file:{quote(str(source.absolute()))}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, timeout=_LOCK_TIMEOUT_S, isolation_level=None)) as opened:
        opened.execute("VACUUM INTO ?", (str(path),))
    with _engine_of(path).connect() as connection:
        _require_known_schema(connection)


def _copy_postgresql(url: str, path: Path, progress: Progress) -> None:
    engine = create_engine(url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    with engine.connect() as source, source.begin():
        source.exec_driver_sql("SET TRANSACTION READ ONLY")
        revision = _require_known_schema(source)
        with create_database(f"sqlite:///{path}", revision) as target:
            copy_rows(source, target, progress)


def _require_known_schema(connection: Connection) -> str:
    needs_migration(connection)
    revision = revision_of(connection)
    if revision is None:
        raise Conflict(Message("backup.no_database"))
    return revision


@contextmanager
def create_database(url: str, revision: str) -> Iterator[Connection]:
    """Open a transaction on an empty database with the schema of `revision`, committed when the block ends."""
    engine = connections.create_writing_engine(url, _LOCK_TIMEOUT_S)
    with connections.begin(engine, foreign_keys=False) as connection:
        upgrade_schema(connection, revision)
        yield connection


def _keep_tables_only(path: Path) -> None:
    """Drop the full-text index and the triggers, which a restore makes anew: it then accepts nothing but tables."""
    with closing(sqlite3.connect(path, isolation_level=None)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
        triggers = opened.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            opened.execute(f'DROP TRIGGER "{name}"')
        opened.execute("DROP TABLE IF EXISTS posts_search")


@contextmanager
def open_snapshot(path: Path) -> Iterator[Connection]:
    """Open the file for reading, as one that nobody may be trusted to have made."""
    with _engine_of(path).connect() as connection:
        yield connection


def _engine_of(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        opened = sqlite3.connect(f"file:{quote(str(path.absolute()))}?immutable=1", uri=True, isolation_level=None)
        # See https://sqlite.org/security.html, "Untrusted SQLite Database Files".
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "query_only=ON"):
            opened.execute(f"PRAGMA {pragma}")
        return opened

    return create_engine("sqlite://", creator=connect, poolclass=NullPool)


def read_snapshot(path: Path) -> SnapshotContents:
    """Check the file's pages, references and schema, and return what is in it. Raises SnapshotDamaged."""
    try:
        with open_snapshot(path) as connection:
            return _read_contents(connection)
    except SQLAlchemyError as wrong:
        raise SnapshotDamaged(Message("backup.database_unreadable")) from wrong


def _read_contents(connection: Connection) -> SnapshotContents:
    other = "SELECT count(*) FROM sqlite_master WHERE type IN ('trigger', 'view') OR sql LIKE 'CREATE VIRTUAL%'"
    if connection.exec_driver_sql(other).scalar():
        raise SnapshotDamaged(Message("backup.schema_wrong"))
    revision = revision_of(connection)
    columns = _columns_of(connection)
    if revision not in known_revisions() or columns != _expected_columns(revision):
        raise SnapshotDamaged(Message("backup.schema_wrong"))
    healthy = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() == "ok"
    if not healthy or connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise SnapshotDamaged(Message("backup.database_unreadable"))
    digests = connection.exec_driver_sql("SELECT DISTINCT digest FROM media ORDER BY digest").scalars().all()
    return SnapshotContents(revision, count_rows(connection, columns), list(digests))


def _columns_of(connection: Connection) -> dict[str, set[str]]:
    """Return the columns of each of our tables that are written; computed ones follow from them."""
    found = connection.exec_driver_sql(
        "SELECT tables.name, columns.name FROM sqlite_master AS tables, pragma_table_xinfo(tables.name) AS columns"
        " WHERE tables.type = 'table' AND columns.hidden = 0"
    )
    columns: dict[str, set[str]] = {}
    for table, column in found:
        if table in OUR_NAMES:
            columns.setdefault(table, set()).add(column)
    return columns


@cache
def _expected_columns(revision: str) -> dict[str, set[str]]:
    """Return the columns of each table at that revision."""
    if revision == known_revisions()[-1]:
        return {
            one.name: {column.name for column in one.columns if column.computed is None}
            for one in metadata.sorted_tables
        }
    with create_database("sqlite://", revision) as connection:
        return _columns_of(connection)
