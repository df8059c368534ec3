"""Colour conversion by profile, gamma or code points, in the order of precedence of the PNG standard."""

from __future__ import annotations

import struct
import zlib

import pytest
from PIL import Image

from araldo.images.fit import fit
from araldo.images.sanitizing import sanitize
from araldo.images.spec import ImageSpec
from tests.images.pictures import decode_rgb, encode_picture, near, pixel, swapped_profile
from tests.images.pngs import GREY, RGB, plain_rows, png

Color = tuple[int, ...]
Chunks = list[tuple[bytes, bytes]]

_LINEAR = (b"gAMA", struct.pack(">I", 100_000))
_P3 = (b"cICP", bytes((12, 13, 0, 1)))
_SWAPPED = (b"iCCP", b"swapped\0\0" + zlib.compress(swapped_profile()))
_SRGB = (b"sRGB", b"\0")
_ADOBE_RGB = (b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000))


def sanitized_color(color: Color, chunks: Chunks, depth: int = 8) -> Color:
    """Return the sanitized colour of a one-colour picture, and check that the fitted one is equal."""
    kind = GREY if len(color) == 1 else RGB
    data = png(plain_rows(color), depth=depth, kind=kind, chunks=chunks)
    kept = decode_rgb(sanitize(data).data)
    assert "gamma" not in kept.info
    assert "icc_profile" not in kept.info
    found = pixel(kept.convert("RGB"), (9, 9))
    assert near(pixel(decode_rgb(fit(data, ImageSpec(16, 16)).data), (8, 8)), found, 4)
    return found


def _encoded_light(light: float) -> int:
    light = min(1.0, max(0.0, light))
    return round(255 * (12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055))


