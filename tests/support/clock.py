"""A clock that stands until the test moves it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta


class FakeClock:
    """Sleeping moves it on, and lets other tasks run."""

    def __init__(self, start: datetime = datetime(2030, 1, 31, 9, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._running = 1_000.0

    def now(self) -> datetime:
        return self._now

    def running(self) -> float:
        return self._running

    async def sleep(self, seconds: float) -> None:
        self.advance(max(0.0, seconds))
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._running += seconds
