"""A set of cards that belong together: one palette, one family of shapes, one brand, and a page on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from araldo.images.designer.card import Card


def set_of(cards: Sequence[Card]) -> list[Card]:
    """The same cards as pages of one set. The first says what they look like; only the last asks for something."""
    if not cards:
        return []
    cover, count = cards[0], len(cards)
    return [
        replace(
            card,
            family=cover.family or cover.headline,
            mood=cover.mood,
            style=cover.style,
            variant=cover.variant,
            colors=cover.colors,
            fonts=cover.fonts,
            logo=cover.logo,
            brand=cover.brand,
            handle=cover.handle,
            page=(at, count) if count > 1 else None,
            cta=card.cta if at == count else None,
        )
        for at, card in enumerate(cards, 1)
    ]
