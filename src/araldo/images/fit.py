"""Any picture into one that a spec accepts: turned, converted, cropped where it hurts least, and stripped. Pure."""

from __future__ import annotations

import base64
import io
import warnings
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageChops, ImageCms, ImageFilter, ImageOps, UnidentifiedImageError
from PIL.Image import Resampling

from araldo.errors import Sentence
from araldo.images.spec import ImageSpec

BYTES_MAX = 25 * 1024 * 1024
PIXELS_MAX = 50_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
_QUALITIES = (90, 84, 78, 70, 60, 45, 30)
# A crop that would lose more of the picture than this shows all of it on a blurred ground instead.
_CROP_LOSS_MAX = 0.45
_SALIENCY_SIDE = 160
_PLACEHOLDER_SIDE = 20

Focal = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Fitted:
    """`quality` is the JPEG's, None when nothing was encoded anew; `placeholder` is a tiny WebP as a data URI."""

    data: bytes
    width: int
    height: int
    method: Literal["as_is", "crop", "blur"]
    quality: int | None
    placeholder: str


class Unfit(ValueError):
    """The picture cannot be used, and why."""

    def __init__(self, code: str, sentence: Sentence) -> None:
        super().__init__(sentence.en)
        self.code = code
        self.sentence = sentence


def fit(data: bytes, spec: ImageSpec, *, focal: Focal | None = None, background: str = "#ffffff") -> Fitted:
    """`focal` is the point to keep in view, 0-1 from the left and the top. The same input gives the same bytes."""
    picture = _opened(data)
    if focal is None and not _has_metadata(picture) and spec.problem_with(data) is None:
        return Fitted(data, spec.width, spec.height, "as_is", None, placeholder_of(picture))
    upright = _upright_rgb(picture, spec, background)
    kept = min(upright.width / spec.width, upright.height / spec.height)
    loss = 1 - (kept * spec.width * kept * spec.height) / (upright.width * upright.height)
    blurred = focal is None and loss > _CROP_LOSS_MAX
    fitted = _on_blur(upright, spec) if blurred else _cropped(upright, spec, focal or salient_point(upright))
    encoded, quality = _jpeg(fitted, spec)
    return Fitted(encoded, spec.width, spec.height, "blur" if blurred else "crop", quality, placeholder_of(fitted))


def _opened(data: bytes) -> Image.Image:
    """Checked by its header before a pixel is decoded."""
    if len(data) > BYTES_MAX:
        raise Unfit("picture_too_large", _TOO_LARGE)
    if data[:512].lstrip().lower().startswith((b"<svg", b"<?xml", b"<!doctype", b"<html")):
        raise Unfit("picture_is_markup", _MARKUP)
    try:
        with warnings.catch_warnings():
            # Our own limit on pixels is the stricter one.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as strange:
        raise Unfit("picture_unreadable", _UNREADABLE) from strange
    if picture.width * picture.height > PIXELS_MAX:
        raise Unfit("picture_too_many_pixels", _TOO_MANY_PIXELS)
    return picture


def _has_metadata(picture: Image.Image) -> bool:
    return any(picture.info.get(name) for name in ("exif", "icc_profile", "xmp", "comment", "photoshop"))


