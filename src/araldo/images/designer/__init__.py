"""The offline designer: a typographic card out of a post's own words, with no key and no network."""

from __future__ import annotations

from araldo.images.designer import render
from araldo.images.designer.card import Card
from araldo.images.designer.compose import compose
from araldo.images.designer.fonts import PAIRS
from araldo.images.designer.styles import STYLES as _STYLES

STYLES = tuple(_STYLES)
FONT_PAIRS = tuple(PAIRS)


def draw(card: Card) -> bytes:
    """A PNG of exactly `card.width` x `card.height`; the same card gives the same bytes. Safe in any thread.

    Raises ValueError (DoesNotFit, BadTemplate) rather than drawing a card with something missing.
    """
    composed = compose(card)
    images = {**composed.images, "ground": composed.backdrop()}
    return render.render(composed.html(), card.width, card.height, images)


__all__ = ["FONT_PAIRS", "STYLES", "Card", "draw"]
