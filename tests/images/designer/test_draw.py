"""The designer: exact pixels, the same bytes for the same card, readable colours, and no text that it cannot take."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from araldo.images.designer import Card, draw
from araldo.images.designer.palettes import PALETTES, Palette, contrast, palette_for
from tests.images.pictures import encoded

CARD = Card(
    headline="Lancio nuovo servizio! 🚀",
    text="Da oggi.",
    cta="Scopri di più →",
    handle="@studio",
    kicker=None,
    brand=None,
    colors=None,
    mood="tech startup",
    style="professional",
    width=1080,
    height=1080,
)
HARD = (
    "Parola" * 60,
    "una frase lunga che continua " * 40,
    "مرحبا بالعالم هذا نص عربي طويل",
    "שלום עולם",
    "👩‍👩‍👧‍👦🏳️‍🌈🚀" * 10,
    "a\nb\n\n\nc\t d",
    "<b>&amp; {{x}}</b><script>",
    "漢字",
)


def size(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as opened:
        return opened.size


@pytest.mark.parametrize("shape", [(1200, 675), (1080, 1080), (1080, 1920), (1200, 300), (300, 1200), (960, 1200)])
def test_the_pixels_are_exactly_those_asked_for(shape: tuple[int, int]) -> None:
    assert size(draw(replace(CARD, width=shape[0], height=shape[1]))) == shape


def test_the_same_card_gives_the_same_bytes_and_another_variant_does_not() -> None:
    assert draw(CARD) == draw(CARD)
    assert draw(CARD) != draw(replace(CARD, variant=1))


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
def test_text_can_be_read_on_every_palette(palette: Palette) -> None:
    for ground in (palette.ground, palette.deep):
        assert contrast(palette.ink, ground) >= 4.5
        assert contrast(palette.soft, ground) >= 4.5
    assert contrast(palette.on_accent, palette.accent) >= 4.5


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_text_can_be_read_on_any_brands_colours(first: str, second: str) -> None:
    palette = palette_for((first, second), "", "", 0)
    assert contrast(palette.ink, palette.ground) >= 4.5
    assert contrast(palette.soft, palette.ground) >= 4.5
    assert contrast(palette.on_accent, palette.accent) >= 4.5


@pytest.mark.parametrize("words", HARD)
@pytest.mark.parametrize("shape", [(1200, 675), (1080, 1920)])
def test_hard_words_are_fitted(words: str, shape: tuple[int, int]) -> None:
    card = replace(CARD, headline=words, text=words, cta=words[:80], width=shape[0], height=shape[1])
    assert size(draw(card)) == shape


@settings(max_examples=12, deadline=None)
@given(st.text(min_size=1, max_size=200), st.text(max_size=200), st.text(max_size=60) | st.none())
def test_no_text_breaks_it(headline: str, text: str, cta: str | None) -> None:
    assert size(draw(replace(CARD, headline=headline, text=text, cta=cta))) == (1080, 1080)


def test_the_call_to_action_is_drawn() -> None:
    assert draw(CARD) != draw(replace(CARD, cta=None))


@pytest.mark.parametrize("shape", [(1200, 675), (1080, 1350), (1080, 1920)])
def test_over_a_picture_the_words_can_be_read_however_bright_it_is(shape: tuple[int, int]) -> None:
    white, black = (encoded(Image.new("RGB", shape, colour), "JPEG") for colour in ("white", "black"))
    card = Card("Ciao", "E poi", photo=white, width=shape[0], height=shape[1])
    drawn = Image.open(io.BytesIO(draw(card)))
    assert drawn.size == shape
    corner = drawn.convert("L").tobytes()[0]
    assert contrast("#f0f0f0", f"#{corner:02x}{corner:02x}{corner:02x}") >= 4.5
    assert draw(replace(card, photo=black)) != draw(card)
