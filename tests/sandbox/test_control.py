"""The control API: every kind of fault, the log, reset, settings, and persistence."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest
from pydantic.fields import FieldInfo

from araldo.sandbox.app import create_app
from araldo.sandbox.common.store import CommonSettings
from araldo.sandbox.mastodon.settings import MastodonSettings
from araldo.sandbox.meta.switches import Switches
from araldo.sandbox.services import SERVICES
from araldo.sandbox.telegram.settings import TelegramSettings
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
    await meta.get(token, None, ids=token, redirect_uri=f"http://127.0.0.1/?access_token={token}")
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


async def test_usage_headers_are_sent_as_set(meta: Meta, token: str) -> None:
    await meta.set(app_usage={"call_count": 95, "total_time": 1, "total_cputime": 1})
    answer = await meta.get("me", token)
    assert '"call_count":95' in answer.headers["x-app-usage"].replace(" ", "")


@pytest.mark.parametrize(
    ("code", "header"),
    [
        (4, "X-App-Usage"),
        (17, "X-App-Usage"),
        (32, "X-Page-Usage"),
        (613, "X-App-Usage"),
        (80001, "X-Business-Use-Case-Usage"),
        (80002, "X-Business-Use-Case-Usage"),
    ],
)
async def test_a_throttle_sets_the_header_of_its_limit(meta: Meta, token: str, code: int, header: str) -> None:
    await meta.control("POST", "faults", {"kind": "graph_error", "error": {"code": code}})
    answer = await meta.get(PAGE, token)
    assert (answer.status, answer.codes) == (400, (code, None))
    usage = json.loads(answer.headers[header.lower()])
    assert (usage[PAGE][0] if PAGE in usage else usage)["call_count"] == 100
    assert header.lower() not in (await meta.get(PAGE, token)).headers


async def test_an_injected_error_has_the_requested_texts(meta: Meta, token: str) -> None:
    error = {
        "code": 100,
        "error_subcode": 33,
        "message": "no",
        "type": "GraphMethodException",
        "error_user_msg": "nein",
    }
    await meta.control("POST", "faults", {"kind": "graph_error", "error": error | {"is_transient": True}})
    answer = (await meta.get("me", token)).error
    assert {key: answer[key] for key in error} == error
    assert answer["is_transient"] is True


async def test_user_messages_are_localised(meta: Meta, token: str) -> None:
    await meta.set(user_message_locale="th_TH")
    answer = await meta.post(f"{PAGE}/feed", token, attached_media=[{"media_fbid": "1"}])
    assert "error_user_msg" not in answer.error
    photo = [{"media_fbid": (await meta.photo(token, published=True)).body["id"]}]
    said = [
        (await meta.post(f"{PAGE}/feed", token, attached_media=photo, locale=locale)).error["error_user_msg"]
        for locale in (None, "en_US", "it_IT")
    ]
    assert len(set(said)) == 3
    assert said[1] == "These photos were already posted."


async def test_a_slow_call_can_still_lose_its_answer(meta: Meta, token: str) -> None:
    await meta.control("POST", "faults", {"path": "/feed", "kind": "slow", "delay_s": 0.01})
    await meta.control("POST", "faults", {"path": "/feed", "kind": "reset", "when": "after_commit"})
    with pytest.raises(aiohttp.ClientError):
        await meta.post(f"{PAGE}/feed", token, message="ciao")
    assert await messages(meta) == ["ciao"]
    assert [entry["status"] for entry in await meta.control("GET", "log")][-1] is None


async def test_a_timeout_fault_ends_after_its_delay(meta: Meta, token: str) -> None:
    await meta.control("POST", "faults", {"path": "/feed", "kind": "timeout", "delay_s": 0.05, "when": "after_commit"})
    with pytest.raises(aiohttp.ClientError):
        await meta.post(f"{PAGE}/feed", token, message="ciao")
    assert await messages(meta) == ["ciao"]
    faults = await meta.control("GET", "faults")
    assert faults == []


async def test_a_batch_item_with_a_fault_is_null(meta: Meta, token: str) -> None:
    await meta.control("POST", "faults", {"path": "/feed", "kind": "reset", "when": "after_commit"})
    calls = [{"method": "POST", "relative_url": f"{PAGE}/feed", "body": "message=ciao"}, {"relative_url": "me"}]
    answers = (await meta.post("", token, batch=calls)).body
    assert (answers[0], answers[1]["code"]) == (None, 200)
    assert await messages(meta) == ["ciao"]


async def test_the_state_has_graphs_field_names(meta: Meta, token: str, pictures: str) -> None:
    user = await meta.token()
    photo = (await meta.photo(token, message="una foto")).body["id"]
    post = (await meta.post(f"{PAGE}/feed", token, message="ciao", attached_media=[{"media_fbid": photo}])).body["id"]
    container = await meta.container(user, f"{pictures}/800x800.jpg", caption="ciao")
    media = (await meta.publish(user, container)).body["id"]
    state = await meta.state()
    told = state["posts"][0]
    assert (told["id"], told["message"], told["is_published"]) == (post, "ciao", True)
    assert told["attached_media"] == [{"media_fbid": photo}]
    assert told["permalink_url"].startswith(meta.url)
    token_row = state["media"][0]
    assert (token_row["id"], token_row["caption"], token_row["media_product_type"], token_row["container"]) == (
        media,
        "ciao",
        "FEED",
        container,
    )
    assert (token_row["media_type"], token_row["username"]) == ("IMAGE", "studio.demo")
    made = state["containers"][0]
    assert (made["id"], made["status_code"], made["media_type"]) == (container, "PUBLISHED", "IMAGE")
    assert (state["photos"][0]["name"], state["photos"][0]["published"]) == ("una foto", True)
    assert state["pages"][0]["instagram_business_account"] == {"id": state["instagram_accounts"][0]["id"]}
    assert {token_row["type"] for token_row in state["tokens"]} == {"USER", "PAGE"}


async def test_the_log_lists_what_each_call_created(meta: Meta, token: str) -> None:
    post = (await meta.post(f"{PAGE}/feed", token, message="ciao")).body["id"]
    await meta.post(f"{PAGE}/feed", token, message="ciao")
    first, second = (await meta.control("GET", "log"))[-2:]
    assert {"n", "at", "method", "path", "params", "status", "error_code", "made"} <= set(first)
    assert (first["status"], first["error_code"], first["made"]) == (200, None, [{"kind": "post", "id": post}])
    assert (second["status"], second["error_code"], second["made"]) == (400, 506, [])
    assert first["params"]["access_token"] == "***"


async def test_every_switch_can_be_read_and_set(meta: Meta) -> None:
    settings = await meta.control("GET", "settings")
    assert await meta.control("POST", "settings", settings) == settings
    services = {service.name for service in SERVICES} - {"meta"}
    assert set(settings) == {*Switches.model_fields, *CommonSettings.model_fields, *services}


def test_every_switch_is_described() -> None:
    text = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text()
    text, _, services = text.partition("## Mastodon")
    _check_rows(services, {**MastodonSettings.model_fields, **TelegramSettings.model_fields})
    _check_rows(text, {**Switches.model_fields, **CommonSettings.model_fields})


def _check_rows(text: str, fields: Mapping[str, FieldInfo]) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", text, re.MULTILINE))
    assert {name for name in fields if name not in rows} == set()
    for name, field in fields.items():
        assert json.loads(rows[name].strip().strip("`")) == field.default, name


async def test_everything_is_restored_after_a_restart(tmp_path: Path) -> None:
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
