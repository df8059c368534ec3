"""Choosing a post's pictures over HTTP: library pictures, crops, alt text, until it is sent."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from tests.api.test_posts import POSTS, draft, settled
from tests.images.pictures import BLUE, GREEN, RED, WHITE, corners, encode_picture, near, quarters
from tests.support.running_system import Reply, RunningSystem, ask
from tests.support.waiting import until

CREATE = "/api/v1/social/create-multi-platform-post"
PHOTO = encode_picture(quarters((1600, 900)), "JPEG", quality=95)


def medium(home: RunningSystem, data: bytes = PHOTO, **more: str) -> str:
    return str(home.upload(data, **more).body["id"])


def result_on(reply: Reply, platform: str) -> dict[str, Any]:
    """Return the response's result for one platform."""
    return next(one for one in reply.body["platforms"] if one["platform"] == platform)


def seen(reply: Reply, platform: str) -> bytes:
    return ask("GET", result_on(reply, platform)["image_url"]).raw


def problems(reply: Reply) -> list[tuple[str, str]]:
    return [(one["pointer"], one["code"]) for one in reply.body["errors"]]


def test_each_platform_shows_its_own_picture_fitted(home: RunningSystem) -> None:
    photo, other = medium(home, alt="Quattro colori"), medium(home, encode_picture(quarters((600, 600))))
    made = draft(
        home, platforms=["facebook", "instagram"], images={"facebook": photo, "instagram": {"media_id": other}}
    )
    assert (made.status, made.body["problems"]) == (201, [])
    sizes = [Image.open(io.BytesIO(seen(made, name))).size for name in ("facebook", "instagram")]
    assert sizes == [(1200, 675), (1080, 1080)]
    one = result_on(made, "facebook")
    assert (one["image_state"], one["image_origin"], one["image_alt"]) == ("ready", "given", "Quattro colori")
    assert made.body["images"]["facebook"] == {
        "media_id": photo,
        "crop": None,
        "focal": None,
        "alt": "Quattro colori",
    }
    assert home.ask("POST", f"{POSTS}/{made.body['job_id']}/publish").status == 202
    assert settled(home, made.body["job_id"])["status"] == "published"
    assert [call["params"].get("alt_text_custom") for call in home.meta.log("/photos", "POST")] == ["Quattro colori"]
    assert len(home.meta.published_ids()) == 2


def test_missing_alt_text_is_a_warning_only(home: RunningSystem) -> None:
    photo = medium(home)
    # A story carries no description.
    images = {"facebook": photo, "instagram_story": photo}
    made = draft(home, platforms=list(images), images=images)
    found = [(one["pointer"], one["code"]) for one in made.body["warnings"]]
    assert (made.body["problems"], found) == ([], [("/images/facebook", "alt_text_missing")])
    path = f"{POSTS}/{made.body['job_id']}"
    described = home.ask("PATCH", path, {"images": {"facebook": {"alt": "Una focaccia"}}})
    assert described.body["warnings"] == []
    blank = home.ask("PATCH", path, {"images": {"facebook": {"alt": " "}}})
    assert [one["code"] for one in blank.body["warnings"]] == ["alt_text_missing"]
    assert home.ask("POST", f"{path}/publish").status == 202
    assert settled(home, made.body["job_id"])["status"] == "published"


def test_a_crop_and_a_focal_point_are_applied(home: RunningSystem) -> None:
    photo = medium(home)
    for choice, colour in (
        ({"crop": {"x": 0, "y": 0, "w": 0.5, "h": 0.5}}, RED),
        ({"crop": {"x": 0.5, "y": 0.5, "w": 0.5, "h": 0.5}}, WHITE),
        ({"focal": {"x": 1, "y": 0}}, GREEN),
    ):
        made = draft(home, images={"facebook": {"media_id": photo, **choice}})
        assert near(corners(seen(made, "facebook"))[0 if "crop" in choice else 1], colour, 30)
        key = next(iter(choice))
        assert made.body["images"]["facebook"][key] == choice[key]
    path = f"{POSTS}/{made.body['job_id']}"
    words = home.ask("PATCH", path, {"images": {"facebook": {"alt": "Verde"}}})
    again = home.ask("PATCH", path, {"images": {"facebook": {"crop": {"x": 0, "y": 0.5, "w": 0.5, "h": 0.5}}}})
    assert near(corners(seen(again, "facebook"))[0], BLUE, 30)
    assert (result_on(words, "facebook")["image_alt"], result_on(again, "facebook")["image_alt"]) == ("Verde", "Verde")
    assert again.body["images"]["facebook"]["focal"] is None


