"""Several things made side by side whose ids are wanted in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable


async def in_order(calls: Iterable[Awaitable[str]]) -> tuple[str, ...]:
    """Every id that was answered, in the order of the calls.

    Raises the first failure of that order, once none of the calls is under way any more.
    """
    answers = await asyncio.gather(*calls, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return tuple(answer for answer in answers if isinstance(answer, str))
