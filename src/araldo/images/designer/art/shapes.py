"""Helpers of all art families: seeded random numbers, the scene, and SVG elements."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from araldo.images.designer.colors import stable_hash
from araldo.images.designer.nodes import Box
from araldo.images.designer.palette_book import Palette

Point = tuple[float, float]


class SeededRandom:
    """Random numbers that depend on the seed alone, the same on every machine."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._rolls = 0

    def between(self, low: float, high: float) -> float:
        self._rolls += 1
        return low + (high - low) * (stable_hash(f"{self._seed}:{self._rolls}") % 10_007) / 10_006

    def pick(self, count: int) -> int:
        """Return 0 to count - 1."""
        return min(count - 1, int(self.between(0, count)))

    def sign(self) -> float:
        return 1.0 if self.pick(2) else -1.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Where to draw: inside `box`, which clips what exceeds it; `unit` as in the frame, `width` the whole card's.

    `ends`: the box reaches the card's far edge; `foot`: it reaches the lower one.
    """

    box: Box
    palette: Palette
    random: SeededRandom
    unit: float
    width: float
    ends: bool
    foot: bool

    @property
    def band(self) -> bool:
        """Whether the box is much wider than high."""
        return self.box.width > 1.6 * self.box.height


Family = Callable[[Scene], str]


def circle(x: float, y: float, radius: float, fill: str, more: str = "") -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" {more}/>'


def ring(x: float, y: float, radius: float, stroke: str, width: float, more: str = "") -> str:
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="none" stroke="{stroke}" stroke-width="{width:.2f}"'
        f" {more}/>"
    )


def rect(box: Box, fill: str, more: str = "") -> str:
    x, y, wide, high = box.x, box.y, box.width, box.height
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{fill}" {more}/>'


def ellipse(x: float, y: float, wide: float, high: float, fill: str, more: str = "") -> str:
    """Return an ellipse; `wide` and `high` are its half axes."""
    return f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{wide:.1f}" ry="{high:.1f}" fill="{fill}" {more}/>'


def rotated(drawn: str, x: float, y: float, degrees: float) -> str:
    """Rotate a drawing about a point, clockwise."""
    return f'<g transform="rotate({degrees:.1f} {x:.1f} {y:.1f})">{drawn}</g>'


def half_ring(x: float, y: float, radius: float, stroke: str, width: float) -> str:
    """Return the upper half of a ring."""
    around = f"M{x - radius:.1f} {y:.1f} a{radius:.1f} {radius:.1f} 0 0 1 {2 * radius:.1f} 0"
    return f'<path d="{around}" fill="none" stroke="{stroke}" stroke-width="{width:.1f}"/>'


def path(data: str, fill: str, more: str = "") -> str:
    return f'<path d="{data}" fill="{fill}" {more}/>'


def line(data: str, stroke: str, width: float, more: str = "") -> str:
    return (
        f'<path d="{data}" fill="none" stroke="{stroke}" stroke-width="{width:.2f}" stroke-linecap="round"'
        f' stroke-linejoin="round" {more}/>'
    )


def polygon(points: Sequence[Point], fill: str, more: str = "") -> str:
    listed = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon points="{listed}" fill="{fill}" {more}/>'


def linear_gradient(name: str, first: str, second: str, *, down: bool = False) -> str:
    """Define a gradient from corner to corner, or downwards, to fill with as url(#name)."""
    end = 'x2="0" y2="1"' if down else 'x2="1" y2="1"'
    return (
        f'<linearGradient id="{name}" x1="0" y1="0" {end}><stop offset="0" stop-color="{first}"/>'
        f'<stop offset="1" stop-color="{second}"/></linearGradient>'
    )


def closed_curve(points: Sequence[Point]) -> str:
    """Return a closed curve through all points (Catmull-Rom as cubic Bezier)."""
    count = len(points)
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for at in range(count):
        before, here, there, after = (points[(at + step) % count] for step in (-1, 0, 1, 2))
        first = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        second = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        parts.append(f"C{first[0]:.1f} {first[1]:.1f} {second[0]:.1f} {second[1]:.1f} {there[0]:.1f} {there[1]:.1f}")
    return " ".join(parts) + " Z"


def open_curve(points: Sequence[Point]) -> str:
    """Return an open curve through all points."""
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    last = len(points) - 1
    for at in range(last):
        before, here, there, after = (points[min(last, max(0, at + step))] for step in (-1, 0, 1, 2))
        first = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        second = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        parts.append(f"C{first[0]:.1f} {first[1]:.1f} {second[0]:.1f} {second[1]:.1f} {there[0]:.1f} {there[1]:.1f}")
    return " ".join(parts)


def blob(x: float, y: float, radius: float, random: SeededRandom, *, corners: int = 6, wild: float = 0.22) -> str:
    """Return the outline of an irregular round shape."""
    turn = random.between(0, 2 * math.pi)
    points = []
    for at in range(corners):
        angle = turn + 2 * math.pi * at / corners
        reach = radius * random.between(1 - wild, 1 + wild * 0.4)
        points.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
    return closed_curve(points)


def polar(x: float, y: float, radius: float, angle: float) -> Point:
    """Return the point at `radius` and `angle` (radians, clockwise from the right)."""
    return x + radius * math.cos(angle), y + radius * math.sin(angle)
