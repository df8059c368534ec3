"""Fit any picture to a platform's ImageSpec: upright, cropped around what matters, sRGB, under the size limit. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import Image, ImageColor, ImageEnhance, ImageFile, ImageFilter

from araldo.images.decoding import flatten_to_srgb, load_upright, open_picture
from araldo.images.placeholders import make_placeholder
from araldo.images.saliency import best_window
from araldo.images.spec import DECODE_ERRORS, ImageSpec
from araldo.images.transparency import visible_background
from araldo.images.unusable import UnusablePicture
from araldo.local_faults import raise_if_transient

__all__ = ["FittedPicture", "Method", "UnusablePicture", "fit", "fit_checked"]

Method = Literal["crop", "blur", "as_is"]
Box = tuple[float, float, float, float]

_QUALITIES = (90, 84, 78, 70, 60)
_MAX_CROP_LOSS = 0.45
_WHOLE_PICTURE: Box = (0.0, 0.0, 1.0, 1.0)
# Least share of a side that a crop can have: no picture has more than 1 / 1e-5 pixels along a side.
_MIN_SHARE = 1e-5
_EOI = b"\xff\xd9"

# Pillow encodes a progressive JPEG into one buffer of this size or a byte per pixel, and fails beyond: too little for
# a detailed picture with 4:4:4 sampling, so make it as large as the largest file that a platform accepts.
ImageFile.MAXBLOCK = max(ImageFile.MAXBLOCK, 8 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class FittedPicture:
    """A JPEG of exactly the spec's pixels. `quality` is None when the input was kept unchanged.

    `placeholder` is a data URI, about 20 pixels wide, to show while the picture loads.
    """

    data: bytes
    width: int
    height: int
    quality: int | None
    method: Method
    placeholder: str


def fit(
    data: bytes,
    spec: ImageSpec,
    *,
    focal: tuple[float, float] | None = None,
    crop: Box | None = None,
    background: str = "#ffffff",
) -> FittedPicture:
    """Convert `data` (JPEG, PNG, WebP, GIF or AVIF; the first frame) to a JPEG that meets `spec`.

    `crop` (left, top, width, height, as shares of the upright picture): use this part only.
    `focal`: the point to keep, as shares of the whole picture's width and height; what does not fit is cut off.
    Without `focal` the crop keeps the most salient part, and when it would lose more than 45 % of the picture, the
    whole picture is placed on a blurred background instead.
    `background` (a CSS colour) goes under transparent parts, or another one when most of the rest would vanish on it.
    No metadata is carried over. Deterministic.

    Raises UnusablePicture for bad files, ValueError for an invalid spec or value.
    """
    if spec.mime != "image/jpeg":
        raise ValueError("Only JPEG is written.")
    if focal is not None and not all(0 <= share <= 1 for share in focal):
        raise ValueError("The focal point lies within 0 and 1.")
    left, top, wide, high = crop or _WHOLE_PICTURE
    if not (0 <= left < 1 and 0 <= top < 1 and 0 < wide <= 1.0001 - left and 0 < high <= 1.0001 - top):
        raise ValueError("The crop lies within the picture.")
    ground: tuple[int, ...] = ImageColor.getrgb(background)[:3]
    header = open_picture(data)
    if (left, top, wide, high) == _WHOLE_PICTURE and _meets_spec(header, data, spec):
        return _as_is(header, data, spec)
    profile = header.info.get("icc_profile")
    # Decode enough pixels for the crop alone to cover the target size.
    picture = load_upright(header, spec.width / max(wide, _MIN_SHARE), spec.height / max(high, _MIN_SHARE))
    if crop is not None:
        picture, focal = _crop_part(picture, crop, focal)
    ground = visible_background(picture, ground)
    box = _crop_box(picture, spec, focal)
    lost = 1 - (box[2] - box[0]) * (box[3] - box[1]) / (picture.width * picture.height)
    if lost > _MAX_CROP_LOSS and focal is None:
        return _encode(_compose_on_blur(picture, box, spec, profile, ground), spec, "blur")
    piece = _resize(picture, (spec.width, spec.height), box)
    return _encode(flatten_to_srgb(piece, profile, ground), spec, "crop")


def fit_checked(data: bytes, spec: ImageSpec) -> tuple[FittedPicture, str | None]:
    """Fit, and return also why the result does not meet `spec`; None unless the encoder is wrong. Raises as `fit`."""
    fitted = fit(data, spec)
    return fitted, spec.problem_with(fitted.data)


def _meets_spec(header: Image.Image, data: bytes, spec: ImageSpec) -> bool:
    """Whether the file meets `spec` and is a bare JPEG: no EXIF, comment, profile, thumbnail or anything after it."""
    if header.format != "JPEG" or header.mode != "RGB" or header.size != (spec.width, spec.height):
        return False
    segments: list[tuple[str, bytes]] = getattr(header, "applist", [])
    bare = all(
        (name == "APP0" and content.startswith(b"JFIF\0") and len(content) == 14)
        or (name == "APP14" and len(content) == 12)
        for name, content in segments
    )
    return bare and len(data) <= spec.max_bytes and data.find(_EOI) == len(data) - len(_EOI)


def _as_is(header: Image.Image, data: bytes, spec: ImageSpec) -> FittedPicture:
    try:
        header.load()
    except DECODE_ERRORS as broken:
        raise_if_transient(broken)
        raise UnusablePicture("damaged") from broken
    return FittedPicture(data, spec.width, spec.height, None, "as_is", make_placeholder(header))


def _crop_part(
    picture: Image.Image, crop: Box, focal: tuple[float, float] | None
) -> tuple[Image.Image, tuple[float, float] | None]:
    """Return the crop, at least one pixel, and the focal point relative to it, clamped into it."""
    left, top = int(crop[0] * picture.width), int(crop[1] * picture.height)
    right = min(picture.width, max(left + 1, round((crop[0] + crop[2]) * picture.width)))
    bottom = min(picture.height, max(top + 1, round((crop[1] + crop[3]) * picture.height)))
    part = picture.crop((left, top, right, bottom))
    if focal is None:
        return part, None
    x = (focal[0] * picture.width - left) / part.width
    y = (focal[1] * picture.height - top) / part.height
    return part, (min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))


def _crop_box(picture: Image.Image, spec: ImageSpec, focal: tuple[float, float] | None) -> Box:
    """Return the largest box of the spec's ratio, around the focal point or the most salient part."""
    ratio = spec.width / spec.height
    width = min(float(picture.width), picture.height * ratio)
    height = min(float(picture.height), picture.width / ratio)
    if focal is None:
        left, top = best_window(picture, width, height)
    else:
        left = min(max(focal[0] * picture.width - width / 2, 0.0), picture.width - width)
        top = min(max(focal[1] * picture.height - height / 2, 0.0), picture.height - height)
    return left, top, min(left + width, picture.width), min(top + height, picture.height)


