"""The text, the words on the picture, the prompt."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.posts.compose import (
    compose_text,
    headline_and_rest,
    normal_hashtags,
    picture_prompt,
    words_of_slides,
)


def test_text_has_its_parts_apart() -> None:
    text = compose_text("Lancio nuovo servizio! 🚀", "Scopri di più →", ["marketing", "AI"])
    assert text == "Lancio nuovo servizio! 🚀\n\nScopri di più →\n\n#marketing #AI"


@pytest.mark.parametrize(
    ("cta", "tags", "text"),
    [(None, [], "Ciao"), ("", ["a"], "Ciao\n\n#a"), ("  ", [], "Ciao"), ("Vai", [], "Ciao\n\nVai")],
)
def test_empty_parts_leave_no_gap(cta: str | None, tags: list[str], text: str) -> None:
    assert compose_text(" Ciao ", cta, tags) == text


def test_hashtags_lose_their_sign_and_their_doubles() -> None:
    assert normal_hashtags(["#Marketing", "marketing", " AI ", "perche\u0301", "perché"]) == [
        "Marketing",
        "AI",
        "perché",
    ]


@given(st.lists(st.text(max_size=12), max_size=8))
def test_hashtags_are_normal_once_and_for_all(raw: list[str]) -> None:
    once = normal_hashtags(raw)
    assert len({tag.casefold() for tag in once}) == len(once)
    assert all(unicodedata.is_normalized("NFC", tag) for tag in once)


@pytest.mark.parametrize(
    ("content", "headline", "rest"),
    [
        ("Lancio nuovo servizio! 🚀", "Lancio nuovo servizio! 🚀", ""),
        ("Nuovo menù. Vieni a provarlo!", "Nuovo menù.", "Vieni a provarlo!"),
        ("Titolo\n\nCorpo del post.\nAltro.", "Titolo", "Corpo del post. Altro."),
        ("Aperti! 🎉 Da lunedì a sabato.", "Aperti! 🎉", "Da lunedì a sabato."),
        ("", "", ""),
    ],
)
def test_headline(content: str, headline: str, rest: str) -> None:
    assert headline_and_rest(content) == (headline, rest)


@given(st.text(min_size=1, max_size=600))
def test_headline_is_short_and_nothing_is_lost(content: str) -> None:
    headline, rest = headline_and_rest(content)
    assert len(headline) <= 91
    said = "".join((headline + rest).replace("…", "").split())
    meant = "".join(" ".join(content.split()).replace("…", "").split())
    assert set(said) <= set(meant)


@pytest.mark.parametrize(
    ("content", "cta", "count", "said"),
    [
        ("Titolo. Uno. Due. Tre.", None, 3, [("Titolo.", ""), ("Uno.", ""), ("Due.", "Tre.")]),
        ("Titolo. Uno. Due.", "Vieni →", 4, [("Titolo.", ""), ("Uno.", ""), ("Due.", ""), ("Vieni →", "")]),
        ("Titolo. Uno. Due.", "Vieni →", 2, [("Titolo.", ""), ("Vieni →", "")]),
        (
            "Titolo\nuna frase di molte parole in fila",
            None,
            3,
            [("Titolo", ""), ("una frase di", ""), ("molte parole in fila", "")],
        ),
        ("Titolo", None, 3, [("Titolo", "")] * 3),
        ("", None, 2, [("", "")] * 2),
    ],
)
def test_words_of_slides(content: str, cta: str | None, count: int, said: list[tuple[str, str]]) -> None:
    assert words_of_slides(content, cta, count) == said


@given(st.text(max_size=600), st.one_of(st.none(), st.text(max_size=40)), st.integers(1, 10))
def test_there_are_as_many_as_asked_and_the_cover_is_the_headline(content: str, cta: str | None, count: int) -> None:
    said = words_of_slides(content, cta, count)
    assert len(said) == count
    assert said[0] == (headline_and_rest(content)[0], "")


def test_prompt_falls_back() -> None:
    assert picture_prompt("a", "testo", "base", {"a": "own"}) == "own"
    assert picture_prompt("b", "testo", "base", {"a": "own"}) == "base"
    assert picture_prompt("b", " testo ", " ", {}) == "testo"
