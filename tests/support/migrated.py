"""Databases migrated once per process and then copied: a file on SQLite, a template on PostgreSQL."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from sqlalchemy import create_engine

from araldo.storage.job_schema import migrate_job_tables
from araldo.storage.upgrade import upgrade_schema

_TEMPLATE = "template_migrated"


def migrate(url: str) -> None:
    """Bring the database up to this version's schema, without an event loop."""
    engine = create_engine(url)
    with engine.begin() as connection:
        upgrade_schema(connection)
        if connection.dialect.name == "postgresql":
            migrate_job_tables(connection)
    engine.dispose()


@cache
def _migrated_file() -> tuple[tempfile.TemporaryDirectory[str], Path]:
    """Return the folder, too, so that it exists until the process ends."""
    folder = tempfile.TemporaryDirectory(prefix="araldo-migrated-")
    path = Path(folder.name) / "araldo.db"
    migrate(f"sqlite:///{path}")
    return folder, path


def copy_migrated_file(path: Path) -> None:
    """Make `path` a migrated, empty SQLite database."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_migrated_file()[1], path)


def make_template(server_url: str) -> None:
    """Make the migrated database that `postgres_database(..., migrated=True)` copies; once a server."""
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {_TEMPLATE}".encode())
    migrate(f"{server_url}/{_TEMPLATE}".replace("postgresql://", "postgresql+psycopg://"))


@contextmanager
def postgres_database(server_url: str, *, migrated: bool) -> Iterator[str]:
    """Yield the URL of a database of the caller's own; dropped afterwards, with whoever is still connected."""
    name = f"t_{secrets.token_hex(6)}"
    template = f" TEMPLATE {_TEMPLATE}" if migrated else ""
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}{template}".encode())
        try:
            yield f"{server_url}/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
