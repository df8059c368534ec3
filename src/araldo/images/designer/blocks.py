"""Build the blocks of a text column as nodes: kicker, headline, text, call to action, in the style's own form."""

from __future__ import annotations

from dataclasses import dataclass

from araldo.images.designer.colors import ensure_contrast, mix
from araldo.images.designer.design import CardDesign
from araldo.images.designer.fonts import FontPair
from araldo.images.designer.nodes import Node
from araldo.images.designer.text import is_latin, is_rtl, line_height_factor, to_html, uppercase

# Largest and smallest text size in units, and its share of the headline's size in between.
TEXT_MOST, TEXT_LEAST, TEXT_SHARE = 4.3, 3.5, 0.4


@dataclass(frozen=True, slots=True)
class ColumnText:
    """The text of a column, broken into lines. `size` is the headline's, in pixels."""

    headline: tuple[str, ...]
    text: tuple[str, ...]
    cta: str
    kicker: str
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class Face:
    """How a text is set; `tracking` in em, `leading` as a multiple of the size."""

    stack: str
    weight: int
    tracking: float
    leading: float
    scale: float = 1.0
    upper: bool = False
    apostrophe: float = 0.0

    def style(self, size: float) -> str:
        """Return the CSS at `size` pixels; `scale` corrects faces that look larger or smaller than others."""
        drawn = size * self.scale
        return (
            f"font-family:{self.stack};font-size:{drawn:.2f}px;font-weight:{self.weight};"
            f"letter-spacing:{self.tracking * drawn:.2f}px;line-height:{self.leading * drawn:.2f}px;white-space:nowrap;"
            "font-variant-numeric:lining-nums"
        )

    def words(self, text: str, images: dict[str, bytes]) -> str:
        written = to_html(uppercase(text) if self.upper else text, images)
        if not self.apostrophe:
            return written
        return written.replace("’", f'<span style="letter-spacing:{self.apostrophe}em">’</span>')


def headline_face(words: str, pair: FontPair) -> Face:
    """Return the display face for Latin headlines; other scripts, which it lacks, use the text face."""
    if is_latin(words):
        return Face(
            pair.display_stack, pair.weight, pair.tracking, pair.leading, pair.size, pair.upper, pair.apostrophe
        )
    return Face(pair.text_stack, max(pair.weight, 700), 0.0, 1.32 * line_height_factor(words))


def text_face(words: str, design: CardDesign) -> Face:
    weight = 500 if design.style.name in {"bold", "playful"} else 400
    return Face(design.pair.text_stack, weight, 0.0, 1.42 if is_latin(words) else 1.5 * line_height_factor(words))


def text_size(headline: float, unit: float) -> float:
    return min(TEXT_MOST * unit, max(TEXT_LEAST * unit, headline * TEXT_SHARE))


def text_gap(headline: float, unit: float) -> float:
    """Return the gap between headline and text in pixels."""
    return max(2.0 * unit, headline * 0.24)


def build_column(copy: ColumnText, design: CardDesign, width: float, images: dict[str, bytes]) -> Node:
    """Build the column: kicker, headline, text and call to action, as far as present, one below the other."""
    parts = [_kicker(copy, design, images)]
    if copy.headline:
        face = headline_face(" ".join(copy.headline), design.pair)
        parts.append(_text_block("headline", copy.headline, face, copy.size, design, images, design.palette.ink))
    if copy.text:
        face, size = text_face(" ".join(copy.text), design), text_size(copy.size, design.unit)
        gap = f"margin-top:{text_gap(copy.size, design.unit):.1f}px"
        parts.append(_text_block("text", copy.text, face, size, design, images, design.palette.soft, gap))
    parts.append(_button(copy, design, images))
    return Node(
        f"flex-direction:column;width:{width:.1f}px;align-items:{_align(design)};font-family:{design.pair.text_stack}",
        tuple(part for part in parts if part is not None),
        role="main",
        rtl=design.rtl,
    )


def _text_block(
    role: str,
    lines: tuple[str, ...],
    face: Face,
    size: float,
    design: CardDesign,
    images: dict[str, bytes],
    color: str,
    more: str = "",
) -> Node:
    """Build a text block with a box for each line, so that it is drawn as measured."""
    drawn = tuple(Node(face.style(size), words=face.words(line, images), rtl=design.rtl) for line in lines)
    return Node(
        f"flex-direction:column;flex-shrink:0;align-items:{_align(design)};{more}", drawn, role=role, color=color
    )


