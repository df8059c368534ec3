"""Wait for a condition, with a time limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

# To ask a server and its database is work too, which slows down what is waited for: so ask less often with time.
_FIRST_PAUSE_S, _LONGEST_PAUSE_S, _GROWTH = 0.05, 0.4, 1.5


def until(condition: Callable[[], bool], within_s: float = 60.0, pause_s: float | None = None) -> None:
    """Return once the condition holds; raise AssertionError after `within_s` seconds.

    `pause_s`: between all questions; None: a short pause at first, then longer ones.
    """
    give_up = time.monotonic() + within_s
    growing_s = _FIRST_PAUSE_S
    while not condition():
        if time.monotonic() > give_up:
            raise AssertionError(f"did not come true within {within_s} s: {condition}")
        time.sleep(growing_s if pause_s is None else pause_s)  # what is waited for is anything, and sends no signal
        growing_s = min(_LONGEST_PAUSE_S, growing_s * _GROWTH)


async def wait_until(condition: Callable[[], bool]) -> None:
    """Let the loop run until it holds."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is waited for is anything, and sets no event
            await asyncio.sleep(0.002)
