"""A set of slides shares palette and shapes, and shows page numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from araldo.images.designer import STYLES, Card, draw
from araldo.images.designer.backdrop import choose_art_family
from araldo.images.designer.compose import compose
from araldo.images.designer.design import choose_design
from tests.images.designer.cards import FULL

CARDS = [FULL, Card("Il nuovo forno è a legna", "Si vede dalla strada."), Card("Vieni", cta="Vieni")]


@pytest.mark.parametrize("style", STYLES)
def test_the_slides_of_a_set_look_alike(style: str) -> None:
    slides = [
        replace(card, style=style, width=1080, height=1350, family="Il nuovo forno", mood=FULL.mood, page=(page, 3))
        for page, card in enumerate(CARDS, 1)
    ]
    looks = [choose_design(slide) for slide in slides]
    assert len({look.palette.name for look in looks}) == 1
    assert len({choose_art_family(look) for look in looks}) == 1
    pages = [[box for box in compose(slide).boxes() if box.role == "page"] for slide in slides]
    assert all(len(found) == 1 for found in pages)
    assert len({draw(slide) for slide in slides}) == 3
