"""The shape (ratio) of a picture: listed by /platforms, stored with the post, exact in pixels."""

from __future__ import annotations

import io

from PIL import Image

from tests.images.pictures import GREEN, corners, encode_picture, near, quarters
from tests.support.running_system import RunningSystem, ask
from tests.support.waiting import until

POSTS = "/api/v1/posts"


def size_of(url: str) -> tuple[int, int]:
    return Image.open(io.BytesIO(ask("GET", url).raw)).size


def test_platforms_list_their_shapes(home: RunningSystem) -> None:
    told = {one["name"]: one["shapes"] for one in home.ask("GET", "/api/v1/platforms").body["data"]}
    assert told["instagram"] == [
        {"name": "1:1", "width": 1080, "height": 1080, "ratio": "1:1"},
        {"name": "4:5", "width": 1080, "height": 1350, "ratio": "4:5"},
    ]
    assert [one["name"] for one in told["facebook"]] == ["16:9"]


def test_a_post_is_published_in_the_requested_shape(home: RunningSystem) -> None:
    body = home.create(platforms=["facebook", "instagram"], shapes={"instagram": "4:5"}, publish_immediately=True).body
    by_name = {one["platform"]: one for one in body["platforms"]}
    assert body["status"] == "published"
    assert {name: one["image_shape"] for name, one in by_name.items()} == {"facebook": "16:9", "instagram": "4:5"}
    assert size_of(by_name["instagram"]["image_url"]) == (1080, 1350)
    assert size_of(by_name["facebook"]["image_url"]) == (1200, 675)
    assert home.ask("GET", f"{POSTS}/{body['job_id']}").body["shapes"] == {"instagram": "4:5"}


def test_changing_the_shape_regenerates_the_picture(home: RunningSystem) -> None:
    fields = {"content": "Ciao", "platforms": ["instagram"], "schedule_time": "2030-07-01T10:00:00+02:00"}
    path = f"{POSTS}/{home.ask('POST', POSTS, fields).body['job_id']}"
    home.ask("POST", f"{path}/schedule", {})

    def ready() -> bool:
        return bool(home.ask("GET", path).body["platforms"][0]["image_state"] == "ready")

    until(ready, within_s=30)
    square = home.ask("GET", path).body["platforms"][0]
    assert (square["image_shape"], size_of(square["image_url"])) == ("1:1", (1080, 1080))
    changed = home.ask("PATCH", path, {"shapes": {"instagram": "4:5"}}).body["platforms"][0]
    assert changed["image_shape"] == "4:5"
    assert changed["image_state"] != "ready"
    until(ready, within_s=30)
    assert size_of(home.ask("GET", path).body["platforms"][0]["image_url"]) == (1080, 1350)


def test_a_picture_of_your_own_is_cropped_for_the_shape(home: RunningSystem) -> None:
    made = home.create(platforms=["facebook"], publish_immediately=True).body["platforms"][0]["image_url"]
    given = {"content": "Mia", "platforms": ["instagram"], "media_url": made, "shapes": {"instagram": "4:5"}}
    sent = home.ask("POST", "/api/v1/social/publish", given).body
    assert size_of(sent["results"][0]["image_url"]) == (1080, 1350)
    refused = home.ask("POST", "/api/v1/social/publish", given | {"shapes": {"instagram": "9:16"}})
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/shapes/instagram")
    assert refused.body["errors"][0]["suggestions"] == ["1:1", "4:5"]


def test_changing_the_shape_refits_your_own_picture_with_its_crop(home: RunningSystem) -> None:
    photo = home.upload(encode_picture(quarters((1600, 1600)), "JPEG", quality=95), alt="Quattro colori").body["id"]
    cut = {"media_id": photo, "crop": {"x": 0.5, "y": 0, "w": 0.5, "h": 0.5}, "alt": "Verde"}
    fields = {"content": "Mia", "platforms": ["instagram"], "shapes": {"instagram": "4:5"}}
    made = home.ask("POST", POSTS, fields | {"images": {"instagram": cut}}).body
    tall = made["platforms"][0]
    assert size_of(tall["image_url"]) == (1080, 1350)
    path = f"{POSTS}/{made['job_id']}"
    square = home.ask("PATCH", path, {"shapes": {"instagram": "1:1"}}).body
    shown = square["platforms"][0]
    assert (size_of(shown["image_url"]), shown["image_origin"], shown["image_alt"]) == ((1080, 1080), "given", "Verde")
    assert square["images"]["instagram"] == made["images"]["instagram"]
    assert near(corners(ask("GET", shown["image_url"]).raw)[0], GREEN, 30)
    # Both at once: the shape, and another picture or only its words.
    words = home.ask("PATCH", path, {"shapes": {"instagram": "4:5"}, "images": {"instagram": {"alt": "Un prato"}}}).body
    assert size_of(words["platforms"][0]["image_url"]) == (1080, 1350)
    assert words["platforms"][0]["image_alt"] == "Un prato"
    # Words alone are not another picture; and where the post does not go any more, nothing is asked.
    same = home.ask("PATCH", path, {"content": "Altro"}).body["platforms"][0]
    assert same["image_url"].partition("?")[0] == words["platforms"][0]["image_url"].partition("?")[0]
    moved = home.ask("PATCH", path, {"platforms": ["facebook"], "shapes": {"instagram": "1:1"}})
    assert moved.status == 200


def test_a_shape_change_is_refused_when_its_source_is_deleted(home: RunningSystem) -> None:
    photo = home.upload(encode_picture(quarters((600, 600)), "JPEG")).body["id"]
    fields = {"content": "Mia", "platforms": ["instagram"], "images": {"instagram": photo}}
    made = home.ask("POST", POSTS, fields).body
    assert home.ask("POST", f"{POSTS}/{made['job_id']}/publish").status == 202
    until(lambda: home.ask("GET", f"{POSTS}/{made['job_id']}").body["status"] == "published", within_s=30)
    assert home.ask("DELETE", f"/api/v1/media/{photo}").status == 204
    copied = home.ask("POST", f"{POSTS}/{made['job_id']}/duplicate").body["job_id"]
    refused = home.ask("PATCH", f"{POSTS}/{copied}", {"shapes": {"instagram": "4:5"}})
    assert refused.status == 422
    assert [(one["pointer"], one["code"]) for one in refused.body["errors"]] == [("/shapes/instagram", "media_unknown")]
