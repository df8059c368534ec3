"""A Facebook Page: photos, posts, lists, refusals, and stories."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.sandbox.meta import PAGE, Meta
from tests.sandbox.test_tokens import page_token


@pytest.fixture
async def token(meta: Meta) -> str:
    return await page_token(meta, await meta.token())


async def test_an_unpublished_photo_is_visible_only_with_its_post(meta: Meta, token: str) -> None:
    photo = await meta.photo(token)
    assert set(photo.body) == {"id"}
    listed = await meta.get(f"{PAGE}/published_posts", token)
    assert listed.body["data"] == []
    media = [{"media_fbid": photo.body["id"]}]
    made = await meta.post(f"{PAGE}/feed", token, message="ciao", attached_media=media, fields="id,permalink_url")
    assert made.body["id"].startswith(f"{PAGE}_")
    assert (await meta.call("GET", made.body["permalink_url"])).status == 200
    fields = "id,message,is_published,attachments{target,subattachments{target}}"
    post = (await meta.get(f"{PAGE}/published_posts", token, fields=fields)).body["data"][0]
    assert (post["message"], post["is_published"]) == ("ciao", True)
    assert post["attachments"]["data"][0]["target"]["id"] == photo.body["id"]


async def test_a_photo_id_is_single_use(meta: Meta, token: str) -> None:
    media = [{"media_fbid": (await meta.photo(token)).body["id"]}]
    assert (await meta.post(f"{PAGE}/feed", token, message="uno", attached_media=media)).status == 200
    again = await meta.post(f"{PAGE}/feed", token, message="due", attached_media=media)
    assert again.error["message"].endswith("These photos were already posted.")
    assert 1366051 in again.codes
    assert len((await meta.state())["posts"]) == 1


async def test_media_can_be_attached_by_index(meta: Meta, token: str) -> None:
    photo = (await meta.photo(token)).body["id"]
    form = {"message": "ciao", "attached_media[0]": f'{{"media_fbid":"{photo}"}}', "access_token": token}
    assert (await meta.post(f"{PAGE}/feed", None, form)).status == 200
    assert len((await meta.state())["posts"][0]["attached_media"]) == 1


async def test_the_same_text_twice_in_a_row_is_refused(meta: Meta, token: str) -> None:
    assert (await meta.post(f"{PAGE}/feed", token, message="ciao")).status == 200
    assert (await meta.post(f"{PAGE}/feed", token, message="ciao")).codes[0] == 506
    assert (await meta.post(f"{PAGE}/feed", token, message="altro")).status == 200


async def test_an_empty_post_and_a_bad_photo_are_refused(meta: Meta, token: str) -> None:
    assert (await meta.post(f"{PAGE}/feed", token)).codes[0] in {100, 197}
    assert (await meta.photo(token, b"no picture")).codes[0] == 324
    assert (await meta.post(f"{PAGE}/feed", token, message="x", attached_media=[{"media_fbid": "1"}])).status == 400
    assert (await meta.state())["posts"] == []


async def test_a_published_photo_is_a_post_at_once(meta: Meta, token: str) -> None:
    made = await meta.photo(token, published=True, message="ciao")
    assert set(made.body) == {"id", "post_id"}
    assert [post["message"] for post in (await meta.state())["posts"]] == ["ciao"]


async def test_a_scheduled_photo_post_without_content_type_is_never_published(meta: Meta, token: str) -> None:
    now = int(datetime.fromisoformat((await meta.control("GET", "clock"))["now"]).timestamp())
    from_now = {"published": False, "scheduled_publish_time": str(now + 3600)}
    refused = await meta.post(f"{PAGE}/feed", token, message="a", published=False, scheduled_publish_time="1")
    assert refused.status == 400
    made = await meta.post(f"{PAGE}/feed", token, message="b", **from_now)
    assert made.status == 200, made.body
    await meta.control("POST", "clock", {"advance_s": 3700})
    posts = {post["message"]: post["is_published"] for post in (await meta.state())["posts"]}
    await meta.control("POST", "clock", {"real": True})
    assert posts == {"b": True}


async def test_a_post_can_be_changed_and_deleted(meta: Meta, token: str) -> None:
    made = (await meta.post(f"{PAGE}/feed", token, message="ciao")).body["id"]
    assert (await meta.post(made, token, message="mutato")).body["success"] is True
    assert (await meta.get(made, token, fields="message")).body["message"] == "mutato"
    assert (await meta.call("DELETE", made, token)).body["success"] is True
    gone = await meta.get(made, token)
    assert (gone.codes, gone.error["type"]) == ((100, 33), "GraphMethodException")


async def test_lists_are_paged_by_cursor(meta: Meta, token: str) -> None:
    for number in range(3):
        await meta.post(f"{PAGE}/feed", token, message=f"n{number}")
    first = await meta.get(f"{PAGE}/published_posts", token, fields="message", limit="2")
    assert [post["message"] for post in first.body["data"]] == ["n2", "n1"]
    rest = await meta.call("GET", first.body["paging"]["next"])
    assert [post["message"] for post in rest.body["data"]] == ["n0"]
    assert "next" not in rest.body.get("paging", {})


async def test_a_photo_story(meta: Meta, token: str) -> None:
    photo = (await meta.photo(token)).body["id"]
    made = await meta.post(f"{PAGE}/photo_stories", token, photo_id=photo)
    assert made.body["success"] is True
    stories = (await meta.get(f"{PAGE}/stories", token)).body["data"]
    assert [story["post_id"] for story in stories] == [made.body["post_id"]]
    assert "error" in (await meta.post(f"{PAGE}/photo_stories", token, photo_id=photo)).body


async def test_a_pages_lists_can_lag_behind(meta: Meta, token: str) -> None:
    await meta.set(list_lag_s=60)
    photo = (await meta.photo(token)).body["id"]
    await meta.post(f"{PAGE}/photo_stories", token, photo_id=photo)
    await meta.post(f"{PAGE}/feed", token, message="ciao")
    edges = (f"{PAGE}/published_posts", f"{PAGE}/stories")
    assert [(await meta.get(edge, token)).body["data"] for edge in edges] == [[], []]
    await meta.control("POST", "clock", {"advance_s": 61})
    assert [len((await meta.get(edge, token)).body["data"]) for edge in edges] == [1, 1]
    await meta.control("POST", "clock", {"real": True})


async def test_several_calls_in_one_batch(meta: Meta, token: str) -> None:
    calls = [
        {"method": "GET", "relative_url": f"{PAGE}?fields=name"},
        {"method": "POST", "relative_url": f"{PAGE}/feed", "body": "message=ciao"},
        {"method": "GET", "relative_url": "nowhere"},
    ]
    answers = (await meta.post("", token, batch=calls)).body
    assert [answer["code"] for answer in answers] == [200, 200, 400]
    assert "Studio Demo" in answers[0]["body"]