@pytest.mark.parametrize(
    ("images", "pointer", "code"),
    [
        ({"facebook": "med_nobody"}, "/images/facebook", "media_unknown"),
        ({"facebook": {"crop": {"x": 0, "y": 0, "w": 1, "h": 1}}}, "/images/facebook", "media_missing"),
        ({"instagram": "PHOTO"}, "/images/instagram", "platform_not_chosen"),
        ({"no/where": "PHOTO"}, "/images/no~1where", "platform_unknown"),
        (
            {"facebook": {"media_id": "PHOTO", "crop": {"x": 0.5, "y": 0, "w": 0.6, "h": 1}}},
            "/images/facebook/crop",
            "crop_outside",
        ),
    ],
)
def test_an_unusable_picture_is_refused_and_nothing_is_stored(
    home: RunningSystem, images: dict[str, Any], pointer: str, code: str
) -> None:
    photo = medium(home)
    filled = _filled(images, photo)
    path = f"{POSTS}/{draft(home).body['job_id']}"
    refused = home.ask("PATCH", path, {"content": "Altro", "images": filled})
    assert (refused.status, problems(refused)) == (422, [(pointer, code)])
    assert (home.ask("GET", path).body["content"], home.ask("GET", path).body["images"]) == ("Ciao", {})
    assert draft(home, images=filled).status == 422


def _filled(images: Any, photo: str) -> Any:
    if isinstance(images, dict):
        return {key: _filled(value, photo) for key, value in images.items()}
    return photo if images == "PHOTO" else images


def test_crop_values_outside_of_0_to_1_are_refused(home: RunningSystem) -> None:
    photo = medium(home)
    for choice in (
        {"crop": {"x": 0, "y": 0, "w": 0, "h": 1}},
        {"crop": {"x": 0, "y": 0, "w": 1}},
        {"focal": {"x": 1.1, "y": 0}},
        {"alt": "x" * 1001},
        {"alt": "a\x00b"},
    ):
        assert draft(home, images={"facebook": {"media_id": photo, **choice}}).status == 422


def test_a_picture_chosen_for_one_platform_does_not_affect_others(home: RunningSystem) -> None:
    body = {"platforms": ["facebook", "instagram"], "image_provider": "offline"}
    path = f"{POSTS}/{draft(home, **body).body['job_id']}"
    home.ask("POST", f"{path}/schedule", {"schedule_time": "2030-07-01T10:00:00+02:00"})
    until(lambda: {one["image_state"] for one in home.ask("GET", path).body["platforms"]} == {"ready"})
    before = home.ask("GET", path)
    assert result_on(before, "facebook")["image_alt"] == "Ciao"
    given = home.ask("PATCH", path, {"images": {"instagram": medium(home)}}, If_Match=before.headers["ETag"])
    assert result_on(given, "instagram")["image_origin"] == "given"
    assert seen(given, "facebook") == seen(before, "facebook")
    # A changed text regenerates the generated picture, and leaves the user's own.
    home.ask("PATCH", path, {"content": "Un altro testo"})
    until(lambda: result_on(home.ask("GET", path), "facebook")["image_state"] == "ready")
    now = home.ask("GET", path)
    assert seen(now, "instagram") == seen(given, "instagram")
    assert seen(now, "facebook") != seen(before, "facebook")
    back = home.ask("PATCH", path, {"images": {"instagram": None}})
    assert (result_on(back, "instagram")["image_origin"], back.body["images"]) == ("made", {})
    until(lambda: result_on(home.ask("GET", path), "instagram")["image_state"] == "ready")
    assert result_on(home.ask("GET", path), "facebook")["image_state"] == "ready"


def test_the_alt_text_of_a_generated_picture_can_be_changed_alone(home: RunningSystem) -> None:
    path = f"{POSTS}/{draft(home, image_provider='offline').body['job_id']}"
    changed = home.ask("PATCH", path, {"images": {"facebook": {"alt": "Un faro rosso"}}})
    assert result_on(changed, "facebook")["image_alt"] == "Un faro rosso"
    home.ask("POST", f"{path}/publish")
    assert settled(home, path.rpartition("/")[2])["status"] == "published"
    assert [call["params"]["alt_text_custom"] for call in home.meta.log("/photos", "POST")] == ["Un faro rosso"]


