"""Sanitizing untrusted files: the result has upright sRGB pixels and nothing else."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter, PngImagePlugin

from araldo.images.fit import fit
from araldo.images.sanitizing import sanitize
from araldo.images.spec import ImageSpec, sniff
from araldo.images.unusable import UnusablePicture
from araldo.messages import Message
from tests.images.pictures import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    corners,
    decode_rgb,
    encode_picture,
    near,
    noise,
    pixel,
    quarters,
    swapped_profile,
)
from tests.images.test_fit import _pictures
from tests.images.test_fit_hostile import _BAD, _SEEDS
from tests.support.examples import examples

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

_SECRET = b"told in confidence"


def _located(orientation: int = 1) -> Image.Exif:
    """Return EXIF data with a GPS position and an orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = _SECRET.decode()
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (45.0, 28.0, 0.0), "E", (9.0, 11.0, 0.0)
    return exif


@pytest.mark.parametrize("name", _BAD)
def test_each_bad_file_is_refused_with_its_code(name: str) -> None:
    data, code = _BAD[name]
    with pytest.raises(UnusablePicture) as caught:
        sanitize(data)
    assert caught.value.code == code


@examples(40)
@given(_pictures())
def test_sanitizing_is_complete_and_idempotent(data: bytes) -> None:
    kept = sanitize(data)
    picture = decode_rgb(kept.data)
    assert (picture.size, sniff(kept.data)) == ((kept.width, kept.height), kept.mime)
    assert picture.mode in ("1", "L", "LA", "P", "RGB", "RGBA")
    assert not picture.getexif()
    assert picture.info.get("icc_profile") is None
    assert getattr(picture, "n_frames", 1) == 1
    assert sanitize(data) == kept
    again = sanitize(kept.data)
    assert again.data == kept.data
    assert ImageSpec(40, 30).problem_with(fit(kept.data, ImageSpec(40, 30)).data) is None


def test_a_photo_loses_its_metadata_and_keeps_every_pixel() -> None:
    photo = noise("RGB", (300, 200)).filter(ImageFilter.GaussianBlur(1))
    for progressive in (False, True):
        data = encode_picture(
            photo, "JPEG", exif=_located(), comment=_SECRET, xmp=_SECRET, dpi=(300, 300), progressive=progressive
        )
        kept = sanitize(data)
        assert _SECRET not in kept.data
        assert not decode_rgb(kept.data).getexif()
        assert decode_rgb(kept.data).tobytes() == decode_rgb(data).tobytes()
        assert len(kept.data) < len(data)
    bare = encode_picture(photo, "JPEG")
    assert decode_rgb(sanitize(bare).data).tobytes() == decode_rgb(bare).tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_rotated_photo_is_stored_upright_without_gps(kind: str) -> None:
    kept = sanitize(encode_picture(quarters((320, 200)), kind, exif=_located(6), quality=95))
    assert (kept.width, kept.height) == (200, 320)
    assert all(near(a, b, 30) for a, b in zip(corners(kept.data), [BLUE, RED, WHITE, GREEN], strict=True))
    assert not decode_rgb(kept.data).getexif()
    assert _SECRET not in kept.data


def test_text_in_a_png_is_removed_and_its_pixels_are_unchanged() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", _SECRET.decode())
    told.add_itxt("XML:com.adobe.xmp", _SECRET.decode(), zip=False)
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        picture = noise(mode, (60, 40))
        kept = sanitize(encode_picture(picture, pnginfo=told))
        assert _SECRET not in kept.data
        assert decode_rgb(kept.data).convert("RGBA").tobytes() == picture.convert("RGBA").tobytes()


@pytest.mark.parametrize("lossless", [False, True])
def test_a_webp_loses_its_metadata_and_keeps_every_pixel(lossless: bool) -> None:
    for mode in ("RGB", "RGBA"):
        options = {"exif": _located(), "xmp": _SECRET, "lossless": lossless}
        data = encode_picture(noise(mode, (61, 40)), "WEBP", **options)
        kept = sanitize(data)
        assert (kept.mime, _SECRET in kept.data) == ("image/webp", False)
        assert not decode_rgb(kept.data).getexif()
        assert decode_rgb(kept.data).convert("RGBA").tobytes() == decode_rgb(data).convert("RGBA").tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
@pytest.mark.parametrize(
    "tail",
    [b"<html><script>alert(1)</script></html>", b"PK\x03\x04" + b"an archive" * 50, b"<?php system($_GET[0]); ?>"],
)
def test_a_second_file_after_the_picture_is_removed(kind: str, tail: bytes) -> None:
    data = encode_picture(quarters((96, 96)), kind)
    kept = sanitize(data + tail)
    assert tail not in kept.data
    assert tail[:9] not in kept.data
    assert all(near(a, b, 30) for a, b in zip(corners(kept.data), [RED, GREEN, BLUE, WHITE], strict=True))