def _align(design: CardDesign) -> str:
    """Return the CSS alignment; the engine mirrors it for right-to-left text."""
    return "center" if design.centred else "flex-start"


def _kicker(copy: ColumnText, design: CardDesign, images: dict[str, bytes]) -> Node | None:
    if not copy.kicker:
        return None
    unit, palette, form = design.unit, design.palette, design.style.kicker
    latin = is_latin(copy.kicker)
    capitals = latin and form != "badge"
    color, plate = _kicker_plate(design)
    spaced = f"letter-spacing:{0.28 * unit:.2f}px;" if capitals else ""
    # A number as kicker (a point of a set) is drawn larger.
    size = 4.2 if copy.kicker.isdigit() else 2.4
    leaf = Node(
        f"font-size:{size * unit:.1f}px;font-weight:700;line-height:1.25;white-space:nowrap;{spaced}",
        words=to_html(uppercase(copy.kicker) if capitals else copy.kicker, images),
        role="kicker",
        color=color,
    )
    parts: tuple[Node, ...] = (Node(plate, (leaf,)),) if plate else (leaf,)
    if form == "rules" and design.centred:
        rule = Node(f"width:{5 * unit:.1f}px;height:{max(1.0, 0.16 * unit):.1f}px;background-color:{color}")
        parts = (rule, leaf, rule)
    elif form == "dot":
        side = 1.25 * unit
        round_ = f"width:{side:.1f}px;height:{side:.1f}px;border-radius:{side:.0f}px"
        parts = (Node(f"{round_};background-color:{palette.accent}"), leaf)
    return Node(f"align-items:center;gap:{1.5 * unit:.1f}px;flex-shrink:0;margin-bottom:{2.4 * unit:.1f}px", parts)


def _kicker_plate(design: CardDesign) -> tuple[str, str]:
    """Return the kicker's colour, and the CSS of the plate under it; "" when it has none."""
    unit, palette, form = design.unit, design.palette, design.style.kicker
    if form == "pill":
        tint = mix(design.ground, palette.ink, 0.13)
        round_ = f"padding:{0.95 * unit:.1f}px {2.1 * unit:.1f}px;border-radius:{4 * unit:.0f}px"
        return ensure_contrast(palette.ink, tint), f"{round_};background-color:{tint}"
    if form in {"bar", "badge"}:
        pad = f"padding:{0.9 * unit:.1f}px {1.8 * unit:.1f}px;background-color:{palette.accent}"
        turned = f"transform:rotate({2.5 if design.rtl else -2.5}deg);border-radius:{3 * unit:.0f}px"
        return palette.on_accent, f"{pad};{turned}" if form == "badge" else pad
    on_ground = design.frame.art != "none" and (form in {"rules", "dot"} or palette.accent != palette.ink)
    return ensure_contrast(palette.accent, design.ground) if on_ground else palette.soft, ""


def _button(copy: ColumnText, design: CardDesign, images: dict[str, bytes]) -> Node | None:
    if not copy.cta:
        return None
    unit, palette, form = design.unit, design.palette, design.style.button
    color, shape = palette.on_accent, f"background-color:{palette.accent};"
    corner = 9 * unit
    if form == "outline" and design.frame.art != "none":
        color = ensure_contrast(palette.accent, design.ground)
        shape = f"border:{max(1.5, 0.26 * unit):.1f}px solid {color};"
    elif form == "block":
        corner = 0.0
    elif form == "bubble":
        corner = 2.6 * unit
        shape += f"box-shadow:0 {0.7 * unit:.1f}px 0 {mix(palette.accent, '#000000', 0.28)};"
    return Node(
        f"flex-shrink:0;margin-top:{3.6 * unit:.1f}px;padding:{1.8 * unit:.1f}px {3.5 * unit:.1f}px;"
        f"border-radius:{corner:.0f}px;{shape}",
        (
            Node(
                f"font-size:{3.1 * unit:.1f}px;font-weight:{_button_weight(design.pair)};line-height:1.2;"
                "white-space:nowrap",
                words=to_html(copy.cta, images),
                role="cta",
                color=color,
                rtl=is_rtl(copy.cta),
            ),
        ),
        role="button",
    )


def _button_weight(pair: FontPair) -> int:
    return 600 if pair.text in {"Jost", "Instrument Sans"} else 700