def test_a_failed_picture_is_replaced_by_ones_own(home: RunningSystem) -> None:
    error = {"code": 36003, "error_subcode": 2207009, "message": "ratio"}
    home.meta.fault(method="POST", path="/media", when="before", kind="graph_error", error=error, times=1)
    body = {"platforms": ["facebook", "instagram"], "image_provider": "offline"}
    post_id = draft(home, **body).body["job_id"]
    home.ask("POST", f"{POSTS}/{post_id}/publish")
    assert settled(home, post_id)["status"] == "partial"
    photo = medium(home)
    late = home.ask("PATCH", f"{POSTS}/{post_id}", {"images": {"facebook": photo}})
    assert (late.status, late.body["code"]) == (409, "already_out")
    assert "/images/instagram" in late.body["errors"][0]["suggestions"]
    assert home.ask("PATCH", f"{POSTS}/{post_id}", {"images": {"instagram": photo}}).status == 200
    home.ask("POST", f"{POSTS}/{post_id}/retry")
    assert settled(home, post_id)["status"] == "published"
    assert len(home.meta.published_ids()) == 2


def test_a_draft_without_pictures_is_published_with_ones_own(home: RunningSystem) -> None:
    made = draft(home, platforms=["instagram"], images={"instagram": medium(home)})
    assert made.body["problems"] == []
    path = f"{POSTS}/{made.body['job_id']}"
    home.ask("POST", f"{path}/schedule", {"schedule_time": "2030-07-01T10:00:00+02:00"})
    refused = home.ask("PATCH", path, {"images": {"instagram": None}})
    assert (refused.status, problems(refused)) == (422, [("/platforms/0", "picture_needed")])
    copied = home.ask("POST", f"{path}/duplicate")
    assert result_on(copied, "instagram")["image_origin"] == "given"


def test_an_added_platform_gets_its_picture(home: RunningSystem) -> None:
    path = f"{POSTS}/{draft(home).body['job_id']}"
    both = {"platforms": ["facebook", "instagram"], "images": {"instagram": medium(home)}}
    assert result_on(home.ask("PATCH", path, both), "instagram")["image_origin"] == "given"


def test_the_create_endpoint_takes_pictures_too(home: RunningSystem) -> None:
    photo = medium(home, alt="Quattro colori")
    done = home.create(
        platforms=["facebook", "instagram"],
        publish_immediately=True,
        platform_images={"instagram": photo, "facebook": {"alt": "Fatta qui"}},
    )
    assert (done.status, done.body["status"], done.body["images_generated"]) == (200, "published", 1)
    assert [(one["image_origin"], one["image_alt"]) for one in done.body["platforms"]] == [
        ("made", "Fatta qui"),
        ("given", "Quattro colori"),
    ]
    for images, pointer in (({"instagram": photo}, "instagram"), ({"facebook": "med_0"}, "facebook")):
        refused = home.create(platform_images=images)
        assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, f"/platform_images/{pointer}")
        body = {"content": "x", "platforms": ["facebook"], "platform_images": images}
        dry = home.ask("POST", f"{CREATE}?validate_only=true", body)
        assert (dry.body["valid"], dry.body["problems"][0]["pointer"]) == (False, f"/platform_images/{pointer}")


def test_media_of_an_unpublished_post_cannot_be_deleted(home: RunningSystem) -> None:
    photo = medium(home)
    post_id = draft(home, images={"facebook": photo}).body["job_id"]
    used = home.ask("GET", f"/api/v1/media/{photo}").body["used_by"]
    assert used == [{"post_id": post_id, "platform": "facebook", "state": "draft", "open": True}]
    refused = home.ask("DELETE", f"/api/v1/media/{photo}")
    assert (refused.status, refused.body["code"]) == (409, "media_in_use")
    assert [(one["platform"], one["suggestions"]) for one in refused.body["errors"]] == [("facebook", [post_id])]
    home.ask("POST", f"{POSTS}/{post_id}/publish")
    settled(home, post_id)
    assert home.ask("DELETE", f"/api/v1/media/{photo}").status == 204
    out = home.ask("GET", f"{POSTS}/{post_id}")
    assert ask("GET", result_on(out, "facebook")["image_url"]).status == 200
    copied = home.ask("POST", f"{POSTS}/{post_id}/duplicate")
    assert ask("GET", result_on(copied, "facebook")["image_url"]).status == 200


def test_the_post_notes_that_only_the_first_frame_is_used(home: RunningSystem) -> None:
    frames = [Image.new("RGB", (96, 96), colour) for colour in (RED, GREEN)]
    moving = medium(home, encode_picture(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert "first frame" in result_on(draft(home, images={"facebook": moving}), "facebook")["image_notes"][0]
