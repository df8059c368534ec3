"""Shrink a stored picture to the size that lists and calendars show. Pure."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from araldo.images.decoding import flatten_to_srgb, load_upright, open_picture
from araldo.images.transparency import visible_background

# Longest side in pixels: a card of 240 CSS pixels on a screen with two pixels for each.
THUMBNAIL_SIDE = 480
_WHITE = (255, 255, 255)


def shrink_to_thumbnail(data: bytes) -> bytes:
    """Return a JPEG of at most `THUMBNAIL_SIDE` pixels a side, flattened, never enlarged. Raises UnusablePicture."""
    picture = open_picture(data)
    profile = picture.info.get("icc_profile")
    picture = load_upright(picture, THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    picture = flatten_to_srgb(picture, profile, visible_background(picture, _WHITE))
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    packed = BytesIO()
    picture.save(packed, "JPEG", quality=80, optimize=True, progressive=True)
    return packed.getvalue()
