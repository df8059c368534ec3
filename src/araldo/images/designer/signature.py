"""Build the signature line: logo or monogram, brand, handle, and the page number in a set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageStat

from araldo.images.designer.card import Card
from araldo.images.designer.colors import best_ink, contrast
from araldo.images.designer.design import CardDesign
from araldo.images.designer.nodes import Node
from araldo.images.designer.render import measure
from araldo.images.designer.text import drawable_line, is_rtl, shorten, to_html

# Lengths (brand, handle) to which names are shortened in turn. A handle is kept whole or left out.
NAME_LENGTHS = ((34, 34), (34, 0), (26, 0), (18, 0), (10, 0))
_LOGO = "logo"
# A logo with a larger aspect ratio is a wordmark, which contains the name.
_WORDMARK = 2.0
_VISIBLE_CONTRAST = 2.6


@dataclass(frozen=True, slots=True)
class SignatureNames:
    brand: str
    handle: str
    page: str

    def cut(self, brand: int, handle: int) -> SignatureNames:
        return SignatureNames(shorten(self.brand, brand), shorten(self.handle, handle) if handle else "", self.page)


def build_signature(card: Card, design: CardDesign, images: dict[str, bytes]) -> Node | None:
    """Build the signature, shortening names until it fits one line. None when there is nothing to show."""
    names, width = signature_names(card), design.frame.signature.width
    node: Node | None = None
    for brand, handle in NAME_LENGTHS:
        node = build_signature_line(card, names.cut(brand, handle), design, width, images)
        if node is None or _overflow(measure(node.html(), width, images), width) <= 0.5:
            return node
    return node


def _overflow(line: Mapping[str, Any], width: float) -> float:
    """Return by how many pixels the groups of a line overlap or exceed its ends."""
    left = float(line["transform"][4])
    groups = sorted((float(group["transform"][4]), float(group["width"])) for group in line["children"])
    ends = [start + wide for start, wide in groups]
    apart = [end - groups[at + 1][0] for at, end in enumerate(ends[:-1])]
    return max([left - groups[0][0], ends[-1] - left - width, *apart])


def signature_names(card: Card) -> SignatureNames:
    brand, handle = drawable_line(card.brand or ""), drawable_line(card.handle or "")
    if not brand and not card.logo:
        brand, handle = handle, ""
    return SignatureNames(brand, handle, "" if card.page is None else f"{card.page[0]}/{card.page[1]}")


def build_signature_line(
    card: Card, names: SignatureNames, design: CardDesign, width: float, images: dict[str, bytes]
) -> Node | None:
    """Build the line, as wide as the column; None when there is nothing to show."""
    unit = design.unit
    mark = _logo(card.logo, design, images) if card.logo else _monogram(names.brand, design)
    wordmark = card.logo is not None and _aspect_ratio(card.logo) > _WORDMARK
    first = [part for part in (mark, None if wordmark else _name(names.brand, design, images)) if part is not None]
    last = [
        _small(character, design, images, role)
        for character, role in ((names.handle, "handle"), (names.page, "page"))
        if character
    ]
    if not (first or last):
        return None
    gap = f"align-items:center;flex-shrink:0;gap:{1.5 * unit:.1f}px"
    # On a wide card the line covers half of it, so a handle at its far end would be in the card's middle.
    beside = "flex-start" if design.frame.shape == "wide" else "space-between"
    spread = "center" if design.centred else beside
    return Node(
        f"width:{width:.1f}px;height:{5.2 * unit:.1f}px;align-items:center;justify-content:{spread};"
        f"gap:{3.0 * unit:.1f}px;font-family:{design.pair.text_stack}",
        tuple(Node(gap, tuple(group)) for group in (first, last) if group),
        role="signature",
        rtl=design.rtl,
    )


def _name(name: str, design: CardDesign, images: dict[str, bytes]) -> Node | None:
    if not name:
        return None
    return Node(
        f"font-size:{2.7 * design.unit:.1f}px;font-weight:600;line-height:1.2;white-space:nowrap",
        words=to_html(name, images),
        role="brand",
        color=design.palette.ink,
        rtl=is_rtl(name),
    )


def _small(text: str, design: CardDesign, images: dict[str, bytes], role: str) -> Node:
    return Node(
        f"font-size:{2.5 * design.unit:.1f}px;font-weight:500;line-height:1.2;white-space:nowrap",
        words=to_html(text, images),
        role=role,
        color=design.palette.soft,
        rtl=is_rtl(text),
    )


def _monogram(name: str, design: CardDesign) -> Node | None:
    """Build a badge with the name's first letter; a dot for names without letters."""
    if not name:
        return None
    unit, palette = design.unit, design.palette
    side = 4.6 * unit
    corner = {"bold": 0.0, "elegant": side, "playful": side, "minimal": side}.get(design.style.name, side * 0.3)
    ground = palette.accent if contrast(palette.accent, design.ground) > 1.25 else palette.ink
    letter = next((character for character in name if character.isalnum()), "")
    ink = palette.on_accent if ground == palette.accent else best_ink(ground)
    inside = Node(
        f"font-size:{2.6 * unit:.1f}px;font-weight:700;line-height:1",
        words=to_html(letter.upper()[:1], {}) if letter else "•",
        color=ink,
    )
    return Node(
        f"width:{side:.1f}px;height:{side:.1f}px;border-radius:{corner:.1f}px;background-color:{ground};"
        "align-items:center;justify-content:center;flex-shrink:0",
        (inside,),
    )


def _logo(logo: bytes, design: CardDesign, images: dict[str, bytes]) -> Node:
    """Build the logo, on a plate when it would be invisible on the card's background."""
    images[_LOGO] = logo
    unit = design.unit
    high = 5.2 * unit
    wide = min(high * _aspect_ratio(logo), 26 * unit)
    high = wide / _aspect_ratio(logo)
    shape = f"width:{wide:.1f}px;height:{high:.1f}px"
    picture = Node(shape, words=f'<img src="{_LOGO}" style="{shape}"/>', role="logo")
    if _is_visible_on(logo, design.ground):
        return picture
    plate = "#ffffff" if _is_visible_on(logo, "#ffffff") else "#101114"
    pad = 0.8 * unit
    small = f"width:{wide - 2 * pad:.1f}px;height:{high - 2 * pad * high / wide:.1f}px"
    return Node(
        f"background-color:{plate};border-radius:{1.1 * unit:.1f}px;padding:{pad:.1f}px;flex-shrink:0",
        (Node(small, words=f'<img src="{_LOGO}" style="{small}"/>', role="logo"),),
    )


def _aspect_ratio(logo: bytes) -> float:
    with Image.open(BytesIO(logo)) as opened:
        return min(6.0, max(0.25, opened.width / opened.height))


def _is_visible_on(logo: bytes, ground: str) -> bool:
    """Whether the mean opaque colour has enough contrast, or the logo fills its box and so has its own background."""
    with Image.open(BytesIO(logo)) as opened:
        small = opened.convert("RGBA").resize((32, 32))
    alpha = small.getchannel("A")
    if ImageStat.Stat(alpha).mean[0] > 235:
        return True
    mean = ImageStat.Stat(small.convert("RGB"), mask=alpha.point(lambda value: 255 if value > 96 else 0)).mean
    color = "#" + "".join(f"{round(value):02x}" for value in mean) if mean else ground
    return contrast(color, ground) >= _VISIBLE_CONTRAST
