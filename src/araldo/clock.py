"""Time as a dependency: the wall clock, a steady clock that also counts suspended time, and sleeping."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

# A wall clock that is set right differs by less from one sweep to the next.
_STEP_S = 5.0


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the current instant in UTC."""
        ...

    def running(self) -> float:
        """Return seconds on a clock that never steps and keeps running while the process or machine is suspended."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's clocks. CLOCK_BOOTTIME counts suspended time, which CLOCK_MONOTONIC does not."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def running(self) -> float:
        if hasattr(time, "CLOCK_BOOTTIME"):
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class ClockSteps:
    """Finds steps of the wall clock, by the steady one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started_at = self._read_start()

    def find(self) -> float:
        """Return by how many seconds the wall clock was set forwards, or back, since the last call; 0: less than 5."""
        started_at = self._read_start()
        step = (started_at - self._started_at).total_seconds()
        if abs(step) < _STEP_S:
            # Not taken over, so that a clock that is set a little each time is found too.
            return 0.0
        self._started_at = started_at
        return step

    def _read_start(self) -> datetime:
        """Return what the wall clock now says of when the steady one began."""
        return self._clock.now() - timedelta(seconds=self._clock.running())


def past(clock: Clock, moment: datetime) -> Callable[[], bool]:
    """Return a test for whether `moment` has passed by either clock: the wall clock may be set back."""
    deadline = clock.running() + (moment - clock.now()).total_seconds()
    return lambda: clock.now() >= moment or clock.running() >= deadline
