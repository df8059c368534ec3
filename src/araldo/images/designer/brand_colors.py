"""How each style uses a brand's two colours, and which colours had to change for readable text. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from araldo.images.designer.colors import READABLE, contrast
from araldo.images.designer.palettes import Palette, choose_palette
from araldo.images.designer.styles import STYLES
from araldo.messages import Message


@dataclass(frozen=True, slots=True)
class Swatch:
    """A brand's colours in one style: background, text, call to action, and the text on the call to action."""

    ground: str
    ink: str
    accent: str
    on_accent: str


def swatches(colors: tuple[str, str]) -> dict[str, Swatch]:
    """Return the swatch of each style, by its name."""
    return {style: _swatch(choose_palette(style, colors, "", "", 0)) for style in STYLES}


def explain_color_changes(colors: tuple[str, str]) -> list[Message]:
    """Return a message for each colour that had to change and why; empty when both are used unchanged."""
    found = swatches(colors)
    first, second = colors
    messages = [*_explain_darkened_ground(first, found), *_explain_adjusted_accents(first, second, found)]
    if contrast(first, second) < _DISTINCT_CONTRAST:
        messages.append(Message("brand.colors_alike", {"ratio": f"{contrast(first, second):.1f}"}))
    return messages


def _explain_darkened_ground(color: str, found: Mapping[str, Swatch]) -> list[Message]:
    """Explain a first colour that was darkened as a background for white text."""
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
    messages = []
    # On white the first colour is the accent; on the first colour the second is.
    for color, style in ((first, "minimal"), (second, "professional")):
        swatch = found[style]
        if swatch.accent != color:
            messages.append(
                Message(
                    "brand.color_adjusted",
                    {"color": color, "used": swatch.accent, "ground": swatch.ground, "style": style},
                )
            )
    return messages


def _swatch(palette: Palette) -> Swatch:
    return Swatch(palette.panel or palette.ground, palette.ink, palette.accent, palette.on_accent)


def is_readable(swatch: Swatch) -> bool:
    """Whether all text in the swatch has a readable contrast."""
    return min(contrast(swatch.ink, swatch.ground), contrast(swatch.on_accent, swatch.accent)) >= READABLE


_DISTINCT_CONTRAST = 1.4
