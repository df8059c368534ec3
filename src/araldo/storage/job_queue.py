"""Jobs in PostgreSQL, shared by all processes (procrastinate): deferred by any, run by whichever worker is free.

A job says that there may be work of a kind; what work there is, the rows say. So a lost job costs time until the next
periodic one, and one that runs twice finds nothing to do. Jobs are deleted when they end, however they end.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from araldo.clock import Clock, ClockSteps
from araldo.local_faults import TransientFault
from araldo.loops import FailureLog, repeat_forever

if TYPE_CHECKING:
    from procrastinate import App, JobContext

_QUEUE = "araldo"
# Jobs that one worker runs side by side.
_JOBS_AT_ONCE = 20
# How often a worker looks for jobs whose time has come; new ones are announced by NOTIFY.
_POLL_S = 1.0
# A job for a moment is fetched up to `_POLL_S` late: it is taken that much earlier, and waits.
EARLY_S = 1.5
_HEARTBEAT_S = 3.0
# A worker that has sent no heartbeat for that long is dead.
_DEAD_AFTER_S = 12.0
# Longest time from the end of a job until that is stored.
_ENDING_S = 12.0
_RECOVER_EVERY_S = 5.0
# How long a statement waits for a connection; twice when a worker stops while the database is away.
_CONNECTION_S = 4.0
# How long jobs may finish when the worker stops. They are short; deliveries in work are no jobs.
_GRACE_S = 3.0
_RECONNECT_S = 1.0


# An exclusive job that nobody runs any more would keep its kind from ever running.
_DELETE_ABANDONED = """
DELETE FROM procrastinate_jobs WHERE status = 'doing' AND (worker_id IS NULL OR id = ANY(%(ended)s::bigint[])
    OR worker_id IN (SELECT id FROM procrastinate_workers WHERE last_heartbeat < now() - %(after)s))
