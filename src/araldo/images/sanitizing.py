"""Sanitize an untrusted picture file for storage: upright, sRGB, one frame, no metadata. Pure.

When only metadata has to go (EXIF with a GPS position, comments, a thumbnail, data after the end), it is stripped from
a JPEG, PNG or WebP without re-encoding, so the pixels stay bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from araldo.images.decoding import flatten_to_srgb, load_upright, open_picture, orientation_of
from araldo.images.placeholders import difference_hash, make_placeholder
from araldo.images.spec import DECODE_ERRORS, sniff
from araldo.images.strip_metadata import strip_jpeg, strip_png, strip_webp
from araldo.images.transparency import is_fully_transparent, visible_background
from araldo.images.unusable import MAX_BYTES, UnusablePicture
from araldo.messages import Message

_SMALL = 256
_WHITE = (255, 255, 255)
# The longest side of a WebP, and of a JPEG, in pixels.
_WEBP_SIDE, _JPEG_SIDE = 16_383, 65_500


@dataclass(frozen=True, slots=True)
class SanitizedPicture:
    """`dhash`: perceptual hash, 16 hex digits, similar for similar pictures; None for a picture of one colour."""

    data: bytes
    mime: str
    width: int
    height: int
    placeholder: str
    dhash: str | None
    notes: tuple[Message, ...] = ()


def sanitize(data: bytes) -> SanitizedPicture:
    """Sanitize a file; deterministic. Raises UnusablePicture, also for a file that is truncated anywhere."""
    header = open_picture(data)
    notes = (Message("cleaning.first_frame"),) if _is_animated(data, header.format) else ()
    bare = _strip(header, data)
    if bare is None:
        return _reencode(header, notes)
    size = header.size
    small = load_upright(open_picture(bare), min(_SMALL, size[0]), min(_SMALL, size[1]))
    return _sanitized_picture(bare, sniff(bare) or "", size, small, notes)


def _sanitized_picture(
    data: bytes, mime: str, size: tuple[int, int], shown: Image.Image, notes: tuple[Message, ...]
) -> SanitizedPicture:
    small = shown.resize((min(_SMALL, size[0]), min(_SMALL, size[1])), Image.Resampling.BOX)
    ground = visible_background(small, _WHITE)
    if is_fully_transparent(small):
        notes = (*notes, Message("cleaning.transparent"))
    elif ground != _WHITE:
        notes = (*notes, Message("cleaning.shown_on_dark"))
    seen = flatten_to_srgb(small, None, ground)
    return SanitizedPicture(data, mime, *size, make_placeholder(seen), difference_hash(seen), notes)


def _is_animated(data: bytes, kind: str | None) -> bool:
    if kind in ("JPEG", "MPO"):
        return False
    try:
        # `is_animated` moves the reader, so use a separate one.
        return bool(getattr(Image.open(BytesIO(data), formats=[kind or ""]), "is_animated", False))
    except DECODE_ERRORS:
        return False


def _strip(header: Image.Image, data: bytes) -> bytes | None:
    """Strip metadata without re-encoding; None when the pixels themselves have to change."""
    if orientation_of(header) != 1 or header.info.get("icc_profile"):
        return None
    if header.format in ("JPEG", "MPO") and header.mode in ("RGB", "L"):
        return strip_jpeg(data)
    if header.format == "PNG" and data[24:25] in (b"\x01", b"\x02", b"\x04", b"\x08"):
        return strip_png(data)
    return strip_webp(data) if header.format == "WEBP" else None


def _reencode(header: Image.Image, notes: tuple[Message, ...]) -> SanitizedPicture:
    profile, lossless = header.info.get("icc_profile"), header.format in ("PNG", "GIF")
    upright = load_upright(header, *header.size, whole=True)
    if upright is not header:
        # Free the memory of its pixels.
        header.close()
    alpha = upright.getchannel("A") if upright.mode == "RGBA" else None
    if alpha is not None and alpha.getextrema() == (255, 255):
        alpha = None
    picture = flatten_to_srgb(upright if alpha is None else upright.convert("RGB"), profile, _WHITE)
    del upright
    if alpha is not None:
        picture.putalpha(alpha)
    for kind, options in _encodings(picture, lossless=lossless):
        out = BytesIO()
        try:
            picture.save(out, kind, **options)
        except (OSError, ValueError):
            # Too large for this format, or for Pillow's buffer: try the next one.
            continue
        if out.tell() <= MAX_BYTES:
            return _sanitized_picture(out.getvalue(), f"image/{kind.lower()}", picture.size, picture, notes)
    raise UnusablePicture("too_big")


def _encodings(picture: Image.Image, *, lossless: bool) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield formats and options, the best first; the last ones are for pictures that would exceed the size limit."""
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