def _resize(picture: Image.Image, size: tuple[int, int], box: Box | None = None) -> Image.Image:
    # Crop while resizing: otherwise a picture 1 pixel high would become one a million pixels wide.
    return picture.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def _compose_on_blur(
    picture: Image.Image, box: Box, spec: ImageSpec, profile: bytes | None, ground: tuple[int, ...]
) -> Image.Image:
    """Place the whole picture on its own crop, blurred and darkened."""
    small = (max(1, spec.width // 16), max(1, spec.height // 16))
    blurred = flatten_to_srgb(_resize(picture, small, box), profile, ground).filter(ImageFilter.GaussianBlur(2))
    canvas = ImageEnhance.Brightness(blurred.resize((spec.width, spec.height), Image.Resampling.BICUBIC)).enhance(0.8)
    scale = min(spec.width / picture.width, spec.height / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    whole = flatten_to_srgb(_resize(picture, size), profile, ground)
    canvas.paste(whole, ((spec.width - size[0]) // 2, (spec.height - size[1]) // 2))
    return canvas


def _encode(picture: Image.Image, spec: ImageSpec, method: Method) -> FittedPicture:
    for quality in _QUALITIES:
        data = _jpeg(picture, quality)
        if data is not None and len(data) <= spec.max_bytes:
            return FittedPicture(data, spec.width, spec.height, quality, method, make_placeholder(picture))
    raise UnusablePicture("over_cap")


def _jpeg(picture: Image.Image, quality: int) -> bytes | None:
    """Encode as JPEG; None when the result is larger than Pillow's buffer."""
    # No chroma subsampling at the best quality, where cards are: it would fray the edges of coloured letters.
    subsampling = "4:4:4" if quality == _QUALITIES[0] else "4:2:0"
    out = BytesIO()
    try:
        picture.save(out, "JPEG", quality=quality, subsampling=subsampling, progressive=True, optimize=True)
    except OSError:
        return None
    return out.getvalue()
