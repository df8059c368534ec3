"""Wait for a condition, with a time limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


def until(condition: Callable[[], bool], within_s: float = 60.0, pause_s: float = 0.05) -> None:
    """Return once the condition holds; raise AssertionError after `within_s` seconds."""
    give_up = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > give_up:
            raise AssertionError(f"did not come true within {within_s} s: {condition}")
        time.sleep(pause_s)


async def wait_until(condition: Callable[[], bool]) -> None:
    """Let the loop run until it holds."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is waited for is anything, and sets no event
            await asyncio.sleep(0.002)
