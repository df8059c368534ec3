"""The control plane: faults of every kind, the log, reset, a memory, and the page that shows the feeds."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from araldo.sandbox.app import create_app
from tests.sandbox.meta import PAGE, Meta
from tests.sandbox.test_tokens import page_token
from tests.support.serving import serve_made


@pytest.fixture
async def token(meta: Meta) -> str:
    return await page_token(meta, await meta.token())


async def messages(meta: Meta) -> list[str]:
    return [post["message"] for post in (await meta.state())["posts"]]


@pytest.mark.parametrize(("when", "out"), [("before", []), ("after_commit", ["ciao"])])
async def test_a_connection_cut_before_and_after_the_commit(meta: Meta, token: str, when: str, out: list[str]) -> None:
    await meta.control("POST", "faults", {"method": "POST", "path": "/feed", "when": when, "kind": "reset", "times": 1})
    with pytest.raises(aiohttp.ClientError):
        await meta.post(f"{PAGE}/feed", token, message="ciao")
    assert await messages(meta) == out
    assert (await meta.post(f"{PAGE}/feed", token, message="altro")).status == 200


async def test_an_error_after_the_commit_is_a_post_all_the_same(meta: Meta, token: str) -> None:
    error = {"status": 500, "code": 2, "message": "An unexpected error has occurred."}
    fault = {"path": "/feed", "when": "after_commit", "kind": "graph_error", "error": error, "times": 1}
    await meta.control("POST", "faults", fault)
    answer = await meta.post(f"{PAGE}/feed", token, message="ciao")
    assert (answer.status, answer.codes) == (500, (2, None))
    assert await messages(meta) == ["ciao"]


@pytest.mark.parametrize(("kind", "status"), [("html", 502), ("status", 503)])
async def test_answers_that_are_no_graph_answers(meta: Meta, token: str, kind: str, status: int) -> None:
    fault = {"path": "/feed", "when": "before", "kind": kind, "error": {"status": status}, "times": 1}
    await meta.control("POST", "faults", fault)
    answer = await meta.post(f"{PAGE}/feed", token, message="ciao")
    assert answer.status == status
    assert "error" not in answer.body or isinstance(answer.body, str)
    assert await messages(meta) == []


async def test_faults_can_skip_calls_and_are_taken_away(meta: Meta, token: str) -> None:
    error = {"status": 400, "code": 368, "message": "no"}
    fault = {"path": "/feed", "when": "before", "kind": "graph_error", "error": error, "times": 5, "skip": 1}
    await meta.control("POST", "faults", fault)
    assert (await meta.post(f"{PAGE}/feed", token, message="uno")).status == 200
    assert (await meta.post(f"{PAGE}/feed", token, message="due")).codes[0] == 368
    await meta.control("DELETE", "faults")
    assert (await meta.post(f"{PAGE}/feed", token, message="tre")).status == 200


async def test_every_error_can_come_in_a_200(meta: Meta, token: str) -> None:
    await meta.set(errors_in_200=True)
    answer = await meta.get("me", "rubbish")
    assert (answer.status, answer.codes[0]) == (200, 190)


async def test_the_log_has_every_call_and_no_token(meta: Meta, token: str) -> None:
    before = (await meta.control("GET", "log"))[-1]["n"]
    await meta.post(f"{PAGE}/feed", token, message="ciao")
    entries = await meta.control("GET", f"log?since={before}")
    assert [(entry["method"], entry["status"], entry["error_code"]) for entry in entries] == [("POST", 200, None)]
    assert entries[0]["path"].endswith("/feed")
    assert entries[0]["params"]["message"] == "ciao"
    assert token not in str(await meta.control("GET", "log"))


async def test_reset_brings_the_seeded_world_back(meta: Meta, token: str) -> None:
    await meta.post(f"{PAGE}/feed", token, message="ciao")
    await meta.control("POST", "reset")
    state = await meta.state()
    assert state["posts"] == []
    assert [page["name"] for page in state["pages"]] == ["Studio Demo"]
    assert [app["id"] for app in state["apps"]] == ["1000000000000001"]
    wanted = {"apps", "users", "tokens", "pages", "instagram_accounts", "posts", "photos", "containers", "media"}
    assert wanted <= set(state)


async def test_usage_headers_are_sent_as_they_are_set(meta: Meta, token: str) -> None:
    await meta.set(app_usage={"call_count": 95, "total_time": 1, "total_cputime": 1})
    answer = await meta.get("me", token)
    assert '"call_count":95' in answer.headers["x-app-usage"].replace(" ", "")


async def test_what_people_see_is_escaped(meta: Meta, token: str) -> None:
    hostile = "<script>alert(1)</script>"
    made = await meta.post(f"{PAGE}/feed", token, message=hostile, fields="permalink_url")
    for url in (f"{meta.url}/", made.body["permalink_url"]):
        page = await meta.call("GET", url)
        assert page.status == 200
        assert hostile not in page.body
        assert "&lt;script&gt;" in page.body


async def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    for turn in range(2):
        with serve_made(lambda url: create_app(public_url=url, data_dir=tmp_path)) as url:
            async with aiohttp.ClientSession() as session:
                meta = Meta(url, session)
                if turn == 0:
                    user = await meta.token()
                    assert (await meta.post(f"{PAGE}/feed", await page_token(meta, user), message="ciao")).status == 200
                else:
                    assert (await meta.get("me", user)).status == 200
                    assert await messages(meta) == ["ciao"]
