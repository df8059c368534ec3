"""What runs in the background: loops where one process works alone (SQLite), jobs shared by many (PostgreSQL)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from araldo.clock import Clock
from araldo.loops import repeat_forever
from araldo.storage.database import Database
from araldo.storage.job_queue import JobKind, JobQueue
from araldo.storage.listen import Listener
from araldo.storage.signals import ChangeSignal
from araldo.workflows.engine import Engine
from araldo.workflows.notifications.bundle import Notifications
from araldo.workflows.notifications.outbox import Outbox

AnyEngine = Engine[Any]

_OUTBOX = "outbox"
# Periodic jobs, for what no other job was deferred for: lost ones, retries, leases of dead workers.
_EVERY_S = 5
_DIVISORS_OF_60 = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)
_JOB_INTERVALS_S = (*_DIVISORS_OF_60, *(60 * minutes for minutes in _DIVISORS_OF_60))
# What falls due sooner is waited for; for the rest a job is deferred.
_NEAR_S = 2.0
# Longest time that one deferral serves all wake-ups of; and all commits, of which there may be a thousand a second.
_GATHER_S, _GATHER_COMMITS_S = 0.05, 0.25
_HEARTBEATS_EVERY_S = 3.0
# How long rows in work may finish when this process stops; the rest goes to others.
_DRAIN_S = 10.0


class BackgroundLoop(Protocol):
    async def run(self) -> None:
        """Run until cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class Periodic:
    """Work that is repeated every `every_s` seconds: as a loop of this process, or as a job.

    A job's interval is a divisor of a minute or an hour, the longest that is no longer. `event`: of a loop's failures.
    """

    once: Callable[[], Awaitable[object]]
    every_s: float
    event: str

    @property
    def job_every_s(self) -> int:
        return max(interval for interval in _JOB_INTERVALS_S if interval <= max(1.0, self.every_s))


