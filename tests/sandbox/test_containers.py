"""Instagram containers: parameters, limits, carousels, and what counts against the quota."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.meta import ACCOUNT, Meta
from tests.sandbox.test_tokens import page_token


@pytest.fixture
async def token(meta: Meta) -> str:
    return await meta.token()


async def carousel(meta: Meta, token: str, pictures: str, items: int = 2) -> tuple[list[str], str]:
    children = [await meta.container(token, f"{pictures}/800x800.jpg", is_carousel_item=True) for _ in range(items)]
    made = await meta.post(f"{ACCOUNT}/media", token, media_type="CAROUSEL", children=children, caption="molte")
    return children, str(made.body["id"])


@pytest.mark.parametrize(
    ("asked", "codes", "words"),
    [
        ({"image_url": None}, (100, None), "image_url is required"),
        ({"image_url": "http://127.0.0.1:1/é.jpg"}, (9004, 2207052), "Only photo or video"),
        ({"image_url": "http://[::1"}, (9004, 2207052), "Only photo or video"),
        ({"image_url": "file:///etc/passwd"}, (9004, 2207052), "Only photo or video"),
        ({"media_type": "POSTER"}, (100, 2207023), "The media type POSTER is unknown."),
        ({"media_type": "REELS"}, (100, None), "does not emulate video"),
        ({"media_type": "CAROUSEL"}, (100, 2207028), "at least 2"),
        ({"media_type": "CAROUSEL", "children": ["1", "2"]}, (24, 2207008), "does not exist"),
        ({"media_type": "CAROUSEL", "children": [str(n) for n in range(11)]}, (100, 2207028), "no more than 10"),
        ({"alt_text": "x" * 1001}, (100, None), "alt_text"),
        ({"user_tags": [{"username": "a"}]}, (100, None), "user_tags"),
        ({"user_tags": [{"username": "a", "x": 1.5, "y": 0}]}, (100, None), "user_tags"),
        ({"collaborators": ["a", "b", "c", "d"]}, (100, None), "collaborators"),
        ({"collaborators": ["a"], "media_type": "STORIES"}, (100, None), "collaborators is not allowed"),
        ({"location_id": "here"}, (100, None), "INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID"),
        ({"product_tags": [{}] * 6}, (100, 2207037), "more than 5 tags"),
    ],
    ids=range(16),
)
async def test_an_invalid_container_is_refused(
    meta: Meta, token: str, pictures: str, asked: dict[str, Any], codes: tuple[int, int | None], words: str
) -> None:
    answer = await meta.post(f"{ACCOUNT}/media", token, **{"image_url": f"{pictures}/800x800.jpg", **asked})
    assert (answer.status, answer.codes) == (400, codes), answer.body
    assert words in json.dumps(answer.error, ensure_ascii=False)


async def test_pictures_at_the_limits_of_size_and_ratio(meta: Meta, token: str, pictures: str) -> None:
    for size, status in {"800x1000": 200, "1080x566": 200, "800x1067": 400, "1100x566": 400}.items():
        answer = await meta.post(f"{ACCOUNT}/media", token, image_url=f"{pictures}/{size}.jpg")
        assert answer.status == status, (size, answer.body)
    assert (await meta.post(f"{ACCOUNT}/media", token, image_url=f"{pictures}/broken.jpg")).codes == (36003, 2207009)
    await meta.set(accept_3_4=True, accept_png=True)
    for name in ("800x1067.jpg", "800x800.png"):
        assert (await meta.post(f"{ACCOUNT}/media", token, image_url=f"{pictures}/{name}")).status == 200
    tall = await meta.post(f"{ACCOUNT}/media", token, image_url=f"{pictures}/500x2000.jpg", media_type="STORIES")
    assert tall.status == 200


async def test_a_pictures_error_may_appear_in_the_containers_status(meta: Meta, token: str, pictures: str) -> None:
    await meta.set(image_errors="container")
    made = await meta.container(token, f"{pictures}/800x800.png")
    read = (await meta.get(made, token, fields="status_code,status")).body
    assert read["status_code"] == "ERROR"
    assert read["status"] == "Error: Media upload has failed with error code 2207083"
    assert (await meta.publish(token, made)).codes == (24, 2207008)


async def test_a_carousel_is_one_post_of_several_pictures(meta: Meta, token: str, pictures: str) -> None:
    children, made = await carousel(meta, token, pictures, 3)
    assert (await meta.publish(token, children[0])).codes == (100, None)
    media = (await meta.publish(token, made)).body["id"]
    read = (await meta.get(media, token, fields="media_type,caption,children{media_type,media_url},owner")).body
    assert (read["media_type"], read["caption"]) == ("CAROUSEL_ALBUM", "molte")
    assert len(read["children"]["data"]) == len((await meta.get(f"{media}/children", token)).body["data"]) == 3
    assert len((await meta.get(f"{ACCOUNT}/media", token)).body["data"]) == 1
    usage = (await meta.get(f"{ACCOUNT}/content_publishing_limit", token)).body["data"]
    assert usage == [{"quota_usage": 1}]
    await meta.set(drop_carousel_child=True)
    again = (await meta.publish(token, (await carousel(meta, token, pictures, 3))[1])).body["id"]
    assert len((await meta.get(f"{again}/children", token)).body["data"]) == 2


async def test_a_carousel_is_not_ready_before_its_items(meta: Meta, token: str, pictures: str) -> None:
    await meta.set(container_delay_s=100)
    children = [await meta.container(token, f"{pictures}/800x800.jpg", is_carousel_item=True) for _ in range(2)]
    await meta.set(container_delay_s=0)
    made = (await meta.post(f"{ACCOUNT}/media", token, media_type="CAROUSEL", children=",".join(children))).body["id"]
    assert (await meta.get(made, token, fields="status_code")).body["status_code"] == "IN_PROGRESS"
    assert (await meta.publish(token, made)).codes == (9007, 2207027)
    await meta.control("POST", "clock", {"advance_s": 101})
    assert (await meta.publish(token, made)).status == 200


async def test_the_quota_counts_carousels_once_and_deleted_media(meta: Meta, token: str, pictures: str) -> None:
    async def used(**params: Any) -> int:
        asked = await meta.get(f"{ACCOUNT}/content_publishing_limit", token, fields="quota_usage", **params)
        return int(asked.body["data"][0]["quota_usage"])

    post = (await meta.publish(token, await meta.container(token, f"{pictures}/800x800.jpg"))).body["id"]
    await meta.publish(token, await meta.container(token, f"{pictures}/800x800.jpg", media_type="STORIES"))
    assert await used() == 2
    assert (await meta.call("DELETE", post, token)).body == {"success": True}
    assert await used() == 2
    await meta.set(stories_count_toward_quota=False)
    assert (await used(), await used(since="+1 minute")) == (1, 0)
    assert (await meta.get(f"{ACCOUNT}/content_publishing_limit", token, since="-2 days")).codes == (100, None)
    await meta.control("POST", "clock", {"advance_s": 86_500})
    assert await used() == 0


async def test_containers_per_day_are_limited(meta: Meta, token: str, pictures: str) -> None:
    await meta.set(container_limit=2)
    for _ in range(2):
        made = await meta.container(token, f"{pictures}/800x800.jpg")
    assert (await meta.post(f"{ACCOUNT}/media", token, image_url=f"{pictures}/800x800.jpg")).codes == (9, 2207042)
    assert (await meta.publish(token, made)).status == 200
    await meta.control("POST", "clock", {"advance_s": 86_500})
    assert await meta.container(token, f"{pictures}/800x800.jpg")


async def test_a_second_publish_is_answered_as_the_switch_says(meta: Meta, token: str, pictures: str) -> None:
    made = await meta.container(token, f"{pictures}/800x800.jpg")
    first = (await meta.publish(token, made)).body
    assert (await meta.publish(token, made)).codes == (9004, 2207008)
    await meta.set(republish="not_ready")
    assert (await meta.publish(token, made)).codes == (9007, 2207027)
    await meta.set(republish="return_same_id")
    assert (await meta.publish(token, made)).body == first
    assert (await meta.publish(token, "17999999999999999")).codes == (24, 2207008)


async def test_a_finished_container_may_still_be_refused(meta: Meta, token: str, pictures: str) -> None:
    await meta.set(not_ready_after_finished=2)
    made = await meta.container(token, f"{pictures}/800x800.jpg")
    assert [(await meta.publish(token, made)).status for _ in range(3)] == [400, 400, 200]


async def test_a_storys_caption_is_ignored_or_refused(meta: Meta, token: str, pictures: str) -> None:
    asked = {"image_url": f"{pictures}/800x800.jpg", "media_type": "STORIES", "caption": "x" * 3000}
    made = (await meta.post(f"{ACCOUNT}/media", token, asked)).body["id"]
    media = (await meta.publish(token, made)).body["id"]
    assert "caption" not in (await meta.get(media, token, fields="caption")).body
    await meta.set(story_caption="reject")
    assert (await meta.post(f"{ACCOUNT}/media", token, asked)).codes == (100, None)


async def test_media_in_a_span_of_time(meta: Meta, token: str, pictures: str) -> None:
    for name in ("uno", "due"):
        await meta.publish(token, await meta.container(token, f"{pictures}/800x800.jpg", caption=name))
        await meta.control("POST", "clock", {"advance_s": 7200})
    recent = await meta.get(f"{ACCOUNT}/media", token, fields="caption", since="-3 hours")
    assert [item["caption"] for item in recent.body["data"]] == ["due"]
    older = await meta.get(f"{ACCOUNT}/media", token, fields="caption", until="-3 hours")
    assert [item["caption"] for item in older.body["data"]] == ["uno"]


async def test_ids_are_strings_like_instagrams(meta: Meta, token: str, pictures: str) -> None:
    own = await page_token(meta, token)
    made = await meta.container(own, f"{pictures}/800x800.jpg")
    media = (await meta.publish(own, made)).body["id"]
    assert (made[:2], media[:2], len(made)) == ("17", "18", 17)
    assert int(made) > 2**53
