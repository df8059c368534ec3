"""Instagram: containers from fetched pictures, publishing once, the quota, and expiry."""

from __future__ import annotations

import pytest

from tests.sandbox.meta import ACCOUNT, PAGE, Meta
from tests.sandbox.test_tokens import page_token


@pytest.fixture
async def token(meta: Meta) -> str:
    return await meta.token()


async def status(meta: Meta, token: str, container: str) -> str:
    return str((await meta.get(container, token, fields="status_code,status")).body["status_code"])


async def test_a_container_is_created_polled_and_published(meta: Meta, token: str, pictures: str) -> None:
    await meta.set(container_delay_s=600)
    container = await meta.container(token, f"{pictures}/1080x1080.jpg", caption="ciao #uno")
    assert (await meta.get(container, token)).body == {"id": container}
    assert await status(meta, token, container) == "IN_PROGRESS"
    early = await meta.publish(token, container)
    assert (early.status, early.codes, early.error["is_transient"]) == (400, (9007, 2207027), False)
    await meta.control("POST", "clock", {"advance_s": 601})
    assert await status(meta, token, container) == "FINISHED"
    published = await meta.publish(token, container)
    media = published.body["id"]
    assert media != container
    assert await status(meta, token, container) == "PUBLISHED"
    fields = "id,caption,permalink,media_product_type,timestamp"
    read = (await meta.get(media, token, fields=fields)).body
    assert (read["caption"], read["media_product_type"]) == ("ciao #uno", "FEED")
    assert (await meta.call("GET", read["permalink"])).status == 200
    assert [item["id"] for item in (await meta.get(f"{ACCOUNT}/media", token)).body["data"]] == [media]
    await meta.control("POST", "clock", {"real": True})


async def test_publishing_twice_creates_one_post(meta: Meta, token: str, pictures: str) -> None:
    container = await meta.container(token, f"{pictures}/1080x1080.jpg")
    first = await meta.publish(token, container)
    assert first.status == 200
    assert (await meta.publish(token, container)).status == 400
    await meta.set(republish="return_same_id")
    assert (await meta.publish(token, container)).body["id"] == first.body["id"]
    assert len((await meta.state())["media"]) == 1


async def test_a_story_is_listed_separately_without_a_caption(meta: Meta, token: str, pictures: str) -> None:
    container = await meta.container(token, f"{pictures}/1080x1920.jpg", media_type="STORIES", caption="ignored")
    media = (await meta.publish(token, container)).body["id"]
    assert (await meta.get(f"{ACCOUNT}/media", token)).body["data"] == []
    stories = (await meta.get(f"{ACCOUNT}/stories", token, fields="id,media_product_type,permalink")).body["data"]
    assert [(story["id"], story["media_product_type"]) for story in stories] == [(media, "STORY")]
    assert "/stories/" in stories[0]["permalink"]
    await meta.control("POST", "clock", {"advance_s": 86_401})
    assert (await meta.get(f"{ACCOUNT}/stories", token)).body["data"] == []
    await meta.control("POST", "clock", {"real": True})


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("/1080x1080.png", (36001, 2207083)),
        ("/1080x3000.jpg", (36003, 2207009)),
        ("/3000x1080.jpg", (36003, 2207009)),
        ("/large.jpg", (36000, 2207004)),
        ("/page.jpg", (9004, 2207052)),
        ("/missing.jpg", (9004, 2207052)),
        ("/private/a.jpg", (9004, 2207052)),
    ],
)
async def test_a_picture_that_meta_refuses_is_refused(
    meta: Meta, token: str, pictures: str, name: str, codes: tuple[int, int]
) -> None:
    answer = await meta.post(f"{ACCOUNT}/media", token, image_url=f"{pictures}{name}")
    assert (answer.status, answer.codes) == (400, codes), answer.body


async def test_a_slow_picture_times_out(meta: Meta, token: str, pictures: str) -> None:
    await meta.set(fetch_timeout_s=0.1)
    answer = await meta.post(f"{ACCOUNT}/media", token, image_url=f"{pictures}/slow.jpg")
    assert answer.codes == (-2, 2207003)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"caption": "x" * 2201}, 36004),
        ({"caption": " ".join(f"#t{number}" for number in range(31))}, 100),
        ({"media_type": "POSTER"}, 100),
        ({"caption": " ".join(f"@u{number}" for number in range(21))}, 100),
    ],
)
async def test_a_caption_or_type_that_meta_refuses_is_refused(
    meta: Meta, token: str, pictures: str, asked: dict[str, str], code: int
) -> None:
    answer = await meta.post(f"{ACCOUNT}/media", token, image_url=f"{pictures}/1080x1080.jpg", **asked)
    assert (answer.status, answer.codes[0]) == (400, code), answer.body
    assert (await meta.state())["containers"] == []


