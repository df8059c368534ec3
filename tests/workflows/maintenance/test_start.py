"""Starting while the database is locked or the disk is full."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from araldo import app as composition
from araldo.app import Araldo
from araldo.data_folder import lock_data_folder
from araldo.storage.database import Database
from tests.support.clock import FakeClock
from tests.support.migrated import copy_migrated_file
from tests.support.running_system import settings_for


class _FreeingClock(FakeClock):
    """Ends the lock at the third pause of a start."""

    def __init__(self, lock: sqlite3.Connection) -> None:
        super().__init__(short_s=10)
        self._lock = lock
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        if self._lock.in_transaction:
            self.pauses.append(seconds)
            if len(self.pauses) == 3:
                self._lock.execute("ROLLBACK")
        await super().sleep(seconds)


async def test_a_start_waits_for_a_database_that_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composition, "Database", partial(Database, lock_timeout_s=0.01))
    settings = settings_for(tmp_path, "http://127.0.0.1:9")
    copy_migrated_file(settings.data_dir / "araldo.db")
    with closing(sqlite3.connect(settings.data_dir / "araldo.db", isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        clock = _FreeingClock(lock)
        araldo = Araldo(settings, clock)
        async with araldo.background_work():
            assert clock.pauses == [1, 2, 4]
            await araldo.database.write(lambda transaction: None)
        await araldo.close()


def test_the_data_folder_is_locked_even_when_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Writing to it fails as on a full disk.
    (tmp_path / "araldo.lock").symlink_to("/dev/full")
    with lock_data_folder(tmp_path):
        pass
