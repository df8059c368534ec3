"""What is transparent where a file names one colour, and a ground on which the rest can be seen. Pure."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageChops

from araldo.images.chunks import png_chunks

Color = tuple[int, ...]

FILE = "araldo file"

# In steps of 255: less is not seen on its ground, and less opaque is not there.
_SEEN, _THERE = 24, 16
# Of what is there: more than that unseen, and another ground is tried.
_MOST_HIDDEN = 0.5
_SMALL = 256
_DARK, _LIGHT = (31, 41, 55), (255, 255, 255)


def transparent_by_color(picture: Image.Image) -> Image.Image | None:
    """The alpha of a PNG whose tRNS names one grey or colour, not decoded yet; None for any other picture.

    Compared as the file has it, 1 to 16 bits: Pillow scales the pixels, and not the colour that it compares with. The
    file is what `reading.open_picture` left in its `info`, for Pillow closes its own when it looks for EXIF.
    Raises what Pillow raises for a broken file.
    """
    data: bytes | None = picture.info.get(FILE)
    if data is None:
        return None
    depth, kind = data[24], data[25]
    said = next((content for name, content in png_chunks(data) if name == b"tRNS"), b"")
    channels = {0: 1, 2: 3}.get(kind, 0)
    if not channels or len(said) < 2 * channels:
        return None
    most = (1 << depth) - 1
    key = [int.from_bytes(said[at : at + 2], "big") & most for at in range(0, 2 * channels, 2)]
    if depth < 16:
        pixels = Image.open(BytesIO(data), formats=["PNG"]).convert("L" if channels == 1 else "RGB")
        return _all_but(pixels, [value * 255 // most for value in key])
    high, low = (_bytes_of(data, order, channels) for order in ("B", "L"))
    # Different in any of its bytes, and it is not that colour.
    return ImageChops.lighter(_all_but(high, [value >> 8 for value in key]), _all_but(low, [v & 255 for v in key]))


def _bytes_of(data: bytes, order: str, channels: int) -> Image.Image:
    """Of 16-bit pixels the high bytes ("B"), or the low ones ("L"): read as if they stood the other way round."""
    picture = Image.open(BytesIO(data), formats=["PNG"])
    if channels == 3:
        picture.tile = [tile._replace(args=f"RGB;16{order}") for tile in picture.tile]
        picture.load()
        return picture
    picture.load()
    raw = picture.tobytes()
    return Image.frombytes("L", picture.size, raw[1::2] if order == "B" else raw[::2])


def _all_but(picture: Image.Image, key: list[int]) -> Image.Image:
    """255 where a pixel is not of that colour, else 0."""
    alpha = Image.new("L", picture.size, 0)
    for band, value in zip(picture.split(), key, strict=True):
        other = band.point([0 if at == value else 255 for at in range(256)])
        alpha = ImageChops.lighter(alpha, other)
    return alpha


def visible_ground(picture: Image.Image, ground: Color) -> Color:
    """`ground`, unless most of what a picture shows would vanish on it: white on nothing gets a dark one, and so on."""
    if picture.mode != "RGBA":
        return ground
    small = picture.resize((min(_SMALL, picture.width), min(_SMALL, picture.height)), Image.Resampling.BOX)
    hidden = _hidden(small, ground)
    if hidden <= _MOST_HIDDEN:
        return ground
    other = _DARK if sum(ground) > 3 * 127 else _LIGHT
    return other if _hidden(small, other) < hidden else ground


def shows_nothing(picture: Image.Image) -> bool:
    """Whether every pixel is transparent."""
    return picture.mode == "RGBA" and picture.getchannel("A").getextrema()[1] < _THERE  # type: ignore[operator]  # one band


def _hidden(small: Image.Image, ground: Color) -> float:
    """Of the pixels that are there, the share that looks like the ground."""
    alpha = small.getchannel("A")
    there = alpha.point([255 if at >= _THERE else 0 for at in range(256)])
    whole = Image.new("RGB", small.size, ground)
    shown = whole.copy()
    shown.paste(small.convert("RGB"), mask=alpha)
    red, green, blue = ImageChops.difference(shown, whole).split()
    apart = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram(there)
    return sum(apart[:_SEEN]) / (sum(apart) or 1)
