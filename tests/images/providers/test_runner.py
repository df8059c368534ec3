"""The provider runner: equal requests are sent once, paid pictures are kept, and costs are recorded."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from araldo.errors import OutsideError
from araldo.http import Http
from araldo.images.provider_settings import ProviderSettings
from araldo.images.providers import FinishedPicture, ImageProviders
from araldo.images.providers.base import PictureRequest
from araldo.images.providers.cache import CacheKey, GenerationRecord, Price
from araldo.images.providers.openai_images_api import parse_price
from araldo.images.spec import ImageSpec
from tests.images.pictures import encode_picture, quarters
from tests.images.providers.contract import as_base64
from tests.images.providers.fakes import FakeServer, Reply, json_reply, reply_with, serving
from tests.support.clock import FakeClock

REQUEST = PictureRequest("a horn", "bold", ImageSpec(120, 120))


class FakeClaim:
    def __init__(self, claimed: set[str], digest: str) -> None:
        self._claimed, self._digest = claimed, digest

    async def release(self) -> None:
        self._claimed.remove(self._digest)


class FakeImageCache:
    """An image cache in memory."""

    def __init__(self, owner: str = "ws") -> None:
        self.owner = owner
        self.pictures: dict[str, FinishedPicture] = {}
        self.records: list[GenerationRecord] = []
        self.claimed: set[str] = set()
        self._changed = asyncio.Condition()

    async def get(self, cache_key: CacheKey) -> FinishedPicture | None:
        return self.pictures.get(cache_key.digest)

    async def claim(self, cache_key: CacheKey) -> FakeClaim | None:
        if cache_key.digest in self.claimed:
            return None
        self.claimed.add(cache_key.digest)
        return FakeClaim(self.claimed, cache_key.digest)

    async def put(self, record: GenerationRecord, finished: FinishedPicture | None) -> None:
        self.records.append(record)
        if finished is not None:
            self.pictures[record.cache_key.digest] = replace(finished, cached=True)
        async with self._changed:
            self._changed.notify_all()

    async def wait_for_pictures(self, count: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.pictures) >= count)


def picture_reply(**usage: Any) -> Reply:
    picture = as_base64(encode_picture(quarters((128, 128))))
    return json_reply({"data": [{"b64_json": picture}], "usage": usage})


@asynccontextmanager
async def openai_providers(*replies: Reply, **settings: Any) -> AsyncIterator[tuple[ImageProviders, FakeServer]]:
    async with serving(*replies) as fake, Http() as http:
        asked = ProviderSettings(openai_base_url=fake.url, openai_model="m-1", **settings)
        yield ImageProviders(http, asked, FakeClock(short_s=60)), fake


async def test_an_equal_request_is_cached_and_another_is_sent() -> None:
    cache = FakeImageCache()
    async with openai_providers(picture_reply()) as (providers, fake):
        first = await providers.generate("openai", REQUEST, cache)
        again = await providers.generate("openai", REQUEST, cache)
        assert (first.cached, again.cached, again.data == first.data, len(fake.requests)) == (False, True, True, 1)
        for other in (
            replace(REQUEST, variant=1),
            replace(REQUEST, prompt="x"),
            replace(REQUEST, spec=ImageSpec(90, 90)),
        ):
            assert not (await providers.generate("openai", other, cache)).cached
        assert not (await providers.generate("openai", REQUEST, FakeImageCache("another"))).cached
        assert len(fake.requests) == 5


async def test_equal_concurrent_requests_are_sent_once_and_share_the_result() -> None:
    cache = FakeImageCache()
    async with openai_providers(picture_reply()) as (providers, fake):
        fake.gate = asyncio.Event()
        both = [asyncio.create_task(providers.generate("openai", REQUEST, cache)) for _ in range(5)]
        await fake.wait_for_requests(1)
        fake.gate.set()
        made = await asyncio.gather(*both)
        assert (len({item.data for item in made}), len(fake.requests)) == (1, 1)
    async with openai_providers(reply_with(b"", status=401)) as (providers, fake):
        fails = [providers.generate("openai", REQUEST, cache_of_another_workspace()) for _ in range(3)]
        results = await asyncio.gather(*fails, return_exceptions=True)
        assert [type(item).__name__ for item in results] == ["Rejected"] * 3
        assert len(fake.requests) == 1


_OTHER = FakeImageCache("another")


def cache_of_another_workspace() -> FakeImageCache:
    return _OTHER


async def test_a_picture_that_could_not_be_stored_is_not_paid_for_again() -> None:
    cache = FakeImageCache()
    full = [OSError(errno.ENOSPC, "No space left on device")] * 2

    async def put(record: GenerationRecord, finished: FinishedPicture | None) -> None:
        if full:
            raise full.pop()
        await FakeImageCache.put(cache, record, finished)

    cache.put = put  # type: ignore[method-assign]  # the disk of this one is full for two writes
    async with openai_providers(picture_reply()) as (providers, fake):
        made = [await providers.generate("openai", REQUEST, cache) for _ in range(4)]
        assert (len({item.data for item in made}), len(fake.requests)) == (1, 1)
    assert [item.outcome for item in cache.records] == ["made"]
    assert [item.cached for item in made] == [False, False, False, True]


async def test_concurrency_is_limited_by_the_operators_setting() -> None:
    requests = [replace(REQUEST, prompt=f"horn {number}") for number in range(20)]
    for at_once in (20, 3):
        async with openai_providers(picture_reply(), at_once=at_once) as (providers, fake):
            fake.gate = asyncio.Event()
            tasks = [asyncio.create_task(providers.generate("openai", item, FakeImageCache())) for item in requests]
            await fake.wait_for_requests(at_once)
            fake.gate.set()
            await asyncio.gather(*tasks)
            assert (fake.most_waiting, len(fake.requests)) == (at_once, 20)


async def test_cancelling_stops_unsent_requests_and_keeps_started_ones() -> None:
    cache = FakeImageCache()
    requests = [replace(REQUEST, prompt=f"horn {number}") for number in range(5)]
    async with openai_providers(picture_reply(), at_once=2) as (providers, fake):
        fake.gate = asyncio.Event()
        tasks = [asyncio.create_task(providers.generate("openai", item, cache)) for item in requests]
        await fake.wait_for_requests(2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Requested again before it is ready: waits for the same request.
        back = asyncio.create_task(providers.generate("openai", requests[0], cache))
        await asyncio.sleep(0)
        fake.gate.set()
        await back
        async with asyncio.timeout(20):
            await cache.wait_for_pictures(2)
        assert len(fake.requests) == 2
        assert [item.outcome for item in cache.records] == ["made", "made"]
    assert cache.claimed == set()


async def test_each_generation_is_recorded_with_its_price() -> None:
    cache = FakeImageCache()
    replies = (picture_reply(cost=0.04, currency="usd"), reply_with(b"<html>", status=200), reply_with(b"", status=401))
    async with openai_providers(*replies) as (providers, _):
        await providers.generate("openai", REQUEST, cache)
        for variant in (1, 2):
            with pytest.raises(OutsideError):
                await providers.generate("openai", replace(REQUEST, variant=variant), cache)
    first, second, third = cache.records
    assert (first.outcome, first.price) == ("made", Price(40_000, "USD"))
    assert (first.cache_key.provider, first.cache_key.model, first.cache_key.spec) == ("openai", "m-1", REQUEST.spec)
    assert first.seconds >= 0
    assert [(item.outcome, item.price) for item in (second, third)] == [("bad_response", None), ("auth", None)]


async def test_an_unusable_picture_is_recorded_with_its_price() -> None:
    cache = FakeImageCache()
    broken = as_base64(encode_picture(quarters((128, 128)), "JPEG")[:300])
    async with openai_providers(json_reply({"data": [{"b64_json": broken}], "usage": {"cost": 1}})) as (providers, _):
        with pytest.raises(OutsideError):
            await providers.generate("openai", REQUEST, cache)
    assert [(item.outcome, item.price) for item in cache.records] == [("bad_response", Price(1_000_000))]


@pytest.mark.parametrize("cost", [None, True, "0.04", -1, float("nan"), float("inf"), 1e300, [], {}])
def test_an_invalid_price_is_ignored(cost: object) -> None:
    assert parse_price({"usage": {"cost": cost}}) is None
    assert parse_price([cost]) is None


def test_an_invalid_currency_is_unknown() -> None:
    assert parse_price({"usage": {"cost": 2, "currency": "eur"}}) == Price(2_000_000, "EUR")
    for odd in ("euros", "€", 7, None, "ßß"):
        assert parse_price({"usage": {"cost": 0, "currency": odd}}) == Price(0)


async def test_offline_pictures_are_not_cached() -> None:
    cache = FakeImageCache()
    async with openai_providers() as (providers, _):
        await providers.generate("offline", REQUEST, cache)
    assert (cache.records, cache.pictures) == ([], {})


async def test_a_cached_picture_keeps_its_fallback_reason() -> None:
    cache = FakeImageCache()
    async with (
        serving(reply_with(b"", status=401)) as refusing,
        openai_providers(picture_reply()) as (_, fake),
        Http() as http,
    ):
        settings = ProviderSettings(
            order=("google", "openai"), google_api_key="g", google_base_url=refusing.url, openai_base_url=fake.url
        )
        providers = ImageProviders(http, settings, FakeClock())
        first, again = [await providers.generate("auto", REQUEST, cache) for _ in range(2)]
        assert (len(fake.requests), again.cached, again.fallback_reason) == (1, True, first.fallback_reason)
        assert first.fallback_reason is not None
