"""Strip everything but the pixels from a file, which stay bit for bit: no metadata, no byte that decoders skip. Pure.

Each function returns None when that is impossible without re-encoding, because the file's structure leaves room for
hidden data.
"""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image

from araldo.images.chunks import PNG_START, png_chunks
from araldo.images.spec import DECODE_ERRORS

# How many bytes at the end of compressed pixels a decoder must need, or else something is hidden behind them.
_ESSENTIAL_TAIL = 8
# Each scan of a progressive JPEG is decoded twice to find hidden bytes: beyond these, re-encoding costs less.
_MOST_SCANS, _MOST_PROGRESSIVE_PIXELS = 16, 9_000_000
_PNG_INFLATED_STEP = 1 << 20
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_JFIF = b"\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
_ADOBE = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0"
_EOI = b"\xff\xd9"
_SOF = frozenset({0xC0, 0xC1, 0xC2})
_DHT, _SOS, _DQT, _DRI, _APP0, _APP14, _COM = 0xC4, 0xDA, 0xDB, 0xDD, 0xE0, 0xEE, 0xFE


def strip_jpeg(data: bytes) -> bytes | None:
    """Keep only what decodes the pixels, and minimal JFIF and Adobe markers, which define the colours."""
    kept, at, scans, tables = [data[:2]], 2, [], set[bytes]()
    while (found := _read_segment(data, at)) is not None:
        marker, segment, at = found
        written = _strip_segment(marker, segment, tables)
        if written is None:
            return None
        kept += [] if marker in (_APP0, _APP14) and written in kept else [written]
        if marker == _SOS:
            end = _find_end_of_scan(data, at)
            if end is None:
                return None
            begin = sum(map(len, kept))
            scans.append((begin, begin + end - at))
            kept.append(data[at:end])
            tables.clear()
            at = end
            if data[at + 1] == _EOI[1]:
                whole = b"".join([*kept, _EOI])
                return None if _has_hidden_bytes(whole, scans) else whole
    return None


def _read_segment(data: bytes, at: int) -> tuple[int, bytes, int] | None:
    """Return the marker at `at`, its segment, and the start of the next; None when it is no marker with a length."""
    while data[at : at + 2] == b"\xff\xff":
        at += 1
    if data[at : at + 1] != b"\xff" or at + 4 > len(data):
        return None
    end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return data[at + 1], data[at:end], end


def _strip_segment(marker: int, segment: bytes, tables: set[bytes]) -> bytes | None:
    """Return what stays of a segment, often b""; None when the file has to be re-encoded. Adds to `tables`."""
    if marker in _SOF or marker == _SOS:
        return segment
    if marker in (_DHT, _DQT):
        name = segment[1:2] + segment[4:5]
        # Of a table that is defined twice, no decoder reads the first.
        if name in tables or not _has_whole_tables(segment):
            return None
        tables.add(name)
        return segment
    if marker == _APP0 and segment[4:9] == b"JFIF\0":
        return _JFIF
    if marker == _APP14 and segment[4:9] == b"Adobe" and len(segment) >= 16:
        return _ADOBE + segment[15:16]
    # Refuse restart intervals: decoders skip any bytes before a restart marker.
    return b"" if _APP0 <= marker <= 0xEF or marker == _COM else None


def _has_whole_tables(segment: bytes) -> bool:
    """Whether the tables fill the segment exactly."""
    at, quantizing = 4, segment[1] == _DQT
    while at < len(segment):
        if quantizing:
            at += 1 + (128 if segment[at] >> 4 else 64)
        else:
            at += 17 + sum(segment[at + 1 : at + 17])
    return at == len(segment)


