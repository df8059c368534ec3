"""Text over a picture, on and off: over one's own and generated pictures, without paying twice."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from tests.api.test_pictures import POSTS, ready, unsigned
from tests.images.pictures import encode_picture, quarters
from tests.support.image_provider import FakeImageProvider, running_image_provider
from tests.support.running_system import RunningSystem, ask, start_system

PHOTO = encode_picture(quarters((1200, 1200)), "JPEG", quality=95)


@pytest.fixture
def image_provider() -> Iterator[FakeImageProvider]:
    with running_image_provider() as one:
        yield one


@pytest.fixture
def home(tmp_path: Path, image_provider: FakeImageProvider) -> Iterator[RunningSystem]:
    with start_system(tmp_path, images={"openai_base_url": image_provider.url, "openai_model": "m-1"}) as opened:
        yield opened


def post(home: RunningSystem, **fields: Any) -> str:
    body = {"content": "Ciao", "platforms": ["instagram"], "image_provider": "openai", **fields}
    return f"{POSTS}/{home.ask('POST', POSTS, body).body['job_id']}"


def shown(home: RunningSystem, path: str) -> tuple[dict[str, Any], bytes]:
    found = ready(home, path)["instagram"]
    assert found["image_state"] == "ready", found
    return found, ask("GET", found["image_url"]).raw


def pixels(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def differ(one: bytes, other: bytes) -> bool:
    """Return whether two pictures differ by more than JPEG noise."""
    return max(ImageChops.difference(pixels(one), pixels(other)).convert("L").tobytes()) > 60


def over(home: RunningSystem, path: str, on: bool | None = None, **more: Any) -> Any:
    choice = more if on is None else {"text_over_picture": on, **more}
    return home.ask("PATCH", path, {"images": {"instagram": choice}})


def test_text_over_ones_own_picture_is_switched_on_and_off(home: RunningSystem) -> None:
    photo = home.upload(PHOTO, alt="Quattro colori").body["id"]
    path = post(home, images={"instagram": photo})
    plain, without = shown(home, path)
    on = over(home, path, True).body["platforms"][0]
    assert (on["text_over_picture"], on["image_origin"]) == (True, "given")
    said, first = shown(home, path)
    assert differ(first, without)
    assert pixels(first).size == (1080, 1080)
    assert said["image_alt"] == plain["image_alt"] == "Quattro colori"
    # Other words are drawn over the same picture, before it goes out.
    home.ask("PATCH", path, {"content": "Tutt'altro"})
    home.ask("POST", f"{path}/schedule", {"schedule_time": "2030-07-01T10:00:00+02:00"})
    again, second = shown(home, path)
    assert (again["image_origin"], again["image_alt"]) == ("given", "Quattro colori")
    assert differ(second, first)
    # Another cut has the words, too; without them it is the picture alone.
    over(home, path, crop={"x": 0, "y": 0, "w": 0.5, "h": 0.5})
    assert shown(home, path)[0]["text_over_picture"]
    off = over(home, path, False, media_id=photo).body["platforms"][0]
    assert (off["text_over_picture"], off["image_state"]) == (False, "ready")
    assert not differ(shown(home, path)[1], without)


def test_text_over_pictures_are_versions_and_a_locked_one_stays(home: RunningSystem) -> None:
    path = post(home, images={"instagram": home.upload(PHOTO).body["id"]})
    plain = unsigned(shown(home, path)[0]["image_url"])
    over(home, path, True)
    said = unsigned(shown(home, path)[0]["image_url"])
    options = {unsigned(one["image_url"]): one for one in home.ask("GET", f"{path}/images/instagram").body["images"]}
    assert {plain, said} <= options.keys()
    for url, text_over in ((plain, False), (said, True)):
        chosen = home.ask("POST", f"{path}/images/instagram/choose", {"media_id": options[url]["media_id"]})
        assert chosen.body["platforms"][0]["text_over_picture"] == text_over
    home.ask("POST", f"{path}/images/instagram/lock", {"locked": True})
    assert over(home, path, False).body["code"] == "image_locked"
    home.ask("PATCH", path, {"content": "Altro"})
    assert unsigned(shown(home, path)[0]["image_url"]) == said
    # Its words are not those of the post any more.
    home.ask("POST", f"{path}/images/instagram/lock", {"locked": False})
    assert home.ask("GET", path).body["platforms"][0]["image_state"] == "stale"


def test_text_over_a_generated_picture_pays_for_it_once(home: RunningSystem, image_provider: FakeImageProvider) -> None:
    path = post(home, base_image_prompt="una lanterna")
    home.ask("POST", f"{path}/images/instagram/regenerate")
    _, without = shown(home, path)
    over(home, path, True)
    said, first = shown(home, path)
    assert (said["image_provider"], said["image_variant"]) == ("openai", 1)
    assert differ(first, without)
    home.ask("PATCH", path, {"content": "Altro"})
    home.ask("POST", f"{path}/schedule", {"schedule_time": "2030-07-01T10:00:00+02:00"})
    assert differ(shown(home, path)[1], first)
    over(home, path, False)
    assert shown(home, path)[1] == without
    assert len(image_provider.seen) == 1


def test_text_over_without_text_is_noted(home: RunningSystem) -> None:
    path = post(home, content="", images={"instagram": home.upload(PHOTO).body["id"]})
    over(home, path, True)
    assert ready(home, path)["instagram"]["image_state"] == "failed"
    failed = home.ask("GET", f"{path}/images/instagram").body
    assert failed["error_code"] == "no_words"
    home.ask("PATCH", path, {"content": "Ciao"})
    assert home.ask("POST", f"{path}/publish").status == 202
    assert shown(home, path)[0]["text_over_picture"]


def test_a_duplicated_post_keeps_text_over_its_picture(home: RunningSystem) -> None:
    path = post(home, images={"instagram": home.upload(PHOTO).body["id"]})
    over(home, path, True)
    shown(home, path)
    home.ask("PATCH", path, {"content": "Altro"})
    copied = f"{POSTS}/{home.ask('POST', f'{path}/duplicate').body['job_id']}"
    found, _ = shown(home, copied)
    assert (found["image_origin"], found["text_over_picture"]) == ("given", True)
    assert home.ask("GET", copied).body["images"] == home.ask("GET", path).body["images"]


def test_in_a_carousel_only_slides_with_text_get_text_over(home: RunningSystem) -> None:
    photo = home.upload(PHOTO).body["id"]
    path = post(home, slides=[{"media_id": photo, "headline": "Uno"}, {"media_id": photo}])
    home.ask("POST", f"{path}/images/instagram/regenerate")
    before = [ask("GET", one["image_url"]).raw for one in shown(home, path)[0]["pictures"]]
    over(home, path, True)
    after = [ask("GET", one["image_url"]).raw for one in shown(home, path)[0]["pictures"]]
    assert differ(after[0], before[0])
    assert after[1] == before[1]
