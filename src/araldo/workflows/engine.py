"""The engine: a nudge or a sweep makes a worker look at a delivery; the rows are the truth.

This is the embedded driver: asyncio tasks in the one process that has the SQLite database to itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from araldo.clock import Clock
from araldo.loops import FailureLog

Work = Callable[[str, int], Awaitable[None]]
# (id, rev) of what is due now, and when the next one will be.
FindDue = Callable[[int], Awaitable[tuple[list[tuple[str, int]], datetime | None]]]

_AT_ONCE = 64
_DRAIN_S = 3.0


class Engine:
    def __init__(self, *, work: Work, find_due: FindDue, clock: Clock, sweep_s: float) -> None:
        self._work = work
        self._find_due = find_due
        self._clock = clock
        self._sweep_s = sweep_s
        self._wake = asyncio.Event()
        self._jobs: dict[str, asyncio.Task[None]] = {}
        self._last_sweep: float | None = None
        self._failures = FailureLog(clock)

    def nudge(self) -> None:
        """Look at the rows now. One nudge serves any number of changes; a lost one costs a sweep's time."""
        self._wake.set()

    @property
    def alive(self) -> bool:
        """Whether sweeps go on; a worker that has not looked for a while is as good as dead."""
        if self._last_sweep is None:
            return False
        return self._clock.running() - self._last_sweep < 5 * self._sweep_s + 10

    async def run(self) -> None:
        """Work until cancelled; then give running jobs a moment, for what is cut off has to be looked up later."""
        self._last_sweep = self._clock.running()
        try:
            while True:
                self._wake.clear()
                pause = await self._sweep()
                await self._woken_within(pause)
        finally:
            self._last_sweep = None
            await self._drain()

    async def _sweep(self) -> float:
        """Start what is due; the answer is how many seconds until there is reason to look again."""
        free = _AT_ONCE - len(self._jobs)
        try:
            due, upcoming = await self._find_due(max(free, 1))
        except Exception as failure:
            # The database may be away for a moment; `alive` tells when it stays away.
            self._failures.write("sweep_failed", failure)
            return self._sweep_s
        self._last_sweep = self._clock.running()
        for delivery_id, rev in due:
            if delivery_id not in self._jobs and len(self._jobs) < _AT_ONCE:
                self._start(delivery_id, rev)
        if upcoming is None:
            return self._sweep_s
        return min(self._sweep_s, max(0.0, (upcoming - self._clock.now()).total_seconds()))

    def _start(self, delivery_id: str, rev: int) -> None:
        job = asyncio.create_task(self._run_one(delivery_id, rev), name=f"delivery {delivery_id}")
        self._jobs[delivery_id] = job
        job.add_done_callback(lambda _: self._ended(delivery_id))

    def _ended(self, delivery_id: str) -> None:
        self._jobs.pop(delivery_id, None)
        self._wake.set()

    async def _run_one(self, delivery_id: str, rev: int) -> None:
        try:
            await self._work(delivery_id, rev)
        except Exception as failure:
            # A bug in one delivery must not stop the others; the row keeps what was known.
            self._failures.write("job_failed", failure, delivery=delivery_id)
            # What failed before it could write down when to try again is due at once: do not spin on it.
            await self._clock.sleep(self._sweep_s)

    async def _woken_within(self, seconds: float) -> None:
        """Until a nudge, or so many seconds of our clock."""
        either = [asyncio.create_task(self._wake.wait()), asyncio.create_task(self._clock.sleep(seconds))]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in either:
                task.cancel()
            await asyncio.gather(*either, return_exceptions=True)

    async def _drain(self) -> None:
        jobs = list(self._jobs.values())
        if not jobs:
            return
        _, running = await asyncio.wait(jobs, timeout=_DRAIN_S)
        for job in running:
            job.cancel()
        await asyncio.gather(*running, return_exceptions=True)
