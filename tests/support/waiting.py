"""Waiting for a condition, with an end."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(condition: Callable[[], bool], within_s: float = 60.0, pause_s: float = 0.05) -> None:
    """Returns as soon as it holds; fails when it does not within the time."""
    give_up = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > give_up:
            raise AssertionError(f"did not come true within {within_s} s: {condition}")
        time.sleep(pause_s)
