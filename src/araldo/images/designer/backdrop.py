"""Draw a card's backdrop as SVG: the style's background, the art on it, a border or a panel."""

from __future__ import annotations

from itertools import combinations

from araldo.images.designer.art import FAMILIES, Scene, SeededRandom
from araldo.images.designer.art.shapes import linear_gradient, rect, ring
from araldo.images.designer.colors import adjust_ground_for_ink, hue, is_dark, mix, stable_hash, vividness
from araldo.images.designer.design import CardDesign
from araldo.images.designer.nodes import Box
from araldo.images.designer.palette_book import Palette

# How far a panel extends beyond its text, in units.
PANEL_PAD = 5.4


def choose_art_family(design: CardDesign) -> str:
    """Choose the family of shapes; the next variant always gets another one."""
    families = design.style.families
    seed, _, variant = design.seed.rpartition("|")
    return families[(stable_hash(seed) + int(variant)) % len(families)]


def draw_backdrop(design: CardDesign, column: Box, words: Box, *, art: bool = True) -> bytes:
    """Return an SVG of the whole card without text; `words` is the box of column and signature, not mirrored."""
    frame = design.frame
    width, height = frame.width, frame.height
    defs, ground = _GROUND_PAINTERS[design.style.ground](design)
    shapes = _draw_art(design, column, words) if art else ""
    flip = f' transform="translate({width} 0) scale(-1 1)"' if design.rtl else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<defs>{defs}</defs><g{flip}>{ground}{shapes}{_draw_panel(design, words)}</g></svg>"
    ).encode()


def art_box(design: CardDesign, column: Box, words: Box) -> Box:
    """Return the box where shapes may be; for `flanks` the left one of two."""
    box = design.frame.art_beside(column)
    if design.style.ground == "playground" and design.frame.art == "above":
        # Down to the panel's upper edge, and a little behind it.
        return Box(box.x, box.y, box.width, words.y - PANEL_PAD * design.unit + design.unit - box.y)
    return box


def panel_box(design: CardDesign, words: Box) -> Box:
    return words.grown(PANEL_PAD * design.unit)


def _draw_art(design: CardDesign, column: Box, words: Box) -> str:
    frame = design.frame
    box = art_box(design, column, words)
    if frame.art == "none" or box.height < 6 * design.unit or box.width < 6 * design.unit:
        return ""
    ends = frame.art in {"end", "flanks"}
    scene = Scene(
        box,
        design.palette,
        SeededRandom(design.roll),
        design.unit,
        frame.width,
        ends=ends,
        foot=frame.art in {"end", "below"},
    )
    drawn = FAMILIES[choose_art_family(design)](scene)
    if frame.art == "flanks":
        return drawn
    return f'<clipPath id="frame">{rect(box, "#000")}</clipPath><g clip-path="url(#frame)">{drawn}</g>'


def _slope(design: CardDesign) -> tuple[str, str]:
    """A gradient from a lighter to a deeper shade, with a glow where the art is."""
    palette, frame = design.palette, design.frame
    box = frame.rest if frame.art == "end" else Box(0, frame.height * 0.55, frame.width, frame.height * 0.45)
    # The glow has faded out where the text begins.
    glow = (
        f'<radialGradient id="glow" gradientUnits="userSpaceOnUse" cx="0" cy="0" r="1" gradientTransform="'
        f"translate({box.x + box.width * 0.58:.1f} {box.y + box.height * 0.55:.1f})"
        f' scale({box.width * 0.58:.1f} {box.height * 0.6:.1f})"><stop offset="0" stop-color="{palette.art[1]}"'
        f' stop-opacity="0.5"/><stop offset="1" stop-color="{palette.art[1]}" stop-opacity="0"/></radialGradient>'
    )
    whole = _whole_card(design)
    return linear_gradient("ground", palette.ground, palette.deep) + glow, rect(whole, "url(#ground)") + rect(
        box, "url(#glow)"
    )


