"""The offline designer: a typographic card out of a post's own words, with no key and no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from araldo.images.designer import professional
from araldo.images.designer.card import Card
from araldo.images.designer.render import render

_STYLES: Mapping[str, Callable[[Card], tuple[str, dict[str, bytes]]]] = {
    "professional": professional.compose,
}
STYLES = tuple(_STYLES)


def draw(card: Card) -> bytes:
    """A PNG of exactly `card.width` x `card.height`; the same card gives the same bytes. Safe in any thread."""
    html, images = _STYLES[card.style](card)
    return render(html, card.width, card.height, images)


__all__ = ["STYLES", "Card", "draw"]
