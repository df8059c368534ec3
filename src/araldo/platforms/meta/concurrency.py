"""Run several calls at once and return their ids in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable


async def gather_in_order(
    calls: Iterable[Awaitable[str]], undo: Callable[[str], Awaitable[object]] | None = None
) -> tuple[str, ...]:
    """Run the calls concurrently and return the id of each, in the order of the calls.

    When a call fails, waits for all of them, calls `undo` with each id that was created (best effort, its failures are
    not raised), and raises the first failure in the order of the calls.
    """
    answers = await asyncio.gather(*calls, return_exceptions=True)
    ids = tuple(answer for answer in answers if isinstance(answer, str))
    failure = next((answer for answer in answers if isinstance(answer, BaseException)), None)
    if failure is None:
        return ids
    if undo is not None:
        await asyncio.gather(*map(undo, ids), return_exceptions=True)
    raise failure
