"""What lies under everything: a ground in the style's own manner, the art on it, a border or a sheet of paper."""

from __future__ import annotations

from itertools import combinations

from araldo.images.designer.art import FAMILIES, Dice, Scene
from araldo.images.designer.art.shapes import linear, rect, ring
from araldo.images.designer.colors import digest, hue, is_dark, mixed, under, vividness
from araldo.images.designer.look import Look
from araldo.images.designer.nodes import Box
from araldo.images.designer.palette_book import Palette

# How far the paper of a panel reaches beyond its words, in units.
PANEL_PAD = 5.4


def family_of(look: Look) -> str:
    """The next variant is another family than this one."""
    families = look.style.families
    seed, _, variant = look.seed.rpartition("|")
    return families[(digest(seed) + int(variant)) % len(families)]


def backdrop(look: Look, column: Box, words: Box, *, art: bool = True) -> bytes:
    """An SVG of the whole card without a letter; `words` hold the column and who speaks, neither mirrored."""
    frame = look.frame
    width, height = frame.width, frame.height
    defs, ground = _GROUNDS[look.style.ground](look)
    shapes = _art(look, column, words) if art else ""
    flip = f' transform="translate({width} 0) scale(-1 1)"' if look.rtl else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<defs>{defs}</defs><g{flip}>{ground}{shapes}{_above(look, words)}</g></svg>"
    ).encode()


def art_box(look: Look, column: Box, words: Box) -> Box:
    """Where the shapes may be; for `flanks` the left one of two."""
    box = look.frame.art_beside(column)
    if look.style.ground == "playground" and look.frame.art == "above":
        # Down to the paper's upper edge, and a little behind it.
        return Box(box.x, box.y, box.width, words.y - PANEL_PAD * look.unit + look.unit - box.y)
    return box


def panel_of(look: Look, words: Box) -> Box:
    return words.grown(PANEL_PAD * look.unit)


def _art(look: Look, column: Box, words: Box) -> str:
    frame = look.frame
    box = art_box(look, column, words)
    if frame.art == "none" or box.height < 6 * look.unit or box.width < 6 * look.unit:
        return ""
    ends = frame.art in {"end", "flanks"}
    scene = Scene(
        box,
        look.palette,
        Dice(look.roll),
        look.unit,
        frame.width,
        ends=ends,
        foot=frame.art in {"end", "below"},
    )
    drawn = FAMILIES[family_of(look)](scene)
    if frame.art == "flanks":
        return drawn
    return f'<clipPath id="frame">{rect(box, "#000")}</clipPath><g clip-path="url(#frame)">{drawn}</g>'


def _slope(look: Look) -> tuple[str, str]:
    """From a lighter to a deeper shade, with a glow where the art is."""
    palette, frame = look.palette, look.frame
    box = frame.rest if frame.art == "end" else Box(0, frame.height * 0.55, frame.width, frame.height * 0.45)
    # It has faded out where the words begin.
    glow = (
        f'<radialGradient id="glow" gradientUnits="userSpaceOnUse" cx="0" cy="0" r="1" gradientTransform="'
        f"translate({box.x + box.width * 0.58:.1f} {box.y + box.height * 0.55:.1f})"
        f' scale({box.width * 0.58:.1f} {box.height * 0.6:.1f})"><stop offset="0" stop-color="{palette.art[1]}"'
        f' stop-opacity="0.5"/><stop offset="1" stop-color="{palette.art[1]}" stop-opacity="0"/></radialGradient>'
    )
    whole = _whole(look)
    return linear("ground", palette.ground, palette.deep) + glow, rect(whole, "url(#ground)") + rect(box, "url(#glow)")


