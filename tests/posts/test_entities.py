"""Links, hashtags and mentions: the cases that the studio is held to as well, and texts made to take long."""

from __future__ import annotations

import gc
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.entities.finder import (
    Entity,
    find_entities,
    find_hashtags,
    find_links,
    find_mentions,
    fold_hashtag,
    is_hashtag,
)
from araldo.posts.compose import compose_text, normalize_newlines
from araldo.posts.unlinking import remove_links
from tests.posts.entity_cases import FRAGMENTS, GENERATED, WRITTEN, found_in

CASES = json.loads(WRITTEN.read_text())
FINDERS = {"links": find_links, "hashtags": find_hashtags, "mentions": find_mentions}
TEXTS = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join) | st.text(max_size=200)


@pytest.mark.parametrize("case", CASES["entities"], ids=lambda case: case["text"][:30])
def test_entities_are_found(case: dict[str, Any]) -> None:
    assert {kind: [found.value for found in FINDERS[kind](case["text"])] for kind in case if kind != "text"} == {
        kind: found for kind, found in case.items() if kind != "text"
    }


@pytest.mark.parametrize("case", CASES["composed"], ids=lambda case: case["text"][:30])
def test_hashtags_are_published_once_and_line_ends_are_normalized(case: dict[str, Any]) -> None:
    assert compose_text(case["content"], case["cta"], case["hashtags"]) == case["text"]


def test_valid_and_invalid_hashtags_are_distinguished() -> None:
    assert [tag for tag in CASES["one_hashtag"]["yes"] if not is_hashtag(tag)] == []
    assert [tag for tag in CASES["one_hashtag"]["no"] if is_hashtag(tag)] == []


def test_the_generated_cases_match_the_finder() -> None:
    cases = json.loads(GENERATED.read_text())
    assert len(cases) >= 400
    assert [case for case in cases if found_in(case["text"]) != case] == []


@given(TEXTS)
def test_entities_are_ordered_and_do_not_overlap(text: str) -> None:
    at = 0
    for found in find_entities(text):
        assert at <= found.start < found.end
        assert text[found.start : found.end] == found.value
        at = found.end


@given(TEXTS)
def test_found_hashtags_are_valid_and_not_repeated_when_composing(text: str) -> None:
    tags = find_hashtags(text)
    assert all(is_hashtag(tag.value[1:]) for tag in tags)
    composed = compose_text(text, None, [tag.value[1:] for tag in tags])
    assert composed == compose_text(text, None, [])


@given(st.lists(st.sampled_from([one for one in FRAGMENTS if is_hashtag(one)]), min_size=1, max_size=5).map("".join))
def test_case_width_and_sign_do_not_distinguish_hashtags(tag: str) -> None:
    assert is_hashtag(tag)
    folded = fold_hashtag(tag)
    assert {fold_hashtag(same) for same in (folded, tag.upper(), f"#{tag}", f"＃{tag}", f" {tag} ")} == {folded}


@given(TEXTS)
def test_text_without_links_has_none_with_a_path(text: str) -> None:
    kept = remove_links(text)
    assert len(kept) <= len(text)
    if not find_links(text):
        assert kept == text


@given(TEXTS)
def test_composed_text_has_no_carriage_return(text: str) -> None:
    assert "\r" not in compose_text(text, text, [])
    lines = normalize_newlines(text)
    assert compose_text(lines.replace("\n", "\r\n"), None, []) == compose_text(text, None, [])


UNITS = (
    *("a@", "http://", "https://a.it/(", "https://a.it/)", "https://a@", "https://a.aa東", "https://["),
    *("a.it/", "a.", "a-", "www.", "(", "#", "#a", "#1", "＃", "@a.", "@", "@.", "e\u0301", "\u200d", "a_"),
    *("🥐", "[](", "https://a.it/!"),
)  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_finding_entities_takes_linear_time(unit: str) -> None:
    def seconds(text: str) -> float:
        begun = time.process_time()
        find_entities(text)
        return time.process_time() - begun

    times = 100_000 // len(unit)
    # A quadratic finder needs minutes for the longest text that a request may carry.
    assert seconds(unit * times) < 5
    assert seconds("https://example.com/" + unit * times) < 5


def test_the_entities_of_few_texts_are_kept_in_memory() -> None:
    """A text of 100,000 characters may hold 33,000 hashtags, which take 6 MB."""
    for number in range(50):
        assert len(find_entities(f"{number}" + " #a" * 200)) == 200
    assert sum(isinstance(kept, Entity) for kept in gc.get_objects()) <= 8 * 200
