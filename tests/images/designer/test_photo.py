"""Words drawn over a photo: readable on any photo, also as a JPEG, and the photo stays visible elsewhere."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageStat

from araldo.images.designer import STYLES, draw
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
    decode_rgb,
    least_contrast,
    photo_without_letters,
)
from tests.images.pictures import encode_picture
from tests.support.examples import examples


def plain(color: str, size: tuple[int, int] = (640, 480)) -> bytes:
    return encode_picture(Image.new("RGB", size, color))


def noise(seed: int, size: tuple[int, int] = (90, 60)) -> bytes:
    """Return a picture of random noise and shapes, with soft or hard edges."""
    generator = random.Random(seed)
    picture = Image.frombytes("RGB", size, generator.randbytes(size[0] * size[1] * 3))
    picture = picture.resize(
        (size[0] * 8, size[1] * 8), generator.choice([Image.Resampling.NEAREST, Image.Resampling.BICUBIC])
    )
    for _ in range(6):
        x, y = generator.randrange(picture.width), generator.randrange(picture.height)
        color = generator.choice(["white", "black", "yellow", "cyan"])
        ImageDraw.Draw(picture).ellipse((x, y, x + 160, y + 120), fill=color)
    return encode_picture(picture, compress_level=0)


def assert_words_are_readable(photo: bytes, style: str, shape: str, name: str = "full") -> None:
    card = replace(at(SAMPLES[name], style, shape), photo=photo)
    composed = compose(card)
    behind = photo_without_letters(photo, composed)
    # A JPEG of it is published.
    spec = ImageSpec(*behind.size)
    published = decode_rgb(fit(encode_picture(behind, compress_level=0), spec).data)
    for block in composed.boxes():
        if block.role in {"main", "signature", "button"} or not block.color:
            continue
        assert composed.design.frame.safe.grown(2.5).contains(block.box), block.role
        for ink in block.ink:
            # JPEG artefacts appear beside the edge of a pill, so measure only inside it.
            assert least_contrast(published, ink.grown(-2), block.box.grown(-2), block.color) >= 4.5, (
                block.role,
                style,
            )


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("color", ["white", "black", "#ffff00", "#808080"])
def test_words_are_readable_on_the_worst_colours(style: str, color: str) -> None:
    assert_words_are_readable(plain(color), style, "1:1")


@examples(3)
@given(
    st.integers(0, 10_000),
    st.sampled_from(STYLES),
    st.sampled_from(sorted(SHAPES)),
    st.sampled_from(["full", "long", "arabic", "japanese"]),
)
def test_words_are_readable_on_any_picture(seed: int, style: str, shape: str, name: str) -> None:
    assert_words_are_readable(noise(seed), style, shape, name)


@pytest.mark.parametrize("size", [(4000, 300), (300, 4000), (1080, 1080), (31, 17)])
def test_a_photo_of_any_size_is_cropped_to_the_cards_size(size: tuple[int, int]) -> None:
    assert decode_rgb(draw(replace(at(FULL, "bold", "4:5"), photo=plain("#3366aa", size)))).size == (1080, 1350)


def test_the_photo_is_unchanged_away_from_the_words() -> None:
    card = at(FULL, "professional", "16:9")
    drawn = decode_rgb(draw(replace(card, photo=plain("#3366aa"))))
    assert drawn.getpixel((1190, 337)) == (0x33, 0x66, 0xAA)
    words = compose(replace(card, photo=b"")).words
    box = Box(words.x, words.y, words.width, words.height).grown(-4)
    behind = drawn.crop((int(box.x), int(box.bottom), int(box.right), int(box.bottom) + 20))
    assert ImageStat.Stat(behind.convert("L")).mean[0] < 80


def test_the_same_photo_gives_the_same_bytes() -> None:
    card = at(FULL, "creative", "1:1")
    drawn = draw(replace(card, photo=noise(1)))
    assert drawn == draw(replace(card, photo=noise(1)))
    assert drawn != draw(replace(card, photo=noise(2)))
    assert drawn != draw(card)


def test_a_photo_that_is_not_a_picture_is_refused() -> None:
    with pytest.raises(UnusablePicture):
        draw(replace(FULL, photo=b"nothing of the kind"))


def test_right_to_left_words_are_shaded_on_the_right() -> None:
    drawn = decode_rgb(draw(replace(at(SAMPLES["arabic"], "minimal", "16:9"), photo=plain("white"))))
    left, right = (
        ImageStat.Stat(drawn.crop(box).convert("L")).mean[0] for box in ((0, 0, 60, 675), (1140, 0, 1200, 675))
    )
    assert left == 255
    assert right < 130
