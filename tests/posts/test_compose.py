"""The text, the words on the picture, the prompt."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.posts.compose import (
    compose_text,
    normalize_hashtags,
    picture_prompt,
)


def test_parts_of_the_text_are_separated_by_blank_lines() -> None:
    text = compose_text("Lancio nuovo servizio! 🚀", "Scopri di più →", ["marketing", "AI"])
    assert text == "Lancio nuovo servizio! 🚀\n\nScopri di più →\n\n#marketing #AI"


@pytest.mark.parametrize(
    ("cta", "tags", "text"),
    [(None, [], "Ciao"), ("", ["a"], "Ciao\n\n#a"), ("  ", [], "Ciao"), ("Vai", [], "Ciao\n\nVai")],
)
def test_empty_parts_leave_no_gap(cta: str | None, tags: list[str], text: str) -> None:
    assert compose_text(" Ciao ", cta, tags) == text


def test_hashtags_lose_their_sign_and_duplicates() -> None:
    assert normalize_hashtags(["#Marketing", "marketing", " AI ", "perche\u0301", "perché"]) == [
        "Marketing",
        "AI",
        "perché",
    ]


@given(st.lists(st.text(max_size=12), max_size=8))
def test_normalizing_hashtags_is_idempotent(raw: list[str]) -> None:
    once = normalize_hashtags(raw)
    assert len({tag.casefold() for tag in once}) == len(once)
    assert all(unicodedata.is_normalized("NFC", tag) for tag in once)


def test_the_prompt_falls_back_to_base_prompt_and_content() -> None:
    assert picture_prompt("a", "testo", "base", {"a": "own"}) == "own"
    assert picture_prompt("b", "testo", "base", {"a": "own"}) == "base"
    assert picture_prompt("b", " testo ", " ", {}) == "testo"
