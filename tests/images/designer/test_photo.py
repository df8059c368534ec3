"""Words over a picture: they can be read on any, also once it is a JPEG, and the picture is still there."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageStat

from araldo.images.designer import STYLES, draw, over
from araldo.images.designer.compose import compose
from araldo.images.designer.nodes import Box
from araldo.images.fit import fit
from araldo.images.spec import ImageSpec
from araldo.images.unusable import UnusablePicture
from tests.images.designer.cards import (
    FULL,
    SAMPLES,
    SHAPES,
    at,
    least_contrast,
    opened,
    photo_without_letters,
)
from tests.images.pictures import encoded
from tests.support.examples import examples


def plain(color: str, size: tuple[int, int] = (640, 480)) -> bytes:
    return encoded(Image.new("RGB", size, color))


def noise(seed: int, size: tuple[int, int] = (90, 60)) -> bytes:
    """As busy as a picture can be, with soft and with hard edges."""
    dice = random.Random(seed)
    picture = Image.frombytes("RGB", size, dice.randbytes(size[0] * size[1] * 3))
    picture = picture.resize(
        (size[0] * 8, size[1] * 8), dice.choice([Image.Resampling.NEAREST, Image.Resampling.BICUBIC])
    )
    for _ in range(6):
        x, y = dice.randrange(picture.width), dice.randrange(picture.height)
        color = dice.choice(["white", "black", "yellow", "cyan"])
        ImageDraw.Draw(picture).ellipse((x, y, x + 160, y + 120), fill=color)
    return encoded(picture)


def check(photo: bytes, style: str, shape: str, name: str = "full") -> None:
    card = replace(at(SAMPLES[name], style, shape), photo=photo)
    composed = compose(card)
    behind = photo_without_letters(photo, composed)
    # What is published is a JPEG of it.
    spec = ImageSpec(*behind.size)
    published = opened(fit(encoded(behind, "PNG"), spec).data)
    for one in composed.boxes():
        if one.role in {"main", "signature", "button"} or not one.color:
            continue
        assert composed.design.frame.safe.grown(2.5).contains(one.box), one.role
        for ink in one.ink:
            # A JPEG rings beside the edge of a pill, so only what is inside it is looked at.
            assert least_contrast(published, ink.grown(-2), one.box.grown(-2), one.color) >= 4.5, (one.role, style)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("color", ["white", "black", "#ffff00", "#808080"])
def test_words_can_be_read_on_the_worst_of_colours(style: str, color: str) -> None:
    check(plain(color), style, "1:1")


@examples(6)
@given(
    st.integers(0, 10_000),
    st.sampled_from(STYLES),
    st.sampled_from(sorted(SHAPES)),
    st.sampled_from(["full", "long", "arabic", "japanese"]),
)
def test_words_can_be_read_on_any_picture(seed: int, style: str, shape: str, name: str) -> None:
    check(noise(seed), style, shape, name)


@pytest.mark.parametrize("size", [(4000, 300), (300, 4000), (1080, 1080), (31, 17)])
def test_a_picture_of_any_size_is_brought_to_the_cards(size: tuple[int, int]) -> None:
    assert opened(over(plain("#3366aa", size), at(FULL, "bold", "4:5"))).size == (1080, 1350)


def test_the_picture_is_still_there_away_from_the_words() -> None:
    card = at(FULL, "professional", "16:9")
    drawn = opened(over(plain("#3366aa"), card))
    assert drawn.getpixel((1190, 337)) == (0x33, 0x66, 0xAA)
    words = compose(replace(card, photo=b"")).words
    box = Box(words.x, words.y, words.width, words.height).grown(-4)
    behind = drawn.crop((int(box.x), int(box.bottom), int(box.right), int(box.bottom) + 20))
    assert ImageStat.Stat(behind.convert("L")).mean[0] < 80


def test_the_same_picture_gives_the_same_bytes() -> None:
    card = at(FULL, "creative", "1:1")
    assert over(noise(1), card) == over(noise(1), card)
    assert over(noise(1), card) != over(noise(2), card)
    assert over(noise(1), card) == draw(replace(card, photo=noise(1)))


def test_what_is_no_picture_is_said() -> None:
    with pytest.raises(UnusablePicture):
        over(b"nothing of the kind", FULL)


def test_right_to_left_is_shaded_on_the_right() -> None:
    drawn = opened(over(plain("white"), at(SAMPLES["arabic"], "minimal", "16:9")))
    left, right = (
        ImageStat.Stat(drawn.crop(box).convert("L")).mean[0] for box in ((0, 0, 60, 675), (1140, 0, 1200, 675))
    )
    assert left == 255
    assert right < 130
