"""A brand's logo made as small as it is ever drawn. Pure."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from araldo.images.reading import load_upright, open_picture

# A logo is drawn some sixty pixels high: enough of it for that, and for wide ones.
_SIDE = 420


def shrink_logo(data: bytes) -> bytes:
    """A PNG no larger than it is ever drawn, cut to what is not transparent. Raises Unfit."""
    picture = load_upright(open_picture(data), _SIDE, _SIDE).convert("RGBA")
    picture = picture.crop(picture.getchannel("A").getbbox() or (0, 0, *picture.size))
    picture.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    packed = BytesIO()
    picture.save(packed, "PNG")
    return packed.getvalue()
