"""The length of a text in each unit: the cases that the studio is held to as well, and texts made to take long."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.platforms.counting import TextLimits, Unit
from araldo.posts.compose import compose_text
from araldo.posts.counting import count_bytes, count_graphemes, count_text

CASES = json.loads((Path(__file__).parents[1] / "cases" / "counting.json").read_text())
UNITS: tuple[Unit, ...] = get_args(Unit)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:30])
def test_a_text_is_counted_in_each_unit(case: dict[str, Any]) -> None:
    text = compose_text(case["text"], None, [])
    units = [unit for unit in UNITS if unit in case]
    counted: dict[str, int] = {
        unit: count_text(text, TextLimits(500, unit=unit, **case.get("limits", {}))) for unit in units
    }
    if "bytes" in case:
        counted["bytes"] = count_bytes(text)
    assert counted == {name: case[name] for name in (*units, "bytes") if name in case}


def test_every_unit_has_cases_with_and_without_fixed_lengths() -> None:
    for fixed in (True, False):
        assert {unit for case in CASES if ("limits" in case) == fixed for unit in case} >= set(UNITS)


@given(st.text(max_size=200))
def test_no_unit_counts_less_than_one_for_each_grapheme(text: str) -> None:
    counts = {unit: count_text(text, TextLimits(1, unit=unit)) for unit in UNITS}
    assert counts["graphemes"] <= counts["code_points"] <= counts["utf16"] <= count_bytes(text)
    assert count_graphemes(text) <= counts["weighted"] <= 2 * counts["code_points"]


@pytest.mark.parametrize(
    "part",
    ["@a", "@a@", "@a.", "@a@b.", "https://a.it/", ".", "👩\u200d", "1\ufe0f", "\u0600", "\u1100", "🇮", "क\u094d"],
)
@pytest.mark.parametrize("unit", UNITS)
def test_no_text_takes_longer_than_its_length(part: str, unit: Unit) -> None:
    limits = TextLimits(1, unit=unit, url_length=23, url_needs_scheme=False, mention_domain_counts=False)
    begun = time.process_time()
    count_text(part * (100_000 // len(part)), limits)
    assert time.process_time() - begun < 5
