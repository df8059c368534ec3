"""Colours as #rrggbb: mixing, WCAG contrast, and the repair of one that cannot be read."""

from __future__ import annotations

import colorsys
import hashlib

READABLE = 4.5
# What is aimed at, so that rounding and JPEG leave READABLE whole.
SAFE = 4.9
_BRIGHT = 0.16


def stable_hash(text: str) -> int:
    """The same number on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:6], "big")


def mix(color: str, other: str, share: float) -> str:
    """`share` of `other` in `color`, 0-1."""
    mine, theirs = rgb_channels(color), rgb_channels(other)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(mine, theirs, strict=True))


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio, 1-21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    """WCAG relative luminance, 0-1."""
    red, green, blue = (_linear(channel / 255) for channel in rgb_channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def vividness(color: str) -> int:
    """How far it is from grey, 0-255."""
    return max(rgb_channels(color)) - min(rgb_channels(color))


def hue(color: str) -> float:
    """Degrees: 0 red, 60 yellow, 120 green, 240 blue; 0 for grey."""
    return 360 * colorsys.rgb_to_hsv(*(channel / 255 for channel in rgb_channels(color)))[0]


def is_dark(color: str) -> bool:
    """Whether white stands better on it than black."""
    return contrast(color, "#ffffff") >= contrast(color, "#000000")


def brighten(color: str) -> str:
    """A colour that is too dark for a game, as it would be in the sun: of the same hue, no greyer."""
    red, green, blue = (channel / 255 for channel in rgb_channels(color))
    hued, strong, light = colorsys.rgb_to_hsv(red, green, blue)
    while luminance(color) < _BRIGHT and (light < 1 or strong > 0.3):
        light, strong = min(1.0, light + 0.06), strong if light < 0.9 else max(0.3, strong - 0.06)
        color = "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hsv_to_rgb(hued, strong, light))
    return color


def best_ink(ground: str, dark: str = "#101114", light: str = "#ffffff") -> str:
    """Of the two, the one that reads better; pure black or white where neither is safe."""
    ink = max((dark, light), key=lambda one: contrast(one, ground))
    if contrast(ink, ground) >= READABLE:
        return ink
    return max(("#000000", "#ffffff"), key=lambda one: contrast(one, ground))


def ensure_contrast(color: str, ground: str, least: float = SAFE) -> str:
    """`color`, moved away from `ground` towards black or white until it contrasts by `least`."""
    goal = "#ffffff" if is_dark(ground) else "#000000"
    for step in range(0, 101, 4):
        moved = mix(color, goal, step / 100)
        if contrast(moved, ground) >= least:
            return moved
    return goal


def darken_for_ink(ground: str, ink: str, least: float = SAFE) -> str:
    """`ground`, moved away from `ink` until `ink` can be read on it."""
    goal = "#000000" if luminance(ink) > 0.4 else "#ffffff"
    for step in range(0, 101, 4):
        moved = mix(ground, goal, step / 100)
        if contrast(ink, moved) >= least:
            return moved
    return goal


def rgb_channels(color: str) -> tuple[int, int, int]:
    bare = color.removeprefix("#")
    return int(bare[0:2], 16), int(bare[2:4], 16), int(bare[4:6], 16)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
