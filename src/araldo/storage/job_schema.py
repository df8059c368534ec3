"""The tables of the job queue: created and upgraded by the SQL files of the installed procrastinate."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Connection, inspect, text


def migrate_job_tables(connection: Connection) -> None:
    """Create the tables, or apply the files that were added since; on PostgreSQL, inside the migration's lock."""
    folder = _sql_folder()
    names = sorted(path.name for path in (folder / "migrations").glob("*.sql"))
    if not inspect(connection).has_table("job_queue_migrations"):
        connection.execute(text("CREATE TABLE job_queue_migrations (name text PRIMARY KEY)"))
        _run_file(connection, folder / "schema.sql")
        missing = names
    else:
        applied = set(connection.execute(text("SELECT name FROM job_queue_migrations")).scalars())
        missing = [name for name in names if name not in applied]
        for name in missing:
            _run_file(connection, folder / "migrations" / name)
    for name in missing:
        connection.execute(text("INSERT INTO job_queue_migrations (name) VALUES (:name)"), {"name": name})


def _sql_folder() -> Path:
    # Found without an import, which takes a tenth of a second at every start.
    spec = find_spec("procrastinate")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "sql"


def _run_file(connection: Connection, path: Path) -> None:
    """Run a file of several statements, which the driver takes only without parameters."""
    driver = connection.connection.dbapi_connection
    assert driver is not None
    cursor = driver.cursor()
    cursor.execute(path.read_text(encoding="utf-8"))
    cursor.close()
