"""One picture of a post over HTTP: regenerate, list versions, choose, lock."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from tests.images.pictures import encode_picture, quarters
from tests.support.running_system import RunningSystem, ask
from tests.support.waiting import until

POSTS = "/api/v1/posts"
PREVIEW = "/api/v1/images/preview"


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


def ground_of(url: str) -> tuple[int, ...]:
    """Return the colour of the card's first pixels, which show only its background."""
    return pixel_of(ask("GET", url).raw)


def pixel_of(raw: bytes) -> tuple[int, ...]:
    with Image.open(io.BytesIO(raw)) as card:
        return tuple(card.convert("RGB").crop((0, 0, 8, 8)).resize((1, 1)).tobytes())


def test_a_corrected_text_redraws_the_cards_in_the_same_colors(home: RunningSystem) -> None:
    made = home.create(
        content="Ciao a tuti",
        platforms=["facebook", "instagram"],
        image_provider="offline",
        image_style="bold",
        schedule_time="2030-07-01T10:00:00+02:00",
    )
    path = f"{POSTS}/{made.body['job_id']}"
    before = ready(home, path)
    assert {one["image_remade"] for one in before.values()} == {False}
    grounds = {ground_of(one["image_url"]) for one in before.values()}
    assert len(grounds) == 1
    for content in ("Ciao a tutti", "Tutt'altro: vino rosso e cena al lume di candela"):
        home.ask("PATCH", path, {"content": content})
        after = ready(home, path)
        assert {ground_of(one["image_url"]) for one in after.values()} == grounds
        assert {one["image_remade"] for one in after.values()} == {True}
        assert {unsigned(one["image_url"]) for one in after.values()}.isdisjoint(
            unsigned(one["image_url"]) for one in before.values()
        )
    copy = f"{POSTS}/{home.ask('POST', f'{path}/duplicate').body['job_id']}"
    copied = home.ask("PATCH", copy, {"content": "Ancora altro"}).body["platforms"]
    assert {(one["image_state"], one["image_remade"]) for one in copied} == {("stale", False)}
    home.ask("POST", f"{copy}/images/facebook/regenerate", {"variant": 0})
    until(lambda: home.ask("GET", copy).body["platforms"][0]["image_state"] == "ready")
    assert ground_of(home.ask("GET", copy).body["platforms"][0]["image_url"]) in grounds
    home.ask("POST", f"{path}/images/facebook/regenerate", {"style": "bold"})
    again = ready(home, path)["facebook"]
    assert (again["image_variant"], again["image_remade"]) == (1, False)
    assert ground_of(again["image_url"]) not in grounds


def test_a_preview_for_a_stored_post_has_its_design(home: RunningSystem, path: str) -> None:
    words = {"content": "Vino rosso e cena al lume di candela", "style": "bold"}
    post_id = path.rpartition("/")[2]
    own, kept = (home.ask("POST", PREVIEW, {**words, **more}).raw for more in ({}, {"post_id": post_id}))
    of_post = home.ask("POST", PREVIEW, {"content": "Ciao", "style": "bold"}).raw
    assert own != kept
    assert pixel_of(kept) == pixel_of(of_post) != pixel_of(own)
    assert home.ask("POST", PREVIEW, {**words, "post_id": "post_0"}).status == 404


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_a_picture_that_is_missing_here_is_sent_to_no_platform(home: RunningSystem, platform: str) -> None:
    """Also where the platform would fetch it by its URL: it could only say that it got nothing."""
    medium = home.upload(encode_picture(quarters((1080, 1080)), "JPEG")).body["id"]
    draft = home.ask(
        "POST", "/api/v1/posts", {"content": "Ciao", "platforms": [platform], "images": {platform: medium}}
    )
    path = f"{POSTS}/{draft.body['job_id']}"
    assert ready(home, path)[platform]["image_state"] == "ready"
    for blob in (home.settings.data_dir / "blobs").rglob("*"):
        if blob.is_file():
            blob.unlink()
    home.ask("POST", f"{path}/publish")
    until(lambda: home.ask("GET", path).body["platforms"][0]["error"] is not None)
    sent = [entry["path"] for entry in home.meta.log(method="POST")]
    assert [path for path in sent if "oauth" not in path] == []
