"""A stranger's file as it is kept: upright, in sRGB, one frame, only pixels, encoded anew only if needed. Pure.

A JPEG, PNG or WebP that only carries too much (EXIF with its GPS, comments, a thumbnail, an archive behind its end)
loses that and keeps its pixels bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from araldo.images.bare import bare_jpeg, bare_png, bare_webp
from araldo.images.reading import load_upright, open_picture, orientation_of, plain
from araldo.images.shown import difference_hash, placeholder_of
from araldo.images.spec import UNREADABLE, sniff
from araldo.images.transparency import shows_nothing, visible_ground
from araldo.images.unfit import MAX_BYTES, Unfit
from araldo.messages import Message

_SMALL = 256
_WHITE = (255, 255, 255)
# What WebP can hold along a side, and JPEG.
_WEBP_SIDE, _JPEG_SIDE = 16_383, 65_500


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`dhash`: 16 hex digits, alike for pictures that look alike; None where there is nothing to tell apart."""

    data: bytes
    mime: str
    width: int
    height: int
    placeholder: str
    dhash: str | None
    notes: tuple[Message, ...] = ()


def clean(data: bytes) -> Cleaned:
    """The same bytes for the same file. Raises Unfit, also for a file that is cut short anywhere."""
    header = open_picture(data)
    notes = (Message("cleaning.first_frame"),) if _moves(data, header.format) else ()
    bare = _bare(header, data)
    if bare is None:
        return _encoded(header, notes)
    size = header.size
    small = load_upright(open_picture(bare), min(_SMALL, size[0]), min(_SMALL, size[1]))
    return _cleaned(bare, sniff(bare) or "", size, small, notes)


def _cleaned(data: bytes, mime: str, size: tuple[int, int], shown: Image.Image, notes: tuple[Message, ...]) -> Cleaned:
    small = shown.resize((min(_SMALL, size[0]), min(_SMALL, size[1])), Image.Resampling.BOX)
    ground = visible_ground(small, _WHITE)
    if shows_nothing(small):
        notes = (*notes, Message("cleaning.transparent"))
    elif ground != _WHITE:
        notes = (*notes, Message("cleaning.shown_on_dark"))
    seen = plain(small, None, ground)
    return Cleaned(data, mime, *size, placeholder_of(seen), difference_hash(seen), notes)


def _moves(data: bytes, kind: str | None) -> bool:
    if kind in ("JPEG", "MPO"):
        return False
    try:
        # Looking seeks, so on a reader of its own.
        return bool(getattr(Image.open(BytesIO(data), formats=[kind or ""]), "is_animated", False))
    except UNREADABLE:
        return False


def _bare(header: Image.Image, data: bytes) -> bytes | None:
    """The file without all that is not its pixels; None when they themselves have to be made anew."""
    if orientation_of(header) != 1 or header.info.get("icc_profile"):
        return None
    if header.format in ("JPEG", "MPO") and header.mode in ("RGB", "L"):
        return bare_jpeg(data)
    if header.format == "PNG" and data[24:25] in (b"\x01", b"\x02", b"\x04", b"\x08"):
        return bare_png(data)
    return bare_webp(data) if header.format == "WEBP" else None


def _encoded(header: Image.Image, notes: tuple[Message, ...]) -> Cleaned:
    profile, lossless = header.info.get("icc_profile"), header.format in ("PNG", "GIF")
    upright = load_upright(header, *header.size, whole=True)
    if upright is not header:
        # Its pixels are no longer needed, and there are many of them.
        header.close()
    alpha = upright.getchannel("A") if upright.mode == "RGBA" else None
    if alpha is not None and alpha.getextrema() == (255, 255):
        alpha = None
    picture = plain(upright if alpha is None else upright.convert("RGB"), profile, _WHITE)
    del upright
    if alpha is not None:
        picture.putalpha(alpha)
    for kind, options in _ways(picture, lossless=lossless):
        out = BytesIO()
        try:
            picture.save(out, kind, **options)
        except (OSError, ValueError):
            # Too large for this kind, or for Pillow's buffer: the next one may do.
            continue
        if out.tell() <= MAX_BYTES:
            return _cleaned(out.getvalue(), f"image/{kind.lower()}", picture.size, picture, notes)
    raise Unfit("too_big")


def _ways(picture: Image.Image, *, lossless: bool) -> Iterator[tuple[str, dict[str, object]]]:
    """How to keep it, the best first; the last ones for what would become larger than we take."""
    if lossless or picture.mode == "RGBA":
        yield "PNG", {"compress_level": 6}
    if picture.mode == "RGBA":
        if max(picture.size) <= _WEBP_SIDE:
            for quality in (95, 80):
                yield "WEBP", {"quality": quality, "method": 2}
        return
    if max(picture.size) <= _JPEG_SIDE:
        for quality in (95, 90, 80):
            yield "JPEG", {"quality": quality, "subsampling": "4:4:4"}