def _upright_rgb(picture: Image.Image, spec: ImageSpec, background: str) -> Image.Image:
    if picture.format == "JPEG":
        # Let the decoder scale by 2, 4 or 8: a fixed box would do nothing for a picture of another shape.
        turned = picture.getexif().get(0x0112, 1) >= 5
        across, down = (spec.height, spec.width) if turned else (spec.width, spec.height)
        cover = max(across / picture.width, down / picture.height)
        if cover < 1:
            picture.draft("RGB", (int(picture.width * cover), int(picture.height * cover)))
    try:
        picture.load()
        upright = ImageOps.exif_transpose(picture)
    except (OSError, SyntaxError, ValueError, MemoryError, EOFError) as broken:
        raise Unfit("picture_damaged", _DAMAGED) from broken
    return _flattened(_in_srgb(upright), background)


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in {"RGB", "CMYK", "L", "RGBA"}:
        return picture
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        plain = picture.convert("RGB") if alpha is not None else picture
        converted = ImageCms.profileToProfile(plain, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        # A profile that is broken or of another colour space says nothing; the pixels are still there.
        return picture
    if converted is None:
        return picture
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


def _flattened(picture: Image.Image, background: str) -> Image.Image:
    if picture.mode.startswith("I"):
        # 16 bits a pixel: Pillow's own conversion would cut them off at 255.
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        ground = Image.new("RGBA", picture.size, background)
        ground.alpha_composite(picture.convert("RGBA"))
        picture = ground
    return picture.convert("RGB")


def salient_point(picture: Image.Image) -> Focal:
    """Where there is most to see: edges, strong colour and skin, weighed on a small copy."""
    small = picture.copy()
    small.thumbnail((_SALIENCY_SIDE, _SALIENCY_SIDE), Resampling.BILINEAR)
    edges = small.convert("L").filter(ImageFilter.FIND_EDGES)
    _, saturation, _ = small.convert("HSV").split()
    _, blue_difference, red_difference = small.convert("YCbCr").split()
    skin = ImageChops.multiply(
        red_difference.point(lambda value: 255 if 135 <= value <= 175 else 0),
        blue_difference.point(lambda value: 255 if 80 <= value <= 130 else 0),
    )
    weight = ImageChops.add(ImageChops.add(edges, saturation, scale=2), skin, scale=2)
    return _center_of(weight)


def _center_of(weight: Image.Image) -> Focal:
    across = list(weight.resize((weight.width, 1), Resampling.BOX).tobytes())
    down = list(weight.resize((1, weight.height), Resampling.BOX).tobytes())
    return _mean(across), _mean(down)


def _mean(weights: list[int]) -> float:
    total = sum(weights)
    if not total:
        return 0.5
    return sum((index + 0.5) * weight for index, weight in enumerate(weights)) / total / len(weights)


def _cropped(picture: Image.Image, spec: ImageSpec, focal: Focal) -> Image.Image:
    scale = min(picture.width / spec.width, picture.height / spec.height)
    width, height = spec.width * scale, spec.height * scale
    left = min(max(focal[0] * picture.width - width / 2, 0.0), picture.width - width)
    top = min(max(focal[1] * picture.height - height / 2, 0.0), picture.height - height)
    box = (left, top, min(left + width, picture.width), min(top + height, picture.height))
    return picture.resize((spec.width, spec.height), Resampling.LANCZOS, box=box)


def _on_blur(picture: Image.Image, spec: ImageSpec) -> Image.Image:
    """The whole picture, on itself enlarged and out of focus."""
    ground = _cropped(picture, ImageSpec(max(1, spec.width // 8), max(1, spec.height // 8)), (0.5, 0.5))
    ground = ground.filter(ImageFilter.GaussianBlur(6)).resize((spec.width, spec.height), Resampling.BICUBIC)
    scale = min(spec.width / picture.width, spec.height / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    whole = picture.resize(size, Resampling.LANCZOS)
    ground.paste(whole, ((spec.width - size[0]) // 2, (spec.height - size[1]) // 2))
    return ground


def _jpeg(picture: Image.Image, spec: ImageSpec) -> tuple[bytes, int]:
    for quality in _QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, progressive=True, optimize=True)
        if out.tell() <= spec.max_bytes:
            return out.getvalue(), quality
    raise Unfit("picture_not_small_enough", _NOT_SMALL)


def placeholder_of(picture: Image.Image) -> str:
    """The picture at 20 pixels, to show while the real one loads."""
    small = picture.convert("RGB")
    small.thumbnail((_PLACEHOLDER_SIDE, _PLACEHOLDER_SIDE), Resampling.BILINEAR)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=30)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()


_TOO_LARGE = Sentence("The picture is larger than 25 MB.", "L'immagine supera 25 MB.")
_TOO_MANY_PIXELS = Sentence("The picture has more than 50 million pixels.", "L'immagine supera 50 milioni di pixel.")
_MARKUP = Sentence(
    "This is SVG or HTML, not a photo: use JPEG, PNG, WebP, GIF or AVIF.",
    "È SVG o HTML, non una foto: usa JPEG, PNG, WebP, GIF o AVIF.",
)
_UNREADABLE = Sentence(
    "This is not a picture that can be read: use JPEG, PNG, WebP, GIF or AVIF.",
    "Non è un'immagine leggibile: usa JPEG, PNG, WebP, GIF o AVIF.",
)
_DAMAGED = Sentence("The picture is damaged or cut off.", "L'immagine è danneggiata o incompleta.")
_NOT_SMALL = Sentence("The picture cannot be made small enough.", "Non si riesce a ridurre abbastanza l'immagine.")