"""


class WorkerStopped(TransientFault):
    """The worker ended by itself: one of its connections to PostgreSQL was lost."""


class ClockStepped(TransientFault):
    """The wall clock was set: periodic jobs would wait until it is again as late as it was."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """Work that is also done every `every_s` seconds (a divisor of 60, or whole minutes of which 60 is a multiple).

    `every_s` None: only when it is deferred. `exclusive`: never twice at a time, by all workers.
    """

    name: str
    run: Callable[[], Awaitable[object]]
    every_s: int | None
    exclusive: bool = True

    @property
    def cron(self) -> str | None:
        """The interval as a crontab with seconds in its sixth field."""
        if self.every_s is None:
            return None
        minutes, seconds = divmod(self.every_s, 60)
        if minutes >= 60:
            return "0 * * * *"
        return f"*/{minutes} * * * *" if minutes else f"* * * * * */{seconds}"


class JobQueue:
    """One per process: `run` keeps it connected, for `defer`; `work`, in processes that work, runs jobs."""

    def __init__(self, conninfo: str, clock: Clock, kinds: Sequence[JobKind]) -> None:
        self._conninfo = conninfo
        self._clock = clock
        self._kinds = {kind.name: kind for kind in kinds}
        self._app: App | None = None
        self._connected = asyncio.Event()
        # By id, when jobs ended here, on the steady clock; of the last `_ENDING_S` seconds.
        self._ended: dict[int, float] = {}
        # By kind: what one fails with does not hide that another does.
        self._failures = {kind.name: FailureLog(clock) for kind in kinds}
        # Their tracebacks would repeat what is logged here once a minute.
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
        logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)

    async def run(self) -> None:
        """Stay connected until cancelled."""
        await repeat_forever(
            self._stay_connected, every_s=_RECONNECT_S, event="job_queue_unreachable", clock=self._clock
        )

    async def work(self) -> None:
        """Run jobs until cancelled, then let those that run finish."""
        await repeat_forever(self._work, every_s=_RECONNECT_S, event="job_worker_stopped", clock=self._clock)

    async def defer(self, name: str, *, at: datetime | None = None) -> None:
        """Let a worker run this kind of work now, or at a time; one job waits for each moment.

        Waits for the connection. Raises procrastinate's ConnectorException.
        """
        from procrastinate.exceptions import AlreadyEnqueued

        await self._connected.wait()
        options: dict[str, Any] = {"queueing_lock": name}
        if at is not None:
            options["schedule_at"] = at - timedelta(seconds=EARLY_S)
            options["queueing_lock"] = f"{name} at {at.isoformat()}"
        if await self._is_waiting(options["queueing_lock"]):
            return
        with suppress(AlreadyEnqueued):
            await self._opened.configure_task(name, **options).defer_async(at=None if at is None else at.isoformat())

    async def is_worked_on(self) -> bool:
        """Return whether any worker is alive, of this process or another."""
        await self._connected.wait()
        alive = "SELECT count(*) AS alive FROM procrastinate_workers WHERE last_heartbeat > now() - %(after)s"
        found = await self._opened.connector.execute_query_one_async(alive, after=timedelta(seconds=_DEAD_AFTER_S))
        return bool(found["alive"])

    @property
    def _opened(self) -> App:
        if self._app is None:
            raise ConnectionError("not connected to the job queue")
        return self._app

    async def _is_waiting(self, lock: str) -> bool:
        """Return whether such a job waits: asked first, because PostgreSQL logs each refused insert as an error."""
        waiting = "SELECT count(*) AS jobs FROM procrastinate_jobs WHERE queueing_lock = %(lock)s AND status = 'todo'"
        found = await self._opened.connector.execute_query_one_async(waiting, lock=lock)
        return bool(found["jobs"])

    async def _stay_connected(self) -> None:
        async with self._open() as app:
            self._app = app
            self._connected.set()
            try:
                # The pool opens lost connections again.
                await asyncio.Event().wait()
            finally:
                self._connected.clear()
                self._app = None

    async def _work(self) -> None:
        await self._connected.wait()
        app = self._opened
        tasks = [asyncio.create_task(self._run_worker(app)), asyncio.create_task(self._watch(app))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for failure in ended:
            if isinstance(failure, Exception):
                raise failure

    async def _run_worker(self, app: App) -> None:
        await app.run_worker_async(
            queues=[_QUEUE],
            concurrency=_JOBS_AT_ONCE,
            fetch_job_polling_interval=_POLL_S,
            update_heartbeat_interval=_HEARTBEAT_S,
            stalled_worker_timeout=_DEAD_AFTER_S,
            shutdown_graceful_timeout=_GRACE_S,
            install_signal_handlers=False,
            delete_jobs="always",
        )
        raise WorkerStopped

    async def _watch(self, app: App) -> None:
        """Delete abandoned jobs at intervals: not as a job, which might be abandoned itself. Raises ClockStepped."""
        steps = ClockSteps(self._clock)
        while True:
            await self._clock.sleep(_RECOVER_EVERY_S)
            if steps.find():
                raise ClockStepped
            await self._delete_abandoned_jobs(app)

    async def _delete_abandoned_jobs(self, app: App) -> None:
        """Delete the jobs of dead workers, and those that ended here without PostgreSQL taking note of it."""
        before = self._clock.running() - _ENDING_S
        ended = [job for job, at in self._ended.items() if at <= before]
        dead_after = timedelta(seconds=_DEAD_AFTER_S)
        await app.connector.execute_query_async(_DELETE_ABANDONED, ended=ended, after=dead_after)
        for job in ended:
            del self._ended[job]
        await app.job_manager.prune_stalled_workers(_DEAD_AFTER_S)

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[App]:
        # Imported here, because they take a tenth of a second, which a start on SQLite need not wait for.
        from procrastinate import App, PsycopgConnector

        connector = PsycopgConnector(conninfo=self._conninfo, min_size=1, max_size=4, timeout=_CONNECTION_S)
        app = App(connector=connector)
        for kind in self._kinds.values():
            self._add_task(app, kind)
        async with app.open_async():
            yield app

    def _add_task(self, app: App, kind: JobKind) -> None:
        async def run_job(context: JobContext, timestamp: int | None = None, at: str | None = None) -> None:
            try:
                if at is not None:
                    early = (datetime.fromisoformat(at) - self._clock.now()).total_seconds()
                    # Longer only when this machine's clock is behind the database's.
                    await self._clock.sleep(min(max(0.0, early), 2 * EARLY_S))
                await kind.run()
            except Exception as failure:
                # The rows are still there for the next periodic job.
                self._failures[kind.name].write("job_failed", failure, job=kind.name)
            finally:
                if context.job.id is not None:
                    self._ended[context.job.id] = self._clock.running()

        lock = kind.name if kind.exclusive else None
        task = app.task(name=kind.name, queue=_QUEUE, lock=lock, pass_context=True)(run_job)
        if kind.cron is not None:
            app.periodic(cron=kind.cron, periodic_id="every", queueing_lock=kind.name, lock=lock)(task)
