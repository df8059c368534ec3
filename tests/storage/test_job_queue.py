"""The job queue on a real PostgreSQL: deferred by one process, run by another, whatever dies in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from types import SimpleNamespace

import procrastinate
import psycopg
import pytest
from procrastinate import jobs
from procrastinate.manager import JobManager
from structlog.testing import capture_logs

from araldo.clock import SystemClock
from araldo.storage import job_queue
from araldo.storage.database import Database
from araldo.storage.job_queue import JobKind, JobQueue
from tests.support.waiting import until

# Made by the newest file of the installed version.
_NEWEST_FUNCTION = "procrastinate_trigger_function_status_events_update_v1"


class Runs:
    """When a job was run."""

    def __init__(self, clock: SystemClock) -> None:
        self.at: list[datetime] = []
        self._clock = clock

    async def run(self) -> None:
        self.at.append(self._clock.now())


class SteppedClock(SystemClock):
    """A clock that the test sets."""

    step = timedelta()

    def now(self) -> datetime:
        return super().now() + self.step


@asynccontextmanager
async def _connected(queue: JobQueue, *, works: bool) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(queue.run()), *([asyncio.create_task(queue.work())] if works else [])]
    try:
        yield
    finally:
        for task in reversed(tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _until(condition: Callable[[], bool], within_s: float = 30) -> None:
    await asyncio.to_thread(until, condition, within_s)


def _jobs(url: str) -> list[tuple[str, str]]:
    with psycopg.connect(url) as connection:
        return [
            (name, status)
            for name, status in connection.execute("SELECT task_name, status FROM procrastinate_jobs ORDER BY id")
        ]


async def test_a_job_deferred_here_runs_there(fresh_postgres: str) -> None:
    clock = SystemClock()
    runs = Runs(clock)
    kinds = [JobKind("look", runs.run, None)]
    here, there = JobQueue(fresh_postgres, clock, kinds), JobQueue(fresh_postgres, clock, kinds)
    async with _connected(here, works=False), _connected(there, works=True):
        await here.defer("look")
        await _until(lambda: len(runs.at) == 1)
        await _until(lambda: "look" not in dict(_jobs(fresh_postgres)))


async def test_one_job_waits_however_often_it_is_deferred(fresh_postgres: str) -> None:
    clock = SystemClock()
    queue = JobQueue(fresh_postgres, clock, [JobKind("look", Runs(clock).run, None)])
    at = clock.now() + timedelta(hours=1)
    async with _connected(queue, works=False):
        for _ in range(3):
            await queue.defer("look")
            await queue.defer("look", at=at)
        await queue.defer("look", at=at + timedelta(seconds=1))
    assert _jobs(fresh_postgres) == [("look", "todo")] * 3


async def test_a_job_for_a_moment_runs_at_it(fresh_postgres: str) -> None:
    clock = SystemClock()
    runs = Runs(clock)
    queue = JobQueue(fresh_postgres, clock, [JobKind("look", runs.run, None)])
    at = clock.now() + timedelta(seconds=4)
    async with _connected(queue, works=True):
        await queue.defer("look", at=at)
        await _until(lambda: len(runs.at) == 1)
    assert runs.at[0] >= at


async def test_a_job_that_fails_is_logged_and_leaves_nothing(fresh_postgres: str) -> None:
    async def fail() -> None:
        raise ValueError("a bug")

    queue = JobQueue(fresh_postgres, SystemClock(), [JobKind("look", fail, None)])
    with capture_logs() as lines:
        async with _connected(queue, works=True):
            await queue.defer("look")
            await _until(lambda: any(line["event"] == "job_failed" for line in lines))
            await _until(lambda: "look" not in dict(_jobs(fresh_postgres)))
    assert [line["job"] for line in lines if line["event"] == "job_failed"] == ["look"]


async def test_a_kind_that_fails_does_not_hide_that_another_does(fresh_postgres: str) -> None:
    async def fail() -> None:
        raise ValueError("a bug")

    queue = JobQueue(fresh_postgres, SystemClock(), [JobKind(name, fail, None) for name in ("look", "listen")])
    with capture_logs() as lines:
        async with _connected(queue, works=True):
            for name in ("look", "listen"):
                await queue.defer(name)
            await _until(lambda: {line["job"] for line in lines if line["event"] == "job_failed"} == {"look", "listen"})


async def test_what_a_dead_worker_was_running_does_not_keep_others_from_it(fresh_postgres: str) -> None:
    clock = SystemClock()
    runs = Runs(clock)
    queue = JobQueue(fresh_postgres, clock, [JobKind("look", runs.run, None)])
    async with _connected(queue, works=False):
        await queue.defer("look")
    with psycopg.connect(fresh_postgres) as connection:
        # As after `kill -9`: its heartbeat is old.
        [dead] = connection.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id"
        ).fetchall()
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", dead)
    async with _connected(queue, works=True):
        await queue.defer("look")
        await _until(lambda: len(runs.at) == 1)
    assert _jobs(fresh_postgres) == []


async def test_a_job_whose_end_could_not_be_stored_does_not_keep_others_from_running(
    fresh_postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker lives, and PostgreSQL has its exclusive job as one that still runs."""
    monkeypatch.setattr(job_queue, "_ENDING_S", 0.5)
    monkeypatch.setattr(job_queue, "_RECOVER_EVERY_S", 0.5)
    finish, lost = JobManager.finish_job, list[str]()

    async def lose_the_first(manager: JobManager, job: jobs.Job, status: jobs.Status, delete_job: bool) -> None:
        if job.task_name == "look" and not lost:
            lost.append(job.task_name)
            raise procrastinate.exceptions.ConnectorException
        await finish(manager, job, status, delete_job)

    monkeypatch.setattr(JobManager, "finish_job", lose_the_first)
    clock = SystemClock()
    runs = Runs(clock)
    queue = JobQueue(fresh_postgres, clock, [JobKind("look", runs.run, None)])
    async with _connected(queue, works=True):
        await queue.defer("look")
        await _until(lambda: bool(lost))
        await queue.defer("look")
        await _until(lambda: len(runs.at) == 2, within_s=15)


