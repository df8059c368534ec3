"""The brand kit and the preview over HTTP."""

from __future__ import annotations

import io
import time

from PIL import Image, ImageChops

from tests.images.pictures import encode_picture
from tests.support.running_system import RunningSystem

BRAND = {
    "name": "Costa Viva",
    "colors": ["#0B3F9E", "#fc5"],
    "fonts": "anton",
    "handle": "@costaviva",
    "tone": "estate",
    "hashtags": ["#mare", "Mare", "estate2030"],
    "cta": " Prenota ora ",
}
POST = {"content": "L'estate è già qui: -30% fino a domenica! Spedizione gratuita.", "cta": "Acquista ora"}


def test_a_brand_is_empty_until_it_is_set_as_a_whole(home: RunningSystem) -> None:
    empty = home.ask("GET", "/api/v1/brand")
    assert (empty.status, empty.body["name"], empty.body["colors"], empty.body["notes"]) == (200, "", None, [])
    assert "playfair" in empty.body["font_pairs"]
    logo = home.upload(encode_picture(Image.new("RGB", (300, 300), "#e8603c"))).body["id"]
    reply = home.ask("PUT", "/api/v1/brand", {**BRAND, "logo": logo})
    assert reply.status == 200
    assert (reply.body["colors"], reply.body["logo"], reply.body["notes"]) == (["#0b3f9e", "#ffcc55"], logo, [])
    assert set(reply.body["styles"]) == {"professional", "creative", "minimal", "bold", "elegant", "playful"}
    assert home.ask("GET", reply.body["logo_url"].removeprefix(home.url)).status == 200
    refused = home.ask("DELETE", f"/api/v1/media/{logo}")
    assert (refused.status, refused.body["code"]) == (409, "media_in_use")
    assert (reply.body["hashtags"], reply.body["cta"]) == (["mare", "estate2030"], "Prenota ora")
    again = home.ask("GET", "/api/v1/brand").body
    assert {**again, "logo_url": ""} == {**reply.body, "logo_url": ""}
    assert home.ask("PUT", "/api/v1/brand", {"name": "Solo"}).body["colors"] is None
    assert home.ask("DELETE", f"/api/v1/media/{logo}").status == 204


def test_illegible_colors_are_adjusted_with_a_note(home: RunningSystem) -> None:
    body = home.ask("PUT", "/api/v1/brand", {"colors": ["#ffee00", "#ffffff"]}).body
    assert any("#ffee00" in note for note in body["notes"])
    assert body["styles"]["professional"]["ground"] != "#ffee00"
    assert body["colors"] == ["#ffee00", "#ffffff"]


def test_an_invalid_brand_is_refused_and_the_old_one_stays(home: RunningSystem) -> None:
    home.ask("PUT", "/api/v1/brand", BRAND)
    for wrong, pointer in (
        ({"colors": ["blue", "#fff"]}, "/colors/0"),
        ({"fonts": "comic sans"}, "/fonts"),
        ({"logo": "med_nobodys"}, "/logo"),
        ({"colors": ["#fff"]}, "/colors"),
        ({"name": "x" * 300}, "/name"),
        ({"hashtags": ["mare", "due parole"]}, "/hashtags/1"),
        ({"hashtags": ["mare"] * 31}, "/hashtags"),
    ):
        reply = home.ask("PUT", "/api/v1/brand", wrong)
        assert (reply.status, reply.body["errors"][0]["pointer"]) == (422, pointer)
    assert home.ask("GET", "/api/v1/brand").body["name"] == "Costa Viva"


def test_posts_of_the_api_do_not_get_the_brands_hashtags_and_call_to_action(home: RunningSystem) -> None:
    home.ask("PUT", "/api/v1/brand", BRAND)
    created = home.create(content="Ciao").body["job_id"]
    read = home.ask("GET", f"/api/v1/posts/{created}").body
    assert (read["hashtags"], read["cta"]) == ([], None)


