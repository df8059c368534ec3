"""Decode untrusted picture files to upright pixels, and convert any colours to sRGB. Pure."""

from __future__ import annotations

import math
from io import BytesIO

from PIL import Image, ImageChops, ImageCms

from araldo.images.profiles import find_profile
from araldo.images.spec import DECODE_ERRORS, sniff
from araldo.images.transparency import FILE_BYTES_KEY, alpha_from_color_key
from araldo.images.unusable import MAX_BYTES, MAX_PIXELS, UnusablePicture
from araldo.local_faults import raise_if_transient

_ORIENTATION = 0x0112
_TRANSPOSE_BY_ORIENTATION = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_OTHER_PICTURES = (b"BM", b"II*\0", b"MM\0*", b"8BPS", b"%PDF", b"\0\0\1\0", b"\xff\x0a", b"\0\0\0\x0cJX", b"qoif")
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def open_picture(data: bytes) -> Image.Image:
    """Read the header and check the limits, without decoding a pixel. Raises UnusablePicture.

    `info["icc_profile"]` of the result is the file's colour profile, however the file states it.
    """
    if not data:
        raise UnusablePicture("empty")
    if len(data) > MAX_BYTES:
        raise UnusablePicture("too_big")
    found = sniff(data)
    if found is None:
        raise UnusablePicture(_rejection_code(data))
    try:
        # Only the decoder that the first bytes name: no other may try an untrusted file.
        picture = Image.open(BytesIO(data), formats=[found.removeprefix("image/")])
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise UnusablePicture("too_many_pixels") from bomb
    except DECODE_ERRORS as broken:
        raise_if_transient(broken)
        raise UnusablePicture("damaged") from broken
    if picture.width * picture.height > MAX_PIXELS:
        raise UnusablePicture("too_many_pixels")
    profile = find_profile(picture, data)
    picture.info.pop("icc_profile", None)
    if profile:
        picture.info["icc_profile"] = profile
    if picture.format == "PNG":
        picture.info[FILE_BYTES_KEY] = data
    return picture


def _rejection_code(data: bytes) -> str:
    start = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return "svg"
    if data.startswith(_OTHER_PICTURES) or data[4:8] == b"ftyp":
        return "format_unsupported"
    return "not_a_picture"


def load_upright(picture: Image.Image, width: float, height: float, *, whole: bool = False) -> Image.Image:
    """Decode the first frame and apply its EXIF orientation; colours stay as they are: L, RGB, RGBA or CMYK.

    A JPEG is decoded no larger than needed to cover `width` x `height`, unless `whole`. Raises UnusablePicture.
    """
    try:
        # MPO is Pillow's name for a JPEG with further pictures after the first, as phones write them.
        if picture.format in ("JPEG", "MPO") and not whole:
            picture.draft("RGB", _draft_size(picture, width, height))
        alpha = alpha_from_color_key(picture)
        picture.load()
        shown = picture if alpha is None else _with_alpha(picture, alpha)
        turn = _TRANSPOSE_BY_ORIENTATION.get(orientation_of(picture))
        return _to_simple_mode(shown if turn is None else shown.transpose(turn))
    except DECODE_ERRORS as broken:
        raise_if_transient(broken)
        raise UnusablePicture("damaged") from broken


def _draft_size(picture: Image.Image, width: float, height: float) -> tuple[int, int]:
    # draft() takes the whole picture's size after scaling; for a box of another ratio it silently does nothing.
    if orientation_of(picture) >= 5:
        width, height = height, width
    scale = max(width / picture.width, height / picture.height)
    return math.ceil(picture.width * scale), math.ceil(picture.height * scale)


def orientation_of(picture: Image.Image) -> int:
    """Return the EXIF orientation; 1 is upright, also returned for broken EXIF data."""
    try:
        found = picture.getexif().get(_ORIENTATION, 1)
    except DECODE_ERRORS:
        # Broken EXIF data is no reason to refuse the picture.
        return 1
    return found if isinstance(found, int) else 1


def _with_alpha(picture: Image.Image, alpha: Image.Image) -> Image.Image:
    picture.info.pop("transparency", None)
    opaque = _to_simple_mode(picture).convert("RGB")
    opaque.putalpha(alpha)
    return opaque


def _to_simple_mode(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        # 16-bit greys; convert() alone would clip them.
        return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if picture.mode == "1":
        picture = picture.convert("L")
    if picture.has_transparency_data or picture.mode in ("P", "PA"):
        return picture.convert("RGBA")
    if picture.mode in ("L", "RGB", "CMYK"):
        return picture
    return picture.convert("RGB")


def flatten_to_srgb(picture: Image.Image, profile: bytes | None, background: tuple[int, ...]) -> Image.Image:
    """Return a new RGB picture in sRGB with transparency flattened onto `background`, without metadata."""
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    colours = picture.convert("RGB") if alpha is not None else picture
    canvas = Image.new("RGB", picture.size, background)
    canvas.paste(_to_srgb(colours, profile), mask=alpha)
    return canvas


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        if profile[16:20] == b"RGB " and picture.mode == "L":
            picture = picture.convert("RGB")
        elif profile[16:20] == b"GRAY" and picture.mode == "RGB" and _is_grey(picture):
            # It was grey with transparency.
            picture = picture.convert("L")
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, _SRGB, outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, *DECODE_ERRORS):
            # Ignore a profile that is broken or for another colour space.
            pass
    return picture.convert("RGB")


def _is_grey(picture: Image.Image) -> bool:
    red, green, blue = picture.split()
    return not (ImageChops.difference(red, green).getbbox() or ImageChops.difference(red, blue).getbbox())
