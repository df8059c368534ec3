"""Compare cards with stored golden pictures, small and with a tolerance.

After an intended change, write them again with `python -m tests.images.designer.test_golden`, look at them, commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from araldo.images.designer import STYLES, Card, draw
from tests.gallery.samples import SAMPLES, landscape
from tests.images.designer.cards import at, decode_rgb

FOLDER = Path(__file__).parent / "golden"
_WIDTH = 160
# Tolerances, of 255: for the whole on average, and for the worst of its 12 x 12 parts.
_MEAN, _PART = 3.0, 16


def goldens() -> Iterator[tuple[str, Card]]:
    for number, style in enumerate(STYLES):
        for shape, name in (("16:9", "summer"), ("9:16", "arabic"), ("1:1", "menu")):
            card = replace(at(SAMPLES[name], style, shape), variant=number)
            yield f"{style}-{name}", card
    yield "photo", replace(at(SAMPLES["summer"], "professional", "4:5"), photo=landscape())
    yield "japanese", at(SAMPLES["japanese"], "creative", "1.91:1")
    yield "hindi", at(SAMPLES["hindi"], "elegant", "1:1")
    yield "thai", at(SAMPLES["thai"], "bold", "16:9")
    yield "burmese", at(SAMPLES["burmese"], "playful", "9:16")
    yield "stars", at(SAMPLES["stars"], "minimal", "1:1")


GOLDENS = dict(goldens())


def small(card: Card) -> Image.Image:
    drawn = decode_rgb(draw(card))
    return drawn.resize((_WIDTH, round(_WIDTH * card.height / card.width)), Image.Resampling.BOX)


@pytest.mark.parametrize("name", GOLDENS)
def test_a_card_matches_its_golden_picture(name: str) -> None:
    with Image.open(FOLDER / f"{name}.webp") as kept:
        apart = ImageChops.difference(small(GOLDENS[name]), kept.convert("RGB"))
    assert max(ImageStat.Stat(apart).mean) <= _MEAN
    assert _worst(apart) <= _PART


def _worst(apart: Image.Image) -> int:
    parts = apart.convert("L").resize((12, 12), Image.Resampling.BOX)
    return max(parts.tobytes())


def test_another_card_does_not_match_a_golden_picture() -> None:
    with Image.open(FOLDER / "bold-menu.webp") as kept:
        other = replace(GOLDENS["bold-menu"], headline="Un altro titolo")
        apart = ImageChops.difference(small(other), kept.convert("RGB"))
    assert _worst(apart) > _PART


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for key, golden in GOLDENS.items():
        small(golden).save(FOLDER / f"{key}.webp", lossless=True, method=6)
