"""A database to back up, and an empty one of either kind to restore to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command

from araldo.storage.database import Database
from tests.support.backups import BackupHarness, make_backup_harness
from tests.support.clock import FakeClock
from tests.support.recorded_migrations import replay_on_empty
from tests.support.restores import OpenedDatabases, RestoreTarget

_UPGRADE = replay_on_empty(command.upgrade)


@pytest.fixture(autouse=True)
def replayed_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each restore to PostgreSQL makes the schema anew; that migrations make it is what `tests/storage` is about."""
    monkeypatch.setattr(command, "upgrade", _UPGRADE)


@pytest.fixture
async def source(database: Database, clock: FakeClock, tmp_path: Path) -> BackupHarness:
    return await make_backup_harness(database, clock, tmp_path / "source")


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> RestoreTarget:
    folder = tmp_path / "restored"
    folder.mkdir()
    url = f"sqlite:///{folder / 'araldo.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("empty_postgres").replace("postgresql://", "postgresql+psycopg://")
    return RestoreTarget(url, folder, clock)


@pytest.fixture
async def opened(target: RestoreTarget) -> AsyncIterator[OpenedDatabases]:
    databases = OpenedDatabases(target)
    yield databases
    await databases.close()
