"""Write PNG files byte by byte, for what Pillow does not write: 16 bits, interlacing, any chunk."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from araldo.images.chunks import PNG_START

GREY, RGB, PALETTE = 0, 2, 3
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(
    rows: Sequence[Sequence[tuple[int, ...]]],
    *,
    depth: int = 8,
    kind: int = GREY,
    chunks: Sequence[tuple[bytes, bytes]] = (),
    interlaced: bool = False,
    behind: bytes = b"",
    inside: bytes = b"",
    last: bytes = b"",
) -> bytes:
    """Build a PNG with extra data: `behind` the compressed pixels, `inside` after the pixels, `last` in the file."""
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), depth, kind, 0, 0, int(interlaced))
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    packed = b"".join(_row(row[x::dx], depth) for x, y, dx, dy in passes for row in rows[y::dy] if row[x::dx])
    body = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(packed + inside) + behind), (b"IEND", last)]
    return PNG_START + b"".join(chunk(*content) for content in body)


def _row(pixels: Sequence[tuple[int, ...]], depth: int) -> bytes:
    bits = "".join(f"{value:0{depth}b}" for pixel in pixels for value in pixel)
    bits += "0" * (-len(bits) % 8)
    return b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")


def plain_rows(*colors: tuple[int, ...], side: int = 32) -> list[list[tuple[int, ...]]]:
    """Return the rows of a square with vertical stripes."""
    return [[colors[at * len(colors) // side] for at in range(side)] for _ in range(side)]
