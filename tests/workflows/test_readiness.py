"""Readiness: which part keeps the process from working, told within a moment, and well again by itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, select

from araldo.storage.database import Database
from araldo.storage.schema import idempotency
from araldo.workflows import readiness
from araldo.workflows.readiness import DiskFloor, Readiness, ReadinessCheck
from tests.support.clock import FakeClock
from tests.support.migrated import copy_migrated_file

WELL = Readiness(database=True, worker=True, disk=True)
Made = Callable[..., ReadinessCheck]


@pytest.fixture
def made(clock: FakeClock, tmp_path: Path) -> Made:
    def make(over: Database, *, folder: Path = tmp_path, min_free_bytes: int = 0, alive: bool = True) -> ReadinessCheck:
        return ReadinessCheck(over, clock, DiskFloor(folder, min_free_bytes), worker_alive=lambda: alive)

    return make


@pytest.fixture
async def impatient(tmp_path: Path) -> AsyncIterator[Database]:
    """A SQLite database that waits for a lock a tenth of a second."""
    copy_migrated_file(tmp_path / "impatient.db")
    opened = Database(f"sqlite+aiosqlite:///{tmp_path / 'impatient.db'}", busy_timeout_s=0.1)
    yield opened
    await opened.close()


async def test_all_is_well_and_the_probe_leaves_nothing(made: Made, database: Database) -> None:
    assert await made(database).check() == WELL
    async with database.reading() as transaction:
        assert (await transaction.execute(select(idempotency))).all() == []


async def test_it_writes_only_now_and_then(
    made: Made, impatient: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    async def write(_transaction: object, now: object) -> None:
        written.append(now)

    monkeypatch.setattr(readiness, "write_and_delete", write)
    check = made(impatient)
    await asyncio.gather(*[check.check() for _ in range(50)])
    assert len(written) == 1
    clock.advance(6)
    await check.check()
    assert len(written) == 2


async def test_a_dead_worker_is_seen_at_once(made: Made, impatient: Database) -> None:
    assert await made(impatient, alive=False).check() == Readiness(database=True, worker=False, disk=True)


async def test_a_disk_under_its_floor_is_full(made: Made, impatient: Database) -> None:
    assert await made(impatient, min_free_bytes=10**18).check() == Readiness(database=True, worker=True, disk=False)


async def test_a_folder_that_is_gone_is_no_room(made: Made, impatient: Database, tmp_path: Path) -> None:
    assert (await made(impatient, folder=tmp_path / "gone").check()).disk is False


async def test_a_locked_database_fails_until_the_lock_is_gone(
    made: Made, impatient: Database, clock: FakeClock, tmp_path: Path
) -> None:
    check = made(impatient)
    other = sqlite3.connect(tmp_path / "impatient.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert (await check.check()).database is False
    assert not check.database_seemed_well()
    other.execute("ROLLBACK")
    other.close()
    clock.advance(6)
    assert await check.check() == WELL
    assert check.database_seemed_well()


async def test_it_answers_while_the_database_does_not(
    made: Made, impatient: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "_WAIT_S", 0.05)
    check = made(impatient)
    async with impatient.transaction():
        # Our own writer has the turn; the probe waits for it and is not asked twice.
        assert [(await check.check()).database for _ in range(3)] == [False] * 3
    monkeypatch.setattr(readiness, "_WAIT_S", 5)
    assert await check.check() == WELL


async def test_a_database_that_may_not_grow_is_not_ready(made: Made, impatient: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "impatient.db", isolation_level=None)) as other:
        # Without pages that could be used again.
        other.execute("VACUUM")
        pages = other.execute("PRAGMA page_count").fetchone()[0]

    @event.listens_for(impatient._engine.sync_engine, "connect")
    def _no_more(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    assert (await made(impatient).check()).database is False
