"""Run equal concurrent calls once and give all callers the result (single flight)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    def __init__(self) -> None:
        self._running: dict[Hashable, tuple[asyncio.Task[T], list[None]]] = {}

    async def run(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """Return or raise what `work` does. It is cancelled when its last caller is."""
        if key not in self._running:
            task = asyncio.ensure_future(_awaited(work))
            self._running[key] = (task, [])
            task.add_done_callback(lambda _: self._running.pop(key, None))
        task, waiting = self._running[key]
        waiting.append(None)
        try:
            return await asyncio.shield(task)
        finally:
            waiting.pop()
            if not waiting and not task.done():
                self._running.pop(key, None)
                task.cancel()


async def _awaited(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
