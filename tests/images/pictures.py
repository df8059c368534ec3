"""Generate test pictures: plain, noisy, marked, and in every colour mode."""

from __future__ import annotations

import random
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageDraw

RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 160, 20), (20, 20, 220), (255, 255, 255)


def encode_picture(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def noise(mode: str, size: tuple[int, int], seed: int = 1) -> Image.Image:
    length = len(Image.new(mode, (1, 1)).tobytes()) * size[0] * size[1]
    return Image.frombytes(mode, size, random.Random(seed).randbytes(length))


def quarters(size: tuple[int, int]) -> Image.Image:
    """Return a picture in four colours: red top left, green top right, blue bottom left, white bottom right."""
    picture = Image.new("RGB", size, WHITE)
    draw = ImageDraw.Draw(picture)
    middle = (size[0] // 2, size[1] // 2)
    draw.rectangle((0, 0, middle[0] - 1, middle[1] - 1), fill=RED)
    draw.rectangle((middle[0], 0, size[0], middle[1] - 1), fill=GREEN)
    draw.rectangle((0, middle[1], middle[0] - 1, size[1]), fill=BLUE)
    return picture


def decode_rgb(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def near(found: tuple[int, ...], wanted: tuple[int, ...], within: int = 12) -> bool:
    return all(abs(a - b) <= within for a, b in zip(found, wanted, strict=True))


def corners(data: bytes) -> list[tuple[int, ...]]:
    """Return the colour near each corner: top left, top right, bottom left, bottom right."""
    picture = decode_rgb(data)
    x, y = picture.width // 8, picture.height // 8
    far_x, far_y = picture.width - 1 - x, picture.height - 1 - y
    return [pixel(picture, spot) for spot in ((x, y), (far_x, y), (x, far_y), (far_x, far_y))]


def pixel(picture: Image.Image, spot: tuple[int, int]) -> tuple[int, ...]:
    """Return a pixel of a picture with several bands."""
    found = picture.getpixel(spot)
    assert isinstance(found, tuple)
    return tuple(int(part) for part in found)


def swapped_profile() -> bytes:
    """Return an RGB profile with swapped primaries: red values look green, and so on."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132], "big")
    places = {bytes(profile[132 + 12 * n : 136 + 12 * n]): 136 + 12 * n for n in range(count)}
    spots = [places[name] for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
    values = [bytes(profile[at : at + 8]) for at in spots]
    for at, value in zip(spots, values[1:] + values[:1], strict=True):
        profile[at : at + 8] = value
    return bytes(profile)
