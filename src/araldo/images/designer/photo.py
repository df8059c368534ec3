"""Draw words on a photo: crop it to size, blur it behind the words, and shade it until they are readable."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image, ImageDraw, ImageFilter

from araldo.images.decoding import flatten_to_srgb, load_upright, open_picture
from araldo.images.designer.colors import contrast, luminance, mix, rgb_channels
from araldo.images.designer.compose import Composition
from araldo.images.designer.nodes import Box
from araldo.images.designer.render import render_pixels
from araldo.images.saliency import best_window
from araldo.images.transparency import visible_background

# Target contrast on the pixels, so that it is still 4.5 after JPEG compression.
_TARGET_CONTRAST = 5.4
_MIN_SHADE, _MAX_SHADE = 0.38, 0.94
_STEP = 0.04
# The share of the card's side over which the shade fades, and how many units it extends beyond the words.
_FADE, _SHADE_REACH = 0.27, 2.5
# The share of the blurred copy where the shade is strongest.
_BLUR_SHARE = 0.62


def draw_words_on_photo(photo: bytes, composed: Composition) -> Image.Image:
    """Draw the composed words on a photo of any size. Raises UnusablePicture when it cannot be read, BadTemplate."""
    frame = composed.design.frame
    picture = _crop_to_size(photo, frame.width, frame.height)
    mask = _shade_mask(composed)
    calmed = mask.point(lambda value: round(value * _BLUR_SHARE))
    calm = Image.composite(_blur(picture, frame.unit), picture, calmed)
    shade = composed.design.palette.ground
    strength = _shade_strength(calm, composed.words.grown(2 * frame.unit), shade, composed.design.palette.soft)
    shaded = Image.composite(
        Image.new("RGB", picture.size, shade), calm, mask.point(lambda value: round(value * strength))
    )
    if composed.design.style.ground == "framed":
        _draw_border(shaded, composed)
    words = render_pixels(composed.html(None), frame.width, frame.height, composed.images)
    shaded.paste(words, mask=words.getchannel("A"))
    return shaded


def _crop_to_size(photo: bytes, width: int, height: int) -> Image.Image:
    """Decode the photo upright and crop it to size around its most salient part."""
    header = open_picture(photo)
    profile = header.info.get("icc_profile")
    picture = load_upright(header, width, height)
    ground = visible_background(picture, (0, 0, 0))
    wide, high = (
        min(picture.width, picture.height * width / height),
        min(picture.height, picture.width * height / width),
    )
    left, top = best_window(picture, wide, high)
    box = (left, top, min(left + wide, picture.width), min(top + high, picture.height))
    return flatten_to_srgb(
        picture.resize((width, height), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0), profile, ground
    )


def _shade_mask(composed: Composition) -> Image.Image:
    """Return the shade's mask: white from the words to the nearest edge of the card, black at the opposite edge."""
    frame, words = composed.design.frame, composed.words
    reach = _SHADE_REACH * frame.unit
    if frame.shape == "wide":
        full = (frame.width - words.x if composed.design.rtl else words.right) + reach
        line = _ramp(frame.width, full, frame.width * _FADE)
        row = Image.frombytes("L", (frame.width, 1), line[::-1] if composed.design.rtl else line)
        return row.resize((frame.width, frame.height))
    line = _ramp(frame.height, frame.height - words.y + reach, frame.height * _FADE)
    return Image.frombytes("L", (1, frame.height), line[::-1]).resize((frame.width, frame.height))


def _ramp(length: int, full: float, fade: float) -> bytes:
    """Return `length` bytes: 255 for `full` pixels, then smoothly down to 0 over `fade` pixels."""

    def at(pixel: int) -> int:
        share = min(1.0, max(0.0, (pixel - full) / fade))
        return round(255 * (1 - share * share * (3 - 2 * share)))

    return bytes(at(pixel) for pixel in range(length))


def _blur(picture: Image.Image, unit: float) -> Image.Image:
    """Blur a small copy and enlarge it, which is much cheaper than a blur at full size."""
    small = picture.resize((max(1, picture.width // 4), max(1, picture.height // 4)), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(unit * 0.2)).resize(picture.size, Image.Resampling.BICUBIC)


def _shade_strength(picture: Image.Image, box: Box, shade: str, ink: str) -> float:
    """Return the least opacity of `shade` at which `ink` is readable on every pixel of `box`."""
    part = picture.crop(
        (
            max(0, int(box.x)),
            max(0, int(box.y)),
            min(picture.width, int(box.right)),
            min(picture.height, int(box.bottom)),
        )
    )
    # Sixteen levels a channel, rounded up: never underestimates brightness, and at most 4096 colours.
    found = part.point(lambda value: value | 15).getcolors(4096) or []
    written = (_hex(color) for _, color in found)
    brightest = sorted(written, key=luminance)[-80:]
    strength = _MIN_SHADE
    while strength < _MAX_SHADE and not _is_legible(brightest, shade, ink, strength):
        strength += _STEP
    return strength


def _hex(color: float | tuple[int, ...]) -> str:
    """Format a colour of `getcolors`, which is a tuple for RGB pictures."""
    assert isinstance(color, tuple)
    return "#{:02x}{:02x}{:02x}".format(*color)


def _is_legible(colors: Iterable[str], shade: str, ink: str, strength: float) -> bool:
    return all(contrast(ink, mix(color, shade, strength)) >= _TARGET_CONTRAST for color in colors)


def _draw_border(picture: Image.Image, composed: Composition) -> None:
    """Draw the fine border that the style also has on its own backgrounds."""
    unit = composed.design.unit
    inset = 3.0 * unit
    box = (inset, inset, picture.width - inset, picture.height - inset)
    ImageDraw.Draw(picture).rectangle(
        box, outline=rgb_channels(composed.design.palette.art[0]), width=max(1, round(0.24 * unit))
    )
