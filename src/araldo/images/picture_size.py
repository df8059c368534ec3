"""Read a picture's size from its header, without a decoder. Pure."""

from __future__ import annotations

from araldo.images.spec import sniff
from araldo.images.unusable import MAX_PIXELS

# How many bytes of an AVIF file to search: its boxes come before the pixels.
_AVIF_BOXES = 64 * 1024
_SOF_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def declared_pixels(data: bytes) -> int:
    """Return width times height by the header; `MAX_PIXELS` when the header does not state them."""
    readers = {
        "image/jpeg": _jpeg_size,
        "image/png": _png_size,
        "image/gif": _gif_size,
        "image/webp": _webp_size,
        "image/avif": _avif_size,
    }
    kind = sniff(data)
    if kind is None:
        # Such a file is refused before any pixel is decoded.
        return 0
    size = readers[kind](data)
    return MAX_PIXELS if size is None else size[0] * size[1]


def _png_size(data: bytes) -> tuple[int, int] | None:
    return (_big(data, 16, 4), _big(data, 20, 4)) if len(data) >= 24 else None


def _gif_size(data: bytes) -> tuple[int, int] | None:
    return (_little(data, 6, 2), _little(data, 8, 2)) if len(data) >= 10 else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF:
            return None
        if marker == 0xFF:
            at += 1
        elif marker in _SOF_MARKERS:
            return _big(data, at + 7, 2), _big(data, at + 5, 2)
        else:
            at += 2 + _big(data, at + 2, 2)
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if len(data) < 30:
        return None
    if kind == b"VP8X":
        return _little(data, 24, 3) + 1, _little(data, 27, 3) + 1
    if kind == b"VP8L":
        bits = _little(data, 21, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return _little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF
    return None


def _avif_size(data: bytes) -> tuple[int, int] | None:
    """Return the size of the largest item: the picture, or the grid that its tiles make up."""
    sizes: list[tuple[int, int]] = []
    at = data.find(b"ispe", 0, _AVIF_BOXES)
    while at >= 0 and at + 16 <= len(data):
        sizes.append((_big(data, at + 8, 4), _big(data, at + 12, 4)))
        at = data.find(b"ispe", at + 4, _AVIF_BOXES)
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def _big(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "big")


def _little(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "little")
