"""Readiness: it names the part that does not work, quickly, and recovers by itself."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, select

from araldo.clock import SystemClock
from araldo.storage.database import Database
from araldo.storage.schema import idempotency
from araldo.workflows.maintenance import readiness
from araldo.workflows.maintenance.readiness import DiskFloor, Readiness, ReadinessCheck
from tests.support.clock import FakeClock
from tests.support.database import open_reading
from tests.support.migrated import copy_migrated_file

WELL = Readiness(database=True, worker=True, disk=True)
MakeReadinessCheck = Callable[..., ReadinessCheck]


@pytest.fixture
def make_check(clock: FakeClock, tmp_path: Path) -> MakeReadinessCheck:
    def make(over: Database, *, folder: Path = tmp_path, min_free_bytes: int = 0, alive: bool = True) -> ReadinessCheck:
        return ReadinessCheck(over, clock, DiskFloor(folder, min_free_bytes), worker_alive=lambda: alive)

    return make


@pytest.fixture
async def short_timeout_database(tmp_path: Path) -> AsyncIterator[Database]:
    """A SQLite database that waits for a lock a tenth of a second."""
    copy_migrated_file(tmp_path / "short_timeout_database.db")
    opened = Database(f"sqlite:///{tmp_path / 'short_timeout_database.db'}", SystemClock(), lock_timeout_s=0.1)
    yield opened
    await opened.close()


async def test_a_working_process_is_ready_and_the_probe_leaves_no_row(
    make_check: MakeReadinessCheck, database: Database
) -> None:
    assert await make_check(database).check() == WELL
    with open_reading(database) as transaction:
        assert transaction.execute(select(idempotency)).all() == []


async def test_the_database_is_probed_at_most_every_five_seconds(
    make_check: MakeReadinessCheck, short_timeout_database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def write(_transaction: object, now: object) -> None:
        written.append(now)

    monkeypatch.setattr(readiness, "write_and_delete", write)
    check = make_check(short_timeout_database)
    await asyncio.gather(*[check.check() for _ in range(50)])
    assert len(written) == 1
    clock.advance(6)
    await check.check()
    assert len(written) == 2


async def test_a_dead_worker_is_reported_at_once(
    make_check: MakeReadinessCheck, short_timeout_database: Database
) -> None:
    assert await make_check(short_timeout_database, alive=False).check() == Readiness(
        database=True, worker=False, disk=True
    )


async def test_too_little_free_space_is_not_ready(
    make_check: MakeReadinessCheck, short_timeout_database: Database
) -> None:
    assert await make_check(short_timeout_database, min_free_bytes=10**18).check() == Readiness(
        database=True, worker=True, disk=False
    )


async def test_a_missing_folder_is_not_ready(
    make_check: MakeReadinessCheck, short_timeout_database: Database, tmp_path: Path
) -> None:
    assert (await make_check(short_timeout_database, folder=tmp_path / "gone").check()).disk is False


async def test_a_locked_database_is_not_ready_until_unlocked(
    make_check: MakeReadinessCheck, short_timeout_database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    check = make_check(short_timeout_database)
    other = sqlite3.connect(tmp_path / "short_timeout_database.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert (await check.check()).database is False
    assert not check.database_seemed_well()
    other.execute("ROLLBACK")
    other.close()
    clock.advance(6)
    assert await check.check() == WELL
    assert check.database_seemed_well()


async def test_it_answers_while_the_database_does_not(
    make_check: MakeReadinessCheck, short_timeout_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "_WAIT_S", 0.05)
    check = make_check(short_timeout_database)
    release = threading.Event()
    # Our own writer is busy; the probe waits for it and is not asked twice.
    busy = asyncio.create_task(short_timeout_database.write(lambda _: release.wait(20)))
    assert [(await check.check()).database for _ in range(3)] == [False] * 3
    release.set()
    await busy
    monkeypatch.setattr(readiness, "_WAIT_S", 5)
    assert await check.check() == WELL


async def test_a_database_that_cannot_grow_is_not_ready(
    make_check: MakeReadinessCheck, short_timeout_database: Database, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "short_timeout_database.db", isolation_level=None)) as other:
        # Without pages that could be used again.
        other.execute("VACUUM")
        pages = other.execute("PRAGMA page_count").fetchone()[0]

    @event.listens_for(short_timeout_database._engine, "connect")
    def _no_more(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    assert (await make_check(short_timeout_database).check()).database is False
