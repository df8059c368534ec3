"""A set of slides: siblings in palette and shapes, pages on each, and the call to action at the end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from araldo.images.designer import STYLES, Card, draw
from araldo.images.designer.carousel import set_of
from araldo.images.designer.compose import compose
from araldo.images.designer.grounds import family_of
from araldo.images.designer.look import look_of
from tests.images.designer.cards import FULL

CARDS = [
    replace(FULL, height=1350),
    Card("Il nuovo forno è a legna", "Si vede dalla strada."),
    Card("Vieni", cta="Vieni"),
]


@pytest.mark.parametrize("style", STYLES)
def test_the_slides_of_a_set_are_siblings(style: str) -> None:
    cards = [replace(card, style=style, width=1080, height=1350) for card in CARDS]
    slides = set_of(cards)
    looks = [look_of(slide) for slide in slides]
    assert {look.palette.name for look in looks} == {look_of(cards[0]).palette.name}
    assert {family_of(look) for look in looks} == {family_of(look_of(cards[0]))}
    pages = [[box for box in compose(slide).boxes() if box.role == "page"] for slide in slides]
    assert all(len(found) == 1 for found in pages)
    assert len({draw(slide) for slide in slides}) == 3


def test_only_the_last_asks_for_something() -> None:
    assert [slide.cta for slide in set_of(CARDS)] == [None, None, "Vieni"]
    assert [slide.page for slide in set_of(CARDS)] == [(1, 3), (2, 3), (3, 3)]
    assert {slide.brand for slide in set_of(CARDS)} == {"Costa Viva"}


def test_one_card_is_no_set() -> None:
    assert set_of([FULL])[0].page is None
    assert set_of([]) == []
