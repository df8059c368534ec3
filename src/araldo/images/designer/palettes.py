"""Choose a card's palette: from the brand's colours, else by the mood of the words, else by a hash of them."""

from __future__ import annotations

import re

from araldo.images.designer.colors import (
    SAFE,
    adjust_ground_for_ink,
    best_ink,
    brighten,
    contrast,
    ensure_contrast,
    is_dark,
    mix,
    stable_hash,
)
from araldo.images.designer.palette_book import BOOK, MOODS, Palette

__all__ = ["Palette", "choose_palette"]


def choose_palette(style: str, colors: tuple[str, str] | None, mood: str, words: str, variant: int) -> Palette:
    """Choose a palette of the style; each `variant` gives another one, those that fit the mood first."""
    if colors is not None:
        return _brand_palette(style, *colors, variant)
    book = BOOK[style]
    wanted = _detect_moods(mood)
    seed = stable_hash(words)
    # Those that fit the mood first; within a group the order depends on the words.
    ranked = sorted(range(len(book)), key=lambda at: (-_mood_score(book[at], wanted), (at - seed) % len(book)))
    return book[ranked[variant % len(book)]]


def _mood_score(palette: Palette, wanted: tuple[str, ...]) -> int:
    """Count the moods that fit; the strongest counts twice, so that one clear word decides."""
    return sum((2 if at == 0 else 1) for at, mood in enumerate(wanted) if mood in palette.moods)


def _detect_moods(text: str) -> tuple[str, ...]:
    """Return the two strongest moods of the words, the strongest first."""
    words = re.findall(r"\w+", text.casefold())
    hits = {mood: sum(word.startswith(stems) for word in words) for mood, stems in MOODS.items()}
    return tuple(sorted((mood for mood, count in hits.items() if count), key=lambda mood: -hits[mood]))[:2]


def _brand_palette(style: str, first: str, second: str, variant: int) -> Palette:
    """Build the style's palette from the brand's two colours; odd variants swap them where both can be a background."""
    if variant % 2 and style in {"bold", "playful", "creative"}:
        first, second = second, first
    if style == "minimal":
        return _light(first, second)
    if style == "bold":
        return _flat(first, second)
    return _panelled(first, second) if style == "playful" else _deep(style, first, second)


def _deep(style: str, first: str, second: str) -> Palette:
    """Use the first colour as background, darkened until white is readable on it, and the second as accent."""
    ground = adjust_ground_for_ink(first, "#ffffff", 6.0)
    if style == "elegant":
        ground = adjust_ground_for_ink(mix(ground, "#000000", 0.25), "#ffffff", 9.0)
    deep = mix(ground, "#000000", 0.3)
    accent = ensure_contrast(second, ground, 2.4)
    return Palette(
        "brand",
        frozenset(),
        ground,
        deep,
        "#ffffff",
        ensure_contrast(mix("#ffffff", ground, 0.18), ground),
        accent,
        best_ink(accent),
        (
            accent,
            ensure_contrast(brighten(first), ground, 1.5),
            ensure_contrast(mix(second, "#ffffff", 0.5), ground, 1.9),
        ),
    )


def _light(first: str, second: str) -> Palette:
    ground = mix("#fafaf9", first, 0.03)
    accent = ensure_contrast(first, ground)
    ink = mix("#121214", accent, 0.08)
    soft = ensure_contrast(mix(ink, ground, 0.35), ground)
    art = ensure_contrast(second, ground, 1.35)
    return Palette(
        "brand",
        frozenset(),
        ground,
        ground,
        ink,
        soft,
        accent,
        best_ink(accent),
        (accent, mix(accent, ground, 0.8), art),
    )


def _flat(first: str, second: str) -> Palette:
    ink = best_ink(first)
    accent = second if contrast(second, first) >= 1.8 else ink
    art = ensure_contrast(second, first, 1.8)
    soft = ink if contrast(mix(ink, first, 0.12), first) < SAFE else mix(ink, first, 0.12)
    on_accent = best_ink(accent)
    return Palette("brand", frozenset(), first, first, ink, soft, accent, on_accent, (art, ink, mix(art, first, 0.35)))


def _panelled(first: str, second: str) -> Palette:
    # A very dark background does not fit the playful style.
    ground = brighten(first)
    ink = ensure_contrast(mix("#141020", first, 0.3) if is_dark(first) else "#1b1522", "#ffffff", 9.0)
    accent = ensure_contrast(second, "#ffffff", 1.4)
    art = (ensure_contrast(second, ground, 1.5), mix(second, "#ffffff", 0.72), mix(ground, "#ffffff", 0.6))
    return Palette(
        "brand",
        frozenset(),
        ground,
        mix(ground, "#000000", 0.08),
        ink,
        ensure_contrast(mix(ink, "#ffffff", 0.25), "#ffffff"),
        accent,
        best_ink(accent),
        art,
        "#ffffff",
    )
