"""The designer: exact pixels, deterministic bytes, any text, and errors instead of missing parts."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from araldo.images.designer import FONT_PAIRS, STYLES, Card, draw, fonts, render, text
from araldo.images.designer.backdrop import choose_art_family
from araldo.images.designer.clusters import split_clusters
from araldo.images.designer.column import DoesNotFit
from araldo.images.designer.compose import compose
from araldo.images.designer.design import choose_design
from araldo.images.designer.styles import STYLES as DECLARED
from tests.images.designer.cards import FULL, SAMPLES, SHAPES, at, decode_rgb
from tests.support.examples import examples


@pytest.mark.parametrize("shape", [*SHAPES.values(), (1200, 300), (300, 1200), (514, 1200), (320, 320)])
def test_a_card_has_exactly_the_requested_size(shape: tuple[int, int]) -> None:
    assert decode_rgb(draw(replace(FULL, width=shape[0], height=shape[1]))).size == shape


@pytest.mark.parametrize("style", STYLES)
def test_the_same_card_gives_the_same_bytes_and_another_variant_does_not(style: str) -> None:
    card = at(FULL, style, "16:9")
    drawn = draw(card)
    assert drawn == draw(card)
    assert drawn != draw(replace(card, variant=1))


def test_styles_differ_from_each_other() -> None:
    assert STYLES == ("professional", "creative", "minimal", "bold", "elegant", "playful")
    drawn = [decode_rgb(draw(at(FULL, style, "1:1"))).resize((8, 8)).tobytes() for style in STYLES]
    apart = [
        sum(abs(a - b) for a, b in zip(item, other, strict=True)) / len(item)
        for index, item in enumerate(drawn)
        for other in drawn[index + 1 :]
    ]
    assert min(apart) > 12


def test_variants_go_through_all_families_and_palettes_of_a_style() -> None:
    for name, style in DECLARED.items():
        looks = [choose_design(replace(FULL, style=name, variant=variant)) for variant in range(12)]
        assert {choose_art_family(look) for look in looks} == set(style.families)
        assert len(style.families) >= 4
        assert len({look.palette.name for look in looks}) >= 6
        assert looks[0].palette != looks[1].palette
        assert choose_art_family(looks[0]) != choose_art_family(looks[1])


@examples(5)
@given(
    st.text(min_size=1, max_size=200),
    st.text(max_size=200),
    st.text(max_size=60) | st.none(),
    st.sampled_from(STYLES),
    st.sampled_from(sorted(SHAPES)),
)
def test_any_text_can_be_drawn(headline: str, words: str, cta: str | None, style: str, shape: str) -> None:
    card = at(replace(FULL, headline=headline, text=words, cta=cta, brand=headline, kicker=cta), style, shape)
    assert decode_rgb(draw(card)).size == SHAPES[shape]


def test_markup_in_text_is_escaped() -> None:
    card = Card("<b>&amp; {{x}}</b><img src=x><script>")
    (headline,) = (box for box in compose(card).boxes() if box.role == "headline")
    assert headline.has_letters or headline.ink
    assert "<script>" not in compose(card).html()


def test_letters_that_are_written_at_once_are_none_of_an_emoji_and_unstyled() -> None:
    plain = [letter for letter in map(chr, range(0x3000)) if text._PLAIN.fullmatch(letter)]
    assert len(plain) > 150
    for letter in (*plain, "".join(plain), "1# 2* ©2025"):
        clusters = list(split_clusters(letter))
        assert {cluster.picture for cluster in clusters} == {None}
        assert "".join(text._letters_html(cluster.text) for cluster in clusters) == text.to_html(letter, {})


def test_every_part_is_drawn() -> None:
    without = (
        replace(FULL, cta=None),
        replace(FULL, kicker=None),
        replace(FULL, handle=None),
        replace(FULL, brand=None),
        replace(FULL, text=""),
    )
    assert len({draw(card) for card in (FULL, *without)}) == 6


def test_font_pairs_differ_from_each_other() -> None:
    assert len({draw(replace(FULL, fonts=pair)) for pair in FONT_PAIRS}) == len(FONT_PAIRS)


@pytest.mark.parametrize("name", ["japanese", "korean", "arabic", "hebrew", "emoji"])
def test_letters_of_every_script_are_drawn(name: str) -> None:
    """Different letters must look different, which empty boxes would not."""
    letters = [item for item in dict.fromkeys(SAMPLES[name].headline) if item.isalpha()][:6]
    drawn = {decode_rgb(draw(Card(letter * 3, width=400, height=400, mood="x"))).tobytes() for letter in letters}
    assert len(drawn) == len(letters)


def test_flags_and_family_emoji_are_pictures() -> None:
    images = compose(Card("🇮🇹 👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏳️‍🌈")).images
    assert set(images) == {
        "flag/it.svg",
        "flag/gb-eng.svg",
        "emoji/1f469-200d-1f469-200d-1f467-200d-1f466.svg",
        "emoji/1f3f3-200d-1f308.svg",
    }


def test_a_missing_picture_is_an_error() -> None:
    with pytest.raises(render.BadTemplate, match="logo"):
        render.render_png('<div><img src="logo"/></div>', 20, 20, {})


def test_a_broken_picture_is_an_error() -> None:
    with pytest.raises(render.BadTemplate):
        render.render_png(
            '<div style="display:flex"><img src="logo" style="width:9px;height:9px"/></div>',
            20,
            20,
            {"logo": b"\x89PNG"},
        )


def test_a_font_that_is_broken_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "font_files", lambda _: iter([("Broken", b"no font at all")]))
    with pytest.raises(render.BadTemplate, match="Broken"):
        render._renderer.__wrapped__()


def test_east_asian_faces_are_loaded_for_a_text_that_needs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    template = '<div style="display:flex;font-size:20px">Ciao {}</div>'
    expected = [render.render_png(template.format(word), 200, 40, {}) for word in ("東京", "!")]
    loaded: list[str] = []

    def record_files(families: Collection[str]) -> Iterator[tuple[str, bytes]]:
        for family, data in font_files(families):
            loaded.append(family)
            yield family, data

    font_files = fonts.font_files
    monkeypatch.setattr(fonts, "font_files", record_files)
    for name in ("_renderer", "_east_asian_renderer"):
        monkeypatch.setattr(render, name, cache(getattr(render, name).__wrapped__))
    assert render.render_png(template.format("!"), 200, 40, {}) == expected[1]
    assert set(loaded) == set(fonts.FAMILIES) - set(fonts.EAST_ASIAN_FAMILIES)
    assert render.render_png(template.format("東京"), 200, 40, {}) == expected[0]
    assert set(loaded) == set(fonts.FAMILIES)
    render.render_png(template.format("大阪"), 200, 40, {})
    assert len(loaded) == len(list(font_files()))


def test_a_card_too_small_for_any_word_is_an_error() -> None:
    with pytest.raises(DoesNotFit):
        draw(Card("Ciao", width=6, height=6))


def test_a_logo_is_visible_on_every_background() -> None:
    dark = io.BytesIO()
    Image.new("RGBA", (60, 60), (12, 14, 30, 255)).resize((60, 60)).save(dark, "PNG")
    clear = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    clear.paste((12, 14, 30, 255), (10, 10, 50, 50))
    see_through = io.BytesIO()
    clear.save(see_through, "PNG")
    for logo in (dark.getvalue(), see_through.getvalue()):
        with_logo = replace(FULL, logo=logo)
        (box,) = (box.box for box in compose(with_logo).boxes() if box.role == "logo")
        assert box.width > 20
        assert draw(with_logo) != draw(FULL)
