"""Backups by themselves: every so often, so many kept, once among several processes, failures for all to see."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from araldo.cli.findings import backup_finding
from araldo.storage.database import Database
from araldo.workflows.maintenance import backup_status
from araldo.workflows.maintenance.backup import SCRATCH
from araldo.workflows.maintenance.backup_schedule import BackupPlan, BackupSchedule
from araldo.workflows.maintenance.backup_status import BackupStatus, read_status
from araldo.workflows.monitoring.figures import DatabaseCollector
from tests.support.backups import BackupHarness, make_backup_harness
from tests.support.clock import FakeClock
from tests.support.logs import expected_lines

_HOUR = 3_600.0


@pytest.fixture
async def source(database: Database, clock: FakeClock, tmp_path: Path) -> BackupHarness:
    return await make_backup_harness(database, clock, tmp_path / "source")


@pytest.fixture
def plan(tmp_path: Path) -> BackupPlan:
    return BackupPlan(tmp_path / "new" / "backups", timedelta(hours=24), kept=2)


def schedule_of(source: BackupHarness, plan: BackupPlan | None) -> BackupSchedule:
    return BackupSchedule(database=source.database, clock=source.clock, writer=source.writer, plan=plan)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def doctor_says(status: BackupStatus) -> tuple[str, str]:
    finding = backup_finding(status, is_scheduled=True, zone="UTC")
    return finding.grade, finding.message.to("en")


async def test_a_backup_a_day_and_so_many_kept(source: BackupHarness, plan: BackupPlan) -> None:
    schedule = schedule_of(source, plan)
    assert doctor_says(await source.database.read(read_status))[0] == "note"
    first = await schedule.make_due_backup()
    assert first is not None
    assert await schedule.make_due_backup() is None
    source.clock.advance(23.9 * _HOUR)
    assert await schedule.make_due_backup() is None
    put_strangers_into(plan.folder)
    last: Path | None = first
    for _ in range(3):
        source.clock.advance(24 * _HOUR)
        last = await schedule.make_due_backup()
    assert last is not None
    kept = [name for name in names_in(plan.folder) if name.startswith("araldo-2")]
    assert len(kept) == 2
    assert kept[-1] == last.name
    assert first.name not in kept
    # What is not ours stays, and what a killed process has left unfinished goes.
    assert set(names_in(plan.folder)) == {*kept, "araldo-mine.tar", "notes.txt"}
    status = await source.database.read(read_status)
    assert (status.succeeded_at, status.file, status.size) == (source.clock.now(), str(last), size_of(last))
    assert doctor_says(status)[0] == "good"


def put_strangers_into(folder: Path) -> None:
    (folder / "araldo-mine.tar").touch()
    (folder / "notes.txt").touch()
    (folder / f"{SCRATCH}killed").mkdir()


def size_of(path: Path) -> int:
    return path.stat().st_size


async def test_without_a_folder_none_is_made(source: BackupHarness) -> None:
    assert await schedule_of(source, None).make_due_backup() is None
    assert await source.database.read(read_status) == BackupStatus()


async def test_of_several_processes_one_makes_it(source: BackupHarness, plan: BackupPlan) -> None:
    made = await asyncio.gather(*[schedule_of(source, plan).make_due_backup() for _ in range(4)])
    assert len([path for path in made if path is not None]) == 1
    assert len(names_in(plan.folder)) == 1


async def test_a_failure_is_recorded_logged_and_tried_again_later(source: BackupHarness, plan: BackupPlan) -> None:
    blocked = replace(plan, folder=plan.folder / "file" / "below")
    block(plan.folder / "file")
    schedule = schedule_of(source, blocked)
    with capture_logs() as logs:
        for _ in range(3):
            assert await schedule.make_due_backup() is None
    assert [(entry["event"], entry["log_level"]) for entry in expected_lines(logs)] == [("backup_failed", "error")]
    grade, said = doctor_says(await source.database.read(read_status))
    assert grade == "bad"
    assert said.startswith("The last backup failed on ")
    source.clock.advance(600)
    unblock(plan.folder / "file")
    assert await schedule.make_due_backup() is not None
    assert doctor_says(await source.database.read(read_status))[0] == "good"


def block(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()


def unblock(path: Path) -> None:
    path.unlink()


async def test_a_process_that_was_killed_keeps_its_turn_for_two_hours(source: BackupHarness, plan: BackupPlan) -> None:
    assert await source.database.write(partial(backup_status.claim, every=plan.every))
    assert await schedule_of(source, plan).make_due_backup() is None
    source.clock.advance(2 * _HOUR)
    assert await schedule_of(source, plan).make_due_backup() is not None


async def test_the_age_of_the_last_backup_is_a_metric_where_backups_are_made(
    source: BackupHarness, plan: BackupPlan
) -> None:
    async def scrape(every: timedelta | None) -> dict[str, list[float]]:
        collector = DatabaseCollector(source.database, source.clock, every)
        await collector.refresh()
        found = {metric.name: [sample.value for sample in metric.samples] for metric in collector.collect()}
        return {name: values for name, values in found.items() if name.startswith("araldo_backup")}

    last, interval = "araldo_backup_last_success_timestamp_seconds", "araldo_backup_interval_seconds"
    assert await scrape(None) == {last: [], interval: []}
    assert await scrape(plan.every) == {last: [0.0], interval: [plan.every.total_seconds()]}
    made_at = source.clock.now().timestamp()
    assert await schedule_of(source, plan).make_due_backup() is not None
    source.clock.advance(500)
    assert await scrape(plan.every) == {last: [made_at], interval: [plan.every.total_seconds()]}


async def test_a_clock_that_was_wrong_does_not_end_the_backups(source: BackupHarness, plan: BackupPlan) -> None:
    schedule = schedule_of(source, plan)
    source.clock.advance(365 * 24 * _HOUR)
    assert await schedule.make_due_backup() is not None
    source.clock.advance(-365 * 24 * _HOUR)
    assert await schedule.make_due_backup() is not None
    assert await schedule.make_due_backup() is None
