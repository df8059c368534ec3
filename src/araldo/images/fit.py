"""Turning any picture into one that a place accepts: upright, cropped with care, plain sRGB, under the cap. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import Image, ImageColor, ImageEnhance, ImageFile, ImageFilter

from araldo.images.reading import load_upright, open_picture, plain
from araldo.images.saliency import best_window
from araldo.images.shown import placeholder_of
from araldo.images.spec import UNREADABLE, ImageSpec
from araldo.images.transparency import visible_ground
from araldo.images.unfit import Unfit
from araldo.local_faults import raise_if_transient

__all__ = ["Fitted", "Method", "Unfit", "fit", "fit_checked"]

Method = Literal["crop", "blur", "as_is"]
Box = tuple[float, float, float, float]

_QUALITIES = (90, 84, 78, 70, 60)
_MOST_LOSS = 0.45
_ALL: Box = (0.0, 0.0, 1.0, 1.0)
# No picture has more pixels along a side than one over this.
_LEAST = 1e-5
_EOI = b"\xff\xd9"

# Pillow encodes a progressive JPEG into one buffer of this size or a byte a pixel, and gives up beyond: too little for
# a detailed picture in full colour, so room for the largest file that a place takes.
ImageFile.MAXBLOCK = max(ImageFile.MAXBLOCK, 8 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A JPEG of exactly the spec's pixels. `quality` is None when the bytes are the ones that came in.

    `placeholder` is a data URI, some 20 pixels wide, to show while the picture loads.
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
) -> Fitted:
    """Make `data` (JPEG, PNG, WebP, GIF or AVIF; the first frame) into a JPEG that `spec` has no problem with.

    `crop` (left, top, width, height, as shares of the upright picture) is the part that counts, as if the rest were not
    there. `focal` is the point to keep, as shares of the whole picture's width and height; given, what does not fit is
    always cut off. Without, the cut keeps what stands out, and one that would lose more than 45 % gives way to all of
    it on a blurred ground.
    `background` (a CSS colour) lies under transparent parts, or another one when most of the rest would vanish on it.
    Nothing of the file but its pixels is carried over. The same input gives the same bytes.

    Raises Unfit for bad files, ValueError for a spec or a value that makes no sense.
    """
    if spec.mime != "image/jpeg":
        raise ValueError("Only JPEG is written.")
    if focal is not None and not all(0 <= share <= 1 for share in focal):
        raise ValueError("The focal point lies within 0 and 1.")
    left, top, wide, high = crop or _ALL
    if not (0 <= left < 1 and 0 <= top < 1 and 0 < wide <= 1.0001 - left and 0 < high <= 1.0001 - top):
        raise ValueError("The crop lies within the picture.")
    ground: tuple[int, ...] = ImageColor.getrgb(background)[:3]
    header = open_picture(data)
    if (left, top, wide, high) == _ALL and _is_already(header, data, spec):
        return _as_is(header, data, spec)
    profile = header.info.get("icc_profile")
    # Of a part, so many pixels that the part alone covers what is asked.
    picture = load_upright(header, spec.width / max(wide, _LEAST), spec.height / max(high, _LEAST))
    if crop is not None:
        picture, focal = _part(picture, crop, focal)
    ground = visible_ground(picture, ground)
    box = _crop_box(picture, spec, focal)
    lost = 1 - (box[2] - box[0]) * (box[3] - box[1]) / (picture.width * picture.height)
    if lost > _MOST_LOSS and focal is None:
        return _encode(_on_blur(picture, box, spec, profile, ground), spec, "blur")
    piece = _resize(picture, (spec.width, spec.height), box)
    return _encode(plain(piece, profile, ground), spec, "crop")


def fit_checked(data: bytes, spec: ImageSpec) -> tuple[Fitted, str | None]:
    """As `fit`, and what the spec says against the result: None unless our own encoder went wrong. Raises Unfit."""
    fitted = fit(data, spec)
    return fitted, spec.problem_with(fitted.data)


def _is_already(header: Image.Image, data: bytes, spec: ImageSpec) -> bool:
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


def _as_is(header: Image.Image, data: bytes, spec: ImageSpec) -> Fitted:
    try:
        header.load()
    except UNREADABLE as broken:
        raise_if_transient(broken)
        raise Unfit("damaged") from broken
    return Fitted(data, spec.width, spec.height, None, "as_is", placeholder_of(header))


def _part(
    picture: Image.Image, crop: Box, focal: tuple[float, float] | None
) -> tuple[Image.Image, tuple[float, float] | None]:
    """The part alone, at least a pixel of it, and where the focal point lies in it, or nearest to it."""
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
    """The largest box of the spec's ratio, around the focal point or what stands out."""
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
    # The crop is taken while resizing, so that a picture 1 pixel high never becomes one a million pixels wide.
    return picture.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def _on_blur(
    picture: Image.Image, box: Box, spec: ImageSpec, profile: bytes | None, ground: tuple[int, ...]
) -> Image.Image:
    """All of the picture, on its own crop, blurred and dimmed."""
    small = (max(1, spec.width // 16), max(1, spec.height // 16))
    blurred = plain(_resize(picture, small, box), profile, ground).filter(ImageFilter.GaussianBlur(2))
    canvas = ImageEnhance.Brightness(blurred.resize((spec.width, spec.height), Image.Resampling.BICUBIC)).enhance(0.8)
    scale = min(spec.width / picture.width, spec.height / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    whole = plain(_resize(picture, size), profile, ground)
    canvas.paste(whole, ((spec.width - size[0]) // 2, (spec.height - size[1]) // 2))
    return canvas


def _encode(picture: Image.Image, spec: ImageSpec, method: Method) -> Fitted:
    for quality in _QUALITIES:
        data = _jpeg(picture, quality)
        if data is not None and len(data) <= spec.max_bytes:
            return Fitted(data, spec.width, spec.height, quality, method, placeholder_of(picture))
    raise Unfit("over_cap")


def _jpeg(picture: Image.Image, quality: int) -> bytes | None:
    """None when it is larger than Pillow's buffer."""
    # Full colour resolution at the top, where cards live: halved, it frays coloured letters.
    subsampling = "4:4:4" if quality == _QUALITIES[0] else "4:2:0"
    out = BytesIO()
    try:
        picture.save(out, "JPEG", quality=quality, subsampling=subsampling, progressive=True, optimize=True)
    except OSError:
        return None
    return out.getvalue()
