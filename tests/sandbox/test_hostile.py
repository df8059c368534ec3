"""Invalid requests get an error in Graph's format, never a server error of the sandbox."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from tests.sandbox.meta import ACCOUNT, PAGE, Meta
from tests.sandbox.test_calls import raw
from tests.sandbox.test_tokens import page_token

LONG = "9" * 5000
DEEP = "[" * 100_000 + "]" * 100_000
ODD = [
    "\x00",
    "²",
    "٣",
    "\ud800",
    "\u202e",
    "a" * 70_000,
    "'\"<>&",
    "{",
    "[",
    "%00",
    "../../etc/passwd",
    LONG,
    "-1",
    "NaN",
]
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def token(meta: Meta) -> str:
    return await page_token(meta, await meta.token())


def is_graph_error(status: int, body: Any) -> bool:
    return 400 <= status < 500 and {"message", "type", "code", "fbtrace_id"} <= set(body["error"])


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (JSON, b"{"),
        (JSON, b"[]"),
        (JSON, b"\xff\xfe"),
        (JSON, DEEP.encode()),
        (JSON, b'{"message": ' + b"1" * 5000 + b"}"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"rubbish"),
        ({"Content-Type": "multipart/form-data"}, b"rubbish"),
        (
            {"Content-Type": "multipart/form-data; boundary=x"},
            b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n',
        ),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"%ff%fe=%00&&&==;=%"),
        ({"Content-Type": "text/plain"}, b"message=ciao"),
        ({}, b"\x00" * 1000),
    ],
    ids=range(11),
)
async def test_unreadable_bodies_are_refused(meta: Meta, token: str, headers: dict[str, str], body: bytes) -> None:
    auth = {"Authorization": f"Bearer {token}"}
    before = len(await meta.control("GET", "log"))
    status, answer, _ = await raw(meta, "POST", f"/v26.0/{PAGE}/feed", data=body, headers=headers | auth)
    assert is_graph_error(status, answer), answer
    log = await meta.control("GET", "log")
    assert [entry["status"] for entry in log[before:]] == [status]


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
async def test_odd_values_in_every_parameter_are_handled(meta: Meta, token: str, value: str) -> None:
    names = ("limit", "since", "after", "before", "fields", "ids", "published", "scheduled_publish_time", "locale")
    writes = (
        "attached_media",
        "unpublished_content_type",
        "link",
        "url",
        "image_url",
        "children",
        "user_tags",
        "batch",
    )
    for name in (*names, *writes, "photo_id", "creation_id", "input_token", "access_token", "redirect_uri", "method"):
        for path in (f"{PAGE}/feed", f"{ACCOUNT}/media", f"{ACCOUNT}/media_publish", f"{PAGE}/photo_stories", ""):
            body = {"access_token": token, name: value}
            status, _, _ = await raw(meta, "POST", f"/v26.0/{path}", data=json.dumps(body), headers=JSON)
            assert status < 500, (name, path)
    for name in names:
        status, _, _ = await raw(
            meta,
            "GET",
            f"/v26.0/{PAGE}/feed",
            params={"access_token": token, name: value[:4000].encode("utf-8", "replace").decode()},
        )
        assert status < 500, name


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
async def test_odd_values_in_comments_are_handled(meta: Meta, token: str, pictures: str, value: str) -> None:
    user = await meta.token()
    media = (await meta.publish(user, await meta.container(user, f"{pictures}/80x80.jpg"))).body["id"]
    post = (await meta.post(f"{PAGE}/feed", token, message="ciao")).body["id"]
    comment = (await meta.post(f"{post}/comments", token, message="primo")).body["id"]
    reply = (await meta.post(f"{media}/comments", user, message="primo")).body["id"]
    names = ("message", "attachment_id", "attachment_url", "is_hidden", "hide", "comment_enabled", "filter", "order")
    paths = ((f"{post}/comments", token), (comment, token), (media, user), (f"{media}/comments", user), (reply, user))
    for name in names:
        for path, who in paths:
            for method in ("GET", "POST"):
                body = json.dumps({"access_token": who, "method": method, name: value})
                status, _, _ = await raw(meta, "POST", f"/v26.0/{path}", data=body, headers=JSON)
                assert status < 500, (name, path, method)
    assert (await raw(meta, "GET", "/_sandbox/state"))[0] == 200
    assert (await raw(meta, "GET", "/"))[0] == 200


@pytest.mark.parametrize(
    "fields", ["{", "a{", "a{b", "a}", ",", "a.b(", "a{" * 500, "a," * 20_000, "a.limit(x)", "ä{ö}"]
)
async def test_invalid_fields_are_refused(meta: Meta, token: str, fields: str) -> None:
    answer = await meta.post("", token, {"method": "GET", "id": PAGE, "fields": fields})
    assert is_graph_error(answer.status, answer.body)


@pytest.mark.parametrize(
    "path", ["/v26.0/%00", "/v999999999.0/me", "/v٣.0/me", "/%2e%2e/%2e%2e", "//v26.0//me//", "/" + "a" * 5000]
)
async def test_odd_paths_are_handled(meta: Meta, token: str, path: str) -> None:
    status, _, _ = await raw(meta, "GET", f"{path}?access_token={token}")
    assert status < 500


BATCHES = [
    DEEP,
    "[1]",
    "{}",
    '[{"relative_url": "{result=a:$.b}"}]',
    '[{"method": 5, "relative_url": ["x"], "body": [1], "name": {}, "depends_on": 4, "attached_files": 3}]',
    '[{"name": "a", "relative_url": "me"}, {"relative_url": "{result=a:$..*..*..*[0][*]}"}]',
    json.dumps([{"relative_url": "me"}] * 51),
]


@pytest.mark.parametrize("batch", BATCHES, ids=range(len(BATCHES)))
async def test_odd_batches_are_refused(meta: Meta, token: str, batch: str) -> None:
    assert (await meta.post("", token, {"batch": batch})).status < 500


async def test_lone_surrogates_leave_the_viewer_working(meta: Meta, token: str) -> None:
    body = json.dumps({"message": "a\ud83d <b>", "access_token": token})
    assert (await raw(meta, "POST", f"/v26.0/{PAGE}/feed", data=body, headers=JSON))[0] == 200
    assert (await raw(meta, "GET", "/"))[0] == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clock", '{"advance_s": Infinity}'),
        ("clock", '{"advance_s": 1e300}'),
        ("settings", '{"latency_s": NaN}'),
        ("settings", '{"no_such": 1}'),
        ("settings", "[]"),
        ("tokens", '{"type": "user_long", "expires_in": 1e300}'),
        ("tokens", '{"type": "king"}'),
        ("faults", '{"kind": "slow", "delay_s": Infinity}'),
        ("faults", '{"kind": "flood"}'),
        ("faults", DEEP),
    ],
    ids=range(10),
)
async def test_invalid_control_requests_are_refused(meta: Meta, path: str, body: str) -> None:
    status, _, _ = await raw(meta, "POST", f"/_sandbox/{path}", data=body, headers=JSON)
    assert status in {400, 422}
    assert (await raw(meta, "GET", "/_sandbox/state"))[0] == 200


async def test_unknown_control_paths_are_not_graph_calls(meta: Meta) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert (await raw(meta, method, "/_sandbox/nothing"))[0] == 404
    assert (await raw(meta, "GET", "/favicon.ico"))[0] == 200
    assert await meta.control("GET", "log") == []


async def test_random_requests_never_cause_a_server_error(meta: Meta, token: str) -> None:
    """Send a few hundred random calls, the same ones every time."""
    dice = random.Random(26)
    letters = "aZ09{}[](),.:=&?%/\\\"'<> \x00\u00e9\u4e2d\U0001f600"
    paths = ["", "me", PAGE, ACCOUNT, f"{PAGE}/feed", f"{PAGE}/photos", f"{ACCOUNT}/media", "oauth/access_token"]
    names = ["fields", "batch", "ids", "message", "attached_media", "grant_type", "limit", "after", "url", "children"]
    for _ in range(300):
        told = {dice.choice(names): "".join(dice.choices(letters, k=dice.randrange(60))) for _ in range(3)}
        form = told | {"access_token": token}
        status, answer, _ = await raw(meta, dice.choice(["GET", "POST"]), f"/v26.0/{dice.choice(paths)}", data=form)
        assert status < 500, (told, answer)
