"""Shrink a brand's logo to the size in which cards draw it. Pure."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from araldo.images.decoding import load_upright, open_picture

# Longest side in pixels: a logo is drawn about sixty pixels high, and may be wide.
_SIDE = 420


def shrink_logo(data: bytes) -> bytes:
    """Return a PNG of at most `_SIDE` pixels a side, its transparent margins cut off. Raises UnusablePicture."""
    picture = load_upright(open_picture(data), _SIDE, _SIDE).convert("RGBA")
    picture = picture.crop(picture.getchannel("A").getbbox() or (0, 0, *picture.size))
    picture.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    packed = BytesIO()
    picture.save(packed, "PNG")
    return packed.getvalue()
