"""The picture that a place takes, exactly."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from math import gcd

from PIL import Image, UnidentifiedImageError

_LONG_SIDE = 1200
_NAMED = ("1:1", "4:5", "5:4", "3:4", "4:3", "2:3", "3:2", "9:16", "16:9", "9:21", "21:9", "191:100")
_MIMES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif", "AVIF": "image/avif"}


@dataclass(frozen=True, slots=True)
class ImageSpec:
    """Exact pixels, at most so many bytes, one media type."""

    width: int
    height: int
    max_bytes: int = 8_000_000
    mime: str = "image/jpeg"

    @property
    def ratio(self) -> str:
        """As people say it: the common name within one per cent, else in lowest terms."""
        own = self.width / self.height
        for name in _NAMED:
            across, down = map(int, name.split(":"))
            if abs(own / (across / down) - 1) < 0.01:
                return "1.91:1" if name == "191:100" else name
        shared = gcd(self.width, self.height)
        return f"{self.width // shared}:{self.height // shared}"

    def problem_with(self, data: bytes) -> str | None:
        """Why this is not such a picture; None when it is."""
        if len(data) > self.max_bytes:
            return f"{len(data)} bytes, more than {self.max_bytes}"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                picture = Image.open(io.BytesIO(data))
                picture.load()
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombWarning) as broken:
            return f"cannot be decoded: {broken}"
        mime = _MIMES.get(picture.format or "", "unknown")
        if mime != self.mime:
            return f"{mime}, not {self.mime}"
        if picture.size != (self.width, self.height):
            return f"{picture.width}x{picture.height}, not {self.width}x{self.height}"
        return None


def spec_for_ratio(text: str) -> ImageSpec:
    """`W:H` with its long side at 1200 pixels. ValueError for anything else, or beyond 21:9 and 9:21."""
    match = re.fullmatch(r"\s*(\d{1,4}(?:\.\d{1,3})?)\s*:\s*(\d{1,4}(?:\.\d{1,3})?)\s*", text, re.ASCII)
    across, down = (float(match[1]), float(match[2])) if match else (0.0, 0.0)
    if not across or not down or not 9 / 21 - 1e-9 <= across / down <= 21 / 9 + 1e-9:
        raise ValueError("not a ratio between 9:21 and 21:9")
    if across >= down:
        return ImageSpec(_LONG_SIDE, _even(_LONG_SIDE * down / across))
    return ImageSpec(_even(_LONG_SIDE * across / down), _LONG_SIDE)


def _even(pixels: float) -> int:
    """Whole, and a multiple of two where the ratio allows: halves of pixels blur. 16:9 stays 675."""
    return round(pixels) if abs(pixels - round(pixels)) < 1e-6 else 2 * round(pixels / 2)
