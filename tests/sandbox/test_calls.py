"""The ways to encode a call: bodies, paths, methods, fields, pages of results, batches."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from tests.sandbox.meta import ACCOUNT, PAGE, Meta, jpeg
from tests.sandbox.test_tokens import page_token


@pytest.fixture
async def token(meta: Meta) -> str:
    return await page_token(meta, await meta.token())


async def raw(meta: Meta, method: str, path: str, **more: Any) -> tuple[int, Any, dict[str, str]]:
    """Send a raw request without following redirects."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{meta.url}{path}", allow_redirects=False, **more) as answer,
    ):
        text = await answer.text(errors="replace")
        body = json.loads(text) if text and "json" in answer.headers.get("content-type", "") else text
        return answer.status, body, dict(answer.headers)


@pytest.mark.parametrize("true", [True, "true", "True", "1", 1])
async def test_a_json_body_is_read(meta: Meta, token: str, true: object) -> None:
    body = {"message": "ciao", "published": true, "link": None, "access_token": token}
    status, answer, _ = await raw(meta, "POST", f"/v25.0/{PAGE}/feed/", json=body)
    assert status == 200, answer
    assert [(post["message"], post["is_published"]) for post in (await meta.state())["posts"]] == [("ciao", True)]


async def test_a_form_without_a_content_type_is_read(meta: Meta, token: str) -> None:
    """As npm's fbgraph sends it: no Content-Type at all."""
    more = {"data": b"message=ciao%20a%20tutti", "skip_auto_headers": ["Content-Type"]}
    status, answer, _ = await raw(meta, "POST", f"/v26.0/{PAGE}/feed?access_token={token}", **more)
    assert status == 200, answer
    assert [post["message"] for post in (await meta.state())["posts"]] == ["ciao a tutti"]


ATTACHED: dict[str, Callable[[str, str], dict[str, str]]] = {
    "array": lambda one, two: {"attached_media": json.dumps([{"media_fbid": one}, {"media_fbid": two}])},
    "indexed": lambda one, two: {
        f"attached_media[{n}]": json.dumps({"media_fbid": x}) for n, x in ((0, one), (1, two))
    },
    "php": lambda one, two: {"attached_media[1][media_fbid]": two, "attached_media[0][media_fbid]": one},
    "gaps": lambda one, two: {"attached_media": json.dumps({"0": {"media_fbid": one}, "2": {"media_fbid": two}})},
    "numbers": lambda one, two: {"attached_media": json.dumps([{"media_fbid": int(one)}, {"media_fbid": int(two)}])},
}


@pytest.mark.parametrize("how", ATTACHED)
async def test_attached_media_is_read_in_every_encoding(meta: Meta, token: str, how: str) -> None:
    one, two = [(await meta.photo(token)).body["id"] for _ in range(2)]
    answer = await meta.post(f"{PAGE}/feed", token, {"message": "ciao"} | ATTACHED[how](one, two))
    assert answer.status == 200, answer.body
    assert (await meta.state())["posts"][0]["attached_media"] == [{"media_fbid": one}, {"media_fbid": two}]


async def test_a_single_object_is_read_as_a_list(meta: Meta, token: str) -> None:
    photo = (await meta.photo(token)).body["id"]
    assert (await meta.post(f"{PAGE}/feed", token, attached_media={"media_fbid": photo})).status == 200


async def test_a_python_list_is_refused_as_invalid_json(meta: Meta, token: str) -> None:
    photo = (await meta.photo(token)).body["id"]
    answer = await meta.post(f"{PAGE}/feed", token, {"attached_media": str([{"media_fbid": photo}])})
    assert (answer.status, answer.codes) == (400, (100, None))


async def test_other_methods_than_get_and_post_are_handled_as_at_meta(meta: Meta, token: str) -> None:
    status, body, headers = await raw(meta, "HEAD", f"/v26.0/me?access_token={token}")
    assert (status, body) == (200, "")
    assert headers["facebook-api-version"] == "v26.0"
    status, _, headers = await raw(meta, "OPTIONS", "/v26.0/me")
    assert (status, headers["Access-Control-Allow-Origin"]) == (200, "*")
    for method in ("PUT", "PATCH"):
        status, body, _ = await raw(meta, method, f"/v26.0/me?access_token={token}")
        assert (status, body["error"]["code"]) == (400, 100)
    made = (await meta.post(f"{PAGE}/feed", token, message="ciao")).body["id"]
    assert (await meta.post(made, token, {"method": "delete"})).body == {"success": True}


async def test_unknown_parameters_are_ignored(meta: Meta, token: str) -> None:
    told = {"debug": "all", "pretty": "1", "locale": "it_IT", "return_ssl_resources": "1", "suppress_http_code": "1"}
    answer = await meta.call("GET", "me", token, headers={"If-None-Match": '"abc"'}, fields="name", **told)
    assert (answer.status, answer.body["name"]) == (200, "Studio Demo")
    assert "metadata" in (await meta.get("me", token, metadata="1")).body
    assert (await meta.get("me", "rubbish", suppress_http_code="1")).status == 200


async def test_several_nodes_and_their_edges_are_read_by_ids(meta: Meta, token: str) -> None:
    await meta.post(f"{PAGE}/feed", token, message="uno")
    await meta.post(f"{PAGE}/feed", token, message="due")
    for base in (f"{meta.url}/v26.0/", f"{meta.url}/"):
        both = await meta.call("GET", base, token, ids=f"{PAGE},{ACCOUNT}", fields="id,name")
        assert set(both.body) == {PAGE, ACCOUNT}
    edge = (await meta.get("published_posts", token, ids=PAGE, fields="message", limit="1")).body[PAGE]
    assert [post["message"] for post in edge["data"]] == ["due"]
    rest = await meta.call("GET", edge["paging"]["next"])
    assert [post["message"] for post in rest.body["data"]] == ["uno"]


