"""The picture history: restoring generated pictures, one's own, crops and carousels; locked ones stay."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.test_pictures import POSTS, ready, unsigned
from tests.images.pictures import GREEN, RED, corners, encode_picture, near, quarters
from tests.support.running_system import Reply, RunningSystem, ask

PHOTO = encode_picture(quarters((1600, 1600)), "JPEG", quality=95)
LEFT = {"crop": {"x": 0, "y": 0, "w": 0.5, "h": 0.5}}
RIGHT = {"crop": {"x": 0.5, "y": 0, "w": 0.5, "h": 0.5}}


@pytest.fixture
def path(home: RunningSystem) -> str:
    """Create a draft for Instagram with its picture ready, and return the post's path."""
    fields = {"content": "Ciao", "platforms": ["instagram"], "image_provider": "offline"}
    made = f"{POSTS}/{home.ask('POST', POSTS, fields).body['job_id']}"
    regenerated(home, made)
    return made


def regenerated(home: RunningSystem, path: str) -> dict[str, Any]:
    assert home.ask("POST", f"{path}/images/instagram/regenerate").status == 202
    return ready(home, path)["instagram"]


def given(home: RunningSystem, path: str, **choice: Any) -> Reply:
    return home.ask("PATCH", path, {"images": {"instagram": choice}})


