"""The engine: claim what is due after each nudge, at its time and every few seconds; run a job for each delivery.

The rows are the truth: a nudge carries no data. Jobs are asyncio tasks of this process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from araldo.clock import Clock
from araldo.loops import FailureLog
from araldo.workflows.deliveries.claims import ClaimedDelivery

# Works on a delivery and returns whether it is due again by itself, now or later.
Work = Callable[[ClaimedDelivery], Awaitable[bool]]
# Claims at most so many deliveries that are due now; also returns when the next one will be due.
ClaimDue = Callable[[int], Awaitable[tuple[list[ClaimedDelivery], datetime | None]]]

# A job spends its time waiting for the platform: this many serve a rush of posts due in the same second.
_JOBS_MAX = 1_000
_DRAIN_S = 3.0


class Engine:
    def __init__(self, *, work: Work, claim_due: ClaimDue, clock: Clock, sweep_s: float) -> None:
        self._work = work
        self._claim_due = claim_due
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
        """Claim due deliveries, no more than there are free permits, and start their jobs.

        Return the seconds until the next sweep.
        """
        free = _JOBS_MAX - len(self._jobs)
        if free == 0:
            # The end of a job makes it sweep.
            self._last_sweep = self._clock.running()
            return self._sweep_s
        try:
            claimed, upcoming = await self._claim_due(free)
        except Exception as failure:
            # The database may be unavailable for a moment; `alive` shows when it stays so.
            self._failures.write("sweep_failed", failure)
            return self._sweep_s
        self._last_sweep = self._clock.running()
        for one in claimed:
            self._start_job(one)
        if claimed:
            # There may be more than one transaction claims at once.
            return 0.0
        if upcoming is None:
            return self._sweep_s
        return min(self._sweep_s, max(0.0, (upcoming - self._clock.now()).total_seconds()))

    def _start_job(self, claimed: ClaimedDelivery) -> None:
        # By lease, because a delivery may be claimed anew before the job of its last lease has ended.
        key = f"{claimed.row.id} {claimed.row.fence}"
        job = asyncio.create_task(self._run_job(claimed), name=f"delivery {key}")
        self._jobs[key] = job
        job.add_done_callback(lambda _: self._forget_job(key))

    def _forget_job(self, key: str) -> None:
        if len(self._jobs) >= _JOBS_MAX:
            # The last sweep had no permit left.
            self._wake.set()
        self._jobs.pop(key, None)

    async def _run_job(self, claimed: ClaimedDelivery) -> None:
        try:
            if await self._work(claimed):
                # Its time may come before the next sweep that is planned.
                self._wake.set()
        except Exception as failure:
            # A bug with one delivery must not stop the others.
            self._failures.write("job_failed", failure, delivery=claimed.row.id)
            # A job that failed before it saved `next_at` is due again at once: do not spin on it.
            await self._clock.sleep(self._sweep_s)
            self._wake.set()

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
