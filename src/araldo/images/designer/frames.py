"""Layouts of a card of any shape: the boxes of the signature, the text column, and the art beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from araldo.images.designer.nodes import Box

Shape = Literal["wide", "block", "tall"]
Layout = Literal["side", "stage", "corner", "poster", "centre", "panel", "photo"]
Anchor = Literal["top", "middle", "bottom"]

_WIDE, _TALL = 1.25, 0.7
# A Story's own buttons cover the top 270 and the bottom 400 of 1920 pixels (Meta's design guide for stories).
STORY_TOP, STORY_BOTTOM = 270 / 1920, 400 / 1920
_STORY_RATIO = 0.6


@dataclass(frozen=True, slots=True)
class Frame:
    """`unit`: the length that sizes are multiples of. `text`: the largest box of the column, placed at `anchor` in it.

    `art`: where the shapes go: `end` beside the column, `below` or `above` it in the space it leaves, on both `flanks`.
    `rest`: the box of the shapes; for `below` and `above`, before the column's height is known.
    """

    shape: Shape
    unit: float
    width: int
    height: int
    safe: Box
    signature: Box
    text: Box
    anchor: Anchor
    art: Literal["end", "below", "above", "flanks", "none"]
    rest: Box
    gap: float

    def column_at(self, height: float) -> Box:
        """Return the box of a column of this height."""
        free = self.text.height - height
        lower = {"top": 0.0, "middle": free / 2, "bottom": free}[self.anchor]
        return Box(self.text.x, self.text.y + lower, self.text.width, height)

    def art_beside(self, column: Box) -> Box:
        """Return the box that the column leaves for the art."""
        if self.art == "below":
            top = column.bottom + self.gap
            return Box(self.rest.x, top, self.rest.width, self.height - top)
        if self.art == "above":
            return Box(self.rest.x, self.rest.y, self.rest.width, column.y - self.gap - self.rest.y)
        return self.rest


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A card's basic measures; `line` is the height of the signature line."""

    shape: Shape
    unit: float
    width: int
    height: int
    safe: Box

    @property
    def line(self) -> float:
        return 5.2 * self.unit


def shape_of(width: int, height: int) -> Shape:
    ratio = width / height
    if ratio >= _WIDE:
        return "wide"
    return "tall" if ratio <= _TALL else "block"


def frame_for(layout: Layout, width: int, height: int, *, signed: bool) -> Frame:
    """Return the frame of a layout; `signed`: reserve space for the signature line."""
    return _LAYOUTS[layout](_sheet(width, height), 1.0 if signed else 0.0)


def _sheet(width: int, height: int) -> _Sheet:
    shape = shape_of(width, height)
    if shape == "wide":
        unit, margin = min(height / 93, width / 150), 7.6
    elif shape == "block":
        unit, margin = min(width, height) / 100, 7.5
    else:
        unit, margin = min(width / 90, height / 140), 7.2
    edge = margin * unit
    top = bottom = edge
    if width / height <= _STORY_RATIO:
        top, bottom = height * STORY_TOP, height * STORY_BOTTOM
    return _Sheet(shape, unit, width, height, Box(edge, top, width - 2 * edge, height - top - bottom))


def _frame(
    sheet: _Sheet,
    text: Box,
    anchor: Anchor,
    art: Literal["end", "below", "above", "flanks", "none"],
    rest: Box,
    *,
    signed: float,
    signature: Literal["top", "bottom"],
    gap: float = 5.0,
    around: float = 3.4,
) -> Frame:
    """Build a frame, taking the signature line and `around` units beside it from the text's box."""
    line, space = sheet.line, (sheet.line + around * sheet.unit) * signed
    if signature == "top":
        at = Box(text.x, text.y, text.width, line)
        text = Box(text.x, text.y + space, text.width, text.height - space)
    else:
        at = Box(text.x, text.bottom - line, text.width, line)
        text = Box(text.x, text.y, text.width, text.height - space)
    return Frame(
        sheet.shape, sheet.unit, sheet.width, sheet.height, sheet.safe, at, text, anchor, art, rest, gap * sheet.unit
    )


def _side(sheet: _Sheet, signed: float) -> Frame:
    """Text on a little more than half, art beside it; on a tall card art below it."""
    safe, width, height = sheet.safe, sheet.width, sheet.height
    if sheet.shape == "wide":
        text = Box(safe.x, safe.y, width * 0.545 - safe.x, safe.height)
        rest = Box(width * 0.585, 0, width * 0.415, height)
        return _frame(sheet, text, "middle", "end", rest, signed=signed, signature="top")
    text = Box(
        safe.x, safe.y, safe.width, min(safe.height, height * (0.69 if sheet.shape == "block" else 0.66) - safe.y)
    )
    rest = Box(0, 0, width, height)
    return _frame(sheet, text, "top", "below", rest, signed=signed, signature="top", around=5.0)


def _stage(sheet: _Sheet, signed: float) -> Frame:
    """Art above, text below it."""
    safe, width, height = sheet.safe, sheet.width, sheet.height
    if sheet.shape == "wide":
        text = Box(safe.x, safe.y, width * 0.56 - safe.x, safe.height)
        rest = Box(width * 0.58, 0, width * 0.42, height)
        return _frame(sheet, text, "bottom", "end", rest, signed=signed, signature="top")
    top = height * (0.3 if sheet.shape == "block" else 0.27)
    text = Box(safe.x, top, safe.width, safe.bottom - top)
    rest = Box(0, 0, width, height)
    return _frame(sheet, text, "bottom", "above", rest, signed=signed, signature="bottom", around=4.4)


