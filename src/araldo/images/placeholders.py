"""A tiny placeholder to show while a picture loads, and a perceptual hash. Pure."""

from __future__ import annotations

import base64
from io import BytesIO

from PIL import Image

_WIDTH = 20
# A picture whose greys differ by less counts as one colour.
_FLAT = 8


def make_placeholder(picture: Image.Image) -> str:
    """Return a placeholder as a data URI, 20 pixels wide."""
    height = min(4 * _WIDTH, max(1, round(_WIDTH * picture.height / picture.width)))
    out = BytesIO()
    picture.resize((_WIDTH, height), Image.Resampling.BOX).save(out, "WEBP", quality=30, method=6)
    return f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}"


def difference_hash(picture: Image.Image) -> str | None:
    """Return the dHash: for 8 rows of 9 greys, whether each is lighter than the next one; None for one colour."""
    greys = picture.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = [greys[9 * row + column] > greys[9 * row + column + 1] for row in range(8) for column in range(8)]
    flat = max(greys) - min(greys) < _FLAT
    return None if flat else f"{sum(bit << place for place, bit in enumerate(bits)):016x}"
