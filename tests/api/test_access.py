"""Every route needs authentication; accounts, platforms, choices and health."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from araldo.platforms import PLATFORMS
from tests.support.running_system import RunningSystem, ask

DESCRIBED = json.loads((Path(__file__).parents[2] / "docs/openapi.json").read_text())["paths"]
# Besides health: for who has no session yet. A link's token in the body is what these take instead.
OPEN = {
    ("get", "/api/v1/health"),
    ("get", "/api/v1/ready"),
    ("post", "/api/v1/session"),
    ("post", "/api/v1/join/preview"),
    ("post", "/api/v1/join/register"),
    *(("post", f"/api/v1/approval/{step}") for step in ("open", "comments", "approve", "send-back")),
}
ROUTES = [(method, path) for path, methods in DESCRIBED.items() for method in methods if (method, path) not in OPEN]


@pytest.mark.parametrize("key", [None, "Bearer ara_wrong", "Basic YTpi"])
def test_no_route_answers_without_a_key(home: RunningSystem, key: str | None) -> None:
    assert len(ROUTES) >= 6
    for method, path in ROUTES:
        headers = {"Authorization": key} if key else {}
        reply = ask(method.upper(), home.url + path.replace("{", "").replace("}", ""), {}, headers)
        assert (reply.status, reply.body["code"]) == (401, "unauthorized"), path
        assert reply.headers["content-type"] == "application/problem+json"


def test_accounts_are_listed_without_a_token(home: RunningSystem) -> None:
    reply = home.ask("GET", "/api/v1/accounts")
    found = {account["kind"]: account for account in reply.body["data"]}
    assert found["facebook_page"]["name"] == "Studio Demo"
    assert found["instagram_account"]["platforms"] == ["instagram", "instagram_story"]
    assert {account["health"] for account in found.values()} == {"ok"}
    assert found["facebook_page"]["ends"][0]["at"] is None
    tokens = [token["access_token"] for token in home.meta.state()["tokens"]]
    assert tokens
    assert not any(token in reply.raw.decode() for token in tokens)


def test_platforms_say_what_they_take(home: RunningSystem) -> None:
    found = {one["name"]: one for one in home.ask("GET", "/api/v1/platforms").body["data"]}
    assert list(found)[:4] == ["facebook", "instagram", "instagram_story", "facebook_story"]
    assert list(found) == [vars(platform)["declaration"].name for platform in PLATFORMS]
    assert (found["instagram"]["image"]["width"], found["instagram"]["image"]["height"]) == (1080, 1080)
    assert found["instagram_story"]["preview"] == "fullscreen"
    assert found["instagram_story"]["safe_margins"] == {"top": 270, "right": 0, "bottom": 400, "left": 0}
    assert found["instagram"]["safe_margins"]["bottom"] == 0
    assert found["facebook"]["links_clickable"]
    assert not found["instagram"]["links_clickable"]


def test_image_choices_list_providers_and_styles(home: RunningSystem) -> None:
    found = home.ask("GET", "/api/v1/images/choices").body
    lacks = {one["name"]: one["missing_setting"] for one in found["providers"]}
    assert list(lacks) == ["auto", "offline", "google", "pollinations", "openai"]
    assert (lacks["auto"], lacks["offline"]) == (None, None)
    assert lacks["google"] == "ARALDO_IMAGES__GOOGLE_API_KEY"
    assert "professional" in found["styles"]
    assert home.ask("POST", "/api/v1/posts", {"image_provider": "google"}).status == 422


def test_health_is_public_and_ok(home: RunningSystem) -> None:
    reply = ask("GET", f"{home.url}/api/v1/health")
    assert reply.status == 200
    assert (reply.body["status"], reply.body["database"], reply.body["worker"]) == ("ok", "ok", "ok")


def test_unknown_paths_answer_with_a_problem(home: RunningSystem) -> None:
    for method, path, status in (("GET", "/api/v1/nowhere", 404), ("DELETE", "/api/v1/accounts", 405)):
        reply = home.ask(method, path)
        assert (reply.status, reply.body["status"]) == (status, status)
        assert reply.body["request_id"] == reply.headers["x-request-id"]


def test_no_token_is_stored_in_plain_text(home: RunningSystem) -> None:
    home.create(publish_immediately=True)
    tokens = [token["access_token"].encode() for token in home.meta.state()["tokens"]]
    files = [path for path in home.settings.data_dir.rglob("*") if path.is_file()]
    assert len(files) > 3
    for path in files:
        data = path.read_bytes()
        assert not any(token in data for token in tokens), path
        assert home.key.encode() not in data
