"""What stands for a picture: a tiny one to show while it loads, and a number that is alike for alike pictures. Pure."""

from __future__ import annotations

import base64
from io import BytesIO

from PIL import Image

_WIDTH = 20
# Fewer greys than these apart are one colour.
_FLAT = 8


def placeholder_of(picture: Image.Image) -> str:
    """A data URI, 20 pixels wide."""
    height = min(4 * _WIDTH, max(1, round(_WIDTH * picture.height / picture.width)))
    out = BytesIO()
    picture.resize((_WIDTH, height), Image.Resampling.BOX).save(out, "WEBP", quality=30, method=6)
    return f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}"


def difference_hash(picture: Image.Image) -> str | None:
    """Of 8 rows of 9 greys, whether each is lighter than its right neighbour; None for one colour."""
    greys = picture.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = [greys[9 * row + column] > greys[9 * row + column + 1] for row in range(8) for column in range(8)]
    flat = max(greys) - min(greys) < _FLAT
    return None if flat else f"{sum(bit << place for place, bit in enumerate(bits)):016x}"
