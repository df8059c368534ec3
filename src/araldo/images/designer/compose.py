"""Compose a whole card: fit and place its text, then draw the backdrop around it."""

from __future__ import annotations

from dataclasses import dataclass

from araldo.images.designer.backdrop import art_box, draw_backdrop
from araldo.images.designer.card import Card
from araldo.images.designer.column import fit_column
from araldo.images.designer.design import CardDesign, choose_design
from araldo.images.designer.nodes import Box, Node, PlacedNode, place_nodes
from araldo.images.designer.render import measure
from araldo.images.designer.signature import build_signature


@dataclass(frozen=True, slots=True)
class Composition:
    """A card laid out. `front`: all text; `column`: box of the text column; `words`: box of column and signature.

    Boxes are as seen on the card, also when it is mirrored for right-to-left text.
    """

    design: CardDesign
    front: Node
    column: Box
    words: Box
    images: dict[str, bytes]

    def html(self, backdrop_image: str | None = "ground") -> str:
        """Return the card's HTML; `backdrop_image` None: the text alone on a transparent background."""
        frame = self.design.frame
        size = f"width:{frame.width}px;height:{frame.height}px"
        ground = (
            f'<img src="{backdrop_image}" style="position:absolute;left:0;top:0;{size}"/>' if backdrop_image else ""
        )
        return f'<div style="display:flex;position:relative;{size}">{ground}{self.front.html()}</div>'

    def draw_backdrop(self, *, art: bool = True) -> bytes:
        """Return an SVG of everything but the text."""
        return draw_backdrop(self.design, self._unmirrored(self.column), self._unmirrored(self.words), art=art)

    def art(self) -> Box:
        """Return the box that contains all shapes."""
        box = art_box(self.design, self._unmirrored(self.column), self._unmirrored(self.words))
        return box.mirrored(self.design.frame.width) if self.design.rtl else box

    def boxes(self) -> list[PlacedNode]:
        """Return every text block where the engine places it."""
        frame = self.design.frame
        measured = measure(self.front.html(), frame.width, self.images)
        return list(place_nodes(self.front, measured))

    def _unmirrored(self, box: Box) -> Box:
        return box.mirrored(self.design.frame.width) if self.design.rtl else box


def compose(card: Card) -> Composition:
    """Compose a card. Raises KeyError for an unknown style or font pair, DoesNotFit, BadTemplate."""
    design = choose_design(card)
    frame = design.frame
    images: dict[str, bytes] = {}
    column = fit_column(card, design, images)
    line = build_signature(card, design, images)
    at = frame.column_at(column.height)
    words = _union(at, frame.signature) if line is not None else at
    parts = [_position(column.node, at, design)]
    if line is not None:
        parts.append(_position(line, frame.signature, design))
    front = Node(f"position:absolute;left:0;top:0;width:{frame.width}px;height:{frame.height}px", tuple(parts))
    if design.rtl:
        at, words = at.mirrored(frame.width), words.mirrored(frame.width)
    return Composition(design, front, at, words, images)


def _position(node: Node, box: Box, design: CardDesign) -> Node:
    seen = box.mirrored(design.frame.width) if design.rtl else box
    return Node(
        f"position:absolute;left:{seen.x:.1f}px;top:{seen.y:.1f}px;width:{seen.width:.1f}px;height:{box.height:.1f}px",
        (node,),
    )


def _union(box: Box, other: Box) -> Box:
    left, top = min(box.x, other.x), min(box.y, other.y)
    return Box(left, top, max(box.right, other.right) - left, max(box.bottom, other.bottom) - top)
