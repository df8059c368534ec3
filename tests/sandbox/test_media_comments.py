"""Comments on Instagram: create, reply, turn off, hide, delete, persist; and business_discovery."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.sandbox.meta import ACCOUNT, Meta
from tests.sandbox.test_calls import raw

SCOPES = ["instagram_basic", "instagram_content_publish", "pages_read_engagement", "instagram_manage_comments"]


@pytest.fixture
async def user(meta: Meta) -> str:
    return await meta.token()


@pytest.fixture
async def media(meta: Meta, user: str, pictures: str) -> str:
    container = await meta.container(user, f"{pictures}/800x800.jpg", caption="ciao")
    return str((await meta.publish(user, container)).body["id"])


async def comment(meta: Meta, user: str, path: str, message: str) -> str:
    made = await meta.post(path, user, {"message": message})
    assert made.status == 200, made.body
    return str(made.body["id"])


async def test_a_first_comment_is_posted_after_publishing(meta: Meta, user: str, media: str) -> None:
    """As Postiz sends it: everything in the query."""
    made = await meta.post(f"{media}/comments", user, message="#uno #due")
    assert (made.status, set(made.body)) == (200, {"id"})
    shown = (await meta.get(f"{media}/comments", user)).body["data"]
    assert [(item["id"], item["text"], set(item)) for item in shown] == [
        (made.body["id"], "#uno #due", {"id", "text", "timestamp"})
    ]
    fields = "from,username,parent_id,media,hidden,like_count,user"
    assert (await meta.get(made.body["id"], user, fields=fields)).body == {
        "from": {"id": ACCOUNT, "username": "studio.demo"},
        "username": "studio.demo",
        "media": {"id": media},
        "hidden": False,
        "like_count": 0,
        "user": {"id": ACCOUNT},
        "id": made.body["id"],
    }
    state = (await meta.state())["comments"]
    assert [(item["media_id"], item["instagram_id"], item["text"], item["username"]) for item in state] == [
        (media, ACCOUNT, "#uno #due", "studio.demo")
    ]
    assert (await meta.get(media, user, fields="comments_count")).body["comments_count"] == 1


async def test_replies_and_their_lists(meta: Meta, user: str, media: str) -> None:
    first, second = [await comment(meta, user, f"{media}/comments", text) for text in ("uno", "due")]
    reply = await comment(meta, user, f"{first}/replies", "risposta")
    below = await comment(meta, user, f"{reply}/replies", "alla risposta")
    listed = await meta.get(media, user, fields="comments{text,replies{text,parent_id}}")
    assert [item["text"] for item in listed.body["comments"]["data"]] == ["due", "uno"]
    replies = listed.body["comments"]["data"][1]["replies"]["data"]
    assert [(item["text"], item["parent_id"]) for item in replies] == [("risposta", first), ("alla risposta", first)]
    assert (await meta.call("DELETE", first, user)).body == {"success": True}
    assert [item["id"] for item in (await meta.state())["comments"]] == [second]
    assert (await meta.get(below, user)).codes == (100, 33)


@pytest.mark.parametrize("said", ["false", "", "0", "False"])
async def test_comments_are_turned_off_and_on(meta: Meta, user: str, media: str, said: str) -> None:
    kept = await comment(meta, user, f"{media}/comments", "prima")
    status, answer, _ = await raw(meta, "POST", f"/v20.0/{media}?comment_enabled={said}&access_token={user}")
    assert (status, answer) == (200, {"success": True})
    assert (await meta.get(media, user, fields="is_comment_enabled")).body["is_comment_enabled"] is False
    refused = await meta.post(f"{media}/comments", user, message="dopo")
    assert (refused.status, refused.codes) == (400, (100, None))
    assert (await meta.post(f"{kept}/replies", user, message="dopo")).status == 400
    assert [item["text"] for item in (await meta.state())["comments"]] == ["prima"]
    assert (await meta.post(media, user, {"comment_enabled": "true"})).body == {"success": True}
    await comment(meta, user, f"{media}/comments", "dopo")


async def test_a_change_without_parameters_is_refused(meta: Meta, user: str, media: str) -> None:
    first = await comment(meta, user, f"{media}/comments", "uno")
    assert (await meta.post(media, user)).error["message"] == "(#100) The parameter comment_enabled is required"
    assert (await meta.post(first, user)).error["message"] == "(#100) The parameter hide is required"
    assert (await meta.post(media, user, comment_enabled="maybe")).codes == (100, None)
    assert (await meta.get(media, user, fields="is_comment_enabled")).body["is_comment_enabled"] is True


BAD: list[dict[str, Any]] = [
    {},
    {"message": " "},
    {"message": "x" * 301},
    {"message": "#a #b #c #d #e"},
    {"message": "http://a.b e https://c.d"},
    {"message": "GRIDARE NON SERVE"},
]


@pytest.mark.parametrize("form", BAD, ids=range(len(BAD)))
async def test_an_invalid_comment_is_refused(meta: Meta, user: str, media: str, form: dict[str, str]) -> None:
    answer = await meta.post(f"{media}/comments", user, form)
    assert (answer.status, answer.codes) == (400, (100, None))
    await comment(meta, user, f"{media}/comments", "#a #b #c #d https://c.d " + "x" * 276)
    assert len((await meta.state())["comments"]) == 1


async def test_stories_and_carousel_items_accept_no_comments(meta: Meta, user: str, pictures: str) -> None:
    story = await meta.container(user, f"{pictures}/1080x1920.jpg", media_type="STORIES")
    told = (await meta.publish(user, story)).body["id"]
    items = [await meta.container(user, f"{pictures}/800x800.jpg", is_carousel_item=True) for _ in range(2)]
    made = await meta.post(f"{ACCOUNT}/media", user, media_type="CAROUSEL", children=items)
    album = (await meta.publish(user, made.body["id"])).body["id"]
    child = (await meta.get(album, user, fields="children")).body["children"]["data"][0]["id"]
    for name in (told, child):
        assert (await meta.post(f"{name}/comments", user, message="uno")).codes == (100, None)
    await comment(meta, user, f"{album}/comments", "uno")
    await meta.call("DELETE", album, user)
    assert (await meta.state())["comments"] == []


@pytest.mark.parametrize("missing", ["instagram_basic", "instagram_manage_comments", "pages_read_engagement"])
async def test_a_missing_permission_is_refused(meta: Meta, user: str, media: str, missing: str) -> None:
    known = await comment(meta, user, f"{media}/comments", "uno")
    lacking = await meta.token(scopes=[scope for scope in SCOPES if scope != missing])
    calls = [
        ("GET", f"{media}/comments"),
        ("POST", f"{media}/comments"),
        ("POST", media),
        ("POST", f"{known}/replies"),
        ("POST", known),
        ("DELETE", known),
    ]
    for method, path in calls:
        answer = await meta.call(method, path, lacking, message="due", comment_enabled="false", hide="true")
        assert (answer.status, answer.codes) == (403, (10, None)), (method, path)
    assert [(item["text"], item["hidden"]) for item in (await meta.state())["comments"]] == [("uno", False)]


async def test_the_viewer_shows_comments_except_hidden_ones(meta: Meta, user: str, media: str) -> None:
    first = await comment(meta, user, f"{media}/comments", "in chiaro <b>")
    hidden = await comment(meta, user, f"{media}/comments", "nascosto")
    assert (await meta.post(hidden, user, hide="true")).body == {"success": True}
    await comment(meta, user, f"{first}/replies", "la risposta")
    link = (await meta.get(media, user, fields="permalink")).body["permalink"]
    _, page, _ = await raw(meta, "GET", urlsplit(link).path)
    assert "in chiaro &lt;b&gt;" in page
    assert "la risposta" in page
    assert "nascosto" not in page


# -- business_discovery -----------------------------------------------------------------------------------------------


async def test_another_account_is_found_by_its_name(meta: Meta, user: str, media: str) -> None:
    await meta.control("POST", "pages", {"name": "Rival", "instagram_username": "rival.shop"})
    fields = "business_discovery.username(Rival.Shop){username,followers_count,media_count,media{caption}}"
    found = (await meta.get(ACCOUNT, user, fields=fields)).body
    assert found["business_discovery"]["username"] == "rival.shop"
    assert found["business_discovery"]["media_count"] == 0
    own = (await meta.get(ACCOUNT, user, fields=fields.replace("Rival.Shop", "studio.demo"))).body["business_discovery"]
    assert [item["caption"] for item in own["media"]["data"]] == ["ciao"]


async def test_an_unknown_account_is_not_found(meta: Meta, user: str) -> None:
    answer = await meta.get(ACCOUNT, user, fields="business_discovery.username(nobody){id}")
    assert (answer.status, answer.codes) == (400, (110, 2207013))
    assert answer.error["message"] == "Invalid user id"
    assert answer.error["error_user_msg"] == "The user with username: nobody cannot be found."
    for fields in ("business_discovery", "business_discovery.username(){id}", "business_discovery{id}"):
        told = (await meta.get(ACCOUNT, user, fields=fields)).error["message"]
        assert told == "(#100) The parameter username is required"