def test_a_preview_has_the_platforms_size_and_is_deterministic(home: RunningSystem) -> None:
    first = home.ask("POST", "/api/v1/images/preview", {**POST, "platform": "instagram_story", "style": "bold"})
    assert (first.status, first.headers["content-type"]) == (200, "image/jpeg")
    with Image.open(io.BytesIO(first.raw)) as card:
        assert (card.format, card.size) == ("JPEG", (1080, 1920))
    started = time.perf_counter()
    again = home.ask("POST", "/api/v1/images/preview", {**POST, "platform": "instagram_story", "style": "bold"})
    assert time.perf_counter() - started < 1
    assert (again.raw, again.headers["etag"]) == (first.raw, first.headers["etag"])
    others: list[dict[str, object]] = [
        {"style": "minimal"},
        {"variant": 1},
        {"content": "Altro."},
        {"brand": BRAND},
        {"cta": "Vieni"},
        {"handle": "@io"},
    ]
    asked: dict[str, object] = {**POST, "platform": "instagram_story", "style": "bold"}
    drawn = {home.ask("POST", "/api/v1/images/preview", {**asked, **one}).raw for one in others}
    assert len(drawn | {first.raw}) == len(others) + 1


def test_a_preview_is_scaled_down_to_the_width(home: RunningSystem) -> None:
    asked = {**POST, "aspect_ratio": "1:1", "style": "bold"}
    whole = home.ask("POST", "/api/v1/images/preview", asked)
    small = home.ask("POST", "/api/v1/images/preview", {**asked, "width": 240})
    assert small.headers["etag"] != whole.headers["etag"]
    with Image.open(io.BytesIO(whole.raw)) as card, Image.open(io.BytesIO(small.raw)) as scaled:
        assert scaled.size == (240, 240)
        difference = ImageChops.difference(card.resize((24, 24)), scaled.resize((24, 24)))
    # The same card: each pixel differs by no more than two scalings do.
    assert max(difference.tobytes()) < 40
    wide = home.ask("POST", "/api/v1/images/preview", {**asked, "width": 1200})
    assert wide.raw == whole.raw, "enlarged"


def test_a_preview_has_the_brand_as_it_is_now(home: RunningSystem) -> None:
    before = home.ask("POST", "/api/v1/images/preview", POST).raw
    home.ask("PUT", "/api/v1/brand", BRAND)
    after = home.ask("POST", "/api/v1/images/preview", POST).raw
    assert before != after
    assert home.ask("POST", "/api/v1/images/preview", {**POST, "brand": BRAND}).raw == after
    home.ask("PUT", "/api/v1/brand", {})
    assert home.ask("POST", "/api/v1/images/preview", POST).raw == before


def test_a_preview_names_what_it_cannot_draw(home: RunningSystem) -> None:
    for wrong, pointer in (
        ({"platform": "myspace"}, "/platform"),
        ({"aspect_ratio": "1:99"}, "/aspect_ratio"),
        ({"brand": {"fonts": "comic"}}, "/brand/fonts"),
        ({"variant": -1}, "/variant"),
        ({"content": " \n "}, "/content"),
    ):
        reply = home.ask("POST", "/api/v1/images/preview", {**POST, **wrong})
        assert (reply.status, reply.body["errors"][0]["pointer"]) == (422, pointer)


def test_a_posts_picture_has_the_brand(home: RunningSystem) -> None:
    batch = {"images": [{"prompt": "Estate", "aspect_ratio": "1:1"}], "provider": "offline"}
    plain = picture(home, home.ask("POST", "/api/v1/marketing/image/batch-generate", batch).body)
    home.ask("PUT", "/api/v1/brand", {"colors": ["#c8102e", "#ffffff"]})
    branded = picture(home, home.ask("POST", "/api/v1/marketing/image/batch-generate", batch).body)
    red, green, blue = branded.convert("RGB").resize((1, 1)).tobytes()
    assert red > 1.5 * max(green, blue)
    assert plain.tobytes() != branded.tobytes()


def picture(home: RunningSystem, body: dict[str, list[dict[str, str]]]) -> Image.Image:
    raw = home.ask("GET", body["results"][0]["image_url"].removeprefix(home.url)).raw
    with Image.open(io.BytesIO(raw)) as opened:
        return opened.convert("RGB")