async def test_containers_expire_after_a_day(meta: Meta, token: str, pictures: str) -> None:
    container = await meta.container(token, f"{pictures}/1080x1080.jpg")
    await meta.control("POST", "clock", {"advance_s": 86_401})
    assert await status(meta, token, container) == "EXPIRED"
    assert (await meta.publish(token, container)).status == 400
    assert (await meta.state())["media"] == []
    await meta.control("POST", "clock", {"real": True})


async def test_the_quota_is_reported_and_enforced(meta: Meta, token: str, pictures: str) -> None:
    await meta.set(quota_total=1)
    for wanted in (200, 400):
        container = await meta.container(token, f"{pictures}/1080x1080.jpg", caption=f"n {wanted}")
        answer = await meta.publish(token, container)
        assert answer.status == wanted, answer.body
    assert answer.codes == (9, 2207042)
    limit = await meta.get(f"{ACCOUNT}/content_publishing_limit", token, fields="quota_usage,config")
    assert limit.body["data"][0]["quota_usage"] == 1
    assert limit.body["data"][0]["config"]["quota_total"] == 1


async def test_a_carousel_needs_two_to_ten_items(meta: Meta, token: str, pictures: str) -> None:
    items = [await meta.container(token, f"{pictures}/1080x1080.jpg", is_carousel_item=True) for _ in range(2)]
    few = await meta.post(f"{ACCOUNT}/media", token, media_type="CAROUSEL", children=items[:1])
    assert few.codes == (100, 2207028)
    made = await meta.post(f"{ACCOUNT}/media", token, media_type="CAROUSEL", children=items, caption="due")
    assert (await meta.publish(token, made.body["id"])).status == 200


async def test_a_page_token_may_be_refused_for_containers(meta: Meta, token: str, pictures: str) -> None:
    container = await meta.container(token, f"{pictures}/1080x1080.jpg")
    own = await page_token(meta, token)
    assert (await meta.get(container, own, fields="status_code")).status == 200
    await meta.set(npe_quirk=True)
    assert (await meta.get(container, own, fields="status_code")).codes == (100, 33)
    assert (await meta.get(container, token, fields="status_code")).status == 200


async def test_the_status_can_lag_behind_a_publish(meta: Meta, token: str, pictures: str) -> None:
    await meta.set(status_lag_s=60)
    container = await meta.container(token, f"{pictures}/1080x1080.jpg")
    assert (await meta.publish(token, container)).status == 200
    assert await status(meta, token, container) == "FINISHED"
    await meta.control("POST", "clock", {"advance_s": 61})
    assert await status(meta, token, container) == "PUBLISHED"
    await meta.control("POST", "clock", {"real": True})


async def test_the_lists_can_lag_behind_a_publish(meta: Meta, token: str, pictures: str) -> None:
    await meta.set(list_lag_s=60)
    for more in ({}, {"media_type": "STORIES"}):
        container = await meta.container(
            token, f"{pictures}/1080x1920.jpg" if more else f"{pictures}/1080x1080.jpg", **more
        )
        assert (await meta.publish(token, container)).status == 200
    edges = (f"{ACCOUNT}/media", f"{ACCOUNT}/stories")
    assert [(await meta.get(edge, token)).body["data"] for edge in edges] == [[], []]
    await meta.control("POST", "clock", {"advance_s": 61})
    assert [len((await meta.get(edge, token)).body["data"]) for edge in edges] == [1, 1]
    await meta.control("POST", "clock", {"real": True})


async def test_a_container_can_be_made_to_expire_sooner(meta: Meta, token: str, pictures: str) -> None:
    await meta.set(container_life_s=30)
    container = await meta.container(token, f"{pictures}/1080x1080.jpg")
    assert await status(meta, token, container) == "FINISHED"
    await meta.control("POST", "clock", {"advance_s": 31})
    assert await status(meta, token, container) == "EXPIRED"
    assert (await meta.publish(token, container)).status == 400
    await meta.control("POST", "clock", {"real": True})


async def test_the_account_is_found_by_its_page(meta: Meta, token: str) -> None:
    page = await meta.get(PAGE, token, fields="instagram_business_account{id,username}")
    assert page.body["instagram_business_account"]["id"] == ACCOUNT
