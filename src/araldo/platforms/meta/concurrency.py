"""Several things made side by side whose ids are wanted in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable


async def gather_in_order(
    calls: Iterable[Awaitable[str]], undo: Callable[[str], Awaitable[object]] | None = None
) -> tuple[str, ...]:
    """Every id that was answered, in the order of the calls.

    Raises the first failure of that order, once none of the calls is under way any more and what the others have made
    is undone: nobody will ever use it. That is best effort, and its own failures are not raised.
    """
    answers = await asyncio.gather(*calls, return_exceptions=True)
    made = tuple(answer for answer in answers if isinstance(answer, str))
    failed = next((answer for answer in answers if isinstance(answer, BaseException)), None)
    if failed is None:
        return made
    if undo is not None:
        await asyncio.gather(*map(undo, made), return_exceptions=True)
    raise failed
