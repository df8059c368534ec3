"""Thumbnails: small, upright, with the picture's colours, and transparency on a ground where it is seen."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from araldo.images.thumbnail import THUMBNAIL_SIDE, shrink_to_thumbnail
from araldo.images.unusable import UnusablePicture
from tests.images.pictures import corners, decode_rgb, encode_picture, near, noise, pixel, quarters


@pytest.mark.parametrize(
    ("size", "shown"),
    [((1200, 675), (480, 270)), ((1080, 1920), (270, 480)), ((4000, 3), (480, 1)), ((300, 200), (300, 200))],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_longest_side_is_limited_and_nothing_is_enlarged(
    kind: str, size: tuple[int, int], shown: tuple[int, int]
) -> None:
    made = Image.open(BytesIO(shrink_to_thumbnail(encode_picture(noise("RGB", size), kind))))
    assert (made.format, made.mode, made.size) == ("JPEG", "RGB", shown)


def test_the_colours_stay_where_they_are() -> None:
    whole = encode_picture(quarters((1600, 900)), "JPEG", quality=95)
    found, wanted = corners(shrink_to_thumbnail(whole)), corners(whole)
    assert all(near(one, other, 16) for one, other in zip(found, wanted, strict=True))


def test_a_white_drawing_on_nothing_is_seen() -> None:
    drawing = Image.new("RGBA", (800, 800), (255, 255, 255, 0))
    drawing.paste((255, 255, 255, 255), (200, 200, 600, 600))
    shown = decode_rgb(shrink_to_thumbnail(encode_picture(drawing)))
    assert not near(pixel(shown, (10, 10)), pixel(shown, (240, 240)), 60)


def test_a_thumbnail_is_a_small_file() -> None:
    photo = encode_picture(noise("RGB", (2000, 1500)).resize((1000, 750)), "JPEG", quality=95)
    assert len(shrink_to_thumbnail(photo)) < len(photo) / 4
    assert THUMBNAIL_SIDE == 480


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(UnusablePicture):
        shrink_to_thumbnail(b"no picture")
