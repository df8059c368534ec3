"""ProviderRunner a provider: equal questions are one, what is being paid for is kept, and what was spent is told."""

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
from araldo.images.providers import FinishedPicture, ImageProviders
from araldo.images.providers.base import PictureRequest, ProviderSettings
from araldo.images.providers.cache import CacheKey, GenerationRecord, Price
from araldo.images.providers.openai_images_api import parse_price
from araldo.images.spec import ImageSpec
from tests.images.pictures import encoded, quarters
from tests.images.providers.contract import as_base64
from tests.images.providers.fakes import Fake, Reply, body, serving, told
from tests.support.clock import FakeClock

REQUEST = PictureRequest("a horn", "bold", ImageSpec(120, 120))


class Notebook:
    """A memory that forgets with the test."""

    def __init__(self, owner: str = "ws") -> None:
        self.owner = owner
        self.known: dict[str, FinishedPicture] = {}
        self.asked: list[GenerationRecord] = []
        self._told = asyncio.Condition()

    async def get(self, cache_key: CacheKey) -> FinishedPicture | None:
        return self.known.get(cache_key.digest)

    async def put(self, asked: GenerationRecord, finished: FinishedPicture | None) -> None:
        self.asked.append(asked)
        if finished is not None:
            self.known[asked.cache_key.digest] = replace(finished, cached=True)
        async with self._told:
            self._told.notify_all()

    async def has(self, count: int) -> None:
        async with self._told:
            await self._told.wait_for(lambda: len(self.known) >= count)


def good(**usage: Any) -> Reply:
    picture = as_base64(encoded(quarters((128, 128))))
    return told({"data": [{"b64_json": picture}], "usage": usage})


@asynccontextmanager
async def studio(*replies: Reply, **settings: Any) -> AsyncIterator[tuple[ImageProviders, Fake]]:
    async with serving(*replies) as fake, Http() as http:
        asked = ProviderSettings(openai_base_url=fake.url, openai_model="m-1", **settings)
        yield ImageProviders(http, asked, FakeClock(short_s=60)), fake


async def test_an_equal_question_is_not_asked_again_and_another_is() -> None:
    notebook = Notebook()
    async with studio(good()) as (providers, fake):
        first = await providers.generate("openai", REQUEST, notebook)
        again = await providers.generate("openai", REQUEST, notebook)
        assert (first.cached, again.cached, again.data == first.data, len(fake.seen)) == (False, True, True, 1)
        for other in (
            replace(REQUEST, variant=1),
            replace(REQUEST, prompt="x"),
            replace(REQUEST, spec=ImageSpec(90, 90)),
        ):
            assert not (await providers.generate("openai", other, notebook)).cached
        assert not (await providers.generate("openai", REQUEST, Notebook("another"))).cached
        assert len(fake.seen) == 5


async def test_equal_questions_at_once_are_one_and_share_its_failure_too() -> None:
    notebook = Notebook()
    async with studio(good()) as (providers, fake):
        fake.gate = asyncio.Event()
        both = [asyncio.create_task(providers.generate("openai", REQUEST, notebook)) for _ in range(5)]
        await fake.standing(1)
        fake.gate.set()
        made = await asyncio.gather(*both)
        assert (len({one.data for one in made}), len(fake.seen)) == (1, 1)
    async with studio(body(b"", status=401)) as (providers, fake):
        fails = [providers.generate("openai", REQUEST, notebook_of_another()) for _ in range(3)]
        results = await asyncio.gather(*fails, return_exceptions=True)
        assert [type(one).__name__ for one in results] == ["Rejected"] * 3
        assert len(fake.seen) == 1


_OTHER = Notebook("another")


def notebook_of_another() -> Notebook:
    return _OTHER


async def test_what_was_paid_for_and_could_not_be_written_down_is_not_paid_for_again() -> None:
    notebook = Notebook()
    full = [OSError(errno.ENOSPC, "No space left on device")] * 2

    async def put(asked: GenerationRecord, finished: FinishedPicture | None) -> None:
        if full:
            raise full.pop()
        await Notebook.put(notebook, asked, finished)

    notebook.put = put  # type: ignore[method-assign]  # the disk of this one is full for two writes
    async with studio(good()) as (providers, fake):
        made = [await providers.generate("openai", REQUEST, notebook) for _ in range(4)]
        assert (len({one.data for one in made}), len(fake.seen)) == (1, 1)
    assert [one.outcome for one in notebook.asked] == ["made"]
    assert [one.cached for one in made] == [False, False, False, True]


