"""The coverage table agrees with the typefaces.

After a change of typefaces: `python -m tests.images.designer.test_coverage` writes it anew.
"""

from __future__ import annotations

import io
import unicodedata
from functools import cache

from fontTools.ttLib import TTFont

from araldo.images.designer import coverage, fonts


@cache
def characters() -> dict[str, frozenset[int]]:
    """Return the characters that all weights of each fallback family have, read from the font files."""
    found: dict[str, frozenset[int]] = {}
    for family, data in fonts.font_files():
        if family in fonts.FALLBACKS:
            points = frozenset(point for point in TTFont(io.BytesIO(data), lazy=True).getBestCmap() if _means(point))
            found[family] = found.get(family, points) & points
    return {family: found[family] for family in fonts.FALLBACKS}


def _means(point: int) -> bool:
    """Whether a code point has a meaning: neither a control character nor for private use."""
    return unicodedata.category(chr(point)) not in {"Cc", "Co"}


def test_the_coverage_table_matches_the_typefaces() -> None:
    assert coverage.parse_table(coverage.TABLE.read_text(encoding="ascii")) == characters()


def test_texts_without_east_asian_letters_need_no_east_asian_face() -> None:
    before = fonts.FALLBACKS[: min(map(fonts.FALLBACKS.index, fonts.EAST_ASIAN_FAMILIES))]
    others = frozenset().union(*(characters()[family] for family in before))
    for family in fonts.EAST_ASIAN_FAMILIES:
        assert {point for point in characters()[family] if point < ord(fonts.FIRST_EAST_ASIAN)} <= others


def test_a_coverage_table_round_trips() -> None:
    table = {"One": frozenset({65, 66, 67, 70}), "Two Three": frozenset({0x1F600})}
    assert coverage.format_table(table) == "One: 41-43 46\nTwo Three: 1F600\n"
    assert coverage.parse_table(coverage.format_table(table)) == table


if __name__ == "__main__":
    coverage.TABLE.write_text(coverage.format_table(characters()), encoding="ascii")
