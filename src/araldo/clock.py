"""Time as a dependency: the wall clock, a steady clock that also counts suspended time, and sleeping."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


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


def past(clock: Clock, moment: datetime) -> Callable[[], bool]:
    """Return a test for whether `moment` has passed by either clock: the wall clock may be set back."""
    deadline = clock.running() + (moment - clock.now()).total_seconds()
    return lambda: clock.now() >= moment or clock.running() >= deadline
