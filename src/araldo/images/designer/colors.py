"""Colours as #rrggbb: mixing, WCAG contrast, and adjusting a colour until text is readable."""

from __future__ import annotations

import colorsys
import hashlib

READABLE = 4.5
# Target contrast, so that it stays at least READABLE after rounding and JPEG.
SAFE = 4.9
_BRIGHT = 0.16


def stable_hash(text: str) -> int:
    """Hash a text to a number that is the same on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:6], "big")


def mix(color: str, other: str, share: float) -> str:
    """Mix `share` (0-1) of `other` into `color`."""
    mine, theirs = rgb_channels(color), rgb_channels(other)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(mine, theirs, strict=True))


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio, 1-21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    """WCAG relative luminance, 0-1."""
    return rgb_luminance(*rgb_channels(color))


def rgb_luminance(red: int, green: int, blue: int) -> float:
    """WCAG relative luminance, 0-1, of a colour's channels, 0-255."""
    return 0.2126 * _LINEAR[red] + 0.7152 * _LINEAR[green] + 0.0722 * _LINEAR[blue]


def vividness(color: str) -> int:
    """Return the distance from grey, 0-255."""
    return max(rgb_channels(color)) - min(rgb_channels(color))


def hue(color: str) -> float:
    """Degrees: 0 red, 60 yellow, 120 green, 240 blue; 0 for grey."""
    return 360 * colorsys.rgb_to_hsv(*(channel / 255 for channel in rgb_channels(color)))[0]


def is_dark(color: str) -> bool:
    """Whether white has more contrast to it than black."""
    return contrast(color, "#ffffff") >= contrast(color, "#000000")


def brighten(color: str) -> str:
    """Brighten a very dark colour, keeping its hue and saturation."""
    red, green, blue = (channel / 255 for channel in rgb_channels(color))
    hued, strong, light = colorsys.rgb_to_hsv(red, green, blue)
    while luminance(color) < _BRIGHT and (light < 1 or strong > 0.3):
        light, strong = min(1.0, light + 0.06), strong if light < 0.9 else max(0.3, strong - 0.06)
        color = "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hsv_to_rgb(hued, strong, light))
    return color


def best_ink(ground: str, dark: str = "#101114", light: str = "#ffffff") -> str:
    """Return the one of two text colours with more contrast; pure black or white when neither is readable."""
    ink = max((dark, light), key=lambda color: contrast(color, ground))
    if contrast(ink, ground) >= READABLE:
        return ink
    return max(("#000000", "#ffffff"), key=lambda color: contrast(color, ground))


def ensure_contrast(color: str, ground: str, least: float = SAFE) -> str:
    """Move `color` towards black or white until its contrast to `ground` is at least `least`."""
    goal = "#ffffff" if is_dark(ground) else "#000000"
    for step in range(0, 101, 4):
        moved = mix(color, goal, step / 100)
        if contrast(moved, ground) >= least:
            return moved
    return goal


def adjust_ground_for_ink(ground: str, ink: str, least: float = SAFE) -> str:
    """Move the background `ground` towards black or white until `ink` has a contrast of `least` on it."""
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


# By a channel's value: a photo's colours are looked at one by one.
_LINEAR = tuple(_linear(value / 255) for value in range(256))
