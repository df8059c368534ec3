"""The engine: claim what is due after each nudge, at its time and every few seconds; run a job for each claimed row.

The rows are the truth: a nudge carries no data. Jobs are asyncio tasks of this process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from araldo.clock import Clock
from araldo.loops import FailureLog, repeat_forever

# A job spends its time waiting for others: this many serve a rush of posts due in the same second.
_JOBS_MAX = 1_000
# A publish that is cut off has to check its ticket.
_DRAIN_S = 3.0


class LeasedRow(Protocol):
    """A row that this process has leased; `id` is for the log."""

    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=LeasedRow)


class Engine(Generic[Row]):
    """Runs the jobs of one queue.

    `name`: of a row, in the log. `work`: work on a row and return whether it is due again by itself, now or later.
    `claim_due`: claim at most so many rows that are due now; also return when the next one will be due.
    `jobs_max`: most jobs at once. `drain_s`: how long running jobs may take when the engine stops.
    """

    def __init__(
        self,
        *,
        name: str,
        work: Callable[[Row], Awaitable[bool]],
        claim_due: Callable[[int], Awaitable[tuple[list[Row], datetime | None]]],
        clock: Clock,
        sweep_s: float,
        jobs_max: int = _JOBS_MAX,
        drain_s: float = _DRAIN_S,
    ) -> None:
        self._name = name
        self._work = work
        self._claim_due = claim_due
        self._clock = clock
        self._sweep_s = sweep_s
        self._jobs_max = jobs_max
        self._drain_s = drain_s
        self._wake = asyncio.Event()
        self._jobs: set[asyncio.Task[None]] = set()
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
        """Work until cancelled, then give running jobs `drain_s` seconds to finish."""
        self._last_sweep = self._clock.running()
        try:
            # The database may be unavailable for a moment; `alive` shows when it stays so.
            await repeat_forever(
                self._run_once, every_s=0, event="sweep_failed", clock=self._clock, longest_pause_s=self._sweep_s
            )
        finally:
            self._last_sweep = None
            await self._drain()

    async def run_due(self) -> int:
        """Run the jobs that are due now to their ends, without the loop; return how many. For tests."""
        claimed, _ = await self._claim_due(self._jobs_max)
        await asyncio.gather(*(self._run_job(row) for row in claimed))
        return len(claimed)

    async def _run_once(self) -> None:
        self._wake.clear()
        await self._wait_for_nudge(await self._sweep())

    async def _sweep(self) -> float:
        """Claim due rows, no more than there are free permits, and start their jobs.

        Return the seconds until the next sweep.
        """
        free = self._jobs_max - len(self._jobs)
        if free == 0:
            # The end of a job makes it sweep.
            self._last_sweep = self._clock.running()
            return self._sweep_s
        claimed, upcoming = await self._claim_due(free)
        self._last_sweep = self._clock.running()
        for row in claimed:
            job = asyncio.create_task(self._run_job(row), name=f"{self._name} {row.id}")
            self._jobs.add(job)
            job.add_done_callback(self._forget_job)
        if claimed:
            # There may be more than one transaction claims at once.
            return 0.0
        if upcoming is None:
            return self._sweep_s
        return min(self._sweep_s, max(0.0, (upcoming - self._clock.now()).total_seconds()))

    def _forget_job(self, job: asyncio.Task[None]) -> None:
        if len(self._jobs) >= self._jobs_max:
            # The last sweep had no permit left.
            self._wake.set()
        self._jobs.discard(job)

    async def _run_job(self, row: Row) -> None:
        try:
            if await self._work(row):
                # Its time may come before the next sweep that is planned.
                self._wake.set()
        except Exception as failure:
            # A bug with one row must not stop the others.
            self._failures.write("job_failed", failure, **{self._name: row.id})
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
        if not self._jobs:
            return
        _, running = await asyncio.wait(list(self._jobs), timeout=self._drain_s)
        for job in running:
            job.cancel()
        await asyncio.gather(*running, return_exceptions=True)
