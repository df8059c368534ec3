"""Time and memory for a card: our designer compared with Pillow drawing the same lines of text."""

from __future__ import annotations

import importlib
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from araldo.images.designer import STYLES, Card, draw, draw_jpeg
from araldo.images.designer.compose import compose

ROUNDS = 7
SIZES = {"16:9": (1200, 675), "1:1": (1080, 1080), "9:16": (1080, 1920)}
CARD = Card(
    headline="L’estate è già qui: −30% su tutto il catalogo",
    text="Solo fino a domenica. Spedizione gratuita e resi facili.",
    cta="Acquista ora",
    handle="@costaviva",
    kicker="Offerta",
    brand="Costa Viva",
    mood="estate",
)


def ours(style: str, shape: str, number: int) -> None:
    draw(_card(style, shape, number))


def preview(style: str, shape: str, number: int) -> None:
    draw_jpeg(_card(style, shape, number))


def pillow(style: str, shape: str, number: int) -> None:
    """Draw a gradient and the same lines at the same places with Pillow; no art, and no layout."""
    width, height = SIZES[shape]
    slope = Image.linear_gradient("L").resize((width, height))
    picture = Image.composite(
        Image.new("RGB", (width, height), "#06303a"), Image.new("RGB", (width, height), "#0b5563"), slope
    )
    drawing = ImageDraw.Draw(picture)
    for text, x, y, size, weight, family in _lines(style, shape, number):
        drawing.text((x, y), text, font=_font(family, size, weight), fill="white")
    out = BytesIO()
    picture.save(out, "PNG")


WAYS: dict[str, Callable[[str, str, int], None]] = {
    "araldo card, PNG": ours,
    "araldo card, JPEG for a preview": preview,
    "plain Pillow, PNG": pillow,
}


def _card(style: str, shape: str, number: int) -> Card:
    width, height = SIZES[shape]
    # Another text each time, so that no cache of glyphs or lines helps.
    return replace(CARD, headline=f"{CARD.headline} {number}", style=style, width=width, height=height, variant=number)


_LAID: dict[tuple[str, str], list[tuple[str, float, float, float, int, str]]] = {}


def _lines(style: str, shape: str, number: int) -> list[tuple[str, float, float, float, int, str]]:
    """Return where our layout places the lines; computed once, so that Pillow is not charged for it."""
    if (style, shape) not in _LAID:
        composed = compose(_card(style, shape, 0))
        found = []
        for box in composed.boxes():
            if box.role in {"headline", "text"}:
                words = CARD.headline if box.role == "headline" else CARD.text
                share = len(words) // max(1, len(box.ink)) + 1
                weight, family = (800, "plus_jakarta_sans") if box.role == "headline" else (400, "inter")
                for at, ink in enumerate(box.ink):
                    line = words[at * share : (at + 1) * share]
                    found.append((line, ink.x, ink.y, ink.height * 0.8, weight, family))
        _LAID[style, shape] = found
    return [
        (f"{text}{number}" if at == 0 else text, x, y, size, weight, family)
        for at, (text, x, y, size, weight, family) in enumerate(_LAID[style, shape])
    ]


def _font(family: str, size: float, weight: int) -> ImageFont.FreeTypeFont:
    folder = Path(str(importlib.import_module(f"fontpkg_{family}").__file__)).parent / "files"
    font = ImageFont.truetype(next(iter(sorted(folder.glob("*wght].ttf"), key=lambda path: len(path.name)))), size)
    axes = font.get_variation_axes()
    font.set_variation_by_axes([weight if axis["name"] == b"Weight" else axis["default"] or 0 for axis in axes])
    return font


def alone(way: str, style: str) -> None:
    """Measure in this process and print the medians and the peak memory as JSON."""
    medians = {}
    for shape in SIZES:
        WAYS[way](style, shape, 0)
        spent = []
        for number in range(1, ROUNDS + 1):
            started = time.process_time()
            WAYS[way](style, shape, number)
            spent.append((time.process_time() - started) * 1000)
        medians[shape] = round(statistics.median(spent))
    print(json.dumps({"ms": medians, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))


def main() -> None:
    print("| way | style | 16:9 ms CPU | 1:1 | 9:16 | peak MB |\n|---|---|---|---|---|---|")
    asked = [("araldo card, PNG", style) for style in STYLES]
    asked += [("araldo card, JPEG for a preview", "professional"), ("plain Pillow, PNG", "professional")]
    for way, style in asked:
        ran = subprocess.run(
            [sys.executable, "-m", "bench.cards", way, style], check=True, capture_output=True, text=True
        )
        found = json.loads(ran.stdout)
        numbers = " | ".join(str(found["ms"][shape]) for shape in SIZES)
        print(f"| {way} | {style if 'araldo' in way else ''} | {numbers} | {found['peak_mb']} |", flush=True)


if __name__ == "__main__":
    alone(*sys.argv[1:]) if len(sys.argv) > 2 else main()
