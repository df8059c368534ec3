"""Carousels: several pictures, the first alone on platforms that show one, each repaired separately."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from tests.support.running_system import RunningSystem, ask
from tests.support.waiting import until

POSTS = "/api/v1/posts"
TEXT = "Araldo è qui. Pubblica ovunque una volta sola. Disegna le immagini da sé. Funziona sul tuo computer."
PLACES = ["facebook", "instagram", "instagram_story"]


def ground_of(url: str) -> tuple[int, ...]:
    """Return the colour of a card's corner, which depends on its palette."""
    opened = Image.open(io.BytesIO(ask("GET", url).raw)).convert("RGB")
    pixel = opened.getpixel((2, 2))
    assert isinstance(pixel, tuple)
    return pixel


def shown_on_instagram(home: RunningSystem) -> list[str]:
    """Return the picture containers of the newest carousel, in display order."""
    media = {one["id"]: one for one in home.meta.state()["media"]}
    whole = [one for one in media.values() if one["media_type"] == "CAROUSEL_ALBUM"][-1]
    return [media[child]["container"] for child in whole["children"]]


def asked_urls(home: RunningSystem) -> dict[str, str]:
    """Return the URL that was sent to Instagram, by container."""
    made = [entry for entry in home.meta.log("/media", "POST") if entry["params"].get("is_carousel_item")]
    return {str(entry["made"][0]["id"]): str(entry["params"]["image_url"]) for entry in made if entry["made"]}


def test_three_pictures_go_out_as_one_post_on_each_platform(home: RunningSystem) -> None:
    body = home.create(content=TEXT, cta="Provalo →", platforms=PLACES, pictures=3, publish_immediately=True).body
    assert (body["status"], body["images_generated"]) == ("published", 7)
    by_name = {one["platform"]: one for one in body["platforms"]}
    assert [len(by_name[name]["pictures"]) for name in PLACES] == [3, 3, 0]
    assert len(home.meta.published_ids()) == 3
    state = home.meta.state()
    assert len(state["posts"][0]["attached_media"]) == 3
    assert len(shown_on_instagram(home)) == 3
    for name in ("facebook", "instagram"):
        pictures = by_name[name]["pictures"]
        assert {one["image_state"] for one in pictures} == {"ready"}
        assert by_name[name]["image_url"].split("?")[0] == pictures[0]["image_url"].split("?")[0]
        assert len({ask("GET", one["image_url"]).raw for one in pictures}) == 3
        assert len({ground_of(one["image_url"]) for one in pictures}) == 1
        assert by_name[name]["notes"] == []


def test_their_order_is_that_of_the_slides(home: RunningSystem) -> None:
    slides = [{"headline": word} for word in ("Uno", "Due", "Tre", "Quattro")]
    body = home.create(content=TEXT, platforms=["instagram"], slides=slides, publish_immediately=True).body
    answered = [one["image_url"].split("?")[0] for one in body["platforms"][0]["pictures"]]
    asked = asked_urls(home)
    assert [asked[container].split("?")[0] for container in shown_on_instagram(home)] == answered
    read = home.ask("GET", f"{POSTS}/{body['job_id']}").body
    assert [slide["headline"] for slide in read["slides"]] == ["Uno", "Due", "Tre", "Quattro"]


def test_a_picture_of_your_own_among_them(home: RunningSystem) -> None:
    first = home.create(platforms=["facebook"], publish_immediately=True).body["platforms"][0]["image_url"]
    own = first.rpartition("/")[2].partition(".jpg")[0]
    slides = [{}, {"media_id": own}]
    body = home.create(content=TEXT, platforms=["instagram"], slides=slides, publish_immediately=True).body
    assert body["status"] == "published"
    shown = Image.open(io.BytesIO(ask("GET", body["platforms"][0]["pictures"][1]["image_url"]).raw))
    assert shown.size == (1080, 1080)
    refused = home.create(platforms=["instagram"], slides=[{}, {"media_id": "med_nobodys"}])
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/slides/1/media_id")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"pictures": 0}, "/pictures"),
        ({"pictures": 11}, "/pictures"),
        ({"slides": [{}] * 11}, "/slides"),
        ({"slides": [{"headline": "x" * 1_001}]}, "/slides/0/headline"),
    ],
)
def test_the_number_of_pictures_is_limited(home: RunningSystem, fields: dict[str, Any], pointer: str) -> None:
    refused = home.create(**fields)
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, pointer)


def test_a_platform_that_shows_one_says_so_before(home: RunningSystem) -> None:
    fields = {"content": TEXT, "platforms": ["instagram", "instagram_story"], "pictures": 2}
    made = home.ask("POST", POSTS, fields).body
    assert [(one["code"], one["pointer"]) for one in made["warnings"]] == [("not_all_pictures", "/platforms/1")]
    assert made["problems"] == []
    fewer = home.ask("PATCH", f"{POSTS}/{made['job_id']}", {"pictures": 1}).body
    assert (fewer["warnings"], fewer["slides"]) == ([], [])
    none = home.ask("PATCH", f"{POSTS}/{made['job_id']}", {"pictures": 2, "image_provider": "none"}).body
    assert "pictures_switched_off" in [one["code"] for one in none["problems"]]


def test_a_picture_that_the_platform_omits_is_noted_and_fails_nothing(home: RunningSystem) -> None:
    home.meta.control("settings", {"drop_carousel_child": True})
    body = home.create(content=TEXT, platforms=["instagram"], pictures=3, publish_immediately=True).body
    assert body["status"] == "published"
    read = home.ask("GET", f"{POSTS}/{body['job_id']}", Accept_Language="it").body
    assert read["platforms"][0]["notes"] == ["Instagram mostra solo 2 delle 3 immagini inviate."]


def test_a_copy_reuses_the_pictures_and_an_edit_regenerates_only_changed_slides(home: RunningSystem) -> None:
    slides = [{"headline": "Uno"}, {"headline": "Due"}]
    first = home.create(content=TEXT, platforms=["facebook"], slides=slides, publish_immediately=True).body
    copied = home.ask("POST", f"{POSTS}/{first['job_id']}/duplicate").body["job_id"]
    path = f"{POSTS}/{copied}"

    def names(body: Any) -> list[str]:
        return [one["image_url"].rpartition("/")[2].partition("?")[0] for one in body["platforms"][0]["pictures"]]

    assert names(home.ask("GET", path).body) == names(first)
    home.ask("PATCH", path, {"slides": [{"headline": "Uno"}, {"headline": "Tre"}]})
    home.ask("POST", f"{path}/publish", {})
    until(lambda: home.ask("GET", path).body["status"] == "published", within_s=60)
    shown = names(home.ask("GET", path).body)
    assert shown[0] == names(first)[0]
    assert shown[1] != names(first)[1]
