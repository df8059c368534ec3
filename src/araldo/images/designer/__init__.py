"""The offline designer: a typographic card out of a post's own words, with no key and no network."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

from PIL import Image

from araldo.images.designer import render
from araldo.images.designer.card import Card
from araldo.images.designer.compose import Composition, compose
from araldo.images.designer.fonts import PAIRS
from araldo.images.designer.photo import lettered
from araldo.images.designer.styles import STYLES as _STYLES

STYLES = tuple(_STYLES)
FONT_PAIRS = tuple(PAIRS)


def draw(card: Card) -> bytes:
    """A PNG of exactly `card.width` x `card.height`; the same card gives the same bytes. Safe in any thread.

    Raises ValueError (DoesNotFit, BadTemplate) rather than drawing a card with something missing, and Unfit for a
    `photo` that cannot be read.
    """
    composed = compose(card)
    if card.photo is None:
        return render.render(composed.html(), card.width, card.height, _images(composed))
    return _packed(lettered(card.photo, composed), "PNG", compress_level=1)


def draw_jpeg(card: Card) -> bytes:
    """As `draw`, to look at: packed at once, which costs a fraction of unpacking a PNG again."""
    composed = compose(card)
    if card.photo is None:
        drawn = render.pixels(composed.html(), card.width, card.height, _images(composed)).convert("RGB")
    else:
        drawn = lettered(card.photo, composed)
    return _packed(drawn, "JPEG", quality=88, subsampling="4:4:4")


def over(photo: bytes, card: Card) -> bytes:
    """`photo`, a picture of any size that has been checked, under the card's words; else as `draw`."""
    return draw(replace(card, photo=photo))


def _packed(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _images(composed: Composition) -> dict[str, bytes]:
    return {**composed.images, "ground": composed.backdrop()}


__all__ = ["FONT_PAIRS", "STYLES", "Card", "draw", "draw_jpeg", "over"]