def history(home: RunningSystem, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = home.ask("GET", f"{path}/images/instagram").body["images"]
    return found


def current(home: RunningSystem, path: str) -> str:
    return next(str(one["media_id"]) for one in history(home, path) if one["current"])


def choose(home: RunningSystem, path: str, media_id: str) -> Reply:
    return home.ask("POST", f"{path}/images/instagram/choose", {"media_id": media_id})


def test_switching_between_a_generated_picture_and_ones_own(home: RunningSystem, path: str) -> None:
    made = current(home, path)
    photo = home.upload(PHOTO, alt="Quattro colori").body["id"]
    shown = given(home, path, media_id=photo, **LEFT).body
    own = current(home, path)
    assert [(one["media_id"], one["origin"], one["image_alt"]) for one in history(home, path)] == [
        (own, "given", "Quattro colori"),
        (made, "made", None),
    ]
    back = choose(home, path, made).body
    assert (back["platforms"][0]["image_origin"], back["images"]) == ("made", {})
    assert back["platforms"][0]["image_alt"] == "Ciao"
    forth = choose(home, path, own).body
    assert forth["images"] == shown["images"]
    assert forth["platforms"][0]["image_alt"] == "Quattro colori"
    # Neither a changed text nor publishing regenerates it; only an explicit request does.
    home.ask("PATCH", path, {"content": "Altro"})
    assert ready(home, path)["instagram"]["image_origin"] == "given"
    again = regenerated(home, path)
    assert (again["image_origin"], again["image_alt"]) == ("made", "Altro")
    assert len(history(home, path)) == 3
    once_more = choose(home, path, own).body
    assert (once_more["images"], once_more["platforms"][0]["image_alt"]) == (shown["images"], "Quattro colori")
    home.ask("POST", f"{path}/publish")
    assert ready(home, path)["instagram"]["image_origin"] == "given"


def test_each_crop_is_a_version_in_the_history(home: RunningSystem, path: str) -> None:
    photo = home.upload(PHOTO).body["id"]
    given(home, path, media_id=photo, **LEFT)
    left = current(home, path)
    right = given(home, path, **RIGHT).body["platforms"][0]
    assert near(corners(ask("GET", right["image_url"]).raw)[0], GREEN, 30)
    assert len(history(home, path)) == 3
    assert near(corners(ask("GET", choose(home, path, left).body["platforms"][0]["image_url"]).raw)[0], RED, 30)
    # Taken back, it can be gone back to all the same.
    gone = home.ask("PATCH", path, {"images": {"instagram": None}}).body
    assert (gone["images"], gone["platforms"][0]["image_state"]) == ({}, "none")
    assert len(choose(home, path, left).body["images"]) == 1


def test_a_locked_picture_is_not_replaced_by_anything(home: RunningSystem, path: str) -> None:
    photo = home.upload(PHOTO).body["id"]
    before = given(home, path, media_id=photo).body
    assert home.ask("POST", f"{path}/images/instagram/lock", {"locked": True}).status == 200
    for change in (
        {"images": {"instagram": {"media_id": photo}}},
        {"images": {"instagram": RIGHT}},
        {"images": {"instagram": None}},
        {"shapes": {"instagram": "4:5"}, "content": "Mai"},
    ):
        refused = home.ask("PATCH", path, change)
        assert (refused.status, refused.body["code"]) == (409, "image_locked")
        assert refused.body["errors"][0]["pointer"] == "/images/instagram"
    assert home.ask("POST", f"{path}/images/instagram/regenerate").body["code"] == "image_locked"
    words = home.ask("PATCH", path, {"content": "Altro", "images": {"instagram": {"alt": "Colori"}}}).body
    assert (words["content"], words["platforms"][0]["image_alt"]) == ("Altro", "Colori")
    assert unsigned(words["platforms"][0]["image_url"]) == unsigned(before["platforms"][0]["image_url"])
    # A made one has its shape for as long as it is locked, too.
    home.ask("POST", f"{path}/images/instagram/lock", {"locked": False})
    regenerated(home, path)
    home.ask("POST", f"{path}/images/instagram/lock", {"locked": True})
    assert home.ask("PATCH", path, {"shapes": {"instagram": "4:5"}}).status == 409
    assert home.ask("PATCH", path, {"shapes": {"facebook": "16:9"}}).status == 200


def test_an_earlier_version_of_another_shape_cannot_be_chosen(home: RunningSystem, path: str) -> None:
    square = current(home, path)
    home.ask("PATCH", path, {"shapes": {"instagram": "4:5"}})
    regenerated(home, path)
    refused = choose(home, path, square)
    assert (refused.status, refused.body["code"]) == (409, "image_of_other_shape")
    home.ask("PATCH", path, {"shapes": {"instagram": "1:1"}})
    assert choose(home, path, square).status == 200


def test_a_shown_medium_is_not_deleted_and_history_is_deleted_with_its_source(home: RunningSystem, path: str) -> None:
    photo = home.upload(PHOTO).body["id"]
    given(home, path, media_id=photo)
    own = current(home, path)
    home.ask("POST", f"{path}/images/instagram/lock", {"locked": True})
    assert home.ask("DELETE", f"/api/v1/media/{photo}").body["code"] == "media_in_use"
    home.ask("POST", f"{path}/images/instagram/lock", {"locked": False})
    regenerated(home, path)
    assert home.ask("GET", f"/api/v1/media/{photo}").body["used_by"] == []
    assert home.ask("DELETE", f"/api/v1/media/{photo}").status == 204
    assert own not in [one["media_id"] for one in history(home, path)]
    assert choose(home, path, own).status == 404
    assert len(history(home, path)) == 2


def test_a_carousel_is_regenerated_and_restored_as_a_whole(home: RunningSystem, path: str) -> None:
    photo = home.upload(PHOTO, alt="Quattro colori").body["id"]
    home.ask("PATCH", path, {"slides": [{"media_id": photo}, {"headline": "Uno"}, {"headline": "Due"}]})
    refused = home.ask("DELETE", f"/api/v1/media/{photo}")
    assert (refused.status, refused.body["code"]) == (409, "media_in_use")

    def pictures(result: dict[str, Any]) -> list[str]:
        return [unsigned(one["image_url"]) for one in result["pictures"]]

    first = pictures(regenerated(home, path))
    set_of_three = current(home, path)
    assert [one["pictures"] for one in history(home, path)] == [3, 1]
    second = pictures(regenerated(home, path))
    # A picture of one's own is not thrown again.
    assert second[0] == first[0]
    assert not {*second[1:]} & {*first[1:]}
    assert [one["pictures"] for one in history(home, path)] == [3, 3, 1]
    assert pictures(choose(home, path, set_of_three).body["platforms"][0]) == first
    home.ask("POST", f"{path}/images/instagram/lock", {"locked": True})
    home.ask("PATCH", path, {"slides": [{"headline": "Tre"}, {"headline": "Quattro"}]})
    home.ask("POST", f"{path}/publish", {})
    assert pictures(ready(home, path)["instagram"]) == first


def test_replacing_a_carousel_with_ones_own_picture_and_back(home: RunningSystem, path: str) -> None:
    home.ask("PATCH", path, {"pictures": 2})
    regenerated(home, path)
    whole = current(home, path)
    alone = given(home, path, media_id=home.upload(PHOTO).body["id"]).body["platforms"][0]
    assert (alone["pictures"], alone["image_origin"]) == ([], "given")
    assert len(choose(home, path, whole).body["platforms"][0]["pictures"]) == 2
