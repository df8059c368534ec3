"""Run one provider: limit concurrency, retry, share equal requests, cache and record, fit the result to its spec."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable

from araldo.clock import Clock
from araldo.errors import OutsideError, TryLater
from araldo.images.fit import fit_checked
from araldo.images.process import ImageRunner
from araldo.images.providers.base import GeneratedPicture, ImageProvider, PictureRequest
from araldo.images.providers.cache import (
    CacheKey,
    FinishedPicture,
    GenerationClaim,
    GenerationRecord,
    ImageCache,
)
from araldo.images.providers.failures import provider_error
from araldo.images.providers.single_flight import SingleFlight
from araldo.images.unusable import UnusablePicture
from araldo.local_faults import is_transient
from araldo.telemetry.observer import Observer

# Kinds of failure that are retried. A timeout or an unusable answer may have been billed, so only a person repeats it.
_RETRIED_KINDS = frozenset({"rate_limited", "unavailable"})
_RETRIES = 2
# A provider that asks for a longer wait is not retried.
_LONGEST_WAIT_S = 10.0
_MAX_UNRECORDED = 16
# How often to look whether a picture that another process generates is ready, in seconds.
_LOOK_EVERY_S = 1.0


class ProviderRunner:
    """Runs providers; one per process. `at_once`: most concurrent requests to one remote provider."""

    def __init__(self, clock: Clock, images: ImageRunner, at_once: int, observer: Observer | None = None) -> None:
        self._clock = clock
        self._observer = observer or Observer()
        self._images = images
        self._at_once = at_once
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._single_flight: SingleFlight[FinishedPicture] = SingleFlight()
        # Pictures that were paid for but could not be stored, because the disk was full or the database unreachable.
        self._unrecorded: OrderedDict[Hashable, tuple[GenerationRecord, FinishedPicture]] = OrderedDict()
        self._paid: dict[Hashable, asyncio.Task[FinishedPicture]] = {}
        self._releasing: set[asyncio.Future[None]] = set()

    async def generate(
        self, provider: ImageProvider, request: PictureRequest, cache: ImageCache | None
    ) -> FinishedPicture:
        """Generate a picture, or return the cached one. Raises errors.OutsideError.

        When cancelled, a request that the provider has already started on is finished and cached.
        """
        if cache is None or not provider.remote:
            return await self._generate_with_retries(_Generation(provider, request, None))
        generation = _Generation(provider, request, cache)
        return await self._single_flight.run(generation.key, lambda: self._get_or_generate(generation, cache))

    async def _get_or_generate(self, generation: _Generation, cache: ImageCache) -> FinishedPicture:
        if generation.key in self._paid:
            # The first caller was cancelled, but the provider is still at work on it.
            return await asyncio.shield(self._paid[generation.key])
        unrecorded = self._unrecorded.pop(generation.key, None)
        if unrecorded is not None:
            await self._record(generation, cache, *unrecorded)
            return unrecorded[1]
        found = await cache.get(generation.cache_key)
        while found is None:
            claim = await cache.claim(generation.cache_key)
            if claim is not None:
                return await self._generate_claimed(generation, cache, claim)
            await self._clock.sleep(_LOOK_EVERY_S)
            found = await cache.get(generation.cache_key)
        return found

    async def _generate_claimed(
        self, generation: _Generation, cache: ImageCache, claim: GenerationClaim
    ) -> FinishedPicture:
        """Generate unless another process has since the cache was read; release the claim once nothing is under way."""
        try:
            found = await cache.get(generation.cache_key)
            return found or await self._generate_with_retries(generation)
        finally:
            paid = self._paid.get(generation.key)
            if paid is None:
                await claim.release()
            else:
                # This caller was cancelled, but the provider is still at work on it.
                paid.add_done_callback(lambda _: self._release_later(claim))

    def _release_later(self, claim: GenerationClaim) -> None:
        task = asyncio.ensure_future(claim.release())
        self._releasing.add(task)
        task.add_done_callback(self._releasing.discard)

    async def _generate_with_retries(self, generation: _Generation) -> FinishedPicture:
        for repeat in range(_RETRIES):
            try:
                return await self._generate_in_turn(generation)
            except TryLater as later:
                if later.code not in _RETRIED_KINDS or later.after_s > _LONGEST_WAIT_S:
                    raise
                pause = later.after_s * 2**repeat
            await self._clock.sleep(pause)
        return await self._generate_in_turn(generation)

    async def _generate_in_turn(self, generation: _Generation) -> FinishedPicture:
        provider = generation.provider
        slot = self._slots.setdefault(provider.name, asyncio.Semaphore(self._concurrency_of(provider)))
        if not provider.remote:
            async with slot:
                return await self._generate_once(generation)
        # A started request is paid for: finish and store it even when no caller waits any more.
        await slot.acquire()
        task = self._paid[generation.key] = asyncio.ensure_future(self._generate_once(generation))
        task.add_done_callback(lambda _: self._release_slot(generation, task, slot))
        return await asyncio.shield(task)

    def _release_slot(
        self, generation: _Generation, task: asyncio.Task[FinishedPicture], slot: asyncio.Semaphore
    ) -> None:
        slot.release()
        del self._paid[generation.key]
        if not task.cancelled():
            # Mark the exception as retrieved: without a caller the loop would log it.
            task.exception()

    async def _generate_once(self, generation: _Generation) -> FinishedPicture:
        provider, request, cache, cache_key = (
            generation.provider,
            generation.request,
            generation.cache,
            generation.cache_key,
        )
        started = self._clock.running()

        def record_of(outcome: str, made: GeneratedPicture | None = None) -> GenerationRecord:
            price = None if made is None else made.price
            return GenerationRecord(cache_key, outcome, round(self._clock.running() - started, 3), price)

        made: GeneratedPicture | None = None
        try:
            with self._observer.generation(provider.name) as observed:
                made = await provider.generate(request)
                if made.price is not None:
                    observed.micros, observed.currency = made.price.micros, made.price.currency
                finished = await self._fit_to_spec(provider, made, request)
                observed.outcome = "made"
        except OutsideError as failed:
            if cache is not None:
                await self._record(generation, cache, record_of(failed.code, made), None)
            raise
        if cache is not None:
            await self._record(generation, cache, record_of("made", made), finished)
        return finished

    async def _record(
        self, generation: _Generation, cache: ImageCache, record: GenerationRecord, finished: FinishedPicture | None
    ) -> None:
        """Record a generation; keep the picture in memory when a transient local fault prevents storing it."""
        try:
            await cache.put(record, finished)
        except Exception as fault:
            if not is_transient(fault):
                raise
            if finished is not None:
                self._unrecorded[generation.key] = (record, finished)
            while len(self._unrecorded) > _MAX_UNRECORDED:
                self._unrecorded.popitem(last=False)

    async def _fit_to_spec(
        self, provider: ImageProvider, made: GeneratedPicture, request: PictureRequest
    ) -> FinishedPicture:
        try:
            fitted, problem = await self._images.run(fit_checked, made.data, request.spec)
        except UnusablePicture as unfit:
            raise provider_error("bad_response", made.provider, raw=unfit.code) from unfit
        if problem is not None:
            raise provider_error("bad_response", provider.name, raw=problem)
        return FinishedPicture(
            fitted.data,
            fitted.width,
            fitted.height,
            provider.name,
            made.notes,
            made.fallback_reason,
            fitted.placeholder,
            (provider.endpoint()[1] or None) if provider.remote else None,
        )

    def _concurrency_of(self, provider: ImageProvider) -> int:
        return min(provider.max_concurrent, self._at_once) if provider.remote else provider.max_concurrent


class _Generation:
    """One request to a provider; without a cache its key is unique."""

    def __init__(self, provider: ImageProvider, request: PictureRequest, cache: ImageCache | None) -> None:
        self.provider, self.request, self.cache = provider, request, cache
        self.cache_key = cache_key_for(provider, request)
        self.key: Hashable = object() if cache is None else (cache.owner, self.cache_key.digest)


def cache_key_for(provider: ImageProvider, request: PictureRequest) -> CacheKey:
    base_url, model = provider.endpoint()
    return CacheKey(provider.name, base_url, model, request.remote_prompt, request.variant, request.spec)