def test_html_hidden_in_a_comment_is_removed() -> None:
    page = b"<html><script>alert(1)</script></html>"
    assert page not in sanitize(encode_picture(quarters((96, 96)), "JPEG", comment=page)).data
    assert page not in sanitize(encode_picture(quarters((96, 96)), "GIF", comment=page)).data
    with pytest.raises(UnusablePicture) as caught:
        sanitize(page + encode_picture(quarters((96, 96)), "JPEG"))
    assert caught.value.code == "not_a_picture"


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_only_the_first_frame_of_an_animation_is_stored_with_a_note(kind: str) -> None:
    frames = [Image.new("RGB", (96, 96), colour) for colour in (RED, GREEN, BLUE)]
    kept = sanitize(encode_picture(frames[0], kind, save_all=True, append_images=frames[1:], duration=100))
    assert kept.notes == (Message("cleaning.first_frame"),)
    picture = decode_rgb(kept.data)
    assert getattr(picture, "n_frames", 1) == 1
    assert near(pixel(picture.convert("RGB"), (48, 48)), RED, 20)
    assert sanitize(encode_picture(frames[0], kind)).notes == ()


def test_colours_are_converted_to_srgb() -> None:
    cyan = sanitize(encode_picture(Image.new("CMYK", (96, 96), (255, 0, 0, 0)), "JPEG"))
    assert (decode_rgb(cyan.data).mode, cyan.mime) == ("RGB", "image/jpeg")
    assert near(
        pixel(decode_rgb(cyan.data), (9, 9)), pixel(Image.new("CMYK", (1, 1), (255, 0, 0, 0)).convert("RGB"), (0, 0))
    )
    swapped = sanitize(encode_picture(Image.new("RGB", (96, 96), (200, 30, 30)), "PNG", icc_profile=swapped_profile()))
    assert not near(pixel(decode_rgb(swapped.data), (9, 9)), (200, 30, 30), 40)
    assert "icc_profile" not in decode_rgb(swapped.data).info


def test_sixteen_bits_become_eight_of_the_same_grey() -> None:
    for value in (0, 20_000, 65_535):
        kept = sanitize(encode_picture(Image.new("I;16", (96, 96), value)))
        assert near(pixel(decode_rgb(kept.data).convert("RGB"), (48, 48)), (value // 257,) * 3, 3)
        assert kept.data[24] == 8


def test_transparency_is_kept() -> None:
    for kind in ("PNG", "WEBP", "AVIF", "GIF"):
        picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
        picture.paste((*RED, 255), (0, 0, 32, 64))
        kept = decode_rgb(sanitize(encode_picture(picture, kind)).data).convert("RGBA")
        assert pixel(kept, (48, 32))[3] == 0
        assert near(pixel(kept, (8, 32)), (*RED, 255), 30)


def test_a_phones_file_with_two_pictures_keeps_the_first() -> None:
    first, second = quarters((96, 96)), Image.new("RGB", (96, 96), BLUE)
    data = encode_picture(first, "MPO", save_all=True, append_images=[second])
    kept = sanitize(data)
    assert kept.mime == "image/jpeg"
    assert decode_rgb(kept.data).format == "JPEG"
    assert near(corners(kept.data)[0], RED, 30)


def test_similar_pictures_have_the_same_hash_and_plain_ones_none() -> None:
    photo = quarters((300, 200))
    large, small = sanitize(encode_picture(photo)), sanitize(encode_picture(photo.resize((150, 100)), "JPEG"))
    assert large.dhash is not None
    assert small.dhash is not None
    assert bin(int(large.dhash, 16) ^ int(small.dhash, 16)).count("1") <= 4
    assert sanitize(encode_picture(photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT))).dhash != large.dhash
    assert sanitize(encode_picture(Image.new("RGB", (30, 30), RED))).dhash is None


@examples(60)
@given(
    st.sampled_from([*_SEEDS, encode_picture(quarters((50, 40)), "JPEG", progressive=True, exif=_located())]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12),
    st.floats(0.1, 1),
)
def test_a_damaged_file_is_either_sanitized_or_refused(
    data: bytes, changes: list[tuple[float, int]], kept: float
) -> None:
    hurt = bytearray(data)
    for where, value in changes:
        hurt[int(where * len(hurt))] = value
    with suppress(UnusablePicture):
        cleaned = sanitize(bytes(hurt[: int(len(hurt) * kept)]))
        assert ImageSpec(32, 32).problem_with(fit(cleaned.data, ImageSpec(32, 32)).data) is None


def test_a_truncated_photo_is_refused() -> None:
    for kind in ("JPEG", "PNG", "WEBP", "AVIF", "GIF"):
        data = encode_picture(noise("RGB", (80, 60)), kind)
        for share in (0.3, 0.6, 0.9):
            with pytest.raises(UnusablePicture) as caught:
                sanitize(data[: int(len(data) * share)])
            assert caught.value.code == "damaged"
