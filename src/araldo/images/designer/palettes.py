"""Curated colours, chosen by the brand, else by the words' mood, else by the words themselves."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """All #rrggbb. `ground` and `deep` are what text stands on; `ink` and `soft` are text; `art` is for shapes."""

    name: str
    ground: str
    deep: str
    ink: str
    soft: str
    accent: str
    on_accent: str
    art: tuple[str, str, str]


PALETTES = (
    Palette(
        "midnight", "#161a5c", "#0c0f3a", "#ffffff", "#c9cdf2", "#ffcb5c", "#171a45", ("#ffcb5c", "#5b45e0", "#2aa5a0")
    ),
    Palette(
        "lagoon", "#064e58", "#04353f", "#ffffff", "#c4e6e4", "#ff8f6b", "#3a1208", ("#ff8f6b", "#16a394", "#ffd9a0")
    ),
    Palette(
        "plum", "#4a154f", "#2f0b36", "#ffffff", "#ecd0ea", "#ffb199", "#43101f", ("#ffb199", "#b13a9b", "#ffd76e")
    ),
    Palette(
        "forest", "#0f4a37", "#083325", "#ffffff", "#c5e6d3", "#d4f06a", "#1d3306", ("#d4f06a", "#1f9d6b", "#f7f3d0")
    ),
    Palette(
        "graphite", "#22252d", "#14161b", "#ffffff", "#ced2da", "#ff9a3d", "#331a00", ("#ff9a3d", "#5d6474", "#ffd2a1")
    ),
    Palette(
        "cobalt", "#0b3f9e", "#072c74", "#ffffff", "#cfdffb", "#9df0e1", "#04302b", ("#9df0e1", "#3f7cf0", "#ffe08a")
    ),
    Palette(
        "wine", "#64112f", "#450a20", "#ffffff", "#f3cdd8", "#ffd08a", "#43200a", ("#ffd08a", "#b3365e", "#ff9d8a")
    ),
    Palette(
        "paper", "#fbf4ea", "#f4e8d6", "#2b1d14", "#5c493c", "#b8401f", "#ffffff", ("#e0673f", "#f2b58a", "#7a8f6a")
    ),
    Palette("ice", "#eef3fd", "#dfe8fb", "#101a3c", "#414c72", "#2447d8", "#ffffff", ("#2447d8", "#a9bdf8", "#7fd6cf")),
    Palette(
        "blush", "#fdeeee", "#f9dfe1", "#3b1020", "#6d3f4c", "#b01e50", "#ffffff", ("#e2597f", "#f6b3b6", "#f2c36b")
    ),
    Palette(
        "mint", "#eaf7f0", "#d9f0e4", "#0d2b20", "#3b5a4d", "#0b6b4f", "#ffffff", ("#14936c", "#9bdcc0", "#f4c95d")
    ),
)
_BY_NAME = {palette.name: palette for palette in PALETTES}

# Italian and English stems; the first row with most hits wins.
_MOODS = (
    (
        ("midnight", "cobalt"),
        "tech startup software ai digital cloud innova futur app web cyber data robot notte night",
    ),
    (("lagoon", "cobalt"), "mare sea estate summer vacan holiday travel viagg beach spiaggia acqua water piscina"),
    (("forest", "mint"), "natura nature bio green verde eco sosteni sustain giardin garden plant piant salute health"),
    (("wine", "paper"), "vino wine ristorant restaurant food cucina cibo menu pizza cena dinner cantina gourmet"),
    (("plum", "blush"), "moda fashion beauty bellezza arte music festa party love amore wedding matrimonio elegan"),
    (("graphite", "ice"), "business azienda corporate finan legal consul studio ufficio office bank professional"),
    (("paper", "wine"), "autunno autumn caff coffee libro book vintage artigian craft bottega casa home legno"),
    (("blush", "plum"), "sconto sale saldi offert promo regalo gift donna women fiori flower primavera spring"),
    (("lagoon", "graphite"), "sport fitness palestra gym energia energy run gara team calcio"),
)


def palette_for(colors: tuple[str, str] | None, mood: str, words: str, variant: int) -> Palette:
    """Every `variant` gives another of those that fit."""
    if colors is not None:
        return _of_brand(*colors)
    fitting = _by_mood(mood) or [palette.name for palette in PALETTES]
    start = digest(words) % len(fitting)
    if variant == 0:
        return _BY_NAME[fitting[start]]
    rest = [palette.name for palette in PALETTES if palette.name != fitting[start]]
    return _BY_NAME[rest[(digest(words) + variant - 1) % len(rest)]]


def _by_mood(mood: str) -> list[str]:
    words = re.findall(r"\w+", mood.casefold())
    best: tuple[int, tuple[str, ...]] = (0, ())
    for names, stems in _MOODS:
        hits = sum(any(word.startswith(stem) for stem in stems.split()) for word in words)
        if hits > best[0]:
            best = (hits, names)
    return list(best[1])


def _of_brand(first: str, second: str) -> Palette:
    """The first colour as ground, darkened until white stands on it; the second as accent, its own ink chosen."""
    ground = first
    while contrast("#ffffff", ground) < 5.5:
        ground = mixed(ground, "#000000", 0.08)
    deep = mixed(ground, "#000000", 0.3)
    accent = second
    while contrast(accent, ground) < 2:
        accent = mixed(accent, "#ffffff", 0.1)
    on_accent = max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, accent))
    soft = mixed("#ffffff", ground, 0.15)
    if contrast(soft, ground) < 4.5:
        soft = "#ffffff"
    return Palette(
        "brand", ground, deep, "#ffffff", soft, accent, on_accent, (accent, mixed(ground, "#ffffff", 0.3), first)
    )


def digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:6], "big")


def mixed(color: str, other: str, share: float) -> str:
    """`share` of `other` in `color`, 0-1."""
    mine, theirs = _channels(color), _channels(other)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(mine, theirs, strict=True))


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio, 1-21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _channels(color: str) -> tuple[int, int, int]:
    bare = color.removeprefix("#")
    return int(bare[0:2], 16), int(bare[2:4], 16), int(bare[4:6], 16)
