"""ImageSpec: what picture a platform accepts, and whether a file meets it."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from math import gcd

from PIL import Image, UnidentifiedImageError

from araldo.local_faults import raise_if_transient

LONG_SIDE = 1200
WIDEST = 21 / 9

_RATIO = re.compile(r"(\d{1,5}(?:\.\d{1,2})?):(\d{1,5}(?:\.\d{1,2})?)")
_COMMON_RATIOS = (
    "1:1",
    "5:4",
    "4:3",
    "3:2",
    "16:9",
    "1.91:1",
    "2:1",
    "21:9",
    "4:5",
    "3:4",
    "2:3",
    "9:16",
    "1:2",
    "9:21",
)
# A size has a common ratio when it differs from it by no more than rounding to whole (or even) pixels.
_SAME_RATIO = 0.005

# What Pillow's decoders raise for broken files; the last two are a warning and an error about too many pixels.
DECODE_ERRORS = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
    Image.DecompressionBombWarning,
    Image.DecompressionBombError,
)


@dataclass(frozen=True, slots=True)
class ImageSpec:
    """Exact pixels, largest size in bytes, and MIME type of a picture."""

    width: int
    height: int
    max_bytes: int = 8_000_000
    mime: str = "image/jpeg"

    def __post_init__(self) -> None:
        if min(self.width, self.height, self.max_bytes) < 1:
            raise ValueError("A picture has at least one pixel and one byte.")

    @property
    def ratio(self) -> str:
        """Width to height as the common name ("16:9"), else reduced ("37:10")."""
        return _ratio_name(self.width, self.height)

    def problem_with(self, data: bytes) -> str | None:
        """Return why `data` does not meet the spec, None when it does. Decodes it completely."""
        found = sniff(data)
        if found is None or found != self.mime:
            return f"it is {found or 'no picture that we know'}, not {self.mime}"
        if len(data) > self.max_bytes:
            return f"it has {len(data)} bytes, more than {self.max_bytes}"
        try:
            with Image.open(BytesIO(data), formats=[found.removeprefix("image/")]) as picture:
                if picture.size != (self.width, self.height):
                    return f"it is {picture.width}x{picture.height}, not {self.width}x{self.height}"
                picture.load()
        except DECODE_ERRORS as broken:
            raise_if_transient(broken)
            return f"it does not decode ({type(broken).__name__})"
        return None


def spec_for_ratio(text: str) -> ImageSpec:
    """Return the spec of a picture with the ratio "W:H" and a long side of 1200 pixels.

    Raises ValueError unless it is two positive numbers with a ratio from 9:21 to 21:9.
    """
    if not _RATIO.fullmatch(text.strip()):
        raise ValueError(f'"{text[:20]}" is no aspect ratio: write it as width:height, e.g. 16:9.')
    wide, _, high = text.strip().partition(":")
    if not (float(wide) and float(high)) or not 1 / WIDEST <= float(wide) / float(high) <= WIDEST:
        raise ValueError(f"The aspect ratio {text.strip()} is outside 9:21 to 21:9.")
    ratio = float(wide) / float(high)
    if ratio >= 1:
        return ImageSpec(LONG_SIDE, _round_to_even(LONG_SIDE / ratio))
    return ImageSpec(_round_to_even(LONG_SIDE * ratio), LONG_SIDE)


def sniff(data: bytes) -> str | None:
    """Return the MIME type by the first bytes, of the formats that we read; None for all others, SVG included."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if data[4:8] == b"ftyp" and {b"avif", b"avis"} & _brands(data):
        return "image/avif"
    return None


def _brands(data: bytes) -> set[bytes]:
    """Return the major and compatible brands in the first box of an ISO media file."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    return {data[at : at + 4] for at in (8, *range(16, end - 3, 4))}


@lru_cache(maxsize=256)
def _ratio_name(width: int, height: int) -> str:
    exact = width / height
    near = min(_COMMON_RATIOS, key=lambda name: abs(exact / _ratio_value(name) - 1))
    if abs(exact / _ratio_value(near) - 1) <= _SAME_RATIO:
        return near
    common = gcd(width, height)
    return f"{width // common}:{height // common}"


def _ratio_value(name: str) -> float:
    wide, _, high = name.partition(":")
    return float(wide) / float(high)


def _round_to_even(pixels: float) -> int:
    """Round to whole pixels, or to even ones when the ratio gives no whole number; 16:9 stays 1200x675."""
    return round(pixels) if abs(pixels - round(pixels)) < 1e-6 else 2 * round(pixels / 2)
