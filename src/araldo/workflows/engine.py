"""The engine: claim what is due after each nudge, at its time and every few seconds; run a job for each claimed row.

The rows are the truth: a nudge carries no data. Jobs are asyncio tasks of this process. Where several processes work,
a nudge is a job of the queue that they share (`storage.job_queue`), and the process that runs it sweeps.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import structlog

from araldo.clock import Clock, ClockSteps
from araldo.loops import FailureLog, repeat_forever

log = structlog.get_logger()

# A job spends its time waiting for others: this many serve a rush of posts due in the same second.
JOBS_MAX = 1_000
# A publish that is cut off has to check its ticket.
_DRAIN_S = 3.0
# So many rows claimed at once: there is work for another process, too.
_ENOUGH_TO_SHARE = 32


class LeasedRow(Protocol):
    """A row that this process has leased; `id` is for the log."""

    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=LeasedRow)


@dataclass(frozen=True, slots=True)
class _Sweep:
    """Seconds until the next sweep, when the next row falls due if known, and whether all that is due is claimed."""

    again_s: float
    upcoming: datetime | None = None
    is_final: bool = False


class Engine(Generic[Row]):
    """Runs the jobs of one queue.

    `name`: of a row, in the log. `work`: work on a row and return whether it is due again by itself, now or later.
    `claim_due`: claim at most so many rows that are due now; also return when the next one will be due.
    `jobs_max`: most jobs at once. `drain_s`: how long running jobs may take when the engine stops. `steps`: of the
    clock, to be logged by this engine.
    """

    def __init__(
        self,
        *,
        name: str,
        work: Callable[[Row], Awaitable[bool]],
        claim_due: Callable[[int], Awaitable[tuple[list[Row], datetime | None]]],
        clock: Clock,
        sweep_s: float,
        jobs_max: int = JOBS_MAX,
        drain_s: float = _DRAIN_S,
        steps: ClockSteps | None = None,
    ) -> None:
        self._name = name
        self._work = work
        self._claim_due = claim_due
        self._clock = clock
        self._sweep_s = sweep_s
        self._jobs_max = jobs_max
        self._drain_s = drain_s
        self._steps = steps
        self._announce: Callable[[], None] | None = None
        self._is_sweeping = False
        self._is_stopping = False
        self._wake = asyncio.Event()
        self._jobs: set[asyncio.Task[None]] = set()
        self._last_sweep: float | None = None
        self._failures = FailureLog(clock)

    def nudge(self) -> None:
        """Sweep now. One nudge serves any number of changes; a lost one delays work until the next sweep."""
        self._wake.set()
        if self._announce is not None and not self._is_sweeping:
            self._announce()

    def share_work(self, announce: Callable[[], None], *, drain_s: float) -> None:
        """Take part in the work of several processes: `announce` makes one of them sweep, and none calls `run`.

        Jobs get `drain_s` seconds to finish, because other processes go on meanwhile.
        """
        self._announce = announce
        self._drain_s = drain_s

    @property
    def seconds_since_sweep(self) -> float | None:
        """How long ago the last sweep succeeded; None before the first, and while the engine is stopped."""
        return None if self._last_sweep is None else self._clock.running() - self._last_sweep

    @property
    def alive(self) -> bool:
        """Whether sweeps succeed: False when the last one is longer ago than five intervals and ten seconds."""
        seconds = self.seconds_since_sweep
        return seconds is not None and seconds < 5 * self._sweep_s + 10

    @property
    def running_jobs(self) -> int:
        return len(self._jobs)

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
            await self.drain()

    async def sweep_while_due(self, within_s: float) -> datetime | None:
        """Sweep until nothing falls due within `within_s` seconds; return when the next row does, or a lease ends.

        None when nothing is planned. While one call sweeps, another makes it look again and returns None at once.
        """
        if self._is_sweeping:
            self._wake.set()
            return None
        self._is_sweeping = True
        try:
            while not self._is_stopping:
                self._wake.clear()
                found = await self._sweep()
                if found.is_final and found.again_s > within_s and not self._wake.is_set():
                    return found.upcoming
                await self._wait_for_nudge(min(found.again_s, self._sweep_s))
            return None
        finally:
            self._is_sweeping = False

    def stop_sweeping(self) -> None:
        """Claim nothing more: `sweep_while_due` returns from now on, and its jobs go on until `drain`."""
        self._is_stopping = True
        self._wake.set()

    async def run_due(self) -> int:
        """Run the jobs that are due now to their ends, without the loop; return how many. For tests."""
        claimed, _ = await self._claim_due(self._jobs_max)
        await asyncio.gather(*(self._run_job(row) for row in claimed))
        return len(claimed)

    async def _run_once(self) -> None:
        self._wake.clear()
        found = await self._sweep()
        await self._wait_for_nudge(min(found.again_s, self._sweep_s))

    async def _sweep(self) -> _Sweep:
        """Claim due rows, no more than there are free permits, and start their jobs."""
        if self._steps is not None and (step_s := self._steps.find()):
            log.warning("clock_stepped", seconds=round(step_s))
        free = self._jobs_max - len(self._jobs)
        if free == 0:
            # The end of a job makes it sweep.
            self._last_sweep = self._clock.running()
            return _Sweep(self._sweep_s)
        claimed, upcoming = await self._claim_due(free)
        self._last_sweep = self._clock.running()
        for row in claimed:
            job = asyncio.create_task(self._run_job(row), name=f"{self._name} {row.id}")
            self._jobs.add(job)
            job.add_done_callback(self._forget_job)
        if claimed:
            if self._announce is not None and len(claimed) >= _ENOUGH_TO_SHARE:
                self._announce()
            # There may be more than one transaction claims at once.
            return _Sweep(0.0)
        if upcoming is None:
            return _Sweep(math.inf, is_final=True)
        return _Sweep(max(0.0, (upcoming - self._clock.now()).total_seconds()), upcoming, is_final=True)

    def _forget_job(self, job: asyncio.Task[None]) -> None:
        if len(self._jobs) >= self._jobs_max:
            # The last sweep had no permit left.
            self._wake.set()
        self._jobs.discard(job)

    async def _run_job(self, row: Row) -> None:
        try:
            if await self._work(row):
                # Its time may come before the next sweep that is planned.
                self.nudge()
        except Exception as failure:
            # A bug with one row must not stop the others.
            self._failures.write("job_failed", failure, **{f"{self._name}_id": row.id})
            # A job that failed before it saved `next_at` is due again at once: do not spin on it.
            await self._clock.sleep(self._sweep_s)
            self.nudge()

    async def _wait_for_nudge(self, seconds: float) -> None:
        """Wait until a nudge, at most so many seconds of the engine's clock."""
        waits = [asyncio.create_task(self._wake.wait()), asyncio.create_task(self._clock.sleep(seconds))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def drain(self) -> None:
        """Let running jobs finish for `drain_s` seconds, then cancel the others, which release their leases."""
        if not self._jobs:
            return
        _, running = await asyncio.wait(list(self._jobs), timeout=self._drain_s)
        for job in running:
            job.cancel()
        await asyncio.gather(*running, return_exceptions=True)
