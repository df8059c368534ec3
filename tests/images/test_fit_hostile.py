"""Invalid and malicious files: each is refused with its code and does no harm."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from araldo.images.fit import UnusablePicture, fit
from araldo.images.spec import ImageSpec
from araldo.images.unusable import MESSAGES
from tests.images.pictures import encode_picture, noise, quarters
from tests.support.examples import examples

# Pillow logs damaged EXIF.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

_SPEC = ImageSpec(64, 64)
_JPEG = encode_picture(noise("RGB", (120, 80)), "JPEG")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png(width: int, height: int, *chunks: bytes) -> bytes:
    """Return a PNG that declares a size, whatever it contains."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + _chunk(b"IEND", b"")


def _gif(width: int, height: int) -> bytes:
    return (
        b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0" + b"\x2c" + struct.pack("<HHHH", 0, 0, 1, 1) + b"\0;"
    )


_BAD = {
    "nothing": (b"", "empty"),
    "zeros": (bytes(5000), "not_a_picture"),
    "words": (b"a picture of a cat", "not_a_picture"),
    "page": (b"<!doctype html><html><title>404</title></html>", "not_a_picture"),
    "json": (b'{"error": {"code": 401}}', "not_a_picture"),
    "drawing": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>', "svg"),
    "drawing with preface": (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a --><SVG width="9"/>', "svg"),
    "bmp": (encode_picture(quarters((9, 9)), "BMP"), "format_unsupported"),
    "tiff": (encode_picture(quarters((9, 9)), "TIFF"), "format_unsupported"),
    "ico": (encode_picture(quarters((32, 32)), "ICO"), "format_unsupported"),
    "pdf": (encode_picture(quarters((9, 9)), "PDF"), "format_unsupported"),
    "heic": (struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + bytes(99), "format_unsupported"),
    "mp4": (struct.pack(">I", 20) + b"ftypisom\0\0\0\0mp42" + bytes(99), "format_unsupported"),
    "jpeg's first bytes": (b"\xff\xd8\xff\xe0", "damaged"),
    "png's first bytes": (b"\x89PNG\r\n\x1a\n", "damaged"),
    "avif's first bytes": (struct.pack(">I", 20) + b"ftypavif\0\0\0\0mif1", "damaged"),
    "webp's first bytes": (b"RIFF\x10\0\0\0WEBPVP8 ", "damaged"),
    "half a jpeg": (_JPEG[: len(_JPEG) // 2], "damaged"),
    "all but a jpeg's last tenth": (_JPEG[: len(_JPEG) * 9 // 10], "damaged"),
    "half a png": (encode_picture(noise("RGB", (120, 80)))[:9000], "damaged"),
    "half a webp": (encode_picture(noise("RGB", (120, 80)), "WEBP")[:2000], "damaged"),
    "half an avif": (encode_picture(noise("RGB", (120, 80)), "AVIF")[:2000], "damaged"),
    "png without pixels": (_png(100, 100), "damaged"),
    "png of no size": (_png(0, 0), "damaged"),
    "png with too few pixels": (_png(500, 500, _chunk(b"IDAT", zlib.compress(bytes(300)))), "damaged"),
    "png whose words explode": (_png(9, 9, _chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(5_000_000)))), "damaged"),
    "51 megapixels claimed": (_png(10_000, 5_100), "too_many_pixels"),
    "a bomb's size claimed": (_png(60_000, 60_000), "too_many_pixels"),
    "the largest size there is claimed": (_png(2**31 - 1, 2**31 - 1), "too_many_pixels"),
    "a gif's largest size claimed": (_gif(65_535, 65_535), "too_many_pixels"),
    "26 megabytes": (_JPEG + bytes(26 * 1024 * 1024), "too_big"),
}


@pytest.mark.parametrize("name", _BAD)
def test_each_bad_file_is_refused_with_its_code(name: str) -> None:
    data, code = _BAD[name]
    with pytest.raises(UnusablePicture) as caught:
        fit(data, _SPEC)
    assert caught.value.code == code
    assert caught.value.message == MESSAGES[code]
    assert isinstance(caught.value, ValueError)


def test_a_decompression_bomb_is_refused_before_decoding() -> None:
    bomb = encode_picture(Image.new("1", (20_000, 20_000)))
    assert len(bomb) < 100_000
    with pytest.raises(UnusablePicture) as caught:
        fit(bomb, _SPEC)
    assert caught.value.code == "too_many_pixels"


def test_damaged_exif_does_not_refuse_the_picture() -> None:
    for notes in (b"Exif\0\0", b"Exif\0\0II*\0", b"Exif\0\0II*\0\x08\0\0\0\xff\xff", b"Exif\0\0MM\0*\xff\xff\xff\xff"):
        assert fit(encode_picture(quarters((64, 64)), "JPEG", exif=notes), _SPEC).method == "crop"


def test_every_error_code_has_a_test_file() -> None:
    assert {code for _, code in _BAD.values()} | {"over_cap", "too_costly"} == set(MESSAGES)


_SEEDS = [
    _JPEG,
    encode_picture(noise("RGBA", (50, 40))),
    encode_picture(noise("P", (50, 40)), "GIF"),
    encode_picture(noise("RGB", (50, 40)), "WEBP"),
    encode_picture(noise("RGB", (50, 40)), "AVIF"),
]


@examples(60)
@given(
    st.sampled_from(_SEEDS),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12),
    st.floats(0.1, 1),
)
@example(_SEEDS[0], [], 0.999)
def test_a_damaged_file_is_either_fitted_or_refused(data: bytes, changes: list[tuple[float, int]], kept: float) -> None:
    hurt = bytearray(data)
    for where, value in changes:
        hurt[int(where * len(hurt))] = value
    # Anything else than UnusablePicture fails the test.
    with suppress(UnusablePicture):
        fitted = fit(bytes(hurt[: int(len(hurt) * kept)]), _SPEC)
        assert _SPEC.problem_with(fitted.data) is None
