"""Asking one provider: in its room, a few times when that helps, once for equal questions, and made to fit."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable

from araldo.clock import Clock
from araldo.errors import OutsideError, TryLater
from araldo.images.fit import fit_checked
from araldo.images.process import ImageRunner
from araldo.images.providers.base import GeneratedPicture, ImageProvider, PictureRequest
from araldo.images.providers.cache import CacheKey, Finished, GenerationRecord, ImageCache
from araldo.images.providers.failures import failure
from araldo.images.providers.sharing import Sharing
from araldo.images.unfit import Unfit
from araldo.local_faults import is_transient

# Tried again after a moment: it said that it has no time now, or was away. Silence and odd answers may have been paid
# for, so they are a person's to repeat.
_REPEATED = frozenset({"rate_limited", "unavailable"})
_REPEATS = 2
# Who wants to be left alone for longer is asked another time.
_LONGEST_WAIT_S = 10.0
_UNWRITTEN_KEPT = 16


class Asking:
    """One for a process: it keeps the rooms. `at_once`: the most pictures of one remote provider side by side."""

    def __init__(self, clock: Clock, images: ImageRunner, at_once: int) -> None:
        self._clock = clock
        self._images = images
        self._at_once = at_once
        self._rooms: dict[str, asyncio.Semaphore] = {}
        self._sharing: Sharing[Finished] = Sharing()
        # Paid for, and not written down: the disk was full, or the database away.
        self._unwritten: OrderedDict[Hashable, tuple[GenerationRecord, Finished]] = OrderedDict()
        self._paid: dict[Hashable, asyncio.Task[Finished]] = {}

    async def ask(self, provider: ImageProvider, request: PictureRequest, cache: ImageCache | None) -> Finished:
        """Raises errors.OutsideError. Cancelled, it stops unless the provider is at work on it already."""
        if cache is None or not provider.remote:
            return await self._repeating(_Order(provider, request, None))
        order = _Order(provider, request, cache)
        return await self._sharing.do(order.key, lambda: self._recalled_or_made(order, cache))

    async def _recalled_or_made(self, order: _Order, cache: ImageCache) -> Finished:
        if order.key in self._paid:
            # Whoever asked for it first has gone; it is on its way all the same.
            return await asyncio.shield(self._paid[order.key])
        unwritten = self._unwritten.pop(order.key, None)
        if unwritten is not None:
            await self._record(order, cache, *unwritten)
            return unwritten[1]
        return await asyncio.shield(cache.get(order.question)) or await self._repeating(order)

    async def _repeating(self, order: _Order) -> Finished:
        for repeat in range(_REPEATS):
            try:
                return await self._in_its_room(order)
            except TryLater as later:
                if later.code not in _REPEATED or later.after_s > _LONGEST_WAIT_S:
                    raise
                pause = later.after_s * 2**repeat
            await self._clock.sleep(pause)
        return await self._in_its_room(order)

    async def _in_its_room(self, order: _Order) -> Finished:
        provider = order.provider
        room = self._rooms.setdefault(provider.name, asyncio.Semaphore(self._room_of(provider)))
        if not provider.remote:
            async with room:
                return await self._once(order)
        # What is being made is paid for: it is finished and kept, also when nobody waits for it any more.
        await room.acquire()
        task = self._paid[order.key] = asyncio.ensure_future(self._once(order))
        task.add_done_callback(lambda _: self._ended(order, task, room))
        return await asyncio.shield(task)

    def _ended(self, order: _Order, task: asyncio.Task[Finished], room: asyncio.Semaphore) -> None:
        room.release()
        del self._paid[order.key]
        if not task.cancelled():
            # Known to whoever waits; without anybody it is no error of the loop's.
            task.exception()

    async def _once(self, order: _Order) -> Finished:
        provider, request, cache, question = order.provider, order.request, order.cache, order.question
        started = self._clock.running()

        def asked(outcome: str, made: GeneratedPicture | None = None) -> GenerationRecord:
            price = None if made is None else made.price
            return GenerationRecord(question, outcome, round(self._clock.running() - started, 3), price)

        made: GeneratedPicture | None = None
        try:
            made = await provider.make(request)
            finished = await self._finished(provider, made, request)
        except OutsideError as failed:
            if cache is not None:
                await self._record(order, cache, asked(failed.code, made), None)
            raise
        if cache is not None:
            await self._record(order, cache, asked("made", made), finished)
        return finished

    async def _record(
        self, order: _Order, cache: ImageCache, asked: GenerationRecord, finished: Finished | None
    ) -> None:
        """Write it down; a picture that cannot be for a passing fault of this machine is held for who asks again."""
        try:
            await cache.put(asked, finished)
        except Exception as fault:
            if not is_transient(fault):
                raise
            if finished is not None:
                self._unwritten[order.key] = (asked, finished)
            while len(self._unwritten) > _UNWRITTEN_KEPT:
                self._unwritten.popitem(last=False)

    async def _finished(self, provider: ImageProvider, made: GeneratedPicture, request: PictureRequest) -> Finished:
        try:
            fitted, problem = await self._images.run(fit_checked, made.data, request.spec)
        except Unfit as unfit:
            raise failure("bad_response", made.provider, raw=unfit.code) from unfit
        if problem is not None:
            raise failure("bad_response", provider.name, raw=problem)
        return Finished(
            fitted.data,
            fitted.width,
            fitted.height,
            provider.name,
            made.notes,
            made.fallback_reason,
            fitted.placeholder,
            (provider.asks()[1] or None) if provider.remote else None,
        )

    def _room_of(self, provider: ImageProvider) -> int:
        return min(provider.at_once, self._at_once) if provider.remote else provider.at_once


class _Order:
    """One picture to ask for; without a cache it is like no other."""

    def __init__(self, provider: ImageProvider, request: PictureRequest, cache: ImageCache | None) -> None:
        self.provider, self.request, self.cache = provider, request, cache
        self.question = question_of(provider, request)
        self.key: Hashable = object() if cache is None else (cache.owner, self.question.digest)


def question_of(provider: ImageProvider, request: PictureRequest) -> CacheKey:
    base_url, model = provider.asks()
    return CacheKey(provider.name, base_url, model, request.remote_prompt, request.variant, request.spec)
