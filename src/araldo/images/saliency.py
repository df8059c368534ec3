"""Find the most salient part of a picture, by edges, colour and skin tones on a small copy. Pure."""

from __future__ import annotations

from array import array

from PIL import Image, ImageChops, ImageDraw, ImageFilter

_SMALL = 160
# Weights of the three features; they add up to one, so that their sum fits a byte.
_EDGES, _COLOUR, _SKIN = 0.5, 0.2, 0.3
# How much less a window at the edge counts than the middle one: decides only when nothing is salient.
_MIDDLE = 0.05


def best_window(picture: Image.Image, width: float, height: float) -> tuple[float, float]:
    """Return left and top of the most salient window of `width` x `height` pixels.

    The window must be as wide or as high as the picture (or both): it moves along one axis only.
    """
    weights = _weights(picture)
    left = _slide(weights, 0, width / picture.width) * (picture.width - width)
    top = _slide(weights, 1, height / picture.height) * (picture.height - height)
    return left, top


def _weights(picture: Image.Image) -> Image.Image:
    scale = min(1.0, _SMALL / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = picture.resize(size, Image.Resampling.BOX)
    if small.mode == "RGBA":
        # Transparent pixels must not count.
        grey = Image.new("RGBA", size, (128, 128, 128, 255))
        small = Image.alpha_composite(grey, small)
    small = small.convert("RGB")
    edges = small.convert("L").filter(ImageFilter.FIND_EDGES)
    # The filter leaves the outermost pixels unchanged, which would count as edges.
    ImageDraw.Draw(edges).rectangle((0, 0, size[0] - 1, size[1] - 1), outline=0)
    _, saturation, value = small.convert("HSV").split()
    colour = ImageChops.multiply(saturation, value)
    return ImageChops.add(
        ImageChops.add(edges.point(lambda v: v * _EDGES), colour.point(lambda v: v * _COLOUR)),
        _skin(small).point(lambda v: v * _SKIN),
    )


def _skin(small: Image.Image) -> Image.Image:
    # The usual range in YCbCr, which covers skin of every shade, since the shade is in Y.
    light, blue, red = small.convert("YCbCr").split()
    inside = ImageChops.multiply(
        blue.point(lambda v: 255 if 77 <= v <= 127 else 0), red.point(lambda v: 255 if 133 <= v <= 173 else 0)
    )
    return ImageChops.multiply(inside, light.point(lambda v: 255 if v > 60 else 0))


def _slide(weights: Image.Image, axis: int, share: float) -> float:
    """Return the best start of a window that covers `share` of `axis`: 0 at the start, 1 at the end."""
    length = weights.size[axis]
    window = max(1, round(length * share))
    if window >= length:
        return 0.5
    line = weights.convert("F").resize((length, 1) if axis == 0 else (1, length), Image.Resampling.BOX)
    profile = array("f", line.tobytes())
    total = sum(profile) or 1.0
    last = length - window

    def score(start: int) -> float:
        off_middle = abs(2 * start / last - 1)
        return sum(profile[start : start + window]) / total - _MIDDLE * off_middle

    return max(range(last + 1), key=score) / last
