"""Errors by kind of token, permission, task, earlier use of a photo, and invalid parameters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.meta import ACCOUNT, PAGE, Meta
from tests.sandbox.test_tokens import page_token

ALL = [
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_posts",
    "business_management",
    "instagram_basic",
    "instagram_content_publish",
]


@pytest.fixture
async def token(meta: Meta) -> str:
    return await page_token(meta, await meta.token())


@pytest.mark.parametrize(
    ("method", "path", "missing", "code"),
    [
        ("GET", "me/accounts", "pages_show_list", 10),
        ("GET", "me/businesses", "business_management", 10),
        ("GET", f"{PAGE}/feed", "pages_read_engagement", 10),
        ("GET", f"{PAGE}/feed", "pages_read_user_content", 10),
        ("GET", f"{PAGE}/published_posts", "pages_read_engagement", 10),
        ("GET", f"{PAGE}/stories", "pages_read_engagement", 10),
        ("GET", f"{PAGE}/scheduled_posts", "pages_read_engagement", 10),
        ("GET", ACCOUNT, "instagram_basic", 10),
        ("GET", f"{ACCOUNT}/media", "instagram_basic", 10),
        ("GET", f"{ACCOUNT}/stories", "instagram_basic", 10),
        ("GET", f"{ACCOUNT}/content_publishing_limit", "instagram_content_publish", 10),
        ("GET", f"{ACCOUNT}/content_publishing_limit", "pages_read_engagement", 10),
        ("POST", f"{ACCOUNT}/media", "instagram_content_publish", 10),
        ("POST", f"{ACCOUNT}/media", "pages_read_engagement", 10),
        ("POST", f"{ACCOUNT}/media_publish", "instagram_basic", 10),
    ],
)
async def test_a_missing_permission_is_refused(meta: Meta, method: str, path: str, missing: str, code: int) -> None:
    lacking = await meta.token(scopes=[scope for scope in ALL if scope != missing])
    answer = await meta.call(method, path, lacking, creation_id="1", image_url="http://127.0.0.1:1/a.jpg")
    assert (answer.status, answer.codes) == (403, (code, None))
    whole = await meta.call(
        method, path, await meta.token(scopes=ALL), creation_id="1", image_url="http://127.0.0.1:1/"
    )
    assert whole.status == 200 or whole.codes[0] != code


@pytest.mark.parametrize("missing", ["pages_manage_posts", "pages_read_engagement"])
@pytest.mark.parametrize("path", ["feed", "photos", "photo_stories"])
async def test_a_page_token_without_the_permission_to_post(meta: Meta, missing: str, path: str) -> None:
    token = await meta.token("page", scopes=[scope for scope in ALL if scope != missing])
    answer = await meta.post(f"{PAGE}/{path}", token, message="ciao", photo_id="1")
    assert (answer.status, answer.codes) == (403, (200, None))


async def test_a_person_without_the_task_may_read_and_not_post(meta: Meta) -> None:
    page = await meta.control("POST", "pages", {"name": "Second", "tasks": ["ANALYZE", "MODERATE"]})
    listed = (await meta.get("me/accounts", await meta.token(), fields="id,tasks,access_token")).body["data"]
    found = next(item for item in listed if item["id"] == page["id"])
    assert found["tasks"] == ["ANALYZE", "MODERATE"]
    answer = await meta.post(f"{page['id']}/feed", found["access_token"], message="ciao")
    assert (answer.status, answer.codes) == (403, (200, None))
    assert (await meta.get(f"{page['id']}/published_posts", found["access_token"])).status == 200


async def test_a_page_token_reaches_its_own_page_only(meta: Meta, token: str) -> None:
    other = (await meta.control("POST", "pages", {"name": "Second"}))["id"]
    for answer in (await meta.get(other, token), await meta.post(f"{other}/feed", token, message="ciao")):
        assert answer.codes == (100, 33)
    assert (await meta.get("me/accounts", token)).error["message"] == (
        "(#100) Tried accessing nonexisting field (accounts) on node type (Page)"
    )


@pytest.mark.parametrize("kind", ["user_long", "system_user"])
@pytest.mark.parametrize(
    ("path", "asked", "message"),
    [
        ("photos", {"published": False}, "(#200) Unpublished posts must be posted to a page as the page itself."),
        ("photos", {}, "(#200) The permission(s) publish_actions are not available."),
        ("feed", {"published": False, "message": "x"}, "(#200) Unpublished posts must be posted to a page as the page"),
        ("feed", {"message": "x"}, "(#200) If posting to a group, requires app being installed in the group"),
        ("videos", {"file_url": "x"}, "(#100) No permission to publish the video"),
    ],
)
async def test_the_wrong_kind_of_token_is_refused(
    meta: Meta, kind: str, path: str, asked: dict[str, Any], message: str
) -> None:
    answer = await meta.post(f"{PAGE}/{path}", await meta.token(kind), **asked)
    assert answer.error["message"].startswith(message)
    assert answer.status == (400 if path == "videos" else 403)


async def test_only_the_page_deletes_and_only_the_app_that_made_it_edits(meta: Meta, token: str) -> None:
    post = (await meta.post(f"{PAGE}/feed", token, message="ciao")).body["id"]
    refused = await meta.call("DELETE", post, await meta.token())
    assert refused.error["message"] == "(#200) Page token is required to delete posts on page"
    assert (await meta.post(post, await meta.token(), message="x")).codes == (200, None)
    refused = await meta.call("DELETE", PAGE, token)
    assert (refused.codes, "does not emulate deleting" in refused.error["message"]) == ((100, None), True)


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({}, (197, None)),
        ({"message": "   "}, (197, None)),
        ({"message": "x" * 63_207}, (100, None)),
        ({"message": "x", "link": "no address"}, (100, 1609005)),
        ({"link": "http://[::1"}, (100, 1609005)),
        ({"message": "x", "published": "maybe"}, (100, None)),
        ({"message": "x", "unpublished_content_type": "SECRET"}, (100, None)),
        ({"message": "x", "attached_media": [{"media_fbid": "1"}]}, (100, None)),
        ({"message": "x", "attached_media": ["1"]}, (100, None)),
        ({"message": "x", "scheduled_publish_time": "+1 day"}, (100, None)),
        ({"message": "x", "published": False, "scheduled_publish_time": "+5 minutes"}, (100, None)),
        ({"message": "x", "published": False, "scheduled_publish_time": "+31 days"}, (100, None)),
        ({"message": "x", "published": False, "scheduled_publish_time": "soon"}, (100, None)),
    ],
    ids=range(13),
)
async def test_an_invalid_post_is_refused(
    meta: Meta, token: str, asked: dict[str, Any], codes: tuple[int, int]
) -> None:
    form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in asked.items()}
    answer = await meta.post(f"{PAGE}/feed", token, form)
    assert (answer.status, answer.codes) == (400, codes), answer.body
    assert (await meta.state())["posts"] == []


async def test_the_scheduling_window_can_be_extended(meta: Meta, token: str) -> None:
    await meta.set(schedule_max_days=75)
    later = {"published": False, "scheduled_publish_time": "+60 days", "message": "ciao"}
    made = await meta.post(f"{PAGE}/feed", token, **later)
    assert made.status == 200
    waiting = (await meta.get(f"{PAGE}/scheduled_posts", token, fields="message,scheduled_publish_time")).body["data"]
    assert [post["message"] for post in waiting] == ["ciao"]
    assert (await meta.post(made.body["id"], token, scheduled_publish_time="+1 day")).body == {"success": True}
    moved = (await meta.get(made.body["id"], token, fields="scheduled_publish_time")).body["scheduled_publish_time"]
    assert waiting[0]["scheduled_publish_time"] - moved > 50 * 86_400
    assert (await meta.call("DELETE", made.body["id"], token)).body == {"success": True}
    assert (await meta.get(f"{PAGE}/scheduled_posts", token)).body["data"] == []


async def test_a_scheduled_post_with_photos_is_a_draft_unless_it_says_scheduled(meta: Meta, token: str) -> None:
    for kind in (None, "SCHEDULED"):
        media = [{"media_fbid": (await meta.photo(token)).body["id"]}]
        later = {"published": False, "scheduled_publish_time": "+1 hour", "unpublished_content_type": kind}
        assert (await meta.post(f"{PAGE}/feed", token, message=str(kind), attached_media=media, **later)).status == 200
    assert len((await meta.get(f"{PAGE}/scheduled_posts", token)).body["data"]) == 1
    await meta.control("POST", "clock", {"advance_s": 3700})
    live = (await meta.get(f"{PAGE}/published_posts", token)).body["data"]
    assert [post["message"] for post in live] == ["SCHEDULED"]


async def test_link_and_photos_are_refused_together(meta: Meta, token: str) -> None:
    media = [{"media_fbid": (await meta.photo(token)).body["id"]}]
    both = await meta.post(f"{PAGE}/feed", token, message="x", link="https://example.org/", attached_media=media)
    assert both.codes == (100, None)
    assert (await meta.post(f"{PAGE}/feed", token, message="x", attached_media=media)).status == 200


async def test_a_published_photo_cannot_be_used_again(meta: Meta, token: str) -> None:
    seen = (await meta.photo(token, published=True, message="x")).body["id"]
    story = (await meta.photo(token)).body["id"]
    assert (await meta.post(f"{PAGE}/photo_stories", token, photo_id=story)).status == 200
    for photo in (seen, story):
        again = await meta.post(f"{PAGE}/feed", token, attached_media=[{"media_fbid": photo}])
        assert again.codes == (100, 1366051)
        assert (await meta.post(f"{PAGE}/photo_stories", token, photo_id=photo)).codes == (100, 1366051)
    assert (await meta.call("DELETE", seen, token)).body == {"success": True}
    assert (await meta.state())["posts"] == []


async def test_stories_are_listed_without_an_id(meta: Meta, token: str) -> None:
    for _ in range(2):
        photo = (await meta.photo(token)).body["id"]
        await meta.post(f"{PAGE}/photo_stories", token, photo_id=photo)
    first = (await meta.get(f"{PAGE}/stories", token, limit="1", fields="media_id,status")).body
    assert first["data"] == [{"media_id": photo, "status": "PUBLISHED"}]
    assert len((await meta.call("GET", first["paging"]["next"])).body["data"]) == 1
    assert (await meta.get(f"{PAGE}/stories", token, since="+1 hour")).body["data"] == []
    assert (await meta.get(f"{PAGE}/stories", token, status='["ARCHIVED"]')).body["data"] == []
    await meta.control("POST", "clock", {"advance_s": 90_000})
    assert len((await meta.get(f"{PAGE}/stories", token, status="ARCHIVED")).body["data"]) == 2
    await meta.set(story_archive=False)
    assert (await meta.get(f"{PAGE}/stories", token)).body["data"] == []
