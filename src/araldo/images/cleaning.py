"""A stranger's file as it is kept: upright, in sRGB, one frame, only pixels, encoded anew only if needed. Pure.

A JPEG, PNG or WebP that only carries too much (EXIF with its GPS, comments, a thumbnail, an archive behind its end)
loses that and keeps its pixels bit for bit.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from araldo.errors import Sentence
from araldo.images.reading import load_upright, open_picture, orientation_of, plain
from araldo.images.shown import difference_hash, placeholder_of
from araldo.images.spec import UNREADABLE, sniff
from araldo.images.unfit import MAX_BYTES, Unfit

_SMALL = 256
_WHITE = (255, 255, 255)
_PNG_START = b"\x89PNG\r\n\x1a\n"
_WEBP_KEPT = frozenset({b"VP8X", b"ALPH", b"VP8 ", b"VP8L"})
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
# What WebP can hold along a side, and JPEG.
_WEBP_SIDE, _JPEG_SIDE = 16_383, 65_500

FIRST_FRAME = Sentence(
    "Only the first frame of this animation was kept.", "Di questa animazione è stato tenuto solo il primo fotogramma."
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`dhash`: 16 hex digits, alike for pictures that look alike; None where there is nothing to tell apart."""

    data: bytes
    mime: str
    width: int
    height: int
    placeholder: str
    dhash: str | None
    notes: tuple[Sentence, ...] = ()


def clean(data: bytes) -> Cleaned:
    """The same bytes for the same file. Raises Unfit, also for a file that is cut short anywhere."""
    header = open_picture(data)
    notes = (FIRST_FRAME,) if _moves(data, header.format) else ()
    bare = _bare(header, data)
    if bare is None:
        return _encoded(header, notes)
    size = header.size
    small = load_upright(open_picture(bare), min(_SMALL, size[0]), min(_SMALL, size[1]))
    return _cleaned(bare, sniff(bare) or "", size, small, notes)


def _cleaned(data: bytes, mime: str, size: tuple[int, int], shown: Image.Image, notes: tuple[Sentence, ...]) -> Cleaned:
    small = shown.resize((min(_SMALL, size[0]), min(_SMALL, size[1])), Image.Resampling.BOX)
    seen = plain(small, None, _WHITE)
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
        return _bare_jpeg(data)
    if header.format == "PNG" and data[24:25] in (b"\x01", b"\x02", b"\x04", b"\x08"):
        return _bare_png(data)
    return _bare_webp(data) if header.format == "WEBP" else None


def _bare_jpeg(data: bytes) -> bytes | None:
    """JFIF and Adobe's marker stay: they say how the colours are meant. None when it is built strangely."""
    kept, at = [data[:2]], 2
    while True:
        if data[at : at + 1] != b"\xff" or at + 4 > len(data):
            return None
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xFF:
            at += 1
            continue
        if marker < 0xC0 or 0xD0 <= marker <= 0xD9 or length < 2:
            return None
        segment = data[at : at + 2 + length]
        at += 2 + length
        if marker == 0xDA:
            end = _end_of_scan(data, at)
            if end is None:
                return None
            kept += [segment, data[at:end]]
            at = end
            if data[at + 1] == 0xD9:
                return b"".join([*kept, b"\xff\xd9"])
        elif marker == 0xE0 and segment[4:9] == b"JFIF\0":
            # Its first 14 bytes; what may follow is a thumbnail.
            kept.append(b"\xff\xe0\0\x10" + segment[4:16] + b"\0\0")
        elif not (0xE0 <= marker <= 0xEF or marker == 0xFE) or (marker == 0xEE and segment[4:9] == b"Adobe"):
            kept.append(segment)


def _end_of_scan(data: bytes, at: int) -> int | None:
    """Where the next marker stands that ends the entropy-coded bytes from `at` on."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return None
        if data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
            at += 2
        elif data[at + 1] == 0xFF:
            at += 1
        else:
            return at


def _bare_png(data: bytes) -> bytes | None:
    kept = [_PNG_START]
    for kind, content in _chunks(data):
        if kind in _PNG_KEPT:
            kept.append(
                struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
            )
        if kind == b"IEND":
            return b"".join(kept)
    return None


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG_START)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def _bare_webp(data: bytes) -> bytes | None:
    """None for an animation."""
    kept, at, end = [], 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end:
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        content = data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
        if kind == b"ANIM":
            return None
        if kind == b"VP8X":
            # Of its flags the one for transparency; the others announce what is left out.
            content = bytes([content[0] & 0x10]) + content[1:] if content else content
        if kind in _WEBP_KEPT:
            kept.append(kind + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2))
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _encoded(header: Image.Image, notes: tuple[Sentence, ...]) -> Cleaned:
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
