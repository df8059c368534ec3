"""Decode pictures."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

_MOST_PIXELS = 60_000_000


@dataclass(frozen=True, slots=True)
class DecodedPicture:
    """`format`: the original one; `width` and `height`: upright; `jpeg`: what is stored and served."""

    format: str
    width: int
    height: int
    jpeg: bytes


def read(data: bytes) -> DecodedPicture | None:
    """Decode a picture completely; None when it is not a picture or has too many pixels. Slow: run in a thread."""
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                return None
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            kind = opened.format or "?"
            return DecodedPicture(kind, upright.width, upright.height, data if kind == "JPEG" else _as_jpeg(upright))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None


def _as_jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()
