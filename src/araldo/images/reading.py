"""From a stranger's bytes to upright pixels, and from any colours to plain sRGB. Pure."""

from __future__ import annotations

import math
from io import BytesIO

from PIL import Image, ImageChops, ImageCms

from araldo.images.profiles import profile_of
from araldo.images.spec import UNREADABLE, sniff
from araldo.images.transparency import FILE, transparent_by_color
from araldo.images.unfit import MAX_BYTES, MAX_PIXELS, Unfit
from araldo.local_faults import raise_if_transient

_ORIENTATION = 0x0112
_TURNS = {
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
    """The header read and the limits checked, no pixel decoded. Raises Unfit.

    Its `info["icc_profile"]` is how it means its colours, in whatever way the file says it.
    """
    if not data:
        raise Unfit("empty")
    if len(data) > MAX_BYTES:
        raise Unfit("too_big")
    found = sniff(data)
    if found is None:
        raise Unfit(_why_not(data))
    try:
        # The one decoder that its first bytes ask for: no other gets to try its luck on a stranger's file.
        picture = Image.open(BytesIO(data), formats=[found.removeprefix("image/")])
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise Unfit("too_many_pixels") from bomb
    except UNREADABLE as broken:
        raise_if_transient(broken)
        raise Unfit("damaged") from broken
    if picture.width * picture.height > MAX_PIXELS:
        raise Unfit("too_many_pixels")
    profile = profile_of(picture, data)
    picture.info.pop("icc_profile", None)
    if profile:
        picture.info["icc_profile"] = profile
    if picture.format == "PNG":
        picture.info[FILE] = data
    return picture


def _why_not(data: bytes) -> str:
    start = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return "svg"
    if data.startswith(_OTHER_PICTURES) or data[4:8] == b"ftyp":
        return "format_unsupported"
    return "not_a_picture"


def load_upright(picture: Image.Image, width: float, height: float, *, whole: bool = False) -> Image.Image:
    """The first frame's pixels, turned as the camera says, still in their own colours: L, RGB, RGBA or CMYK.

    A JPEG is decoded no larger than it takes to cover `width` x `height`, unless `whole`. Raises Unfit.
    """
    try:
        # MPO is what Pillow calls a phone's JPEG that carries further pictures behind the first.
        if picture.format in ("JPEG", "MPO") and not whole:
            picture.draft("RGB", _cover(picture, width, height))
        alpha = transparent_by_color(picture)
        picture.load()
        shown = picture if alpha is None else _with_alpha(picture, alpha)
        turn = _TURNS.get(orientation_of(picture))
        return _simple(shown if turn is None else shown.transpose(turn))
    except UNREADABLE as broken:
        raise_if_transient(broken)
        raise Unfit("damaged") from broken


def _cover(picture: Image.Image, width: float, height: float) -> tuple[int, int]:
    # draft() wants the whole picture's size after scaling; with a box of another ratio it silently does nothing.
    if orientation_of(picture) >= 5:
        width, height = height, width
    scale = max(width / picture.width, height / picture.height)
    return math.ceil(picture.width * scale), math.ceil(picture.height * scale)


def orientation_of(picture: Image.Image) -> int:
    """How the camera was held, as EXIF counts; 1 is upright, and what a broken note counts as."""
    try:
        found = picture.getexif().get(_ORIENTATION, 1)
    except UNREADABLE:
        # A camera's broken notes are no reason to refuse its picture.
        return 1
    return found if isinstance(found, int) else 1


def _with_alpha(picture: Image.Image, alpha: Image.Image) -> Image.Image:
    picture.info.pop("transparency", None)
    opaque = _simple(picture).convert("RGB")
    opaque.putalpha(alpha)
    return opaque


def _simple(picture: Image.Image) -> Image.Image:
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


def plain(picture: Image.Image, profile: bytes | None, background: tuple[int, ...]) -> Image.Image:
    """RGB in sRGB, transparency laid on `background`; a new picture that carries nothing but pixels."""
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
            # What was grey with transparency.
            picture = picture.convert("L")
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            turned = ImageCms.profileToProfile(picture, source, _SRGB, outputMode="RGB")
            if turned is not None:
                return turned
        except (ImageCms.PyCMSError, *UNREADABLE):
            # A profile that is broken or made for other colours is as good as none.
            pass
    return picture.convert("RGB")


def _is_grey(picture: Image.Image) -> bool:
    red, green, blue = picture.split()
    return not (ImageChops.difference(red, green).getbbox() or ImageChops.difference(red, blue).getbbox())
