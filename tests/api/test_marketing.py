"""Batch generation of images: each with its own result, in the requested order and size."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from tests.support.running_system import Reply, RunningSystem, ask

PATH = "/api/v1/marketing/image/batch-generate"


def batch(home: RunningSystem, images: list[dict[str, Any]], **more: Any) -> Reply:
    return home.ask("POST", PATH, {"images": images, **more})


def test_the_ratio_is_the_platforms_or_the_requested_one(home: RunningSystem) -> None:
    wanted = [
        {"prompt": "lancio", "platform": "facebook", "tag": "a"},
        {"prompt": "lancio", "platform": "instagram"},
        {"prompt": "lancio", "platform": "instagram_story", "aspect_ratio": "1:1"},
        {"prompt": "lancio", "aspect_ratio": "4:5"},
        {"prompt": "lancio"},
    ]
    body = batch(home, wanted, style="professional").body
    assert (body["total_images"], body["successful"], body["failed"]) == (5, 5, 0)
    sizes = [(1200, 675), (1080, 1080), (1080, 1920), (960, 1200), (1200, 1200)]
    names = ["facebook", "instagram", "instagram_story", "generic", "generic"]
    assert [result["platform"] for result in body["results"]] == names
    assert [result["aspect_ratio"] for result in body["results"]] == ["16:9", "1:1", "9:16", "4:5", "1:1"]
    assert body["results"][0]["tag"] == "a"
    for result, size in zip(body["results"], sizes, strict=True):
        assert (result["success"], result["error"], result["provider"]) == (True, None, "offline")
        assert (result["width"], result["height"]) == size
        assert 0 < result["generation_time"] <= body["total_generation_time"] + 0.01
        opened = Image.open(io.BytesIO(ask("GET", result["image_url"]).raw))
        assert (opened.format, opened.size) == ("JPEG", size)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"prompt": "x", "platform": "nowhere"}, "nowhere"),
        ({"prompt": "x", "aspect_ratio": "wide"}, "wide"),
        ({"prompt": "  "}, "empty"),
    ],
)
def test_a_failed_image_does_not_affect_the_others(home: RunningSystem, wrong: dict[str, str], named: str) -> None:
    body = batch(home, [{"prompt": "uno"}, wrong, {"prompt": "tre"}]).body
    assert [result["success"] for result in body["results"]] == [True, False, True]
    assert (body["successful"], body["failed"]) == (2, 1)
    failed = body["results"][1]
    assert named in failed["error"]
    assert (failed["image_url"], failed["width"], failed["provider"]) == (None, None, None)


@pytest.mark.parametrize(("provider", "named"), [("openai", "ARALDO_IMAGES__OPENAI_API_KEY"), ("nobody", "nobody")])
def test_an_unavailable_provider_names_the_missing_setting(home: RunningSystem, provider: str, named: str) -> None:
    body = batch(home, [{"prompt": "uno"}], provider=provider).body
    assert body["failed"] == 1
    assert named in body["results"][0]["error"]


def test_an_unknown_style_is_noted(home: RunningSystem) -> None:
    result = batch(home, [{"prompt": "uno"}], style="watercolour").body["results"][0]
    assert result["success"] is True
    assert "watercolour" in result["notes"][0]


def test_zero_and_too_many_images_are_refused(home: RunningSystem) -> None:
    assert batch(home, []).status == 422
    refused = batch(home, [{"prompt": "x"}] * 21)
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/images")


def test_the_brand_is_applied_unless_declined(home: RunningSystem) -> None:
    """The designer is deterministic, so different bytes show that the brand was applied."""

    def drawn(**more: Any) -> bytes:
        return ask("GET", batch(home, [{"prompt": "lancio"}], **more).body["results"][0]["image_url"]).raw

    plain = drawn()
    home.ask("PUT", "/api/v1/brand", {"name": "Costa Viva", "colors": ["#0b3f9e", "#ffcb5c"], "handle": "@costaviva"})
    branded = drawn()
    assert branded != plain
    assert drawn(apply_branding=True) == branded
    assert drawn(apply_branding=False) == plain
