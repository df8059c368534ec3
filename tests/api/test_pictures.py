"""One picture of a post over HTTP: regenerate, list versions, choose, lock."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.running_system import RunningSystem, ask
from tests.support.waiting import until

POSTS = "/api/v1/posts"


def ready(home: RunningSystem, path: str) -> dict[str, dict[str, Any]]:
    """Return the post's results by platform once every picture is ready or failed."""

    def found() -> dict[str, dict[str, Any]]:
        return {one["platform"]: one for one in home.ask("GET", path).body["platforms"]}

    until(lambda: not {one["image_state"] for one in found().values()} & {"queued", "making", "stale"})
    return found()


@pytest.fixture
def path(home: RunningSystem) -> str:
    """Create a scheduled post on two platforms with both pictures ready."""
    fields = {"content": "Ciao", "platforms": ["facebook", "instagram"], "image_provider": "offline"}
    made = f"{POSTS}/{home.ask('POST', POSTS, fields).body['job_id']}"
    home.ask("POST", f"{made}/schedule", {"schedule_time": "2030-07-01T10:00:00+02:00"})
    ready(home, made)
    return made


def unsigned(url: str) -> str:
    return url.partition("?")[0]


def test_regenerating_one_picture_leaves_the_other(home: RunningSystem, path: str) -> None:
    before = ready(home, path)
    asked = {"prompt": "una lanterna", "style": "professional", "provider": "offline"}
    reply = home.ask("POST", f"{path}/images/instagram/regenerate", asked)
    assert (reply.status, reply.headers["Location"]) == (202, path)
    after = ready(home, path)
    assert (after["instagram"]["image_variant"], after["instagram"]["image_locked"]) == (1, False)
    assert unsigned(after["instagram"]["image_url"]) != unsigned(before["instagram"]["image_url"])
    assert unsigned(after["facebook"]["image_url"]) == unsigned(before["facebook"]["image_url"])
    album = home.ask("GET", f"{path}/images/instagram").body
    assert (album["image_state"], album["prompt"], album["provider"]) == ("ready", "una lanterna", "offline")
    assert [one["current"] for one in album["images"]] == [True, False]
    assert [one["variant"] for one in album["images"]] == [1, 0]
    assert len({ask("GET", one["image_url"]).raw for one in album["images"]}) == 2
    assert len(home.ask("GET", f"{path}/images/facebook").body["images"]) == 1


def test_an_earlier_picture_is_chosen_and_locked(home: RunningSystem, path: str) -> None:
    first = home.ask("GET", f"{path}/images/facebook").body["images"][0]["media_id"]
    home.ask("POST", f"{path}/images/facebook/regenerate")
    ready(home, path)
    chosen = home.ask("POST", f"{path}/images/facebook/choose", {"media_id": first})
    assert (chosen.status, chosen.body["platforms"][0]["image_variant"]) == (200, 0)
    album = home.ask("GET", f"{path}/images/facebook").body
    assert [one["media_id"] for one in album["images"] if one["current"]] == [first]
    locked = home.ask("POST", f"{path}/images/facebook/lock", {"locked": True})
    assert (locked.status, locked.body["platforms"][0]["image_locked"]) == (200, True)
    refused = home.ask("POST", f"{path}/images/facebook/regenerate")
    assert (refused.status, refused.body["code"]) == (409, "image_locked")
    home.ask("PATCH", path, {"content": "Altro"})
    after = ready(home, path)
    assert f"/{first}." in after["facebook"]["image_url"]
    assert home.ask("POST", f"{path}/images/facebook/choose", {"media_id": "med_0"}).status == 409
    home.ask("POST", f"{path}/images/facebook/lock", {"locked": False})
    assert home.ask("POST", f"{path}/images/facebook/choose", {"media_id": "med_0"}).status == 404


def test_a_failed_regeneration_affects_only_that_picture(home: RunningSystem, path: str) -> None:
    home.ask("POST", f"{path}/images/facebook/regenerate", {"prompt": "x", "style": "\u200b" * 40})
    refused = home.ask("POST", f"{path}/images/facebook/regenerate", {"provider": "openai"})
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/provider")
    assert "ARALDO_IMAGES__OPENAI_API_KEY" in refused.body["detail"]
    assert home.ask("POST", f"{path}/images/facebook_story/regenerate").status == 404
    assert home.ask("POST", f"{path}/images/nowhere/regenerate").status == 404
    assert {one["image_state"] for one in ready(home, path).values()} == {"ready"}
    for odd in ({"variant": -1}, {"variant": "x"}, {"prompt": "x" * 10_001}, {"style": "\x00"}):
        assert home.ask("POST", f"{path}/images/facebook/regenerate", odd).status == 422


def test_regenerating_twice_with_one_key_has_one_effect(home: RunningSystem, path: str) -> None:
    for _ in range(2):
        reply = home.ask("POST", f"{path}/images/facebook/regenerate", {}, Idempotency_Key="again")
        assert reply.status == 202
    assert ready(home, path)["facebook"]["image_variant"] == 1


def test_a_published_post_keeps_its_picture(home: RunningSystem, path: str) -> None:
    home.ask("POST", f"{path}/publish")
    until(lambda: home.ask("GET", path).body["status"] == "published")
    refused = home.ask("POST", f"{path}/images/facebook/regenerate")
    assert (refused.status, refused.body["code"]) == (409, "already_out")
    assert len(home.ask("GET", f"{path}/images/facebook").body["images"]) == 1
