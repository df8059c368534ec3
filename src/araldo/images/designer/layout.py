"""Where things may stand on a card of any shape: the column of text, the safe edges, and the art."""

from __future__ import annotations

from dataclasses import dataclass

from araldo.images.designer.art import Box

_WIDE, _TALL = 1.25, 0.7
# A Story's own buttons cover the top 270 and the bottom 400 of 1920 pixels (Meta's design guide for stories).
_STORY_TOP, _STORY_BOTTOM = 270 / 1920, 400 / 1920
_STORY_RATIO = 0.6


@dataclass(frozen=True, slots=True)
class Frame:
    """`unit` is the length that sizes are multiples of; `text` is the column, `art` never meets it."""

    unit: float
    text: Box
    art: Box
    headline_most: float
    headline_least: float


def frame_for(width: int, height: int) -> Frame:
    ratio = width / height
    if ratio >= _WIDE:
        return _wide(width, height)
    return _tall(width, height) if ratio <= _TALL else _square(width, height)


def _wide(width: int, height: int) -> Frame:
    """Text on one half and a bit, art on the other, from edge to edge."""
    unit = min(height / 100, width / 150)
    margin = 8.0 * unit
    text = Box(margin, margin, width * 0.54 - margin, height - 2 * margin)
    art = Box(width * 0.575, 0, width * 0.425, height)
    return Frame(unit, text, art, 12.5 * unit, 5.2 * unit)


def _square(width: int, height: int) -> Frame:
    """Text above, art below from edge to edge."""
    unit = min(width, height) / 100
    margin = 7.5 * unit
    art_height = height * 0.33
    text = Box(margin, margin, width - 2 * margin, height - art_height - margin - 3 * unit)
    return Frame(unit, text, Box(0, height - art_height, width, art_height), 12.5 * unit, 4.4 * unit)


def _tall(width: int, height: int) -> Frame:
    """As a square, within what a Story leaves free; the art may run under its buttons."""
    unit = min(width / 90, height / 140)
    margin = 7.2 * unit
    story = width / height <= _STORY_RATIO
    top = height * _STORY_TOP if story else margin
    art_top = height * (0.615 if story else 0.64)
    text = Box(margin, top, width - 2 * margin, art_top - top - 4 * unit)
    return Frame(unit, text, Box(0, art_top, width, height - art_top), 14.5 * unit, 4.6 * unit)