async def test_periodic_jobs_go_on_when_the_clock_is_set_back(
    fresh_postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SteppedClock()
    monkeypatch.setattr(job_queue, "_RECOVER_EVERY_S", 0.5)
    monkeypatch.setattr(procrastinate.periodic, "time", SimpleNamespace(time=lambda: clock.now().timestamp()))
    runs = Runs(clock)
    queue = JobQueue(fresh_postgres, clock, [JobKind("look", runs.run, 5)])
    async with _connected(queue, works=True):
        await _until(lambda: len(runs.at) >= 1)
        clock.step = timedelta(hours=-1)
        before = len(runs.at)
        # One may have been deferred by then.
        await _until(lambda: len(runs.at) >= before + 2, within_s=20)


async def test_a_worker_that_stops_while_the_database_is_away_ends(
    fresh_postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(manager: JobManager, worker_id: int) -> None:
        raise procrastinate.exceptions.ConnectorException

    monkeypatch.setattr(JobManager, "unregister_worker", fail)
    queue = JobQueue(fresh_postgres, SystemClock(), [])
    async with _connected(queue, works=False):
        working = asyncio.create_task(queue.work())
        while not await queue.is_worked_on():  # noqa: ASYNC110 - waits for another task
            await asyncio.sleep(0.05)  # polls a condition
        working.cancel()
        done, _ = await asyncio.wait({working}, timeout=15)
    assert done == {working}
    assert working.cancelled()


async def test_workers_are_seen_while_they_live(fresh_postgres: str) -> None:
    clock = SystemClock()
    web, worker = JobQueue(fresh_postgres, clock, []), JobQueue(fresh_postgres, clock, [])
    async with _connected(web, works=False):
        assert not await web.is_worked_on()
        async with _connected(worker, works=True):
            while not await web.is_worked_on():  # noqa: ASYNC110 - it is what is tested
                await asyncio.sleep(0.05)  # polls a condition
        assert not await web.is_worked_on()


async def test_a_lost_connection_is_made_again(fresh_postgres: str) -> None:
    clock = SystemClock()
    runs = Runs(clock)
    queue = JobQueue(fresh_postgres, clock, [JobKind("look", runs.run, None)])
    async with _connected(queue, works=True):
        await queue.defer("look")
        await _until(lambda: len(runs.at) == 1)
        with psycopg.connect(fresh_postgres) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        with suppress(procrastinate.exceptions.ConnectorException):
            await queue.defer("look")
        await _until(lambda: len(_jobs(fresh_postgres)) == 0 and len(runs.at) >= 1)
        await queue.defer("look")
        await _until(lambda: len(runs.at) >= 2)


@pytest.mark.parametrize(
    ("every_s", "cron"),
    [(None, None), (5, "* * * * * */5"), (60, "*/1 * * * *"), (600, "*/10 * * * *"), (3600, "0 * * * *")],
)
def test_intervals_are_written_as_crontabs(every_s: int | None, cron: str | None) -> None:
    async def nothing() -> None:
        return

    assert JobKind("look", nothing, every_s).cron == cron


async def test_the_tables_are_upgraded_by_the_files_that_are_new(empty_postgres: str) -> None:
    database = Database(empty_postgres.replace("postgresql://", "postgresql+psycopg://"), SystemClock())
    await database.migrate()
    with psycopg.connect(empty_postgres) as connection:
        applied = {name for (name,) in connection.execute("SELECT name FROM job_queue_migrations")}
        newest = max(applied)
        # As if the installed version had come with one file more than the one that made the tables.
        connection.execute("DELETE FROM job_queue_migrations WHERE name = %s", (newest,))
        connection.execute(f"DROP FUNCTION {_NEWEST_FUNCTION} CASCADE")
    assert len(applied) > 30
    await database.migrate()
    await database.close()
    with psycopg.connect(empty_postgres) as connection:
        assert {name for (name,) in connection.execute("SELECT name FROM job_queue_migrations")} == applied
        assert connection.execute(
            "SELECT count(*) FROM pg_proc WHERE proname = %s", (_NEWEST_FUNCTION,)
        ).fetchone() == (1,)
