"""Which palette a card gets: the brand's colours, else one that suits the words' mood, else one by the words."""

from __future__ import annotations

import re

from araldo.images.designer.colors import SAFE, against, best_ink, brightened, contrast, digest, is_dark, mixed, under
from araldo.images.designer.palette_book import BOOK, MOODS, Palette

__all__ = ["Palette", "palette_for"]


def palette_for(style: str, colors: tuple[str, str] | None, mood: str, words: str, variant: int) -> Palette:
    """Every `variant` gives another of those that the style has, the ones that suit first."""
    if colors is not None:
        return _of_brand(style, *colors, variant)
    book = BOOK[style]
    wanted = _moods_of(mood)
    seed = digest(words)
    # Those that suit the mood first, each group turned by the words.
    ranked = sorted(range(len(book)), key=lambda at: (-_suits(book[at], wanted), (at - seed) % len(book)))
    return book[ranked[variant % len(book)]]


def _suits(palette: Palette, wanted: tuple[str, ...]) -> int:
    """The strongest mood counts twice, so that one clear word decides."""
    return sum((2 if at == 0 else 1) for at, mood in enumerate(wanted) if mood in palette.moods)


def _moods_of(text: str) -> tuple[str, ...]:
    """The moods that the words have, the strongest first."""
    words = re.findall(r"\w+", text.casefold())
    hits = {mood: sum(word.startswith(tuple(stems.split())) for word in words) for mood, stems in MOODS.items()}
    return tuple(sorted((mood for mood, count in hits.items() if count), key=lambda mood: -hits[mood]))[:2]


def _of_brand(style: str, first: str, second: str, variant: int) -> Palette:
    """The brand's two colours in the style's own light; a re-roll changes their parts where both can be a ground."""
    if variant % 2 and style in {"bold", "playful", "creative"}:
        first, second = second, first
    if style == "minimal":
        return _light(first, second)
    if style == "bold":
        return _flat(first, second)
    return _panelled(first, second) if style == "playful" else _deep(style, first, second)


def _deep(style: str, first: str, second: str) -> Palette:
    """The first colour as ground, darkened until white stands on it; the second as accent."""
    ground = under(first, "#ffffff", 6.0)
    if style == "elegant":
        ground = under(mixed(ground, "#000000", 0.25), "#ffffff", 9.0)
    deep = mixed(ground, "#000000", 0.3)
    accent = against(second, ground, 2.4)
    return Palette(
        "brand",
        frozenset(),
        ground,
        deep,
        "#ffffff",
        against(mixed("#ffffff", ground, 0.18), ground),
        accent,
        best_ink(accent),
        (accent, against(brightened(first), ground, 1.5), against(mixed(second, "#ffffff", 0.5), ground, 1.9)),
    )


def _light(first: str, second: str) -> Palette:
    ground = mixed("#fafaf9", first, 0.03)
    accent = against(first, ground)
    ink = mixed("#121214", accent, 0.08)
    soft = against(mixed(ink, ground, 0.35), ground)
    art = against(second, ground, 1.35)
    return Palette(
        "brand",
        frozenset(),
        ground,
        ground,
        ink,
        soft,
        accent,
        best_ink(accent),
        (accent, mixed(accent, ground, 0.8), art),
    )


def _flat(first: str, second: str) -> Palette:
    ink = best_ink(first)
    accent = second if contrast(second, first) >= 1.8 else ink
    art = against(second, first, 1.8)
    soft = ink if contrast(mixed(ink, first, 0.12), first) < SAFE else mixed(ink, first, 0.12)
    on_accent = best_ink(accent)
    return Palette(
        "brand", frozenset(), first, first, ink, soft, accent, on_accent, (art, ink, mixed(art, first, 0.35))
    )


def _panelled(first: str, second: str) -> Palette:
    # A very dark ground would be a night, not a game.
    ground = brightened(first)
    ink = against(mixed("#141020", first, 0.3) if is_dark(first) else "#1b1522", "#ffffff", 9.0)
    accent = against(second, "#ffffff", 1.4)
    art = (against(second, ground, 1.5), mixed(second, "#ffffff", 0.72), mixed(ground, "#ffffff", 0.6))
    return Palette(
        "brand",
        frozenset(),
        ground,
        mixed(ground, "#000000", 0.08),
        ink,
        against(mixed(ink, "#ffffff", 0.25), "#ffffff"),
        accent,
        best_ink(accent),
        art,
        "#ffffff",
    )
