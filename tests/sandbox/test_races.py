"""Concurrent calls: one container, one photo or one text is published exactly once."""

from __future__ import annotations

import asyncio

import pytest

from tests.sandbox.meta import ACCOUNT, PAGE, Meta
from tests.sandbox.test_tokens import page_token


@pytest.fixture
async def token(meta: Meta) -> str:
    return await page_token(meta, await meta.token())


@pytest.mark.parametrize("settings", [{}, {"latency_s": 0.02}, {"publish_latency_s": 0.02}])
async def test_one_container_is_published_once(
    meta: Meta, token: str, pictures: str, settings: dict[str, float]
) -> None:
    container = await meta.container(token, f"{pictures}/800x800.jpg", caption="ciao")
    await meta.set(**settings)
    answers = await asyncio.gather(*(meta.publish(token, container) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [200] + [400] * 7
    assert len((await meta.state())["media"]) == 1


@pytest.mark.parametrize("settings", [{}, {"latency_s": 0.02}, {"publish_latency_s": 0.02}])
async def test_one_photo_is_posted_once(meta: Meta, token: str, settings: dict[str, float]) -> None:
    photo = (await meta.photo(token)).body["id"]
    await meta.set(**settings)
    media = [{"media_fbid": photo}]
    posts = [meta.post(f"{PAGE}/feed", token, message=f"n{n}", attached_media=media) for n in range(6)]
    stories = [meta.post(f"{PAGE}/photo_stories", token, photo_id=photo) for _ in range(2)]
    answers = await asyncio.gather(*posts, *stories)
    assert sorted(answer.status for answer in answers) == [200] + [400] * 7
    state = await meta.state()
    assert len(state["posts"]) + len(state["stories"]) == 1


async def test_one_text_is_posted_once(meta: Meta, token: str) -> None:
    answers = await asyncio.gather(*(meta.post(f"{PAGE}/feed", token, message="ciao") for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [200] + [400] * 7
    assert len((await meta.state())["posts"]) == 1


async def test_the_container_limit_holds_during_downloads(meta: Meta, token: str, pictures: str) -> None:
    await meta.set(container_limit=3)
    made = [meta.post(f"{ACCOUNT}/media", token, image_url=f"{pictures}/800x800.jpg") for _ in range(8)]
    assert sum(answer.status == 200 for answer in await asyncio.gather(*made)) == 3
    assert len((await meta.state())["containers"]) == 3


async def test_the_log_counts_every_call_once(meta: Meta, token: str) -> None:
    await asyncio.gather(*(meta.post(f"{PAGE}/feed", token, message=f"n{n}") for n in range(20)))
    log = await meta.control("GET", "log")
    assert [entry["n"] for entry in log] == list(range(1, len(log) + 1))
    made = [created["id"] for entry in log for created in entry["made"]]
    assert len(set(made)) == len(made) == 20
