"""Read PNG colour-key transparency, and choose a background on which a transparent picture is visible. Pure."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageChops

from araldo.images.chunks import png_chunks

Color = tuple[int, ...]

FILE_BYTES_KEY = "araldo file"

# Of 255: a smaller difference to the background is invisible, and a lower alpha counts as transparent.
_VISIBLE_DIFFERENCE, _VISIBLE_ALPHA = 24, 16
# When a larger share of the opaque pixels is invisible, another background is tried.
_MAX_HIDDEN_SHARE = 0.5
_SMALL = 256
_DARK, _LIGHT = (31, 41, 55), (255, 255, 255)


def alpha_from_color_key(picture: Image.Image) -> Image.Image | None:
    """Return the alpha channel of an undecoded PNG whose tRNS names one grey or colour; None for other pictures.

    Compares in the file's own depth, 1 to 16 bits: Pillow scales the pixels, but not the colour it compares with. The
    bytes are those that `decoding.open_picture` put into `info`, as Pillow closes its file when it reads EXIF.
    Raises what Pillow raises for a broken file.
    """
    data: bytes | None = picture.info.get(FILE_BYTES_KEY)
    if data is None:
        return None
    depth, kind = data[24], data[25]
    key_bytes = next((content for name, content in png_chunks(data) if name == b"tRNS"), b"")
    channels = {0: 1, 2: 3}.get(kind, 0)
    if not channels or len(key_bytes) < 2 * channels:
        return None
    most = (1 << depth) - 1
    key = [int.from_bytes(key_bytes[at : at + 2], "big") & most for at in range(0, 2 * channels, 2)]
    if depth < 16:
        pixels = Image.open(BytesIO(data), formats=["PNG"]).convert("L" if channels == 1 else "RGB")
        return _mask_other_colors(pixels, [value * 255 // most for value in key])
    high, low = (_half_of_16_bit(data, order, channels) for order in ("B", "L"))
    # A difference in either byte makes it another colour.
    return ImageChops.lighter(
        _mask_other_colors(high, [value >> 8 for value in key]), _mask_other_colors(low, [v & 255 for v in key])
    )


def _half_of_16_bit(data: bytes, order: str, channels: int) -> Image.Image:
    """Return the high bytes ("B") or the low bytes ("L") of 16-bit pixels, by reading them in that byte order."""
    picture = Image.open(BytesIO(data), formats=["PNG"])
    if channels == 3:
        picture.tile = [tile._replace(args=f"RGB;16{order}") for tile in picture.tile]
        picture.load()
        return picture
    picture.load()
    raw = picture.tobytes()
    return Image.frombytes("L", picture.size, raw[1::2] if order == "B" else raw[::2])


def _mask_other_colors(picture: Image.Image, key: list[int]) -> Image.Image:
    """Return a mask: 255 where a pixel has another colour than `key`, else 0."""
    alpha = Image.new("L", picture.size, 0)
    for band, value in zip(picture.split(), key, strict=True):
        other = band.point([0 if at == value else 255 for at in range(256)])
        alpha = ImageChops.lighter(alpha, other)
    return alpha


def visible_background(picture: Image.Image, ground: Color) -> Color:
    """Return `ground`, or a dark or light one when most of the picture would be invisible on it."""
    if picture.mode != "RGBA":
        return ground
    small = picture.resize((min(_SMALL, picture.width), min(_SMALL, picture.height)), Image.Resampling.BOX)
    hidden = _hidden_share(small, ground)
    if hidden <= _MAX_HIDDEN_SHARE:
        return ground
    other = _DARK if sum(ground) > 3 * 127 else _LIGHT
    return other if _hidden_share(small, other) < hidden else ground


def is_fully_transparent(picture: Image.Image) -> bool:
    """Whether every pixel is transparent."""
    return picture.mode == "RGBA" and picture.getchannel("A").getextrema()[1] < _VISIBLE_ALPHA  # type: ignore[operator]  # one band


def _hidden_share(small: Image.Image, ground: Color) -> float:
    """Return the share of the opaque pixels that look like the background."""
    alpha = small.getchannel("A")
    there = alpha.point([255 if at >= _VISIBLE_ALPHA else 0 for at in range(256)])
    whole = Image.new("RGB", small.size, ground)
    shown = whole.copy()
    shown.paste(small.convert("RGB"), mask=alpha)
    red, green, blue = ImageChops.difference(shown, whole).split()
    apart = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram(there)
    return sum(apart[:_VISIBLE_DIFFERENCE]) / (sum(apart) or 1)