async def test_twenty_are_made_side_by_side_and_no_more_than_the_operator_allows() -> None:
    requests = [replace(REQUEST, prompt=f"horn {number}") for number in range(20)]
    for at_once in (20, 3):
        async with studio(good(), at_once=at_once) as (providers, fake):
            fake.gate = asyncio.Event()
            tasks = [asyncio.create_task(providers.generate("openai", one, Notebook())) for one in requests]
            await fake.standing(at_once)
            fake.gate.set()
            await asyncio.gather(*tasks)
            assert (fake.most, len(fake.seen)) == (at_once, 20)


async def test_who_leaves_stops_what_is_not_begun_and_finds_what_was_when_coming_back() -> None:
    notebook = Notebook()
    requests = [replace(REQUEST, prompt=f"horn {number}") for number in range(5)]
    async with studio(good(), at_once=2) as (providers, fake):
        fake.gate = asyncio.Event()
        tasks = [asyncio.create_task(providers.generate("openai", one, notebook)) for one in requests]
        await fake.standing(2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Back before it was ready: the same one is waited for.
        back = asyncio.create_task(providers.generate("openai", requests[0], notebook))
        await asyncio.sleep(0)
        fake.gate.set()
        await back
        async with asyncio.timeout(20):
            await notebook.has(2)
        assert len(fake.seen) == 2
        assert [one.outcome for one in notebook.asked] == ["made", "made"]


async def test_what_was_spent_is_told_with_the_price_where_the_answer_says_it() -> None:
    notebook = Notebook()
    replies = (good(cost=0.04, currency="usd"), body(b"<html>", status=200), body(b"", status=401))
    async with studio(*replies) as (providers, _):
        await providers.generate("openai", REQUEST, notebook)
        for variant in (1, 2):
            with pytest.raises(OutsideError):
                await providers.generate("openai", replace(REQUEST, variant=variant), notebook)
    first, second, third = notebook.asked
    assert (first.outcome, first.price) == ("made", Price(40_000, "USD"))
    assert (first.cache_key.provider, first.cache_key.model, first.cache_key.spec) == ("openai", "m-1", REQUEST.spec)
    assert first.seconds >= 0
    assert [(one.outcome, one.price) for one in (second, third)] == [("bad_response", None), ("auth", None)]


async def test_a_picture_that_was_paid_for_and_is_unusable_says_its_price_all_the_same() -> None:
    notebook = Notebook()
    broken = as_base64(encoded(quarters((128, 128)), "JPEG")[:300])
    async with studio(told({"data": [{"b64_json": broken}], "usage": {"cost": 1}})) as (providers, _):
        with pytest.raises(OutsideError):
            await providers.generate("openai", REQUEST, notebook)
    assert [(one.outcome, one.price) for one in notebook.asked] == [("bad_response", Price(1_000_000))]


@pytest.mark.parametrize("cost", [None, True, "0.04", -1, float("nan"), float("inf"), 1e300, [], {}])
def test_an_odd_price_is_none(cost: object) -> None:
    assert parse_price({"usage": {"cost": cost}}) is None
    assert parse_price([cost]) is None


def test_a_currency_is_three_letters_or_not_known() -> None:
    assert parse_price({"usage": {"cost": 2, "currency": "eur"}}) == Price(2_000_000, "EUR")
    for odd in ("euros", "€", 7, None, "ßß"):
        assert parse_price({"usage": {"cost": 0, "currency": odd}}) == Price(0)


async def test_the_designer_is_not_remembered() -> None:
    notebook = Notebook()
    async with studio() as (providers, _):
        await providers.generate("offline", REQUEST, notebook)
    assert (notebook.asked, notebook.known) == ([], {})


async def test_what_auto_remembers_still_says_who_failed_before() -> None:
    notebook = Notebook()
    async with serving(body(b"", status=401)) as refusing, studio(good()) as (_, fake), Http() as http:
        settings = ProviderSettings(
            order=("google", "openai"), google_api_key="g", google_base_url=refusing.url, openai_base_url=fake.url
        )
        providers = ImageProviders(http, settings, FakeClock())
        first, again = [await providers.generate("auto", REQUEST, notebook) for _ in range(2)]
        assert (len(fake.seen), again.cached, again.fallback_reason) == (1, True, first.fallback_reason)
        assert first.fallback_reason is not None