async def test_edges_inside_nodes_are_paginated(meta: Meta, token: str) -> None:
    for text in ("uno", "due", "tre"):
        await meta.post(f"{PAGE}/feed", token, message=text)
    fields = "name,picture.type(large){url},published_posts.limit(1).summary(true){message,likes.summary(true)}"
    page = (await meta.get(PAGE, token, fields=fields)).body
    assert page["picture"]["data"]["url"].startswith(meta.url)
    posts = page["published_posts"]
    assert posts["summary"] == {"total_count": 3}
    assert posts["data"][0]["likes"] == {"data": [], "summary": {"total_count": 0}}
    second = (await meta.call("GET", posts["paging"]["next"])).body
    assert [post["message"] for post in second["data"]] == ["due"]
    first = (await meta.call("GET", second["paging"]["previous"])).body
    assert [post["message"] for post in first["data"]] == ["tre"]
    assert "previous" not in first["paging"]


async def test_known_empty_fields_are_left_out_and_others_refused(meta: Meta, token: str) -> None:
    assert (await meta.get(PAGE, token, fields="name,about,emails,fan_count")).body == {
        "name": "Studio Demo",
        "fan_count": 0,
        "id": PAGE,
    }
    assert (await meta.get(PAGE, token, fields="name,colour")).error["message"] == (
        "(#100) The sandbox does not emulate the field or edge colour of a node of type Page: "
        f'GET /v26.0/{PAGE}. See "What it does not do" in docs/sandbox.md.'
    )
    refused = await meta.post(f"{PAGE}/feed", token, message="ciao", fields="id,colour")
    assert refused.codes == (100, None)
    assert (await meta.state())["posts"] == []


LISTS = [
    {"fields": '["id","name"]'},
    {"fields[]": "name"},
    {"fields[0]": "id", "fields[1]": "name"},
    {"fields": "id , name,"},
]


@pytest.mark.parametrize("asked", LISTS, ids=range(4))
async def test_fields_may_be_a_list(meta: Meta, token: str, asked: dict[str, str]) -> None:
    assert (await meta.get("me", token, **asked)).body == {"id": PAGE, "name": "Studio Demo"}


async def test_a_picture_is_a_redirect_or_a_url(meta: Meta, token: str) -> None:
    address = (await meta.get(f"{PAGE}/picture", token, redirect="0")).body["data"]["url"]
    status, _, headers = await raw(meta, "GET", f"/v26.0/{PAGE}/picture?access_token={token}")
    assert (status, headers["Location"]) == (302, address)
    assert (await raw(meta, "HEAD", address.removeprefix(meta.url)))[0] == 200


@pytest.mark.parametrize("when", ["1700000000", "2023-11-14T22:13:20+0000", "-1 hour", "yesterday", "2 days ago"])
async def test_times_are_read_in_every_format(meta: Meta, token: str, when: str) -> None:
    await meta.post(f"{PAGE}/feed", token, message="ciao")
    assert len((await meta.get(f"{PAGE}/feed", token, since=when)).body["data"]) == 1
    assert len((await meta.get(f"{PAGE}/feed", token, until=when)).body["data"]) == 0


async def test_an_invalid_time_is_refused_for_an_empty_list_too(meta: Meta, token: str) -> None:
    assert (await meta.get(f"{PAGE}/feed", token, since="soon")).codes == (100, None)


async def test_a_batch_item_may_refer_to_another(meta: Meta, token: str) -> None:
    for text in ("uno", "due"):
        await meta.post(f"{PAGE}/feed", token, message=text)
    calls = [
        {"method": "GET", "name": "posts", "relative_url": "me/published_posts?limit=2"},
        {"method": "GET", "relative_url": "?ids={result=posts:$.data.*.id}&fields=message"},
        {"method": "POST", "name": "new", "relative_url": "me/feed", "body": "message=tre"},
        {"method": "GET", "relative_url": "{result=new:$.id}?fields=message"},
        {"method": "GET", "relative_url": "me", "name": "shown"},
        {"method": "GET", "relative_url": "me", "depends_on": "nobody"},
    ]
    answers = (await meta.post("", token, batch=calls, include_headers="false")).body
    bodies: list[Any] = [None if answer is None else json.loads(answer["body"]) for answer in answers]
    assert (answers[0], answers[2]) == (None, None)
    assert sorted(post["message"] for post in bodies[1].values()) == ["due", "uno"]
    assert bodies[3]["message"] == "tre"
    assert bodies[4]["name"] == "Studio Demo"
    assert (answers[5]["code"], "headers" in answers[4]) == (400, False)


async def test_a_file_belongs_to_the_batch_item_that_names_it(meta: Meta, token: str) -> None:
    form = aiohttp.FormData()
    post = {"method": "POST", "relative_url": "me/photos", "body": "published=false"}
    form.add_field("batch", json.dumps([post | {"attached_files": "first"}, post]))
    form.add_field("first", jpeg(), filename="a.jpg", content_type="image/jpeg")
    answers = (await meta.post("", token, form)).body
    assert [answer["code"] for answer in answers] == [200, 400]
    assert json.loads(answers[1]["body"])["error"]["code"] == 324