def _mesh(look: Look) -> tuple[str, str]:
    """Clouds of colour, none of them too bright for the ink."""
    palette, width, height = look.palette, look.frame.width, look.frame.height
    dice = Dice(f"mesh{look.roll}")
    reach = max(width, height)
    defs, parts = [linear("ground", palette.ground, palette.deep)], [rect(_whole(look), "url(#ground)")]
    tones = _clouds(palette)
    spots = ((0.02, 0.98, 0.75, 1), (0.95, 0.9, 0.7, 0), (0.9, 0.02, 0.75, 0), (0.1, 0.1, 0.6, 1))
    for at, (x, y, size, color) in enumerate(spots):
        tone = under(tones[color], palette.ink, 5.6)
        defs.append(
            f'<radialGradient id="cloud{at}"><stop offset="0" stop-color="{tone}" stop-opacity="0.95"/>'
            f'<stop offset="1" stop-color="{tone}" stop-opacity="0"/></radialGradient>'
        )
        x, y = x + dice.between(-0.08, 0.08), y + dice.between(-0.08, 0.08)
        parts.append(
            f'<circle cx="{width * x:.1f}" cy="{height * y:.1f}" r="{reach * size:.1f}" fill="url(#cloud{at})"/>'
        )
    return "".join(defs), "".join(parts)


def _clouds(palette: Palette) -> tuple[str, str]:
    """Two of the art's colours that do not meet in mud: complements turn grey, and dark yellow is brown."""
    dark = is_dark(palette.ground)
    clean = [one for one in palette.art if not (dark and 34 < hue(one) < 96)] or [palette.accent]
    toned = [mixed(palette.ground, one, 0.55) for one in clean]
    if len(toned) == 1:
        return toned[0], mixed(palette.ground, clean[0], 0.25)
    return max(combinations(toned, 2), key=lambda pair: vividness(mixed(pair[0], pair[1], 0.5)))


def _paper(look: Look) -> tuple[str, str]:
    return "", rect(_whole(look), look.palette.ground)


def _flat(look: Look) -> tuple[str, str]:
    return "", rect(_whole(look), look.palette.ground)


def _framed(look: Look) -> tuple[str, str]:
    """A deepening ground within two fine lines, with a stone in each corner."""
    palette, frame, unit = look.palette, look.frame, look.unit
    gradient = (
        f'<radialGradient id="ground" cx="0.5" cy="0.42" r="0.78"><stop offset="0" stop-color="{palette.ground}"/>'
        f'<stop offset="1" stop-color="{palette.deep}"/></radialGradient>'
    )
    parts = [rect(_whole(look), "url(#ground)")]
    for inset, thick, color in ((3.0, 0.24, palette.art[0]), (3.9, 0.12, palette.art[1])):
        box = _whole(look).grown(-inset * unit)
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


def _playground(look: Look) -> tuple[str, str]:
    """A merry colour with large soft rings in it."""
    palette, width, height = look.palette, look.frame.width, look.frame.height
    dice = Dice(f"rings{look.roll}")
    parts = [rect(_whole(look), palette.ground)]
    for x, y in ((0.08, 0.12), (0.94, 0.5), (0.3, 1.0)):
        radius = max(width, height) * dice.between(0.12, 0.2)
        parts.append(ring(width * x, height * y, radius, palette.deep, radius * 0.34, 'stroke-opacity="0.75"'))
    return "", "".join(parts)


def _above(look: Look, words: Box) -> str:
    """The sheet of paper that the words stand on, over the art."""
    if look.palette.panel is None or look.frame.art == "none":
        return ""
    unit, box = look.unit, panel_of(look, words)
    round_ = f'rx="{3.4 * unit:.1f}"'
    under_it = Box(box.x, box.y + 1.1 * unit, box.width, box.height)
    return rect(under_it, mixed(look.palette.deep, "#000000", 0.22), round_) + rect(box, look.palette.panel, round_)


def _whole(look: Look) -> Box:
    return Box(0, 0, look.frame.width, look.frame.height)


_GROUNDS = {
    "slope": _slope,
    "mesh": _mesh,
    "paper": _paper,
    "flat": _flat,
    "framed": _framed,
    "playground": _playground,
}
