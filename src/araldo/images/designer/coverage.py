"""Which characters each typeface has, from a table that is generated when the typefaces change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("coverage.txt")


@cache
def _characters() -> Mapping[str, frozenset[int]]:
    """Return the code points of each family, in fallback order."""
    return parse_table(TABLE.read_text(encoding="ascii"))


@cache
def _all() -> frozenset[int]:
    return frozenset().union(*_characters().values())


def has_glyph(letter: str) -> bool:
    """Whether any typeface has this character."""
    return ord(letter) in _all()


def has_glyphs_together(letters: str) -> bool:
    """Whether one typeface has all of these: a mark is placed correctly only by the typeface of its letter."""
    points = frozenset(map(ord, letters))
    return points <= _all() and any(points <= characters for characters in _characters().values())


def parse_table(table: str) -> dict[str, frozenset[int]]:
    """Parse the table: a line for each family with its name, a colon, and inclusive ranges in hexadecimal."""
    found: dict[str, frozenset[int]] = {}
    for line in table.splitlines():
        family, _, ranges = line.partition(": ")
        points: set[int] = set()
        for interval in ranges.split():
            first, _, last = interval.partition("-")
            points.update(range(int(first, 16), int(last or first, 16) + 1))
        found[family] = frozenset(points)
    return found


def format_table(characters: Mapping[str, Iterable[int]]) -> str:
    """Format the table that `parse_table` reads."""
    return "".join(f"{family}: {' '.join(_ranges(points))}\n" for family, points in characters.items())


def _ranges(points: Iterable[int]) -> list[str]:
    ranges: list[list[int]] = []
    for point in sorted(points):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return [f"{first:X}" if first == last else f"{first:X}-{last:X}" for first, last in ranges]
