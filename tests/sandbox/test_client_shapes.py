"""Requests exactly as other clients send them: Mixpost, n8n, Postiz and others."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.sandbox.meta import ACCOUNT, PAGE, Meta, jpeg
from tests.sandbox.test_calls import raw
from tests.sandbox.test_tokens import page_token

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def token(meta: Meta) -> str:
    return await page_token(meta, await meta.token())


def multipart(*parts: tuple[str, str | None, bytes]) -> dict[str, Any]:
    """Build a multipart body by hand; a file name of None makes a plain field."""
    body = b""
    for name, filename, data in parts:
        said = f'name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
        body += f"--frontier\r\nContent-Disposition: form-data; {said}\r\n\r\n".encode() + data + b"\r\n"
    return {
        "data": body + b"--frontier--\r\n",
        "headers": {"Content-Type": "multipart/form-data; boundary=frontier"},
    }


async def visible(meta: Meta) -> dict[str, list[bool]]:
    state = await meta.state()
    return {
        "photos": [photo["published"] for photo in state["photos"]],
        "posts": [post["is_published"] for post in state["posts"]],
    }


# -- whole flows ------------------------------------------------------------------------------------------------------


async def test_mixpost_uploads_two_photos_with_guzzles_false_and_posts_them(meta: Meta, token: str) -> None:
    ids = []
    for colour in ("teal", "navy"):
        body = multipart(("source", "a.jpg", jpeg(colour=colour)), ("published", None, b""))
        status, answer, _ = await raw(meta, "POST", f"/v24.0/{PAGE}/photos?access_token={token}", **body)
        assert (status, set(answer)) == (200, {"id"}), answer
        ids.append(answer["id"])
    assert await visible(meta) == {"photos": [False, False], "posts": []}
    form = {f"attached_media[{n}]": json.dumps({"media_fbid": photo}) for n, photo in enumerate(ids)}
    status, answer, _ = await raw(
        meta, "POST", f"/v24.0/{PAGE}/feed", data=form | {"message": "due foto", "access_token": token}
    )
    assert status == 200, answer
    posts = (await meta.state())["posts"]
    assert [[photo_ref["media_fbid"] for photo_ref in post["attached_media"]] for post in posts] == [ids]


async def test_the_last_of_two_parts_named_source_is_used(meta: Meta, token: str) -> None:
    parts = multipart(("source", "a.jpg", jpeg(40, 40)), ("source", "b.jpg", jpeg(50, 50)), ("published", None, b""))
    status, answer, _ = await raw(meta, "POST", f"/v24.0/{PAGE}/photos?access_token={token}", **parts)
    assert (status, set(answer)) == (200, {"id"}), answer
    assert [(photo["width"], photo["published"]) for photo in (await meta.state())["photos"]] == [(50, False)]


@pytest.mark.parametrize("name", ["file", "data", "image[0]", "source", "photo"])
async def test_a_photo_part_may_have_any_name(meta: Meta, token: str, name: str) -> None:
    """n8n sends `file`, with everything else in the query."""
    query = f"access_token={token}&message=ciao"
    body = multipart((name, "blob", jpeg()))
    status, answer, _ = await raw(meta, "POST", f"/v23.0/{PAGE}/photos?{query}", **body)
    assert (status, set(answer)) == (200, {"id", "post_id"}), answer
    assert [post["message"] for post in (await meta.state())["posts"]] == ["ciao"]


async def test_a_file_named_source_takes_precedence(meta: Meta, token: str) -> None:
    body = multipart(
        ("thumb", "t.jpg", jpeg(30, 30)), ("source", "a.jpg", jpeg(60, 60)), ("url", None, b"http://127.0.0.1:1/a.jpg")
    )
    assert (await raw(meta, "POST", f"/v26.0/{PAGE}/photos?access_token={token}", **body))[0] == 200
    assert [photo["width"] for photo in (await meta.state())["photos"]] == [60]


async def test_a_part_without_a_file_name_is_not_a_file(meta: Meta, token: str) -> None:
    """As in PHP; the log keeps its size and not the picture."""
    noise = jpeg() + b"\xff" * 120_000
    status, answer, _ = await raw(
        meta, "POST", f"/v26.0/{PAGE}/photos?access_token={token}", **multipart(("source", None, noise))
    )
    assert (status, answer["error"]["message"]) == (400, "(#324) Requires upload file")
    assert (await meta.control("GET", "log"))[-1]["params"]["source"] == f"<{len(noise)} characters>"


async def test_an_empty_file_field_is_ignored(meta: Meta, token: str, pictures: str) -> None:
    body = multipart(("source", "", b""), ("url", None, f"{pictures}/80x80.jpg".encode()), ("published", None, b""))
    status, answer, _ = await raw(meta, "POST", f"/v26.0/{PAGE}/photos?access_token={token}", **body)
    assert (status, set(answer)) == (200, {"id"}), answer


# -- booleans ---------------------------------------------------------------------------------------------------------

FALSE = ["", "false", "False", "FALSE", "0", " false "]
TRUE = ["true", "True", "1"]
IN_JSON = [("", False), (False, False), (0, False), ("0", False), (None, True), (True, True), ("1", True)]


@pytest.mark.parametrize("said", FALSE + TRUE)
@pytest.mark.parametrize("where", ["query", "form", "multipart"])
async def test_published_is_read_from_every_place_and_spelling(meta: Meta, token: str, said: str, where: str) -> None:
    query = {"access_token": token, "message": "ciao"}
    more: dict[str, Any] = {}
    if where == "query":
        query["published"] = said
    elif where == "form":
        more = {"data": {"published": said}}
    else:
        more = multipart(("published", None, said.encode()))
    status, answer, _ = await raw(meta, "POST", f"/v26.0/{PAGE}/feed", params=query, **more)
    assert status == 200, answer
    assert await visible(meta) == {"photos": [], "posts": [said in TRUE]}


@pytest.mark.parametrize(("said", "published"), IN_JSON)
async def test_published_is_read_from_json(meta: Meta, token: str, said: object, published: bool) -> None:
    body = {"access_token": token, "message": "ciao", "published": said}
    assert (await raw(meta, "POST", f"/v26.0/{PAGE}/feed", json=body))[0] == 200
    assert (await visible(meta))["posts"] == [published]


@pytest.mark.parametrize("said", ["no", "yes", "off", "undefined", "2", "[]"])
async def test_an_invalid_boolean_is_refused_and_publishes_nothing(meta: Meta, token: str, said: str) -> None:
    for path, name in ((f"{PAGE}/feed", "published"), (f"{PAGE}/photos", "published"), (f"{PAGE}/photos", "no_story")):
        answer = await meta.post(path, token, multipart_form(name, said))
        assert answer.error["message"] == f"(#100) Param {name} must be a boolean"
    assert await visible(meta) == {"photos": [], "posts": []}


async def test_a_refused_change_changes_nothing(meta: Meta, token: str) -> None:
    draft = (await meta.post(f"{PAGE}/feed", token, message="bozza", published=False)).body["id"]
    assert (await meta.post(draft, token, message="altro", is_published="maybe")).codes == (100, None)
    assert (await meta.get(draft, token, fields="message")).body["message"] == "bozza"


def multipart_form(name: str, said: str) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("source", jpeg(), filename="a.jpg", content_type="image/jpeg")
    form.add_field("message", "ciao")
    form.add_field(name, said)
    return form


async def test_other_empty_booleans_are_false(meta: Meta, token: str, pictures: str) -> None:
    user = await meta.token()
    assert "post_id" in (await meta.post(f"{PAGE}/photos", token, multipart_form("no_story", ""))).body
    draft = (await meta.post(f"{PAGE}/feed", token, message="bozza", published="")).body["id"]
    assert (await meta.post(draft, token, {"is_published": ""})).body == {"success": True}
    assert (await meta.get(draft, token, fields="is_published")).body["is_published"] is False
    container = await meta.container(user, f"{pictures}/800x800.jpg", is_carousel_item="", caption="ciao")
    assert (await meta.publish(user, container)).status == 200
    assert "url" in (await meta.get(f"{PAGE}/picture", token, redirect="")).body["data"]
    assert "summary" not in (await meta.get(f"{PAGE}/published_posts", token, summary="")).body
    assert (await meta.get("me", "rubbish", suppress_http_code="")).status == 401
    calls = [{"name": "a", "relative_url": "me", "omit_response_on_success": "false"}]
    answers = (await meta.post("", token, batch=calls, include_headers="")).body
    assert [set(answer) for answer in answers] == [{"code", "body"}]


# -- lists, methods, bodies -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        'attached_media[]={{"media_fbid":"{0}"}}&attached_media[]={{"media_fbid":"{1}"}}',
        "attached_media[][media_fbid]={0}&attached_media[][media_fbid]={1}",
        "attached_media%5B%5D%5Bmedia_fbid%5D={0}&attached_media%5B%5D%5Bmedia_fbid%5D={1}",
        "attached_media[0][media_fbid]={0}&attached_media[1][media_fbid]={1}",
        'attached_media=[{{"media_fbid":"{0}"}},{{"media_fbid":"{1}"}}]',
    ],
)
async def test_a_form_encoded_list_is_read(meta: Meta, token: str, form: str) -> None:
    ids = [(await meta.photo(token)).body["id"] for _ in range(2)]
    body = f"message=ciao&access_token={token}&{form.format(*ids)}"
    status, answer, _ = await raw(meta, "POST", f"/v26.0/{PAGE}/feed", data=body, headers=FORM)
    assert status == 200, answer
    attached = (await meta.state())["posts"][0]["attached_media"]
    assert [photo_ref["media_fbid"] for photo_ref in attached] == ids


@pytest.mark.parametrize("as_text", [False, True])
async def test_a_list_in_json_may_be_a_list_or_text(meta: Meta, token: str, as_text: bool) -> None:
    ids = [(await meta.photo(token)).body["id"] for _ in range(2)]
    media: Any = [{"media_fbid": photo} for photo in ids]
    body = {"message": "ciao", "attached_media": json.dumps(media) if as_text else media}
    status, answer, _ = await raw(
        meta, "POST", f"/v26.0/{PAGE}/feed", json=body, headers={"Authorization": f"Bearer {token}"}
    )
    assert status == 200, answer


async def test_a_post_may_have_all_parameters_in_the_query(meta: Meta, token: str, pictures: str) -> None:
    user = await meta.token()
    query = {"image_url": f"{pictures}/800x800.jpg", "caption": "è più", "access_token": user}
    status, made, _ = await raw(meta, "POST", f"/v20.0/{ACCOUNT}/media", params=query)
    assert status == 200, made
    query = {"creation_id": made["id"], "access_token": user, "fields": "id,permalink"}
    status, answer, _ = await raw(meta, "POST", f"/v20.0/{ACCOUNT}/media_publish", params=query)
    assert (status, set(answer)) == (200, {"id", "permalink"}), answer


async def test_a_chunked_body_is_read(meta: Meta, token: str) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for piece in (b'{"message": "in pi', b"\xc3\xb9 pezzi", b'", "access_token": "', token.encode(), b'"}'):
            yield piece

    status, answer, _ = await raw(meta, "POST", f"/v26.0/{PAGE}/feed", data=chunks(), headers=JSON)
    assert status == 200, answer
    assert [post["message"] for post in (await meta.state())["posts"]] == ["in più pezzi"]


@pytest.mark.parametrize("how", ["query", "form", "json"])
@pytest.mark.parametrize("method", ["delete", "DELETE"])
async def test_a_post_may_override_its_method_to_delete(meta: Meta, token: str, how: str, method: str) -> None:
    made = (await meta.post(f"{PAGE}/feed", token, message="ciao")).body["id"]
    sent = {"method": method, "access_token": token}
    more: dict[str, Any] = {"query": {"params": sent}, "form": {"data": sent}, "json": {"json": sent}}[how]
    status, answer, _ = await raw(meta, "POST", f"/v26.0/{made}", **more)
    assert (status, answer) == (200, {"success": True})
    assert (await meta.state())["posts"] == []


async def test_a_batch_is_read_from_a_json_body(meta: Meta, token: str) -> None:
    calls = [
        {"method": "POST", "relative_url": f"{PAGE}/feed", "body": "message=uno&published="},
        {"method": "POST", "relative_url": f"{PAGE}/feed", "body": {"message": "due", "published": False}},
        {"method": "POST", "relative_url": f"{PAGE}/feed?message=tre&published=0"},
    ]
    status, answers, _ = await raw(meta, "POST", "/v26.0/", json={"batch": calls, "access_token": token})
    assert (status, [answer["code"] for answer in answers]) == (200, [200, 200, 200])
    assert (await visible(meta))["posts"] == [False, False, False]


async def test_a_body_of_an_unknown_type_is_ignored(meta: Meta, token: str) -> None:
    body = {"data": b'{"message": "ciao"}', "headers": {"Content-Type": "application/octet-stream"}}
    status, answer, _ = await raw(meta, "POST", f"/v26.0/{PAGE}/feed?access_token={token}", **body)
    assert (status, answer["error"]["code"]) == (400, 197)
