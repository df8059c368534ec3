"""Stripping metadata: no hidden data survives, in any place that decoders skip, in any format."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from PIL import Image, ImageFilter

from araldo.images.fit import fit
from araldo.images.sanitizing import sanitize
from araldo.images.spec import ImageSpec
from araldo.images.strip_metadata import strip_jpeg, strip_png, strip_webp
from tests.images.pictures import decode_rgb, encode_picture, noise, quarters
from tests.images.pngs import PALETTE, RGB, chunk, plain_rows, png

PAYLOAD = b"<?php system($_GET[0]); ?>told in confidence"
_COLORS = plain_rows((10, 20, 30), (200, 100, 0), (0, 0, 0))
_SCENE = noise("RGB", (160, 120)).filter(ImageFilter.GaussianBlur(1))


def _hidden_png(where: str) -> bytes:
    palette = [(b"PLTE", bytes(range(12)))]
    return {
        "behind the compressed pixels": lambda: png(_COLORS, kind=RGB, behind=PAYLOAD),
        "behind the last row": lambda: png(_COLORS, kind=RGB, inside=PAYLOAD),
        "behind the last row, interlaced": lambda: png(_COLORS, kind=RGB, inside=PAYLOAD, interlaced=True),
        "in the last chunk": lambda: png(_COLORS, kind=RGB, last=PAYLOAD),
        "in a palette of a picture that has none": lambda: png(_COLORS, kind=RGB, chunks=[(b"PLTE", PAYLOAD + b"!")]),
        "in entries that no pixel can name": lambda: png(
            plain_rows((0,), (1,)), depth=1, kind=PALETTE, chunks=[(b"PLTE", bytes(6) + PAYLOAD + b"!")]
        ),
        "behind a transparent colour": lambda: png(_COLORS, kind=RGB, chunks=[(b"tRNS", bytes(6) + PAYLOAD)]),
        "behind a palette's transparency": lambda: png(
            plain_rows((0,), (1,)), depth=2, kind=PALETTE, chunks=[*palette, (b"tRNS", bytes(4) + PAYLOAD)]
        ),
        "in pixels behind another chunk": lambda: _with_second_pixels(png(_COLORS, kind=RGB)),
    }[where]()


def _with_second_pixels(data: bytes) -> bytes:
    end = data.index(b"IEND") - 4
    return data[:end] + chunk(b"tEXt", b"a\0b") + chunk(b"IDAT", PAYLOAD) + data[end:]


_IN_PNG = (
    "behind the compressed pixels",
    "behind the last row",
    "behind the last row, interlaced",
    "in the last chunk",
    "in a palette of a picture that has none",
    "in entries that no pixel can name",
    "behind a transparent colour",
    "behind a palette's transparency",
    "in pixels behind another chunk",
)


@pytest.mark.parametrize("where", _IN_PNG)
def test_nothing_stays_hidden_in_a_png(where: str) -> None:
    data = _hidden_png(where)
    bare = strip_png(data)
    assert bare is not None
    kept = sanitize(data).data
    assert kept == bare
    assert PAYLOAD[:12] not in kept
    assert decode_rgb(kept).convert("RGBA").tobytes() == decode_rgb(data).convert("RGBA").tobytes()
    # The content is compressed, so compare its length.
    assert len(kept) < len(data)
    assert sanitize(kept).data == kept


def test_a_png_with_duplicate_chunks_is_encoded_again() -> None:
    palettes = [(b"PLTE", bytes(range(12))), (b"PLTE", PAYLOAD[:12])]
    data = png(plain_rows((0,), (1,)), depth=2, kind=PALETTE, chunks=palettes)
    assert strip_png(data) is None
    assert PAYLOAD[:12] not in sanitize(data).data


def _marker(code: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, code, len(content) + 2) + content


def _before(data: bytes, marker: bytes, hidden: bytes) -> bytes:
    at = data.index(marker)
    return data[:at] + hidden + data[at:]


def _longer(data: bytes, marker: bytes) -> bytes:
    """Return the file with data added at the end of a segment."""
    at = data.index(marker)
    length = int.from_bytes(data[at + 2 : at + 4], "big")
    segment = marker + (length + len(PAYLOAD)).to_bytes(2, "big") + data[at + 4 : at + 2 + length] + PAYLOAD
    return data[:at] + segment + data[at + 2 + length :]


_JPEG = encode_picture(_SCENE, "JPEG", quality=90)
_PROGRESSIVE = encode_picture(_SCENE, "JPEG", quality=90, progressive=True)
_ADOBE = _marker(0xEE, b"Adobe\0\x64\0\0\0\0\1")
_SOS, _DQT = b"\xff\xda", b"\xff\xdb"

_IN_JPEG: dict[str, Callable[[], bytes]] = {
    "behind Adobe's marker": lambda: _before(_JPEG, _DQT, _ADOBE[:2] + b"\0\x3a" + _ADOBE[4:] + PAYLOAD),
    "in Adobe's versions": lambda: _before(_JPEG, _DQT, _marker(0xEE, b"Adobe" + PAYLOAD[:6] + b"\1")),
    "behind JFIF": lambda: _longer(_JPEG, b"\xff\xe0"),
    "in JFIF's density": lambda: _JPEG[:11] + PAYLOAD[:7] + _JPEG[18:],
    "behind the pixels": lambda: _JPEG[:-2] + PAYLOAD + _JPEG[-2:],
    "behind the pixels of the last scan": lambda: _PROGRESSIVE[:-2] + PAYLOAD + _PROGRESSIVE[-2:],
    "behind the pixels of the first scan": lambda: _behind_first_scan(_PROGRESSIVE),
    "in a table told twice": lambda: _before(_JPEG, _DQT, _marker(0xDB, b"\0" + (PAYLOAD * 2)[:64])),
    "behind the end": lambda: _JPEG + PAYLOAD,
    "between two marks": lambda: encode_picture(_SCENE, "JPEG", restart_marker_rows=1).replace(
        b"\xff\xd0", PAYLOAD + b"\xff\xd0"
    ),
}


def _behind_first_scan(data: bytes) -> bytes:
    first = data.index(_SOS)
    at = data.index(b"\xff\xc4", first)
    return data[:at] + PAYLOAD + data[at:]


@pytest.mark.parametrize("where", _IN_JPEG)
def test_nothing_stays_hidden_in_a_jpeg(where: str) -> None:
    data = _IN_JPEG[where]()
    assert PAYLOAD[:6] in data
    kept = sanitize(data).data
    assert PAYLOAD[:6] not in kept
    before, after = decode_rgb(data).convert("RGB"), decode_rgb(kept)
    errors = [abs(a - b) for a, b in zip(before.tobytes(), after.tobytes(), strict=True)]
    assert sum(errors) / len(errors) < 3
    assert sanitize(kept).data == kept


def test_a_jpeg_with_nothing_hidden_keeps_its_pixels() -> None:
    for data in (
        _JPEG,
        _PROGRESSIVE,
        encode_picture(_SCENE.convert("L"), "JPEG"),
        encode_picture(quarters((64, 48)), "JPEG"),
    ):
        bare = strip_jpeg(data)
        assert bare is not None
        assert decode_rgb(bare).tobytes() == decode_rgb(data).tobytes()


def test_nothing_stays_behind_adobes_marker() -> None:
    spec = ImageSpec(160, 120)
    assert fit(_before(_JPEG, _DQT, _ADOBE), spec).method == "as_is"
    fitted = fit(_IN_JPEG["behind Adobe's marker"](), spec)
    assert fitted.method == "crop"
    assert PAYLOAD[:12] not in fitted.data


def _webp_with(data: bytes, name: bytes) -> bytes:
    """Return the file with data added at the end of a chunk."""
    at = data.index(name)
    length = int.from_bytes(data[at + 4 : at + 8], "little")
    hidden = PAYLOAD if length % 2 == 0 else PAYLOAD + b"!"
    content = data[at + 8 : at + 8 + length] + hidden
    body = data[8:at] + name + len(content).to_bytes(4, "little") + content + data[at + 8 + length + length % 2 :]
    return b"RIFF" + len(body).to_bytes(4, "little") + body


_CLEAR = noise("RGBA", (80, 60))


@pytest.mark.parametrize(
    ("picture", "lossless", "name"),
    [
        (_SCENE, False, b"VP8 "),
        (_SCENE, True, b"VP8L"),
        (_CLEAR, False, b"ALPH"),
        (_CLEAR, False, b"VP8 "),
    ],
)
def test_nothing_stays_hidden_in_a_webp(picture: Image.Image, lossless: bool, name: bytes) -> None:
    plain = encode_picture(picture, "WEBP", lossless=lossless)
    assert strip_webp(plain) == plain
    data = _webp_with(plain, name)
    assert decode_rgb(data).tobytes() == decode_rgb(plain).tobytes()
    kept = sanitize(data).data
    assert PAYLOAD[:12] not in kept
    assert decode_rgb(kept).size == picture.size
    assert sanitize(kept).data == kept
