"""What becomes of a brand's two colours on the cards of each style, and which had to be changed to be read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from araldo.images.designer.colors import READABLE, contrast
from araldo.images.designer.palettes import Palette, choose_palette
from araldo.images.designer.styles import STYLES
from araldo.messages import Message


@dataclass(frozen=True, slots=True)
class Swatch:
    """A brand in one style: what words stand on, their colour, the call to action's and the words' on it."""

    ground: str
    ink: str
    accent: str
    on_accent: str


def swatches(colors: tuple[str, str]) -> dict[str, Swatch]:
    """By style."""
    return {style: _swatch(choose_palette(style, colors, "", "", 0)) for style in STYLES}


def explain_color_changes(colors: tuple[str, str]) -> list[Message]:
    """What was changed, and why, in words; empty when both colours stand as they are."""
    found = swatches(colors)
    first, second = colors
    said = [*_explain_darkened_ground(first, found), *_explain_adjusted_accents(first, second, found)]
    if contrast(first, second) < _DISTINCT_CONTRAST:
        said.append(Message("brand.colors_alike", {"ratio": f"{contrast(first, second):.1f}"}))
    return said


def _explain_darkened_ground(color: str, found: Mapping[str, Swatch]) -> list[Message]:
    """Where the first colour is the ground, but white words could not be read on it."""
    changed = [style for style in ("professional", "creative") if found[style].ground != color]
    if not changed:
        return []
    used = found[changed[0]].ground
    return [
        Message(
            "brand.color_darkened",
            {"color": color, "used": used, "ratio": f"{contrast('#ffffff', color):.1f}", "styles": ", ".join(changed)},
        )
    ]


def _explain_adjusted_accents(first: str, second: str, found: Mapping[str, Swatch]) -> list[Message]:
    said = []
    # On paper the first colour is the accent, on a ground of the first colour the second is.
    for color, style in ((first, "minimal"), (second, "professional")):
        swatch = found[style]
        if swatch.accent != color:
            said.append(
                Message(
                    "brand.color_adjusted",
                    {"color": color, "used": swatch.accent, "ground": swatch.ground, "style": style},
                )
            )
    return said


def _swatch(palette: Palette) -> Swatch:
    return Swatch(palette.panel or palette.ground, palette.ink, palette.accent, palette.on_accent)


def is_readable(swatch: Swatch) -> bool:
    """Whether all its words can be read."""
    return min(contrast(swatch.ink, swatch.ground), contrast(swatch.on_accent, swatch.accent)) >= READABLE


_DISTINCT_CONTRAST = 1.4