def _corner(sheet: _Sheet, signed: float) -> Frame:
    """Signature at the top, text in the lower corner, one shape in the opposite corner."""
    safe, width, height, unit = sheet.safe, sheet.width, sheet.height, sheet.unit
    if sheet.shape == "wide":
        text = Box(safe.x, safe.y, width * 0.57 - safe.x, safe.height)
        rest = Box(width * 0.62, 0, width * 0.38, height)
        return _frame(sheet, text, "bottom", "end", rest, signed=signed, signature="top")
    text = Box(safe.x, safe.y, safe.width, safe.height)
    frame = _frame(sheet, text, "bottom", "above", text, signed=signed, signature="top", gap=6.0)
    least = height * (0.22 if sheet.shape == "block" else 0.2)
    below = Box(frame.text.x, frame.text.y + least, frame.text.width, frame.text.height - least)
    rest = Box(0, frame.text.y + unit, width, height)
    return Frame(sheet.shape, unit, width, height, safe, frame.signature, below, "bottom", "above", rest, frame.gap)


def _poster(sheet: _Sheet, signed: float) -> Frame:
    """Text as large as possible, and a strip of pattern."""
    safe, width, height = sheet.safe, sheet.width, sheet.height
    if sheet.shape == "wide":
        text = Box(safe.x, safe.y, width * 0.69 - safe.x, safe.height)
        rest = Box(width * 0.74, 0, width * 0.26, height)
        return _frame(sheet, text, "middle", "end", rest, signed=signed, signature="top")
    text = Box(
        safe.x, safe.y, safe.width, min(safe.height, height * (0.79 if sheet.shape == "block" else 0.76) - safe.y)
    )
    rest = Box(0, 0, width, height)
    return _frame(sheet, text, "top", "below", rest, signed=signed, signature="top", around=4.6)


def _centre(sheet: _Sheet, signed: float) -> Frame:
    """Ornament, text and signature centred within a border."""
    safe, width, height, unit = sheet.safe, sheet.width, sheet.height, sheet.unit
    if sheet.shape == "wide":
        inset = width * 0.215
        text = Box(inset, safe.y + 2.5 * unit, width - 2 * inset, safe.height - 5 * unit)
        rest = Box(5 * unit, 5 * unit, inset - 9 * unit, height - 10 * unit)
        return _frame(sheet, text, "middle", "flanks", rest, signed=signed, signature="bottom")
    inside = Box(safe.x + 5 * unit, safe.y + 4 * unit, safe.width - 10 * unit, safe.height - 8 * unit)
    ornament = height * (0.2 if sheet.shape == "block" else 0.17)
    text = Box(inside.x, inside.y + ornament, inside.width, inside.height - ornament)
    rest = Box(inside.x, inside.y, inside.width, height)
    return _frame(sheet, text, "middle", "above", rest, signed=signed, signature="bottom", gap=3.0, around=4.0)


def _panel(sheet: _Sheet, signed: float) -> Frame:
    """Text on a panel, with figures looking over its edge."""
    safe, width, height, unit = sheet.safe, sheet.width, sheet.height, sheet.unit
    pad = 5.4 * unit
    if sheet.shape == "wide":
        text = Box(
            safe.x - 2 * unit + pad,
            safe.y - 2 * unit + pad,
            width * 0.615 - safe.x - pad,
            safe.height + 4 * unit - 2 * pad,
        )
        rest = Box(width * 0.655, 0, width * 0.345, height)
        return _frame(sheet, text, "middle", "end", rest, signed=signed, signature="top")
    top = height * 0.29 if sheet.shape == "block" else max(height * 0.3, safe.y + height * 0.12)
    foot = safe.bottom + (1.5 * unit if safe.bottom > height * 0.85 else 0)
    text = Box(safe.x + pad - 1.5 * unit, top + pad, safe.width - 2 * pad + 3 * unit, foot - top - 2 * pad)
    rest = Box(0, 0, width, height)
    return _frame(sheet, text, "bottom", "above", rest, signed=signed, signature="bottom", gap=5.4)


def _photo(sheet: _Sheet, signed: float) -> Frame:
    """Text over a photo, next to an edge from which it can be shaded."""
    safe, width, height = sheet.safe, sheet.width, sheet.height
    rest = Box(0, 0, width, height)
    if sheet.shape == "wide":
        text = Box(safe.x, safe.y, width * 0.56 - safe.x, safe.height)
        return _frame(sheet, text, "bottom", "none", rest, signed=signed, signature="top")
    top = safe.y + safe.height * 0.34
    text = Box(safe.x, top, safe.width, safe.bottom - top)
    return _frame(sheet, text, "bottom", "none", rest, signed=signed, signature="bottom", around=4.0)


_LAYOUTS = {
    "side": _side,
    "stage": _stage,
    "corner": _corner,
    "poster": _poster,
    "centre": _centre,
    "panel": _panel,
    "photo": _photo,
}