def _find_end_of_scan(data: bytes, at: int) -> int | None:
    """Return the position of the marker that ends the entropy-coded bytes from `at` on."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return None
        if data[at + 1] == 0:
            at += 2
        elif data[at + 1] == 0xFF:
            at += 1
        else:
            return at


def _has_hidden_bytes(whole: bytes, scans: list[tuple[int, int]]) -> bool:
    """Whether a scan decodes to the same pixels without its end: then those bytes are hidden data."""
    picture = Image.open(BytesIO(whole), formats=["JPEG"])
    progressive = "progressive" in picture.info
    if progressive and (len(scans) > _MOST_SCANS or picture.width * picture.height > _MOST_PROGRESSIVE_PIXELS):
        return True
    return any(
        end - start > _ESSENTIAL_TAIL
        and _jpeg_pixels(whole[:end] + _EOI) == _jpeg_pixels(whole[: end - _ESSENTIAL_TAIL] + _EOI)
        for start, end in scans
    )


def _jpeg_pixels(data: bytes) -> bytes | None:
    """Decode to pixels; None for a file that does not decode, which `sanitize` reports."""
    try:
        picture = Image.open(BytesIO(data), formats=["JPEG"])
        picture.load()
        return picture.tobytes()
    except DECODE_ERRORS:
        return None


def strip_png(data: bytes) -> bytes | None:
    """Keep one header, one palette, its transparency, and the pixels, each with the right length."""
    header, palette, transparency = data[16:29], b"", b""
    depth, kind, interlaced = data[24], data[25], data[28]
    packed: list[bytes] = []
    seen_names = set[bytes]()
    ended = False
    for name, content in png_chunks(data):
        if name == b"IDAT" and not ended:
            packed.append(content)
        elif packed:
            # A decoder stops at the first other chunk.
            ended = True
        elif name in (b"PLTE", b"tRNS") and name in seen_names:
            return None
        elif name == b"PLTE":
            palette = content[: 3 << depth if kind == 3 else 0]
        elif name == b"tRNS":
            transparency = content[: {0: 2, 2: 6, 3: len(palette) // 3}.get(kind, 0)]
        seen_names.add(name)
    pixels = _png_pixels(packed, _png_raw_length(data[16:20], data[20:24], depth, kind, interlaced))
    if pixels is None or len(palette) % 3:
        return None
    parts = [(b"IHDR", header), (b"PLTE", palette), (b"tRNS", transparency), (b"IDAT", pixels), (b"IEND", b"")]
    return PNG_START + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in parts
        if content or name == b"IEND"
    )


def _png_raw_length(width: bytes, height: bytes, depth: int, kind: int, interlaced: int) -> int:
    """Return the length of the uncompressed pixels in bytes, including each row's filter byte."""
    bits = depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(kind, 0)
    wide, high = int.from_bytes(width, "big"), int.from_bytes(height, "big")
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    sizes = (((wide - x + dx - 1) // dx, (high - y + dy - 1) // dy) for x, y, dx, dy in passes)
    return sum(rows * (1 + (columns * bits + 7) // 8) for columns, rows in sizes if columns > 0 and rows > 0)


def _png_pixels(packed: list[bytes], length: int) -> bytes | None:
    """Return the compressed pixels, compressed again when they hold more; None when they are incomplete."""
    reader, found, more = zlib.decompressobj(), 0, False
    rows: list[bytes] = []
    data = b"".join(packed)
    left = data
    try:
        while found < length + 1 and not reader.eof and left:
            piece = reader.decompress(left, _PNG_INFLATED_STEP)
            left = reader.unconsumed_tail
            rows.append(piece)
            found += len(piece)
    except zlib.error:
        return None
    if found < length:
        return None
    more = found > length or not reader.eof or bool(reader.unused_data) or bool(left)
    return zlib.compress(b"".join(rows)[:length], 6) if more else data


def strip_webp(data: bytes) -> bytes | None:
    """Keep the picture and its alpha channel; None for an animation."""
    kept: list[tuple[bytes, bytes]] = []
    at, end = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end:
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        content = data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
        if name == b"ANIM" or (name in dict(kept) and name in _WEBP_KEPT):
            return None
        if name == b"VP8X":
            # Of the flags keep only alpha: the others announce chunks that are left out. Then comes the size.
            content = bytes([content[0] & 0x10, 0, 0, 0]) + content[4:10] if len(content) >= 10 else content
        if name in _WEBP_KEPT:
            kept.append((name, content))
    for name, content in kept:
        if (
            name != b"VP8X"
            and len(content) > _ESSENTIAL_TAIL
            and _decodes(_join_webp(kept, {name: content[:-_ESSENTIAL_TAIL]}))
        ):
            return None
    return _join_webp(kept)


_WEBP_KEPT = frozenset({b"VP8X", b"ALPH", b"VP8 ", b"VP8L"})


def _join_webp(chunks: list[tuple[bytes, bytes]], other: dict[bytes, bytes] | None = None) -> bytes:
    found = ((name, (other or {}).get(name, content)) for name, content in chunks)
    body = b"WEBP" + b"".join(
        name + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2) for name, content in found
    )
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _decodes(data: bytes) -> bool:
    try:
        Image.open(BytesIO(data), formats=["WEBP"]).load()
    except DECODE_ERRORS:
        return False
    return True
