"""One text as slides: lists, prose, and nothing lost on the way."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.posts.slides import split_into_slides, wordings_of_slides
from araldo.posts.wording import Wording, wording_of

LIST = """5 consigli per foto migliori con il telefono 📸

1. Pulisci l'obiettivo. Sembra ovvio, ma metà delle foto sfocate nasce lì.
2) Cerca la luce di lato
3. Tieni la linea dell'orizzonte dritta.
- Non usare lo zoom
- Scatta tre volte

#fotografia #smartphone"""
PROSE = (
    "NOVITÀ: apriamo un secondo laboratorio! Dopo tre anni in via Roma ci serviva spazio. Il nuovo forno è a legna, e "
    "si vede dalla strada. Ci trovate dal martedì al sabato dalle 7.30. La domenica facciamo solo focaccia, finché ce "
    "n'è. Venite a trovarci: il primo caffè lo offriamo noi."
)


def test_each_list_item_is_a_slide() -> None:
    assert split_into_slides(LIST, "Salva il post") == [
        Wording("5 consigli per foto migliori con il telefono 📸"),
        Wording("Pulisci l'obiettivo", "Sembra ovvio, ma metà delle foto sfocate nasce lì.", "1"),
        Wording("Cerca la luce di lato", "", "2"),
        Wording("Tieni la linea dell'orizzonte dritta", "", "3"),
        Wording("Non usare lo zoom", "", "4"),
        Wording("Scatta tre volte", "", "5"),
        Wording("Salva il post"),
    ]


def test_prose_is_split_between_sentences() -> None:
    slides = split_into_slides(PROSE, "Vieni a trovarci")
    assert slides[0] == Wording("Apriamo un secondo laboratorio!", kicker="NOVITÀ")
    assert slides[-1] == Wording("Vieni a trovarci")
    assert 4 <= len(slides) <= 6
    assert slides[1].headline == "Dopo tre anni in via Roma ci serviva spazio"
    assert all(len(slide.headline) <= 91 for slide in slides)


@pytest.mark.parametrize("most", [2, 3, 4, 10])
def test_there_are_never_more_slides_than_requested_and_no_text_is_lost(most: int) -> None:
    slides = split_into_slides(
        LIST + "\n6. Sesto\n7. Settimo\n8. Ottavo\n9. Nono\n10. Decimo\n11. Undicesimo", None, most=most
    )
    assert len(slides) == most
    said = " ".join(f"{slide.headline} {slide.text}" for slide in slides)
    assert all(word in said for word in ("orizzonte", "zoom", "Undicesimo", "Settimo"))


def test_one_sentence_is_one_slide_and_empty_text_is_none() -> None:
    assert split_into_slides("Siamo aperti!") == [Wording("Siamo aperti!")]
    assert split_into_slides("Siamo aperti!", "Vieni") == [Wording("Siamo aperti!"), Wording("Vieni")]
    assert split_into_slides("") == split_into_slides("#solo #hashtag") == []


SENTENCE = st.lists(
    st.sampled_from(["alfa", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]), min_size=2, max_size=14
).map(lambda words: " ".join(words).capitalize() + ".")


@given(st.lists(SENTENCE, min_size=1, max_size=30), st.integers(2, 10), st.none() | st.just("Scopri"))
def test_every_word_is_on_some_slide_in_order(sentences: list[str], most: int, cta: str | None) -> None:
    slides = split_into_slides(" ".join(sentences), cta, most=most)
    assert 1 <= len(slides) <= most
    said = " ".join(f"{slide.headline} {slide.text}" for slide in (slides[:-1] if cta else slides))
    if len(slides) > 2 or (not cta and len(slides) > 1):
        assert re.findall(r"\w+", said.casefold()) == re.findall(r"\w+", " ".join(sentences).casefold())


@pytest.mark.parametrize(
    ("content", "cta", "count", "said"),
    [
        ("Titolo. Uno. Due. Tre.", None, 3, [Wording("Titolo"), Wording("Uno", "Due."), Wording("Tre")]),
        ("Titolo. Uno. Due.", "Vieni →", 2, [Wording("Titolo"), Wording("Vieni →")]),
        (
            "Titolo\nuna frase di molte parole in fila",
            None,
            3,
            [Wording("Titolo"), Wording("una frase di molte"), Wording("parole in fila")],
        ),
        ("Titolo", None, 3, [Wording("Titolo")] * 3),
        ("Titolo", "Vieni", 3, [Wording("Titolo"), Wording("Titolo"), Wording("Vieni")]),
        ("", None, 2, [Wording("")] * 2),
    ],
)
def test_every_requested_slide_has_text(content: str, cta: str | None, count: int, said: list[Wording]) -> None:
    assert wordings_of_slides(content, cta, count) == said


@given(st.text(max_size=600), st.none() | st.text(max_size=40), st.integers(1, 10))
def test_the_number_of_slides_is_as_requested_and_the_cover_is_the_headline(
    content: str, cta: str | None, count: int
) -> None:
    said = wordings_of_slides(content, cta, count)
    assert len(said) == count
    assert said[0].headline == wording_of(content, cta).headline or len(split_into_slides(content, cta)) > 1
