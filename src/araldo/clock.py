"""Time as a value that is handed in: what o'clock it is, what runs on while we are stopped, and waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...

    def running(self) -> float:
        """Seconds on a clock that never steps and runs on while the process or the machine is stopped."""
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
    """A test whether `moment` has gone by, by either clock: one may be set back, the other may not be shared."""
    deadline = clock.running() + (moment - clock.now()).total_seconds()
    return lambda: clock.now() >= moment or clock.running() >= deadline
