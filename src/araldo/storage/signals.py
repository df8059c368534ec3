"""Signals that wake waiting tasks after a commit."""

from __future__ import annotations

import asyncio


class ChangeSignal:
    """Notified after a commit, so that waiting tasks read the rows again. A missed signal delays, it loses no event.

    `closing`: the process is about to stop, and tasks that wait without a limit stop waiting.
    """

    def __init__(self) -> None:
        self._next = asyncio.Event()
        self.closing = False

    def notify(self) -> None:
        current, self._next = self._next, asyncio.Event()
        current.set()

    def close(self) -> None:
        """Set `closing` and notify a last time."""
        self.closing = True
        self.notify()

    def subscribe(self) -> asyncio.Event:
        """Return the next signal. Subscribe before reading rows and wait afterwards, so that no change is missed."""
        return self._next


async def wait_for(committed: asyncio.Event, within_s: float) -> bool:
    """Return whether the signal came within `within_s` seconds."""
    try:
        # Not `asyncio.wait_for`: Python 3.11's loses a cancellation that comes with the signal.
        async with asyncio.timeout(within_s):
            await committed.wait()
    except TimeoutError:
        return False
    return True