def _mesh(design: CardDesign) -> tuple[str, str]:
    """Soft spots of colour, none of them too bright for the text."""
    palette, width, height = design.palette, design.frame.width, design.frame.height
    random = SeededRandom(f"mesh{design.roll}")
    reach = max(width, height)
    defs, parts = [linear_gradient("ground", palette.ground, palette.deep)], [rect(_whole_card(design), "url(#ground)")]
    tones = _cloud_colors(palette)
    spots = ((0.02, 0.98, 0.75, 1), (0.95, 0.9, 0.7, 0), (0.9, 0.02, 0.75, 0), (0.1, 0.1, 0.6, 1))
    for at, (x, y, size, color) in enumerate(spots):
        tone = adjust_ground_for_ink(tones[color], palette.ink, 5.6)
        defs.append(
            f'<radialGradient id="cloud{at}"><stop offset="0" stop-color="{tone}" stop-opacity="0.95"/>'
            f'<stop offset="1" stop-color="{tone}" stop-opacity="0"/></radialGradient>'
        )
        x, y = x + random.between(-0.08, 0.08), y + random.between(-0.08, 0.08)
        parts.append(
            f'<circle cx="{width * x:.1f}" cy="{height * y:.1f}" r="{reach * size:.1f}" fill="url(#cloud{at})"/>'
        )
    return "".join(defs), "".join(parts)


def _cloud_colors(palette: Palette) -> tuple[str, str]:
    """Choose two art colours that mix vividly: complements mix to grey, and dark yellow is brown."""
    dark = is_dark(palette.ground)
    clean = [color for color in palette.art if not (dark and 34 < hue(color) < 96)] or [palette.accent]
    toned = [mix(palette.ground, color, 0.55) for color in clean]
    if len(toned) == 1:
        return toned[0], mix(palette.ground, clean[0], 0.25)
    return max(combinations(toned, 2), key=lambda pair: vividness(mix(pair[0], pair[1], 0.5)))


def _paper(design: CardDesign) -> tuple[str, str]:
    return "", rect(_whole_card(design), design.palette.ground)


def _flat(design: CardDesign) -> tuple[str, str]:
    return "", rect(_whole_card(design), design.palette.ground)


def _framed(design: CardDesign) -> tuple[str, str]:
    """A radial gradient within two fine lines, with a diamond in each corner."""
    palette, frame, unit = design.palette, design.frame, design.unit
    gradient = (
        f'<radialGradient id="ground" cx="0.5" cy="0.42" r="0.78"><stop offset="0" stop-color="{palette.ground}"/>'
        f'<stop offset="1" stop-color="{palette.deep}"/></radialGradient>'
    )
    parts = [rect(_whole_card(design), "url(#ground)")]
    for inset, thick, color in ((3.0, 0.24, palette.art[0]), (3.9, 0.12, palette.art[1])):
        box = _whole_card(design).grown(-inset * unit)
        parts.append(rect(box, "none", f'stroke="{color}" stroke-width="{max(1.0, thick * unit):.2f}"'))
    corner = 3.0 * unit
    for x in (corner, frame.width - corner):
        for y in (corner, frame.height - corner):
            side = 1.15 * unit
            parts.append(
                f'<rect x="{x - side:.1f}" y="{y - side:.1f}" width="{2 * side:.1f}" height="{2 * side:.1f}"'
                f' fill="{palette.deep}" stroke="{palette.art[0]}" stroke-width="{max(1.0, 0.2 * unit):.2f}"'
                f' transform="rotate(45 {x:.1f} {y:.1f})"/>'
            )
    return gradient, "".join(parts)


def _playground(design: CardDesign) -> tuple[str, str]:
    """A bright colour with large soft rings in it."""
    palette, width, height = design.palette, design.frame.width, design.frame.height
    random = SeededRandom(f"rings{design.roll}")
    parts = [rect(_whole_card(design), palette.ground)]
    for x, y in ((0.08, 0.12), (0.94, 0.5), (0.3, 1.0)):
        radius = max(width, height) * random.between(0.12, 0.2)
        parts.append(ring(width * x, height * y, radius, palette.deep, radius * 0.34, 'stroke-opacity="0.75"'))
    return "", "".join(parts)


def _draw_panel(design: CardDesign, words: Box) -> str:
    """Draw the panel under the text, over the art; "" when the palette has none."""
    if design.palette.panel is None or design.frame.art == "none":
        return ""
    unit, box = design.unit, panel_box(design, words)
    round_ = f'rx="{3.4 * unit:.1f}"'
    under_it = Box(box.x, box.y + 1.1 * unit, box.width, box.height)
    return rect(under_it, mix(design.palette.deep, "#000000", 0.22), round_) + rect(box, design.palette.panel, round_)


def _whole_card(design: CardDesign) -> Box:
    return Box(0, 0, design.frame.width, design.frame.height)


_GROUND_PAINTERS = {
    "slope": _slope,
    "mesh": _mesh,
    "paper": _paper,
    "flat": _flat,
    "framed": _framed,
    "playground": _playground,
}