def _light(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


@pytest.mark.parametrize("value", [0, 1, 10, 64, 128, 200, 255])
def test_a_linear_gamma_is_converted_to_srgb(value: int) -> None:
    wanted = (_encoded_light(value / 255),) * 3
    assert near(sanitized_color((value,) * 3, [_LINEAR]), wanted, 1)
    assert near(sanitized_color((value,), [_LINEAR]), wanted, 1)
    assert near(sanitized_color((value * 257,) * 3, [_LINEAR], depth=16), wanted, 1)
    assert near(sanitized_color((value,) * 3, [(b"cICP", bytes((1, 8, 0, 1)))]), wanted, 1)


def test_the_usual_gamma_is_srgb_and_not_a_pixel_changes() -> None:
    for gamma in (45_455, 45_450, 45_000):
        assert sanitized_color((10, 128, 250), [(b"gAMA", struct.pack(">I", gamma))]) == (10, 128, 250)
    for absurd in (0, 1, 4_000_000_000):
        assert sanitized_color((10, 128, 250), [(b"gAMA", struct.pack(">I", absurd))]) == (10, 128, 250)


def test_another_gamma_is_applied() -> None:
    # Macintosh, before 2009: 1.8.
    found = sanitized_color((128, 128, 128), [(b"gAMA", struct.pack(">I", 55_556))])
    assert near(found, (_encoded_light((128 / 255) ** 1.8),) * 3, 1)


def test_primaries_are_applied_with_a_gamma() -> None:
    light = [(value / 255) ** 2.2 for value in (100, 180, 120)]
    wanted = (
        _encoded_light(1.3984 * light[0] - 0.3984 * light[1]),
        _encoded_light(light[1]),
        _encoded_light(-0.0429 * light[1] + 1.0429 * light[2]),
    )
    assert near(sanitized_color((100, 180, 120), [_ADOBE_RGB, (b"gAMA", struct.pack(">I", 45_455))]), wanted, 3)
    assert sanitized_color((100, 180, 120), [_ADOBE_RGB]) == (100, 180, 120)
    nonsense = (b"cHRM", bytes(32))
    assert near(sanitized_color((128,) * 3, [nonsense, _LINEAR]), (188,) * 3, 1)


@pytest.mark.parametrize("color", [(200, 100, 100), (90, 160, 90), (128, 128, 128), (255, 255, 255), (0, 0, 0)])
def test_display_p3_becomes_srgb(color: Color) -> None:
    red, green, blue = map(_light, color)
    wanted = (
        _encoded_light(1.2249 * red - 0.2247 * green),
        _encoded_light(-0.0420 * red + 1.0419 * green),
        _encoded_light(-0.0197 * red - 0.0786 * green + 1.0979 * blue),
    )
    assert near(sanitized_color(color, [_P3]), wanted, 2)


def test_srgb_and_unknown_code_points_change_nothing() -> None:
    for points in ((1, 13), (1, 1), (2, 2), (200, 13), (12, 200)):
        assert sanitized_color((200, 30, 90), [(b"cICP", bytes((*points, 0, 1)))]) == (200, 30, 90)


def test_narrow_range_is_expanded() -> None:
    narrow = (b"cICP", bytes((1, 13, 0, 0)))
    assert near(sanitized_color((16, 126, 235), [narrow]), (0, 128, 255), 2)


@pytest.mark.parametrize(("transfer", "white"), [(16, 148), (18, 191)])
def test_hdr_highlights_keep_their_detail(transfer: int, white: int) -> None:
    hdr: Chunks = [(b"cICP", bytes((9, transfer, 0, 1)))]
    shown = [sanitized_color((value,) * 3, hdr)[0] for value in (0, white // 2, white, (white + 255) // 2, 255)]
    assert shown == sorted(set(shown))
    assert shown[0] == 0
    # BT.2408: reference white, 203 cd/m2, stays a bright white.
    assert 230 <= shown[2] <= 246
    assert shown[4] >= 250


def test_colour_chunks_take_precedence_in_the_standards_order() -> None:
    color = (200, 30, 90)
    swapped, p3 = sanitized_color(color, [_SWAPPED]), sanitized_color(color, [_P3])
    assert not near(swapped, color, 40)
    # Code points, then the profile, then sRGB, then gamma.
    assert sanitized_color(color, [_P3, _SWAPPED, _LINEAR]) == p3
    assert sanitized_color(color, [(b"cICP", bytes((1, 13, 0, 1))), _SWAPPED]) == color
    assert sanitized_color(color, [_SWAPPED, _LINEAR]) == swapped
    assert sanitized_color(color, [_SRGB, _LINEAR]) == color


def test_an_avif_colour_box_is_applied() -> None:
    data = encode_picture(Image.new("RGB", (64, 64), (200, 100, 100)), "AVIF", quality=100)
    at = data.index(b"colrnclx") + 8
    p3 = data[:at] + struct.pack(">HH", 12, 13) + data[at + 4 :]
    assert near(pixel(decode_rgb(sanitize(data).data), (9, 9)), (200, 100, 100), 4)
    assert near(pixel(decode_rgb(sanitize(p3).data), (9, 9)), sanitized_color((200, 100, 100), [_P3]), 4)


def _grey_profile(gamma: float) -> bytes:
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    curve = b"curv\0\0\0\0" + struct.pack(">IHxx", 1, round(gamma * 256))
    table = struct.pack(">I4sII4sII", 2, b"wtpt", 156, 20, b"kTRC", 176, 16)
    head = struct.pack(">I4sI4s4s4s12x4s", 192, b"\0" * 4, 0x02400000, b"mntr", b"GRAY", b"XYZ ", b"acsp")
    return (head + b"\0" * (68 - len(head)) + white[8:]).ljust(128, b"\0") + table + white + curve


def test_a_grey_profile_is_applied_with_transparency_too() -> None:
    profile, wanted = _grey_profile(1.0), (_encoded_light(128 / 255),) * 3
    grey = sanitize(encode_picture(Image.new("L", (32, 32), 128), icc_profile=profile))
    assert near(pixel(decode_rgb(grey.data).convert("RGB"), (9, 9)), wanted, 2)
    picture = Image.new("LA", (32, 32), (128, 255))
    picture.putpixel((0, 0), (0, 0))
    assert near(
        pixel(decode_rgb(sanitize(encode_picture(picture, icc_profile=profile)).data).convert("RGB"), (9, 9)), wanted, 2
    )
