"""Draw the gallery into a folder: an HTML page and its pictures."""

from __future__ import annotations

import argparse
import html
import io
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from PIL import Image

from araldo.images.designer import STYLES, Card, draw
from tests.gallery.samples import SAMPLES, SHAPES, carousel

_PAGE = """<!doctype html><meta charset="utf-8"><title>Araldo's cards</title>
<style>body{{font:15px system-ui;margin:2rem;background:#ddd}}h2{{margin:3rem 0 .5rem}}section{{display:flex;gap:12px;
flex-wrap:wrap;align-items:flex-start;margin-bottom:12px}}figure{{margin:0}}img{{display:block;height:340px}}
figcaption{{font-size:12px;color:#444}}</style><h1>Araldo's cards</h1>
<p>{count} cards, {seconds:.0f} s of CPU.</p>{body}"""


def cards(samples: list[str], variants: int) -> Iterator[tuple[str, str, str, int, Card]]:
    for style in STYLES:
        for name in samples:
            for variant in range(variants):
                for shape, (width, height) in SHAPES.items():
                    card = replace(SAMPLES[name], style=style, width=width, height=height, variant=variant)
                    yield style, name, shape, variant, card


def slides() -> Iterator[tuple[str, str, str, int, Card]]:
    """Draw a list as a carousel in every style."""
    for style in STYLES:
        for at, card in enumerate(carousel(style), 1):
            yield style, "carousel", "4:5", at, card


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--samples", nargs="*", default=list(SAMPLES))
    asked.add_argument("--variants", type=int, default=1)
    options = asked.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    started, count, body, section = time.process_time(), 0, [], ""
    for style, name, shape, variant, card in chain(cards(options.samples, options.variants), slides()):
        file = f"{style}-{name}-{shape.replace(':', 'x')}-{variant}.png"
        _save(draw(card), options.folder / file)
        count += 1
        heading = f"{style}, {name}"
        if heading != section:
            body.append(f"{'</section>' if section else ''}<h2>{html.escape(heading)}</h2><section>")
            section = heading
        body.append(f'<figure><img src="{file}"><figcaption>{shape} / {variant}</figcaption></figure>')
    seconds = time.process_time() - started
    page = _PAGE.format(count=count, seconds=seconds, body="".join(body) + "</section>")
    (options.folder / "index.html").write_text(page, encoding="utf-8")


def _save(data: bytes, path: Path) -> None:
    with Image.open(io.BytesIO(data)) as drawn:
        drawn.convert("RGB").save(path, "PNG", compress_level=6)


if __name__ == "__main__":
    main()
