"""A migration that fails half-way, and a schema of a newer version, leave the database as it was."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from araldo.clock import SystemClock
from araldo.posts import store as post_store
from araldo.storage import connections, schema_revision
from araldo.storage.brand_tables import metadata
from araldo.storage.database import Database
from araldo.storage.schema_revision import DatabaseForeign, SchemaTooNew, known_revisions
from araldo.workspaces import store as workspace_store
from tests.support.database import open_reading, open_transaction

_RAISES = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9998", {newest!r}, None, None


def upgrade():
    op.create_table("halves", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO halves VALUES (1)")
    op.execute("UPDATE workspaces SET name = 'half'")
    with op.batch_alter_table("workspaces") as workspaces:
        workspaces.drop_column("zone")
    {end}
"""


@pytest.fixture
def add_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let this version have one more migration, which ends with the given statement."""

    def add(end: str) -> None:
        newest = known_revisions()[-1]
        folder = tmp_path / "migrations"
        shutil.copytree(schema_revision.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "versions" / "9998_half.py").write_text(_RAISES.format(newest=newest, end=end))
        monkeypatch.setattr(schema_revision, "MIGRATIONS", folder)

    return add


def state_of(database: Database) -> dict[str, Any]:
    with open_reading(database) as transaction:
        connection = transaction._connection
        tables = {
            name: sorted(column["name"] for column in inspect(connection).get_columns(name))
            for name in inspect(connection).get_table_names()
        }
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if transaction.is_postgresql:
            triggers = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        return {
            "tables": tables,
            "triggers": sorted(transaction.execute(text(triggers)).scalars()),
            "names": list(transaction.execute(text("SELECT name FROM workspaces")).scalars()),
            "revision": transaction.execute(text("SELECT version_num FROM alembic_version")).scalar(),
        }


async def test_a_migration_that_fails_half_way_leaves_the_old_database_usable(
    database: Database, add_migration: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_transaction(database) as transaction:
        made = workspace_store.get_or_create_first(transaction, SystemClock().now())
    before = state_of(database)
    shipped = schema_revision.MIGRATIONS
    add_migration("raise ZeroDivisionError")
    with pytest.raises(ZeroDivisionError):
        await database.migrate()
    assert state_of(database) == before
    # The version of before goes on with it, on the same connections and on new ones.
    monkeypatch.setattr(schema_revision, "MIGRATIONS", shipped)
    again = Database(database.url, SystemClock())
    for opened in (database, again):
        await opened.migrate()
        assert await opened.read(lambda tx: workspace_store.get(tx, made.id)) == made
        assert await opened.write(lambda tx: post_store.find_all(tx, set())) == {}
    await again.close()


async def test_a_migration_that_is_mended_is_applied_after_it_failed(
    database: Database, add_migration: Callable[[str], None]
) -> None:
    add_migration("raise ZeroDivisionError")
    with pytest.raises(ZeroDivisionError):
        await database.migrate()
    file = schema_revision.MIGRATIONS / "versions" / "9998_half.py"
    file.write_text(file.read_text().replace("raise ZeroDivisionError", ""))
    await database.migrate()
    after = state_of(database)
    assert after["revision"] == "9998"
    assert "zone" not in after["tables"]["workspaces"]
    assert after["tables"]["halves"] == ["id"]


async def test_a_schema_of_a_newer_version_is_refused_and_left_as_it_is(database: Database) -> None:
    with open_transaction(database) as transaction:
        transaction.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = state_of(database)
    with pytest.raises(SchemaTooNew, match="its schema is 9999"):
        await database.migrate()
    assert state_of(database) == before


def test_the_names_of_all_tables_are_known() -> None:
    assert set(metadata.tables) == schema_revision.TABLE_NAMES


@pytest.mark.parametrize("table", ["posts", "alembic_version"])
async def test_tables_of_another_program_are_left_alone(tmp_path: Path, table: str) -> None:
    url = f"sqlite:///{tmp_path / 'blog.db'}"
    with connections.begin(connections.create_writing_engine(url, 5)) as connection:
        connection.execute(text(f"CREATE TABLE {table} (version_num TEXT)"))
        connection.execute(text(f"INSERT INTO {table} VALUES ('theirs')"))
    database = Database(url, SystemClock())
    with pytest.raises(DatabaseForeign, match=f"has tables of another program \\({table}\\)"):
        await database.migrate()
    await database.close()
