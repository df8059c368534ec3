"""Comments of a Facebook Page: create, reply, list, change, delete, display; and their errors."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.sandbox.meta import PAGE, Meta, jpeg
from tests.sandbox.test_calls import raw
from tests.sandbox.test_client_shapes import multipart
from tests.sandbox.test_tokens import page_token

PAGE_SCOPES = ["pages_manage_posts", "pages_read_engagement", "pages_manage_engagement"]


@pytest.fixture
async def token(meta: Meta) -> str:
    return await page_token(meta, await meta.token())


@pytest.fixture
async def post(meta: Meta, token: str) -> str:
    return str((await meta.post(f"{PAGE}/feed", token, message="ciao")).body["id"])


async def comment(meta: Meta, token: str, on: str, message: str, **more: Any) -> str:
    made = await meta.post(f"{on}/comments", token, {"message": message}, **more)
    assert made.status == 200, made.body
    return str(made.body["id"])


async def texts(meta: Meta, token: str, path: str, **asked: Any) -> list[str]:
    return [item["message"] for item in (await meta.get(path, token, **asked)).body["data"]]


async def test_a_first_comment_is_posted_after_publishing(meta: Meta, token: str, post: str) -> None:
    first = await comment(meta, token, post, "#uno #due https://example.org/")
    number, own = first.split("_")
    assert (number, own.isdecimal()) == (post.split("_")[1], True)
    assert (await meta.get(f"{post}/comments", token)).body["data"] == [
        {
            "created_time": (await meta.get(first, token, fields="created_time")).body["created_time"],
            "from": {"id": PAGE, "name": "Studio Demo"},
            "message": "#uno #due https://example.org/",
            "id": first,
        }
    ]
    state = (await meta.state())["comments"]
    assert [(item["id"], item["object_id"], item["page_id"], item["message"], item["parent_id"]) for item in state] == [
        (first, post, PAGE, "#uno #due https://example.org/", None)
    ]
    log = (await meta.control("GET", "log"))[-3]
    assert (log["method"], log["path"], log["made"]) == (
        "POST",
        f"/v26.0/{post}/comments",
        [{"kind": "comment", "id": first}],
    )


async def test_postiz_replies_to_its_comments_and_reads_their_permalinks(meta: Meta, token: str, post: str) -> None:
    """A thread: JSON body, token and fields in the query, each comment on the one before."""
    on = post
    for message in ("uno", "due"):
        query = {"access_token": token, "fields": "id,permalink_url"}
        status, made, _ = await raw(meta, "POST", f"/v20.0/{on}/comments", params=query, json={"message": message})
        assert (status, set(made)) == (200, {"id", "permalink_url"}), made
        on = made["id"]
        assert (await raw(meta, "GET", made["permalink_url"].removeprefix(meta.url)))[0] == 200
    assert await texts(meta, token, f"{post}/comments") == ["uno"]
    assert await texts(meta, token, f"{post}/comments", filter="stream") == ["uno", "due"]
    reply = (await meta.get(on, token, fields="parent{message},object,comment_count")).body
    assert reply == {
        "parent": {"message": "uno", "id": reply["parent"]["id"]},
        "object": reply["object"],
        "comment_count": 0,
        "id": on,
    }
    assert reply["object"]["id"] == post


async def test_comments_are_read_as_a_field_with_modifiers_and_pages(meta: Meta, token: str, post: str) -> None:
    for message in ("uno", "due", "tre"):
        await comment(meta, token, post, message)
    fields = "comments.limit(2).order(reverse_chronological).summary(true){message,comments{message}}"
    found = (await meta.get(post, token, fields=fields)).body["comments"]
    assert [item["message"] for item in found["data"]] == ["tre", "due"]
    assert found["summary"]["total_count"] == 3
    rest = (await meta.call("GET", found["paging"]["next"])).body
    assert [item["message"] for item in rest["data"]] == ["uno"]
    several = (await meta.get("comments", token, ids=post, fields="message", limit="1")).body[post]
    assert [item["message"] for item in several["data"]] == ["uno"]


async def test_a_comment_is_changed_hidden_and_deleted_with_its_replies(meta: Meta, token: str, post: str) -> None:
    first = await comment(meta, token, post, "uno")
    reply = await comment(meta, token, first, "risposta")
    await comment(meta, token, reply, "ancora")
    other = await comment(meta, token, post, "altro")
    assert (await meta.post(first, token, {"message": "due", "is_hidden": "true"})).body == {"success": True}
    found = (await meta.get(first, token, fields="message,is_hidden,comment_count")).body
    assert (found["message"], found["is_hidden"], found["comment_count"]) == ("due", True, 1)
    assert (await meta.post(first, token, {"is_hidden": ""})).body == {"success": True}
    assert (await meta.get(first, token, fields="is_hidden")).body["is_hidden"] is False
    assert (await meta.post(first, token, {"method": "delete"})).body == {"success": True}
    assert [item["id"] for item in (await meta.state())["comments"]] == [other]
    assert (await meta.get(reply, token)).codes == (100, 33)


async def test_comments_are_deleted_with_their_target(meta: Meta, token: str, post: str) -> None:
    await comment(meta, token, await comment(meta, token, post, "uno"), "risposta")
    made = (await meta.photo(token, published=True, message="foto")).body
    await comment(meta, token, made["id"], "alla foto")
    await comment(meta, token, made["post_id"], "al post della foto")
    assert len((await meta.state())["comments"]) == 4
    await meta.call("DELETE", post, token)
    await meta.call("DELETE", made["id"], token)
    assert (await meta.state())["comments"] == []


async def test_a_comment_may_have_a_photo(meta: Meta, token: str, post: str, pictures: str) -> None:
    uploaded = (await meta.photo(token)).body["id"]
    ids = [
        await comment(meta, token, post, "per indirizzo", attachment_url=f"{pictures}/90x60.jpg"),
        await comment(meta, token, post, "caricata prima", attachment_id=uploaded),
    ]
    body = multipart(("file", "a.jpg", jpeg(70, 70)), ("message", None, b""))
    status, made, _ = await raw(meta, "POST", f"/v26.0/{post}/comments?access_token={token}", **body)
    assert status == 200, made
    for name, width in ((ids[0], 90), (ids[1], 1080), (made["id"], 70)):
        attachment = (await meta.get(name, token, fields="attachment")).body["attachment"]
        assert (attachment["type"], attachment["media"]["image"]["width"]) == ("photo", width)
    assert (await meta.post(f"{post}/comments", token, attachment_url="http://127.0.0.1:1/")).codes == (324, None)
    refused = await meta.post(f"{post}/comments", token, attachment_share_url="https://example.org/a.gif")
    assert "does not emulate the parameter attachment_share_url" in refused.error["message"]
    assert (await meta.post(f"{post}/comments", token, attachment_id="1")).codes == (100, None)
    assert len((await meta.state())["comments"]) == 3


@pytest.mark.parametrize("form", [{}, {"message": ""}, {"message": "  "}, {"message": "x" * 8001}])
async def test_an_invalid_comment_is_refused(meta: Meta, token: str, post: str, form: dict[str, str]) -> None:
    answer = await meta.post(f"{post}/comments", token, form)
    assert (answer.status, answer.codes) == (400, (100, None))
    kept = await comment(meta, token, post, "x" * 8000)
    assert (await meta.post(kept, token, {"message": ""})).codes == (100, None)
    assert [len(item["message"]) for item in (await meta.state())["comments"]] == [8000]


async def test_other_tokens_may_not_comment(meta: Meta, token: str, post: str) -> None:
    known = await comment(meta, token, post, "uno")
    lacking = await meta.token("page", scopes=[scope for scope in PAGE_SCOPES if scope != "pages_manage_engagement"])
    blind = await meta.token("page", scopes=[scope for scope in PAGE_SCOPES if scope != "pages_read_engagement"])
    cases = [
        (await meta.token(), 200, "(#200) The permission(s) publish_actions are not available."),
        (
            await meta.token("system_user"),
            3,
            "(#3) Publishing comments through the API is only available for page access tokens",
        ),
        (lacking, 200, "(#200) Requires pages_manage_engagement permission to manage the object"),
        (blind, 200, "(#200) Requires pages_read_engagement permission to manage the object"),
    ]
    for who, code, message in cases:
        for method, path in (("POST", f"{post}/comments"), ("POST", f"{known}/comments"), ("DELETE", known)):
            answer = await meta.call(method, path, who, {"message": "due"} if method == "POST" else None)
            assert (answer.status, answer.codes) == (403, (code, None))
            assert answer.error["message"] == message
    assert (await meta.get(f"{post}/comments", blind)).codes == (10, None)
    assert (await meta.post(f"{post}/comments", None, {"message": "due"})).codes[0] == 104
    assert len((await meta.state())["comments"]) == 1


async def test_a_person_without_the_task_may_not_comment(meta: Meta) -> None:
    order = {"name": "Second", "tasks": ["ANALYZE", "CREATE_CONTENT"]}
    page = (await meta.control("POST", "pages", order))["id"]
    listed = (await meta.get("me/accounts", await meta.token(), fields="id,access_token")).body["data"]
    own = next(item["access_token"] for item in listed if item["id"] == page)
    post = (await meta.post(f"{page}/feed", own, message="ciao")).body["id"]
    answer = await meta.post(f"{post}/comments", own, {"message": "uno"})
    assert (answer.status, answer.codes) == (403, (200, None))


async def test_comments_of_other_pages_are_not_visible(meta: Meta, token: str, post: str) -> None:
    known = await comment(meta, token, post, "uno")
    page = (await meta.control("POST", "pages", {"name": "Second"}))["id"]
    other = await meta.token("page", subject=page)
    for path in (f"{post}/comments", known, f"{known}/comments"):
        assert (await meta.get(path, other)).codes == (100, 33)
        assert (await meta.post(path, other, {"message": "due"})).codes == (100, 33)


async def test_comments_with_a_lost_answer_and_a_fault_before(meta: Meta, token: str, post: str) -> None:
    fault = {"method": "POST", "path": "/comments", "kind": "graph_error", "error": {"code": 2}}
    await meta.control("POST", "faults", fault)
    assert (await meta.post(f"{post}/comments", token, {"message": "uno"})).codes == (2, None)
    assert (await meta.state())["comments"] == []
    await meta.control("POST", "faults", fault | {"when": "after_commit"})
    assert (await meta.post(f"{post}/comments", token, {"message": "uno"})).codes == (2, None)
    assert [item["message"] for item in (await meta.state())["comments"]] == ["uno"]


async def test_the_viewer_escapes_comments_and_hides_hidden_ones(meta: Meta, token: str, post: str) -> None:
    first = await comment(meta, token, post, "<script>alert(1)</script> primo #tag")
    await comment(meta, token, first, "la risposta")
    hidden = await comment(meta, token, post, "nascosto")
    await comment(meta, token, hidden, "sotto il nascosto")
    await meta.post(hidden, token, {"is_hidden": "1"})
    link = (await meta.get(post, token, fields="permalink_url")).body["permalink_url"]
    for address in ("/", urlsplit(link).path):
        status, page, _ = await raw(meta, "GET", address)
        assert status == 200
        assert "&lt;script&gt;" in page
        assert "<script" not in page
        assert "la risposta" in page
        assert "nascosto" not in page
