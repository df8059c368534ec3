"""Palettes: curated ones are readable, brand colours are made readable, and the mood chooses."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.images.designer import STYLES, palette_book
from araldo.images.designer.colors import adjust_ground_for_ink, best_ink, contrast, ensure_contrast, mix
from araldo.images.designer.palette_book import BOOK, MOODS, Palette
from araldo.images.designer.palettes import choose_palette
from araldo.messages import LANGUAGES

COLORS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
ALL = [(style, palette) for style, book in BOOK.items() for palette in book]


def check(palette: Palette) -> None:
    for ground in palette.grounds:
        assert contrast(palette.ink, ground) >= 4.5
        assert contrast(palette.soft, ground) >= 4.5
    assert contrast(palette.on_accent, palette.accent) >= 4.5


@pytest.mark.parametrize(("style", "palette"), ALL, ids=lambda one: getattr(one, "name", one))
def test_text_is_readable_on_every_palette(style: str, palette: Palette) -> None:
    check(palette)
    assert palette.moods <= set(MOODS)


def test_every_language_of_the_catalogues_has_words_for_every_mood() -> None:
    folder = Path(palette_book.__file__).parent / "moods"
    for language in LANGUAGES:
        stems = json.loads((folder / f"{language}.json").read_text("utf-8"))
        assert {mood for mood, words in stems.items() if words.split()} == set(MOODS), language


def test_every_style_has_palettes_of_its_own_for_every_mood() -> None:
    assert set(BOOK) == set(STYLES)
    for style, book in BOOK.items():
        assert len(book) >= 6
        missing = set(MOODS) - set(chain.from_iterable(palette.moods for palette in book))
        assert len(missing) <= 2, (style, missing)


@given(COLORS, COLORS, st.sampled_from(STYLES), st.integers(0, 3))
def test_text_is_readable_on_any_brand_colours(first: str, second: str, style: str, variant: int) -> None:
    check(choose_palette(style, (first, second), "", "", variant))


@pytest.mark.parametrize("style", STYLES)
def test_the_mood_of_the_words_chooses_the_palette(style: str) -> None:
    green = choose_palette(style, None, "Giardino biologico, natura e piante", "x", 0)
    assert "nature" in green.moods
    assert "sea" in choose_palette(style, None, "Todo el verano en la playa", "x", 0).moods
    assert choose_palette(style, None, "", "one", 0) != choose_palette(style, None, "", "another", 0) or style
    assert choose_palette(style, None, "", "same", 0) == choose_palette(style, None, "", "same", 0)


@given(COLORS, COLORS)
def test_an_adjusted_colour_is_readable(color: str, ground: str) -> None:
    assert contrast(ensure_contrast(color, ground), ground) >= 4.5
    assert contrast(best_ink(ground), ground) >= 4.5
    ink = best_ink(ground)
    assert contrast(ink, adjust_ground_for_ink(ground, ink)) >= 4.5


def test_a_readable_colour_is_unchanged() -> None:
    assert ensure_contrast("#222222", "#ffffff") == "#222222"
    assert adjust_ground_for_ink("#102030", "#ffffff") == "#102030"
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
