"""The boxes of a card as values: written as HTML, and matched with the engine's measurements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels from the card's left and top."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def side(self) -> float:
        """The shorter side."""
        return min(self.width, self.height)

    def mirrored(self, width: float) -> Box:
        """Return the box mirrored on a card of this width."""
        return Box(width - self.right, self.y, self.width, self.height)

    def grown(self, by: float) -> Box:
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def intersects(self, other: Box) -> bool:
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def contains(self, other: Box, slack: float = 0.0) -> bool:
        mine = self.grown(slack)
        return mine.x <= other.x and mine.y <= other.y and mine.right >= other.right and mine.bottom >= other.bottom


@dataclass(frozen=True, slots=True)
class Node:
    """A box with children, or with `words` (HTML of letters and emoji). Nodes with a `role` can be found by it."""

    style: str
    children: tuple[Node, ...] = ()
    words: str | None = None
    role: str = ""
    color: str = ""
    rtl: bool | None = None

    def html(self) -> str:
        direction = "" if self.rtl is None else f' dir="{"rtl" if self.rtl else "ltr"}"'
        color = f";color:{self.color}" if self.color else ""
        inner = self.words if self.words is not None else "".join(child.html() for child in self.children)
        display = "block" if self.words is not None else "flex"
        return f'<div{direction} style="display:{display};{self.style}{color}">{inner}</div>'


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node with a role, where the engine placed it. `ink`: boxes of its letters and emoji, line by line."""

    role: str
    box: Box
    ink: tuple[Box, ...]
    color: str
    has_letters: bool


def place_nodes(node: Node, measured: Mapping[str, Any]) -> Iterator[PlacedNode]:
    """Yield every node with a role; `measured` is the engine's measurement of `node`."""
    if node.role:
        yield PlacedNode(node.role, _box(measured), tuple(_ink(measured)), node.color, bool(measured["runs"]))
    # The engine's children of a text node are its emoji.
    inner = measured["children"] if node.words is None else ()
    for child, found in zip(node.children, inner, strict=True):
        yield from place_nodes(child, found)


def _box(measured: Mapping[str, Any]) -> Box:
    transform = measured["transform"]
    return Box(transform[4], transform[5], measured["width"], measured["height"])


def _ink(measured: Mapping[str, Any]) -> Iterator[Box]:
    left, top = measured["transform"][4:6]
    for run in measured["runs"]:
        if run["text"].strip():
            yield Box(left + run["x"], top + run["y"], run["width"], run["height"])
    for child in measured["children"]:
        # A childless box within text is an emoji; other boxes have ink of their own.
        yield _box(child) if not child["children"] and not child["runs"] else _union(list(_ink(child)))


def _union(boxes: list[Box]) -> Box:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)
