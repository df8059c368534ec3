"""The six styles: the fonts, layout, background, shapes and forms of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from araldo.images.designer.frames import Layout

Kicker = Literal["plain", "pill", "bar", "rules", "dot", "badge"]
Button = Literal["pill", "outline", "block", "bubble"]
Ground = Literal["slope", "mesh", "paper", "flat", "framed", "playground"]


@dataclass(frozen=True, slots=True)
class Style:
    """`families` are names of `art.FAMILIES`; `fonts` one of `fonts.PAIRS`. `most` scales the largest headline."""

    name: str
    layout: Layout
    fonts: str
    ground: Ground
    kicker: Kicker
    button: Button
    families: tuple[str, ...]
    centred: bool = False
    most: float = 1.0


STYLES: Mapping[str, Style] = {
    style.name: style
    for style in (
        Style(
            "professional",
            "side",
            "jakarta",
            "slope",
            "plain",
            "pill",
            ("planet", "arch", "petals", "hills", "bars", "steps"),
        ),
        Style(
            "creative",
            "stage",
            "bricolage",
            "mesh",
            "pill",
            "pill",
            ("blobs", "ribbons", "prism", "orbs", "capsules"),
        ),
        Style(
            "minimal",
            "corner",
            "instrument",
            "paper",
            "dot",
            "outline",
            ("disc", "arcs", "dots", "horizon", "blocks"),
        ),
        Style(
            "bold",
            "poster",
            "anton",
            "flat",
            "bar",
            "block",
            ("stripes", "halftone", "burst", "checker", "chevrons"),
            most=1.55,
        ),
        Style(
            "elegant",
            "centre",
            "playfair",
            "framed",
            "rules",
            "outline",
            ("sprig", "fan", "moon", "rosette"),
            centred=True,
            most=0.86,
        ),
        Style(
            "playful",
            "panel",
            "fredoka",
            "playground",
            "badge",
            "bubble",
            ("monsters", "rainbow", "balloons", "flowers", "party"),
        ),
    )
}
