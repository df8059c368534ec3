"""Fitting pictures: what is kept, what is removed, and that the result always meets the spec exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, PngImagePlugin

from araldo.images.fit import UnusablePicture, fit
from araldo.images.spec import ImageSpec
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
from tests.support.examples import examples

_SQUARE = ImageSpec(96, 96)
_MODES = ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16"]
_KINDS = {
    "PNG": ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"],
    "JPEG": ["L", "RGB", "CMYK"],
    "WEBP": ["RGB", "RGBA"],
    "GIF": ["P", "L"],
    "AVIF": ["RGB", "RGBA"],
}


@st.composite
def _pictures(draw: st.DrawFn) -> bytes:
    kind = draw(st.sampled_from(sorted(_KINDS)))
    mode = draw(st.sampled_from(_KINDS[kind]))
    size = draw(st.tuples(st.integers(1, 90), st.integers(1, 90)))
    if draw(st.booleans()) and kind in ("PNG", "JPEG", "GIF"):
        size = draw(st.sampled_from([(1, 3000), (3000, 1), (2, 1999)]))
    picture = noise(mode, size, draw(st.integers(0, 9))) if draw(st.booleans()) else Image.new(mode, size)
    options = {}
    if kind in ("PNG", "JPEG", "WEBP", "AVIF") and draw(st.booleans()):
        exif = Image.Exif()
        exif[0x0112] = draw(st.integers(0, 9))
        options["exif"] = exif
    return encode_picture(picture, kind, **options)


@st.composite
def _crops(draw: st.DrawFn) -> tuple[float, float, float, float]:
    left, top = draw(st.floats(0, 1, exclude_max=True)), draw(st.floats(0, 1, exclude_max=True))
    return left, top, (1 - left) * draw(st.floats(1e-9, 1)), (1 - top) * draw(st.floats(1e-9, 1))


@examples(40)
@given(
    _pictures(),
    st.integers(1, 160),
    st.integers(1, 160),
    st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1)),
    st.none() | _crops(),
)
def test_any_picture_is_fitted_exactly_to_the_spec(
    data: bytes,
    width: int,
    height: int,
    focal: tuple[float, float] | None,
    crop: tuple[float, float, float, float] | None,
) -> None:
    spec = ImageSpec(width, height, max_bytes=4000 + 3 * width * height)
    fitted = fit(data, spec, focal=focal, crop=crop)
    assert spec.problem_with(fitted.data) is None
    assert fitted.placeholder.startswith("data:image/webp;base64,")
    assert fit(data, spec, focal=focal, crop=crop) == fitted
    again = fit(fitted.data, spec)
    assert (again.data, again.method, again.quality) == (fitted.data, "as_is", None)


def test_a_large_photo_fits_all_three_formats() -> None:
    photo = encode_picture(noise("RGB", (1500, 1000)).filter(ImageFilter.GaussianBlur(1)), "JPEG", quality=95)
    for size in ((1200, 675), (1080, 1080), (1080, 1920)):
        spec = ImageSpec(*size)
        assert spec.problem_with(fit(photo, spec).data) is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize(
    ("orientation", "seen"),
    [
        (1, [RED, GREEN, BLUE, WHITE]),
        (2, [GREEN, RED, WHITE, BLUE]),
        (3, [WHITE, BLUE, GREEN, RED]),
        (4, [BLUE, WHITE, RED, GREEN]),
        (5, [RED, BLUE, GREEN, WHITE]),
        (6, [BLUE, RED, WHITE, GREEN]),
        (7, [WHITE, GREEN, BLUE, RED]),
        (8, [GREEN, WHITE, RED, BLUE]),
    ],
)
def test_exif_orientation_is_applied(kind: str, orientation: int, seen: list[tuple[int, ...]]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode_picture(quarters((320, 200)), kind, exif=exif, quality=95)
    target = (100, 160) if orientation >= 5 else (160, 100)
    fitted = fit(data, ImageSpec(*target))
    assert fitted.method == "crop"
    assert all(near(a, b, 30) for a, b in zip(corners(fitted.data), seen, strict=True))


def test_a_rotated_photo_is_decoded_large_enough() -> None:
    lines = Image.new("L", (200, 400), 255)
    for y in range(0, 400, 2):
        lines.paste(0, (0, y, 200, y + 1))
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = encode_picture(lines.transpose(Image.Transpose.ROTATE_90).convert("RGB"), "JPEG", exif=exif, quality=95)
    fitted = decode_rgb(fit(lying, ImageSpec(200, 100), focal=(0.5, 0.5)).data).convert("L")
    shades = fitted.crop((50, 20, 150, 80)).histogram()
    # If halved while decoding, lines one pixel apart would become an even grey.
    assert sum(shades[:60]) > 2000
    assert sum(shades[200:]) > 2000


def test_the_colour_profile_is_applied_and_removed() -> None:
    data = encode_picture(Image.new("RGB", (96, 96), (200, 30, 30)), "PNG", icc_profile=swapped_profile())
    fitted = decode_rgb(fit(data, _SQUARE).data)
    assert "icc_profile" not in fitted.info
    assert not near(pixel(fitted, (48, 48)), (200, 30, 30), 40)
    plain = fit(encode_picture(Image.new("RGB", (96, 96), (200, 30, 30))), _SQUARE)
    assert near(pixel(decode_rgb(plain.data), (48, 48)), (200, 30, 30))


def test_a_broken_or_unsuitable_profile_is_ignored() -> None:
    for picture, profile in (
        (Image.new("RGB", (96, 96), RED), b"no profile at all"),
        (Image.new("CMYK", (96, 96), (0, 255, 255, 0)), swapped_profile()),
    ):
        data = encode_picture(picture, "JPEG", icc_profile=profile)
        found = pixel(decode_rgb(fit(data, _SQUARE).data), (48, 48))
        assert near(found, pixel(decode_rgb(data).convert("RGB"), (48, 48)), 20)


def test_sixteen_bit_greys_become_the_same_eight_bit_greys() -> None:
    for value in (0, 20_000, 40_000, 65_535):
        data = encode_picture(Image.new("I;16", (96, 96), value))
        assert near(pixel(decode_rgb(fit(data, _SQUARE).data), (48, 48)), (value // 257,) * 3, 3)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_parts_show_the_background(mode: str) -> None:
    if mode == "P":
        data = encode_picture(Image.new("P", (96, 96), 0), "GIF", transparency=0)
    else:
        data = encode_picture(Image.new(mode, (96, 96), (0,) * len(mode)))
    fitted = fit(data, _SQUARE, background="#ff8000")
    assert near(pixel(decode_rgb(fitted.data), (48, 48)), (255, 128, 0))
    assert near(pixel(decode_rgb(fit(data, _SQUARE).data), (48, 48)), WHITE)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_the_first_frame_of_an_animation_is_used(kind: str) -> None:
    frames = [Image.new("RGB", (96, 96), colour) for colour in (RED, GREEN, BLUE)]
    data = encode_picture(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    assert near(pixel(decode_rgb(fit(data, _SQUARE).data), (48, 48)), RED, 20)


def test_the_focal_point_is_kept() -> None:
    data = encode_picture(quarters((400, 200)))
    for focal, seen in (((0.0, 0.0), RED), ((0.49, 0.0), None), ((1.0, 1.0), GREEN)):
        found = corners(fit(data, ImageSpec(50, 100), focal=focal).data)
        assert seen is None or near(found[0], seen)
        if seen is None:
            assert near(found[0], RED)
            assert near(found[1], GREEN)


def test_a_crop_ignores_the_rest_of_the_picture() -> None:
    data = encode_picture(quarters((400, 200)), "JPEG", quality=95)
    for crop, seen in (((0.0, 0.0, 0.5, 0.5), RED), ((0.5, 0.0, 0.5, 0.5), GREEN), ((0.0, 0.5, 0.5, 0.5), BLUE)):
        for size in ((90, 45), (90, 60)):
            found = corners(fit(data, ImageSpec(*size), crop=crop).data)
            assert all(near(color, seen, 40) for color in found)
    # A crop with another ratio than the spec's is fitted like a whole picture.
    assert fit(data, ImageSpec(30, 90), crop=(0.0, 0.0, 1.0, 0.5)).method == "blur"
    assert fit(data, ImageSpec(30, 90), crop=(0.0, 0.0, 1.0, 0.5), focal=(0.9, 0.1)).method == "crop"
    assert near(corners(fit(data, ImageSpec(30, 90), crop=(0, 0, 1, 0.5), focal=(0.9, 0.1)).data)[0], GREEN, 40)


def test_a_crop_applies_to_the_upright_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = encode_picture(quarters((320, 200)), "JPEG", exif=exif, quality=95)
    assert near(corners(fit(lying, ImageSpec(50, 80), crop=(0.0, 0.0, 0.5, 0.5)).data)[0], BLUE, 40)


def test_a_crop_of_everything_keeps_a_fitting_file_unchanged() -> None:
    data = encode_picture(quarters((96, 96)), "JPEG")
    assert fit(data, _SQUARE, crop=(0.0, 0.0, 1.0, 1.0)).data == data
    assert fit(data, _SQUARE, crop=(0.0, 0.0, 0.5, 1.0)).data != data


def test_a_small_crop_of_a_large_photo_is_decoded_large_enough() -> None:
    lines = Image.new("L", (1600, 1600), 255)
    for x in range(0, 1600, 2):
        lines.paste(0, (x, 0, x + 1, 1600))
    data = encode_picture(lines.convert("RGB"), "JPEG", quality=95)
    shades = decode_rgb(fit(data, ImageSpec(200, 200), crop=(0.25, 0.25, 0.125, 0.125)).data).convert("L").histogram()
    assert sum(shades[:60]) > 8000


def test_without_a_focal_point_the_crop_keeps_the_salient_part() -> None:
    for left in (20, 300):
        picture = Image.new("RGB", (480, 300), (128, 128, 128))
        drawn = ImageDraw.Draw(picture)
        for ring in range(6):
            drawn.ellipse(
                (left + 8 * ring, 90 + 8 * ring, left + 130 - 8 * ring, 220 - 8 * ring), outline="white", width=3
            )
        fitted = fit(encode_picture(picture), ImageSpec(300, 300))
        lightest = decode_rgb(fitted.data).convert("L").point(lambda value: 255 if value > 200 else 0).getbbox()
        assert fitted.method == "crop"
        assert lightest is not None
        # The whole drawing, 130 pixels wide, is kept.
        assert lightest[2] - lightest[0] > 120


def test_without_a_salient_part_the_crop_is_centred() -> None:
    marked = Image.new("RGB", (400, 240))
    for x in range(400):
        marked.paste((x * 255 // 399,) * 3, (x, 0, x + 1, 240))
    left, right = corners(fit(encode_picture(marked), ImageSpec(240, 240)).data)[:2]
    # An even gradient is salient nowhere: as much is lost on the dark side as on the light one.
    assert abs((left[0] + right[0]) - 255) < 25


def test_instead_of_a_crop_that_loses_too_much_the_whole_picture_is_shown() -> None:
    data = encode_picture(quarters((320, 180)))
    story = ImageSpec(180, 320)
    fitted = fit(data, story)
    assert fitted.method == "blur"
    picture = decode_rgb(fitted.data)
    top, height = (320 - 101) // 2, 101
    assert near(pixel(picture, (10, top + 10)), RED)
    assert near(pixel(picture, (170, top + 10)), GREEN)
    assert near(pixel(picture, (10, top + height - 10)), BLUE)
    assert fit(data, story, focal=(0.5, 0.5)).method == "crop"
    assert fit(data, ImageSpec(180, 180)).method == "crop"


def test_quality_is_reduced_only_as_far_as_the_size_limit_requires() -> None:
    data = encode_picture(noise("RGB", (300, 300)))
    cap = 1_000_000
    for quality in (90, 84, 78, 70, 60):
        fitted = fit(data, ImageSpec(300, 300, max_bytes=cap))
        assert fitted.quality == quality
        assert len(fitted.data) <= cap
        cap = len(fitted.data) - 1
    with pytest.raises(UnusablePicture) as caught:
        fit(data, ImageSpec(300, 300, max_bytes=cap))
    assert caught.value.code == "over_cap"


def test_the_result_is_progressive_and_has_no_metadata() -> None:
    exif = Image.Exif()
    exif[0x010E] = "told in confidence"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (45.0, 28.0, 0.0)
    data = encode_picture(
        quarters((200, 200)),
        "JPEG",
        exif=exif,
        comment=b"told in confidence",
        xmp=b"told in confidence",
        dpi=(300, 300),
    )
    assert data.count(b"told in confidence") == 3
    out = fit(data, _SQUARE).data
    picture = decode_rgb(out)
    assert b"told" not in out
    assert picture.getexif() == {}
    assert picture.info["progressive"]
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


@pytest.mark.parametrize(
    "options",
    [
        {"comment": b"x"},
        {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"},
        {"xmp": b"<x/>"},
        {"icc_profile": swapped_profile()},
    ],
)
def test_a_fitting_file_with_metadata_is_encoded_again(options: dict[str, bytes]) -> None:
    picture = quarters((96, 96))
    assert fit(encode_picture(picture, "JPEG"), _SQUARE).method == "as_is"
    assert fit(encode_picture(picture, "JPEG", **options), _SQUARE).method == "crop"


def test_data_after_the_end_of_a_picture_is_removed() -> None:
    data = encode_picture(quarters((96, 96)), "JPEG")
    for tail in (b"PK\x03\x04 an archive", data, b"\0"):
        fitted = fit(data + tail, _SQUARE)
        assert fitted.method == "crop"
        assert fitted.data.find(b"\xff\xd9") == len(fitted.data) - 2


def test_text_in_a_png_is_removed() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "told in confidence")
    assert b"told" not in fit(encode_picture(quarters((96, 96)), pnginfo=told), _SQUARE).data


def test_invalid_values_are_refused() -> None:
    data = encode_picture(quarters((96, 96)))
    with pytest.raises(ValueError, match="JPEG"):
        fit(data, ImageSpec(9, 9, mime="image/png"))
    for focal in ((0.5, 1.1), (-0.1, 0), (float("nan"), 0)):
        with pytest.raises(ValueError, match="focal"):
            fit(data, _SQUARE, focal=focal)
    for crop in ((0.5, 0, 0.6, 1), (0, 0, 0, 1), (-0.1, 0, 1, 1), (0, 1, 1, 1), (0, 0, float("nan"), 1)):
        with pytest.raises(ValueError, match="crop"):
            fit(data, _SQUARE, crop=crop)
    with pytest.raises(ValueError, match="no colour"):
        fit(data, _SQUARE, background="no colour")
