"""What a restore refuses, and what it leaves as it was when something that it needs is away."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import make_url, text

from araldo.storage import connections
from araldo.storage.backup import load
from araldo.storage.backup.errors import BackupFailed
from araldo.storage.backup.load import DatabaseInUse
from araldo.storage.schema_revision import DatabaseForeign
from araldo.workflows.maintenance.backup import ignore_progress
from tests.support.backups import AwayBlobs, BackupHarness
from tests.support.restores import RestoreTarget, write_backup


async def test_a_store_that_is_away_leaves_the_database_as_it_was(
    source: BackupHarness, target: RestoreTarget, tmp_path: Path
) -> None:
    file = await write_backup(source, tmp_path)
    failing = target.restorer
    failing._blobs = AwayBlobs()
    with pytest.raises(BackupFailed, match="does not answer"):
        await failing.restore(file, keys=[], replace=False, progress=ignore_progress)
    assert (await target.restore(file)).held_back > 0


@pytest.mark.parametrize("target", ["postgresql"], indirect=True)
async def test_another_roles_connections_count(source: BackupHarness, target: RestoreTarget, tmp_path: Path) -> None:
    """A role that is no superuser sees neither the type nor the state of another role's connections."""
    file = await write_backup(source, tmp_path)
    name = f"r_{secrets.token_hex(6)}"
    with connections.begin(connections.create_writing_engine(target.url, 5)) as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN"))
        connection.execute(text(f"GRANT ALL ON SCHEMA public TO {name}"))
    as_other = make_url(target.url).set(username=name).render_as_string(hide_password=False)
    restricted = RestoreTarget(as_other, target.folder, target.clock)
    with connections.create_writing_engine(target.url, 5).connect() as running:
        running.execute(text("SELECT 1"))
        with pytest.raises(DatabaseInUse):
            await restricted.restore(file)
    assert (await restricted.restore(file)).held_back > 0


@pytest.mark.parametrize("target", ["postgresql"], indirect=True)
async def test_a_connection_that_is_being_closed_is_waited_for(
    source: BackupHarness, target: RestoreTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await write_backup(source, tmp_path)
    running = connections.create_writing_engine(target.url, 5).connect()
    running.execute(text("SELECT 1"))
    looked: list[float] = []

    def wait(seconds: float) -> None:
        running.close()
        looked.append(seconds)
        time.sleep(seconds)  # until PostgreSQL's process has ended - only it knows when

    monkeypatch.setattr(load, "time", SimpleNamespace(sleep=wait))
    assert (await target.restore(file)).held_back > 0
    assert looked


async def test_another_programs_tables_are_never_replaced(
    source: BackupHarness, target: RestoreTarget, tmp_path: Path
) -> None:
    file = await write_backup(source, tmp_path)
    with connections.begin(connections.create_writing_engine(target.url, 5)) as connection:
        connection.execute(text("CREATE TABLE posts (title TEXT)"))
        connection.execute(text("INSERT INTO posts VALUES ('theirs')"))
    for replace in (False, True):
        with pytest.raises(DatabaseForeign):
            await target.restore(file, replace=replace)
    with connections.begin(connections.create_writing_engine(target.url, 5)) as connection:
        assert connection.execute(text("SELECT title FROM posts")).scalar() == "theirs"
