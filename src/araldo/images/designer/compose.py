"""A whole card: its words fitted and placed, its backdrop drawn around them."""

from __future__ import annotations

from dataclasses import dataclass

from araldo.images.designer.card import Card
from araldo.images.designer.column import fitted
from araldo.images.designer.grounds import art_box, backdrop
from araldo.images.designer.look import Look, look_of
from araldo.images.designer.nodes import Box, Node, Placed, placed
from araldo.images.designer.render import measure
from araldo.images.designer.signature import signature


@dataclass(frozen=True, slots=True)
class Composition:
    """`front` are the words; `words` the box that they and who speaks stand in, `column` the words' own.

    Boxes are as seen on the card, also on one that is mirrored.
    """

    look: Look
    front: Node
    column: Box
    words: Box
    images: dict[str, bytes]

    def html(self, backdrop_image: str | None = "ground") -> str:
        """`backdrop_image` None: the words alone, on nothing."""
        frame = self.look.frame
        size = f"width:{frame.width}px;height:{frame.height}px"
        ground = (
            f'<img src="{backdrop_image}" style="position:absolute;left:0;top:0;{size}"/>' if backdrop_image else ""
        )
        return f'<div style="display:flex;position:relative;{size}">{ground}{self.front.html()}</div>'

    def backdrop(self, *, art: bool = True) -> bytes:
        """An SVG of everything but the words."""
        return backdrop(self.look, self._unmirrored(self.column), self._unmirrored(self.words), art=art)

    def art(self) -> Box:
        """The box that no shape leaves."""
        box = art_box(self.look, self._unmirrored(self.column), self._unmirrored(self.words))
        return box.mirrored(self.look.frame.width) if self.look.rtl else box

    def boxes(self) -> list[Placed]:
        """Every part of the card that has words, where the engine puts it."""
        frame = self.look.frame
        measured = measure(self.front.html(), frame.width, self.images)
        return list(placed(self.front, measured))

    def _unmirrored(self, box: Box) -> Box:
        return box.mirrored(self.look.frame.width) if self.look.rtl else box


def compose(card: Card) -> Composition:
    """Raises KeyError for what is not in our lists, DoesNotFit, BadTemplate."""
    look = look_of(card)
    frame = look.frame
    images: dict[str, bytes] = {}
    column = fitted(card, look, images)
    line = signature(card, look, images)
    at = frame.column_at(column.height)
    words = _around(at, frame.signature) if line is not None else at
    parts = [_at(column.node, at, look)]
    if line is not None:
        parts.append(_at(line, frame.signature, look))
    front = Node(f"position:absolute;left:0;top:0;width:{frame.width}px;height:{frame.height}px", tuple(parts))
    if look.rtl:
        at, words = at.mirrored(frame.width), words.mirrored(frame.width)
    return Composition(look, front, at, words, images)


def _at(node: Node, box: Box, look: Look) -> Node:
    seen = box.mirrored(look.frame.width) if look.rtl else box
    return Node(
        f"position:absolute;left:{seen.x:.1f}px;top:{seen.y:.1f}px;width:{seen.width:.1f}px;height:{box.height:.1f}px",
        (node,),
    )


def _around(one: Box, other: Box) -> Box:
    left, top = min(one.x, other.x), min(one.y, other.y)
    return Box(left, top, max(one.right, other.right) - left, max(one.bottom, other.bottom) - top)
