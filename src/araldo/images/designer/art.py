"""Seeded shapes for the part of a card that no text needs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from araldo.images.designer.palettes import Palette, digest, mixed


@dataclass(frozen=True, slots=True)
class Box:
    """In pixels from the card's left and top."""

    x: float
    y: float
    width: float
    height: float

    @property
    def side(self) -> float:
        return min(self.width, self.height)


class Dice:
    """Numbers that the seed alone decides, alike on every machine."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._rolls = 0

    def between(self, low: float, high: float) -> float:
        self._rolls += 1
        return low + (high - low) * (digest(f"{self._seed}:{self._rolls}") % 10_007) / 10_006


Family = Callable[[Box, Palette, Dice], str]


def background(width: int, height: int, art: Box, palette: Palette, seed: str, *, mirrored: bool) -> bytes:
    """An SVG of the whole card: the ground with a glow behind the art, and the art."""
    dice = Dice(seed)
    family = FAMILIES[digest(seed) % len(FAMILIES)]
    # It has faded out where the art ends, so that no edge of it shows.
    glow = (
        f"translate({art.x + art.width * 0.6:.1f} {art.y + art.height * 0.6:.1f})"
        f" scale({art.width * 0.6:.1f} {art.height * 0.6:.1f})"
    )
    flip = f' transform="translate({width} 0) scale(-1 1)"' if mirrored else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        "<defs>"
        f'<linearGradient id="ground" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="{palette.ground}"/>'
        f'<stop offset="1" stop-color="{palette.deep}"/></linearGradient>'
        f'<radialGradient id="glow" gradientUnits="userSpaceOnUse" cx="0" cy="0" r="1" gradientTransform="{glow}">'
        f'<stop offset="0" stop-color="{palette.art[1]}" stop-opacity="0.5"/>'
        f'<stop offset="1" stop-color="{palette.art[1]}" stop-opacity="0"/></radialGradient>'
        f'<clipPath id="frame"><rect x="{art.x:.1f}" y="{art.y:.1f}" width="{art.width:.1f}"'
        f' height="{art.height:.1f}"/></clipPath>'
        f"{_gradient('warm', palette.art[0], mixed(palette.art[0], palette.art[1], 0.55))}"
        f"{_gradient('cool', palette.art[1], mixed(palette.art[1], palette.deep, 0.35))}"
        f"{_gradient('third', palette.art[2], mixed(palette.art[2], palette.art[0], 0.5))}"
        "</defs>"
        f'<g{flip}><rect width="{width}" height="{height}" fill="url(#ground)"/>'
        f'<g clip-path="url(#frame)"><rect width="{width}" height="{height}" fill="url(#glow)"/>'
        f"{family(art, palette, dice)}</g></g></svg>"
    ).encode()


def _gradient(name: str, first: str, second: str) -> str:
    return (
        f'<linearGradient id="{name}" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="{first}"/>'
        f'<stop offset="1" stop-color="{second}"/></linearGradient>'
    )


def _circle(x: float, y: float, radius: float, fill: str, more: str = "") -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" {more}/>'


def planet(box: Box, palette: Palette, dice: Dice) -> str:
    """A sphere, its rings as fine lines, and small moons on them."""
    x = box.x + box.width * dice.between(0.5, 0.54)
    y = box.y + box.height * dice.between(0.48, 0.52)
    radius = box.side * dice.between(0.24, 0.28)
    # The outermost one stays within the box: a ring that is cut off looks like a mistake.
    rings = [radius + (box.side * 0.455 - radius) * share for share in (0.22, 0.42, 0.62, 0.82, 1.0)]
    parts = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{ring:.1f}" fill="none" stroke="{palette.soft}"'
        f' stroke-opacity="{0.34 - 0.055 * index:.2f}" stroke-width="{box.side / 320:.2f}"/>'
        for index, ring in enumerate(rings)
    ]
    parts.append(_circle(x, y, radius, "url(#warm)"))
    shine = _circle(x - radius * 0.3, y - radius * 0.35, radius * 0.42, palette.ink, 'fill-opacity="0.1"')
    parts.append(shine if palette.ink == "#ffffff" else "")
    for ring in (rings[0], rings[2]):
        angle = dice.between(-2.6, 0.4)
        fill = palette.art[2] if ring == rings[0] else palette.accent
        parts.append(_circle(x + ring * math.cos(angle), y + ring * math.sin(angle), box.side * 0.022, fill))
    return "".join(parts)


def arch(box: Box, palette: Palette, dice: Dice) -> str:
    """Arches within arches, standing on the lower edge, and a sun."""
    x = box.x + box.width * dice.between(0.5, 0.58)
    foot = box.y + box.height
    half = min(box.width * 0.44, box.height * 0.42)
    parts = []
    for share, fill in ((1.0, "url(#cool)"), (0.72, "url(#third)"), (0.44, "url(#warm)")):
        reach = half * share
        top = foot - half * 0.9 - reach
        parts.append(
            f'<path d="M{x - reach:.1f} {foot:.1f} V{top + reach:.1f} A{reach:.1f} {reach:.1f} 0 0 1 {x + reach:.1f}'
            f' {top + reach:.1f} V{foot:.1f} Z" fill="{fill}"/>'
        )
    sun_x = x + half * dice.between(-0.85, -0.65)
    parts.append(_circle(sun_x, foot - half * 1.72, half * 0.15, palette.accent))
    return "".join(parts)


def petals(box: Box, palette: Palette, dice: Dice) -> str:
    """Quarter discs on a grid, turned by chance."""
    # A band has two rows, a block three.
    across = round(box.width / box.side * (2 if box.width > 1.6 * box.height else 3))
    cell = box.width / across
    down = math.ceil(box.height / cell)
    fills = ("url(#warm)", "url(#cool)", "url(#third)", palette.accent)
    parts = []
    for row in range(down):
        for column in range(across):
            # Sparse towards the text, so that the pattern grows out of the ground.
            if dice.between(0, 1) > 0.35 + 0.65 * (column + 1) / across:
                continue
            x, y = box.x + column * cell, box.y + box.height - (row + 1) * cell
            fill = fills[int(dice.between(0, 3.99))]
            turn = int(dice.between(0, 3.99)) * 90
            parts.append(
                f'<path d="M0 0 H{cell:.1f} A{cell:.1f} {cell:.1f} 0 0 1 0 {cell:.1f} Z" fill="{fill}"'
                f' transform="translate({x:.1f} {y:.1f}) rotate({turn} {cell / 2:.1f} {cell / 2:.1f})"/>'
            )
    return "".join(parts)


def waves(box: Box, palette: Palette, dice: Dice) -> str:
    """Hills behind hills under a low sun."""
    foot, right = box.y + box.height, box.x + box.width
    sun = box.side * 0.19
    sun_x = box.x + box.width * dice.between(0.55, 0.72)
    parts = [_circle(sun_x, box.y + box.height * 0.36, sun, "url(#warm)")]
    phase = dice.between(0, 6.2)
    for layer, fill in enumerate((palette.art[1], mixed(palette.art[1], palette.deep, 0.35), palette.art[2])):
        level = box.y + box.height * (0.5 + 0.17 * layer)
        swing = box.height * (0.1 - 0.02 * layer)
        steps = 24
        points = [
            (
                box.x + box.width * step / steps,
                # Each hill rises out of the lower edge on the side of the text.
                level
                + swing * math.sin(phase + layer * 1.9 + step / steps * 5)
                + (foot - level + swing) * max(0.0, 1 - step / steps * 2.6) ** 1.6,
            )
            for step in range(steps + 1)
        ]
        line = " ".join(f"L{x:.1f} {y:.1f}" for x, y in points)
        parts.append(f'<path d="M{box.x:.1f} {foot:.1f} {line} L{right:.1f} {foot:.1f} Z" fill="{fill}"/>')
    return "".join(parts)


def orbs(box: Box, palette: Palette, dice: Dice) -> str:
    """Large soft discs that overlap, with a highlight each."""
    places = ((0.66, 0.3, 0.34, "url(#cool)"), (0.4, 0.6, 0.2, "url(#warm)"), (0.76, 0.78, 0.27, "url(#third)"))
    parts = []
    for index, (x_share, y_share, size, fill) in enumerate(places):
        x = box.x + box.width * (x_share + dice.between(-0.03, 0.03))
        y = box.y + box.height * (y_share + dice.between(-0.03, 0.03))
        radius = box.side * size * dice.between(0.94, 1.06)
        name = f"shade{index}"
        parts.append(
            f'<radialGradient id="{name}" cx="0.34" cy="0.28" r="0.8"><stop offset="0" stop-color="#ffffff"'
            ' stop-opacity="0.45"/><stop offset="0.45" stop-color="#ffffff" stop-opacity="0.04"/>'
            '<stop offset="1" stop-color="#000000" stop-opacity="0.22"/></radialGradient>'
        )
        parts += [_circle(x, y, radius, fill), _circle(x, y, radius, f"url(#{name})")]
    return "".join(parts)


FAMILIES: tuple[Family, ...] = (planet, arch, petals, waves, orbs)