class _Repeated:
    """The loop of one kind of periodic work."""

    def __init__(self, work: Periodic, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def run(self) -> None:
        work = self._work
        await repeat_forever(work.once, every_s=work.every_s, event=work.event, clock=self._clock)


class Loops:
    """The background loops of one process that works alone."""

    def __init__(self, deliveries: AnyEngine, loops: Mapping[str, BackgroundLoop]) -> None:
        self._deliveries = deliveries
        self._loops = {"worker": deliveries, **loops}

    @property
    def worker_alive(self) -> bool:
        return self._deliveries.alive

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run all of them until the block ends."""
        async with _running({name: loop.run() for name, loop in self._loops.items()}):
            yield


class WakeUps:
    """The kinds of job that are to be deferred. `wake` may be called anywhere on the event loop; it never waits."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wanted: set[str] = set()
        self._woken = asyncio.Event()

    def wake(self, name: str) -> None:
        self._wanted.add(name)
        self._woken.set()

    async def wake_on(self, change: ChangeSignal, name: str) -> None:
        """Wake after each change until cancelled; one wake-up serves all of a quarter of a second."""
        following = change.subscribe()
        while True:
            await following.wait()
            # Before the pause, so that none in it is missed.
            following = change.subscribe()
            self.wake(name)
            await self._clock.sleep(_GATHER_COMMITS_S)

    async def defer_to(self, queue: JobQueue) -> None:
        """Defer jobs as they are wanted, until cancelled. After a failure they are still wanted."""
        while True:
            if not self._wanted:
                await self._woken.wait()
            self._woken.clear()
            for name in sorted(self._wanted):
                # Before it is deferred: what is wanted meanwhile is wanted again.
                self._wanted.discard(name)
                try:
                    await queue.defer(name)
                except BaseException:
                    self._wanted.add(name)
                    raise
            await self._clock.sleep(_GATHER_S)


class Jobs:
    """The background work of one process of several. With `works` it takes part; without, it only defers jobs.

    Jobs of the queue make `engines` sweep, by name, and read the outbox; `kinds` are further periodic ones. `loops` run
    in every process.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        engines: Mapping[str, AnyEngine],
        outbox: Outbox,
        kinds: Sequence[JobKind],
        loops: Mapping[str, BackgroundLoop],
        works: bool,
    ) -> None:
        self._database = database
        self._clock = clock
        self._engines = engines
        self._loops = loops
        self._works = works
        self._wake_ups = WakeUps(clock)
        sweeps = [
            JobKind(name, partial(self._sweep, name, engine), _EVERY_S, exclusive=False)
            for name, engine in engines.items()
        ]
        self._queue = JobQueue(
            database.conninfo, clock, [*sweeps, JobKind(_OUTBOX, outbox.enqueue_events, _EVERY_S), *kinds]
        )
        for name, engine in engines.items():
            engine.share_work(partial(self._wake_ups.wake, name), drain_s=_DRAIN_S)
        self._worker_alive = False

    @property
    def worker_alive(self) -> bool:
        """Whether any process works, as of a few seconds ago."""
        return self._worker_alive

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run until the block ends, then let the rows in work finish or hand them back to other processes."""
        repeated: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "defer": lambda: self._wake_ups.defer_to(self._queue),
            "commits": lambda: self._wake_ups.wake_on(self._database.committed, _OUTBOX),
            "heartbeats": self._look_for_workers,
        }
        started: dict[str, Coroutine[Any, Any, None]] = {
            name: repeat_forever(work, every_s=_HEARTBEATS_EVERY_S, event="job_queue_failed", clock=self._clock)
            for name, work in repeated.items()
        }
        started |= {name: loop.run() for name, loop in self._loops.items()}
        async with _running({"queue": self._queue.run()}), _running(started):
            try:
                async with _running({"jobs": self._queue.work()} if self._works else {}):
                    try:
                        yield
                    finally:
                        for engine in self._engines.values():
                            engine.stop_sweeping()
            finally:
                await self._hand_back()

    async def _hand_back(self) -> None:
        await asyncio.gather(*(engine.drain() for engine in self._engines.values()))
        # Lost when the database is away; then a periodic job finds what was handed back.
        with suppress(Exception):
            async with asyncio.timeout(1):
                for name in self._engines if self._works else ():
                    await self._queue.defer(name)

    async def _sweep(self, name: str, engine: AnyEngine) -> None:
        upcoming = await engine.sweep_while_due(_NEAR_S)
        if upcoming is not None:
            await self._queue.defer(name, at=upcoming)

    async def _look_for_workers(self) -> None:
        try:
            self._worker_alive = await self._queue.is_worked_on()
        except BaseException:
            self._worker_alive = False
            raise


def build_background(
    *,
    database: Database,
    clock: Clock,
    engine: AnyEngine,
    works: bool,
    notifications: Notifications,
    listener: Listener,
    backups: BackgroundLoop,
    periodic: Mapping[str, Periodic],
) -> Loops | Jobs:
    """Return the loops of the only process on SQLite, or this process's part in the jobs on PostgreSQL.

    `backups` is a loop of each process, because only some may have a folder for them; they take turns themselves.
    """
    if database.is_sqlite:
        repeated = {name: _Repeated(one, clock) for name, one in periodic.items()}
        return Loops(engine, {"notifications": notifications, "listener": listener, "backups": backups, **repeated})
    return Jobs(
        database=database,
        clock=clock,
        engines={"deliveries": engine, **notifications.engines},
        outbox=notifications.outbox,
        kinds=[JobKind(name, one.once, one.job_every_s) for name, one in periodic.items()],
        loops={"listener": listener, "backups": backups},
        works=works,
    )


@asynccontextmanager
async def _running(work: Mapping[str, Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Run coroutines as tasks until the block ends, then cancel them one after the other."""
    tasks = [asyncio.create_task(one, name=name) for name, one in work.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
