"""One post's pictures have the same palette on every platform."""

from __future__ import annotations

from dataclasses import replace

from araldo.images.designer.design import choose_design
from araldo.images.providers.base import PictureCopy, PictureRequest
from araldo.images.providers.offline import build_card
from araldo.images.spec import ImageSpec

LANDSCAPE = PictureRequest(
    prompt="Modern marketing studio, launch day",
    style="professional",
    spec=ImageSpec(1200, 675),
    suffix="professional, landscape",
    copy=PictureCopy(headline="Araldo è qui", handle="Studio Demo"),
)


def test_neither_the_suffix_nor_the_handle_nor_the_shape_changes_the_palette() -> None:
    story = replace(
        LANDSCAPE,
        spec=ImageSpec(1080, 1920),
        suffix="vertical Story, mobile app, summer beach",
        copy=PictureCopy(headline="Araldo è qui", handle="@studio.demo"),
    )
    assert _palette(LANDSCAPE) == _palette(story)


def test_the_prompt_changes_the_palette() -> None:
    seaside = replace(LANDSCAPE, prompt="Estate al mare, spiaggia e viaggi")
    assert _palette(seaside) != _palette(LANDSCAPE)


def _palette(request: PictureRequest) -> str:
    return choose_design(build_card(request)).palette.name
