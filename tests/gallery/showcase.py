"""Generate the documentation's pictures from the gallery's samples."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from PIL import Image

from araldo.images.designer import Card, draw
from tests.gallery.samples import SAMPLES, SHAPES, carousel

FOLDER = Path(__file__).parents[2] / "docs" / "images"
_GAP, _GROUND = 14, (238, 238, 240)
# By style: a sample and a variant.
_PICKED = {
    "professional": ("summer", 3),
    "creative": ("english", 0),
    "minimal": ("menu", 5),
    "bold": ("summer", 2),
    "elegant": ("menu", 0),
    "playful": ("summer", 4),
}


def main() -> None:
    styles = [
        _of(sample, variant, style, shape)
        for style, (sample, variant) in _PICKED.items()
        for shape in ("16:9", "1:1", "9:16")
    ]
    _sheet("styles.jpg", styles, columns=6, height=330)
    scripts = (
        ("arabic", 1, "professional"),
        ("japanese", 0, "creative"),
        ("hebrew", 3, "bold"),
        ("hindi", 2, "elegant"),
        ("thai", 0, "minimal"),
        ("emoji", 4, "playful"),
        ("photo", 0, "creative"),
        ("photo", 0, "bold"),
        ("photo", 0, "elegant"),
        ("logo", 0, "minimal"),
    )
    _sheet("scripts.jpg", [_of(name, variant, style, "1:1") for name, variant, style in scripts], columns=5, height=280)
    _sheet("carousel.jpg", carousel("playful"), columns=7, height=290)
    _sheet(
        "example.jpg",
        [_of("summer", 0, "professional", shape) for shape in ("16:9", "1:1", "9:16")],
        columns=3,
        height=460,
    )


def _of(sample: str, variant: int, style: str, shape: str) -> Card:
    width, height = SHAPES[shape]
    return replace(SAMPLES[sample], style=style, width=width, height=height, variant=variant)


def _sheet(name: str, cards: list[Card], *, columns: int, height: int) -> None:
    pictures = [_scaled(card, height) for card in cards]
    rows = [pictures[start : start + columns] for start in range(0, len(pictures), columns)]
    width = max(sum(picture.width + _GAP for picture in row) for row in rows) + _GAP
    sheet = Image.new("RGB", (width, (height + _GAP) * len(rows) + _GAP), _GROUND)
    for down, row in enumerate(rows):
        x = _GAP + (width - _GAP - sum(picture.width + _GAP for picture in row)) // 2
        for picture in row:
            sheet.paste(picture, (x, _GAP + down * (height + _GAP)))
            x += picture.width + _GAP
    sheet.save(FOLDER / name, "JPEG", quality=80, optimize=True, progressive=True)


def _scaled(card: Card, height: int) -> Image.Image:
    with Image.open(io.BytesIO(draw(card))) as drawn:
        size = (round(drawn.width * height / drawn.height), height)
        return drawn.convert("RGB").resize(size, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
