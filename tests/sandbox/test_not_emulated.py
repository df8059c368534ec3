"""Calls that the sandbox does not emulate get an error that says so; only unknown ids get 100/33."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.meta import ACCOUNT, PAGE, Meta
from tests.sandbox.test_tokens import page_token


@pytest.fixture
async def token(meta: Meta) -> str:
    return await page_token(meta, await meta.token())


def says_so(error: dict[str, Any], method: str, path: str) -> bool:
    told = error["message"]
    return (
        error["code"] == 100
        and "error_subcode" not in error
        and told.startswith("(#100) The sandbox does not emulate ")
        and f": {method} /v26.0/{path}. " in told
        and told.endswith("docs/sandbox.md.")
    )


@pytest.mark.parametrize(
    ("method", "edge"),
    [
        ("GET", "insights"),
        ("GET", "subscribed_apps"),
        ("GET", "about"),
        ("GET", "colours"),
        ("GET", "feed/extra"),
        ("POST", "albums"),
        ("POST", "events"),
        ("POST", "subscribed_apps"),
        ("POST", "media_publish"),
        ("POST", "videos"),
        ("POST", "video_reels"),
        ("POST", "messages"),
        ("DELETE", "feed"),
    ],
)
async def test_an_unknown_edge_of_a_page_is_not_emulated(meta: Meta, token: str, method: str, edge: str) -> None:
    answer = await meta.call(method, f"{PAGE}/{edge}", token, message="ciao")
    assert answer.status == 400
    assert says_so(answer.error, method, f"{PAGE}/{edge}"), answer.body


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_writing_to_read_only_nodes_is_not_emulated(meta: Meta, token: str, method: str, pictures: str) -> None:
    user = await meta.token()
    container = await meta.container(user, f"{pictures}/800x800.jpg")
    photo = (await meta.photo(token)).body["id"]
    for node in (PAGE, ACCOUNT, container, *([photo] if method == "POST" else [])):
        answer = await meta.call(method, node, token, about="x")
        assert says_so(answer.error, method, node), answer.body


@pytest.mark.parametrize("edge", ["insights", "mentioned_media", "agencies", "recently_searched_hashtags"])
async def test_an_unknown_edge_of_an_instagram_account_is_not_emulated(meta: Meta, edge: str) -> None:
    user = await meta.token()
    for answer in (await meta.get(f"{ACCOUNT}/{edge}", user), await meta.get(ACCOUNT, user, fields=f"id,{edge}")):
        assert answer.error["message"].startswith(f"(#100) The sandbox does not emulate the field or edge {edge} of ")


async def test_unknown_edges_of_posts_photos_and_media_are_not_emulated(meta: Meta, token: str, pictures: str) -> None:
    user = await meta.token()
    media = (await meta.publish(user, await meta.container(user, f"{pictures}/800x800.jpg"))).body["id"]
    post = (await meta.post(f"{PAGE}/feed", token, message="ciao")).body["id"]
    photo = (await meta.photo(token)).body["id"]
    for node in (media, post, photo):
        for method, edge in (("GET", "insights"), ("POST", "likes"), ("POST", "tags"), ("GET", "nonsense")):
            answer = await meta.call(method, f"{node}/{edge}", user if node == media else token)
            assert says_so(answer.error, method, f"{node}/{edge}"), answer.body


@pytest.mark.parametrize(
    "path", ["search", "pages/search", "ig_hashtag_search", "oembed_post", "act_1/campaigns", "oauth/revoke", "nowhere"]
)
async def test_root_edges_are_not_emulated(meta: Meta, token: str, path: str) -> None:
    for method in ("GET", "POST"):
        answer = await meta.call(method, path, token, q="pizza")
        assert says_so(answer.error, method, path), answer.body


@pytest.mark.parametrize("name", ["1", "999999999999999", f"{PAGE}_1", "17999999999999999", "a1"])
@pytest.mark.parametrize("edge", ["", "/feed", "/nonsense"])
async def test_an_unknown_id_is_not_found(meta: Meta, token: str, name: str, edge: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = await meta.call(method, f"{name}{edge}", token)
        assert answer.codes == (100, 33)
        assert f"Object with ID '{name}' does not exist" in answer.error["message"]


async def test_refusals_in_fields_ids_and_batches(meta: Meta, token: str) -> None:
    await meta.post(f"{PAGE}/feed", token, message="ciao")
    nested = await meta.get(
        PAGE, token, fields="published_posts.limit(1){message,insights.metric(post_clicks){values}}"
    )
    assert "emulate the field or edge insights of a node of type Post: GET /" in nested.error["message"]
    several = await meta.get("insights", token, ids=PAGE)
    assert "emulate the field or edge insights of a node of type Page: GET /" in several.error["message"]
    made = await meta.post(f"{PAGE}/feed", token, message="altro", fields="id,insights")
    assert "does not emulate" in made.error["message"]
    assert len((await meta.state())["posts"]) == 1
    item = (await meta.post("", token, batch=[{"method": "POST", "relative_url": f"{PAGE}/events"}])).body[0]
    assert says_so(json.loads(item["body"])["error"], "POST", f"{PAGE}/events")


@pytest.mark.parametrize("asked", [{"media_type": "REELS"}, {"video_url": "x"}, {"upload_type": "resumable"}])
async def test_videos_on_instagram_are_not_emulated(meta: Meta, asked: dict[str, str]) -> None:
    answer = await meta.post(f"{ACCOUNT}/media", await meta.token(), image_url="http://127.0.0.1:1/", **asked)
    assert says_so(answer.error, "POST", f"{ACCOUNT}/media"), answer.body


@pytest.mark.parametrize("name", ["object_attachment", "child_attachments"])
async def test_a_parameter_that_would_change_the_post_is_not_emulated(meta: Meta, token: str, name: str) -> None:
    answer = await meta.post(f"{PAGE}/feed", token, {"message": "ciao", "link": "https://example.org/", name: "1"})
    assert f"does not emulate the parameter {name}" in answer.error["message"]
    assert (await meta.state())["posts"] == []


async def test_fields_that_graph_lacks_are_refused_with_its_error(meta: Meta, token: str) -> None:
    for path, who, field, kind in (
        ("me/accounts", token, "accounts", "Page"),
        (f"{ACCOUNT}/picture", await meta.token(), "picture", "IGUser"),
    ):
        told = (await meta.get(path, who)).error["message"]
        assert told == f"(#100) Tried accessing nonexisting field ({field}) on node type ({kind})"


async def test_empty_edges_are_empty_lists(meta: Meta, token: str) -> None:
    for edge in ("albums", "events", "videos", "ratings", "conversations"):
        assert (await meta.get(f"{PAGE}/{edge}", token)).body == {"data": []}
    post = (await meta.post(f"{PAGE}/feed", token, link="https://example.org/")).body["id"]
    attachments = (await meta.get(f"{post}/attachments", token)).body["data"]
    assert [(attachment["type"], attachment["url"]) for attachment in attachments] == [
        ("share", "https://example.org/")
    ]


async def test_a_token_in_the_path_is_not_repeated(meta: Meta, token: str) -> None:
    told = (await meta.get(f"{PAGE}/{token}", token)).error["message"]
    assert told.startswith("(#100) The sandbox does not emulate ")
    assert token not in told
