"""The offline designer: a typographic card out of a post's own words, with no key and no network."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

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
    packed = BytesIO()
    lettered(card.photo, composed).save(packed, "PNG", compress_level=1)
    return packed.getvalue()


def over(photo: bytes, card: Card) -> bytes:
    """`photo`, a picture of any size that has been checked, under the card's words; else as `draw`."""
    return draw(replace(card, photo=photo))


def _images(composed: Composition) -> dict[str, bytes]:
    return {**composed.images, "ground": composed.backdrop()}


__all__ = ["FONT_PAIRS", "STYLES", "Card", "draw", "over"]
