"""The engine: start a job for every delivery that is due, found by a query after each nudge and every few seconds.

The rows are the truth: a nudge carries no data. Jobs are asyncio tasks of this process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from araldo.clock import Clock
from araldo.loops import FailureLog

Work = Callable[[str, int], Awaitable[None]]
# (id, rev) of the deliveries that are due now, and when the next one will be due.
FindDue = Callable[[int], Awaitable[tuple[list[tuple[str, int]], datetime | None]]]

_JOBS_MAX = 64
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
        """Sweep now. One nudge serves any number of changes; a lost one delays work until the next sweep."""
        self._wake.set()

    @property
    def alive(self) -> bool:
        """Whether sweeps succeed: False when the last one is longer ago than five intervals and ten seconds."""
        if self._last_sweep is None:
            return False
        return self._clock.running() - self._last_sweep < 5 * self._sweep_s + 10

    async def run(self) -> None:
        """Work until cancelled, then give running jobs 3 s to finish: a job that is cut off has to check its ticket."""
        self._last_sweep = self._clock.running()
        try:
            while True:
                self._wake.clear()
                pause = await self._sweep()
                await self._wait_for_nudge(pause)
        finally:
            self._last_sweep = None
            await self._drain()

    async def _sweep(self) -> float:
        """Start a job for each due delivery; return the seconds until the next sweep."""
        free = _JOBS_MAX - len(self._jobs)
        try:
            due, upcoming = await self._find_due(max(free, 1))
        except Exception as failure:
            # The database may be unavailable for a moment; `alive` shows when it stays so.
            self._failures.write("sweep_failed", failure)
            return self._sweep_s
        self._last_sweep = self._clock.running()
        for delivery_id, rev in due:
            if delivery_id not in self._jobs and len(self._jobs) < _JOBS_MAX:
                self._start_job(delivery_id, rev)
        if upcoming is None:
            return self._sweep_s
        return min(self._sweep_s, max(0.0, (upcoming - self._clock.now()).total_seconds()))

    def _start_job(self, delivery_id: str, rev: int) -> None:
        job = asyncio.create_task(self._run_job(delivery_id, rev), name=f"delivery {delivery_id}")
        self._jobs[delivery_id] = job
        job.add_done_callback(lambda _: self._forget_job(delivery_id))

    def _forget_job(self, delivery_id: str) -> None:
        self._jobs.pop(delivery_id, None)
        self._wake.set()

    async def _run_job(self, delivery_id: str, rev: int) -> None:
        try:
            await self._work(delivery_id, rev)
        except Exception as failure:
            # A bug with one delivery must not stop the others.
            self._failures.write("job_failed", failure, delivery=delivery_id)
            # A job that failed before it saved `next_at` is due again at once: do not spin on it.
            await self._clock.sleep(self._sweep_s)

    async def _wait_for_nudge(self, seconds: float) -> None:
        """Wait until a nudge, at most so many seconds of the engine's clock."""
        waits = [asyncio.create_task(self._wake.wait()), asyncio.create_task(self._clock.sleep(seconds))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _drain(self) -> None:
        jobs = list(self._jobs.values())
        if not jobs:
            return
        _, running = await asyncio.wait(jobs, timeout=_DRAIN_S)
        for job in running:
            job.cancel()
        await asyncio.gather(*running, return_exceptions=True)
