"""Limit concurrent picture work by megapixels; jobs beyond the budget wait in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from araldo.images.designer.card import Card
from araldo.images.picture_size import declared_pixels
from araldo.images.spec import ImageSpec

_MEGA = 1_000_000


def megapixels_of(arguments: Iterable[object]) -> float:
    """Return the megapixels that a job decodes and draws: files by their headers, cards and specs by their size."""
    return sum(map(_pixels, arguments)) / _MEGA


def _pixels(argument: object) -> int:
    if isinstance(argument, bytes):
        return declared_pixels(argument)
    if isinstance(argument, ImageSpec):
        return argument.width * argument.height
    if isinstance(argument, Card):
        files = (argument.photo, argument.logo)
        return argument.width * argument.height + sum(declared_pixels(file) for file in files if file is not None)
    return 0


class MegapixelBudget:
    """At most `megapixels` and `jobs` at once, first come, first served, so that large pictures do not starve."""

    def __init__(self, megapixels: float, jobs: int) -> None:
        self._whole = megapixels
        self._megapixels = megapixels
        self._jobs = jobs
        self._waiting: deque[tuple[float, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def reserve(self, megapixels: float) -> AsyncIterator[None]:
        """Wait for `megapixels` of the budget; a larger job takes all of it."""
        cost = min(megapixels, self._whole)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (cost, turn)
        self._waiting.append(entry)
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release(cost)
            else:
                # The next one in the queue may fit where this one did not.
                with suppress(ValueError):
                    self._waiting.remove(entry)
                self._admit()
            raise
        try:
            yield
        finally:
            self._release(cost)

    def _admit(self) -> None:
        while self._waiting and self._jobs > 0 and self._waiting[0][0] <= self._megapixels:
            cost, turn = self._waiting.popleft()
            if turn.cancelled():
                continue
            self._megapixels -= cost
            self._jobs -= 1
            turn.set_result(None)

    def _release(self, cost: float) -> None:
        self._megapixels += cost
        self._jobs += 1
        self._admit()
