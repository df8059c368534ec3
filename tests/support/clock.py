"""A fake clock that stands still until the test advances it, or code sleeps for a short time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class FakeClock:
    """A sleep of at most `short_s` advances the clock; a longer one waits until others have advanced it far enough."""

    def __init__(self, start: datetime = datetime(2030, 1, 31, 9, 0, tzinfo=UTC), *, short_s: float = 3.0) -> None:
        self._now = start
        self.short_s = short_s
        self._running = 1_000.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []
        # Called before every step, to wait for what runs in threads: a transaction sees one time.
        self.before_advance: list[Callable[[], None]] = []

    def now(self) -> datetime:
        return self._now

    def running(self) -> float:
        return self._running

    async def sleep(self, seconds: float) -> None:
        if seconds <= self.short_s:
            self.advance(max(0.0, seconds))
            await asyncio.sleep(0)
            return
        woken = asyncio.Event()
        sleeper = (self._running + seconds, woken)
        self._sleepers.append(sleeper)
        try:
            await woken.wait()
        finally:
            if sleeper in self._sleepers:
                self._sleepers.remove(sleeper)

    @property
    def sleepers(self) -> int:
        """How many sleeps wait for the clock to advance."""
        return len(self._sleepers)

    def step(self, seconds: float) -> None:
        """Set the wall clock, forwards or back, while no time passes."""
        for wait in self.before_advance:
            wait()
        self._now += timedelta(seconds=seconds)

    def advance(self, seconds: float) -> None:
        for wait in self.before_advance:
            wait()
        self._now += timedelta(seconds=seconds)
        self._running += seconds
        for moment, woken in self._sleepers:
            if moment <= self._running:
                woken.set()
        self._sleepers = [(moment, woken) for moment, woken in self._sleepers if moment > self._running]
