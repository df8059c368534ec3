"""Reduce a text to what our typefaces and emoji can draw, and report what they cannot. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from araldo.images.designer import coverage
from araldo.images.designer.clusters import Cluster, is_mark, split_clusters

# Control characters, halves of characters, and format characters that are not `_FORMAT_CHARACTERS`.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cs", "Cf"})
# Default_Ignorable_Code_Point beyond category Cf: invisible characters.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]")
# Invisible characters that shape letters, set the direction, or allow a line break.
_FORMAT_CHARACTERS = frozenset(
    "\u200b\u200c\u200d\u200e\u200f\u061c\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e"
)
_STYLED_BLOCK = re.compile("[\U0001d400-\U0001d7ff]")
# Mathematical letters outside that block, because Unicode had them before.
_STYLED_BEFORE = frozenset("ℂℊℋℌℍℎℐℑℒℕℙℚℛℜℝℤℨℬℭℯℰℱℳℴ")
# Every typeface has these letters, and none of them joins another.
_PLAIN = re.compile("[\n -~À-ÿ]*")
_TYPED = re.compile(r"(?<=\w)'(?=\w)")


@dataclass(frozen=True, slots=True)
class DrawableText:
    """`text` is one line; `missing` are the letters, with their marks, that were left out, each once."""

    text: str
    missing: tuple[str, ...] = ()


@lru_cache(maxsize=512)
def make_drawable(text: str) -> DrawableText:
    """Reduce a text to one drawable line: no control characters, single spaces, curved apostrophes.

    A letter that no typeface has is replaced by its Unicode compatibility form where that can be drawn.
    """
    text = unicodedata.normalize("NFC", text)
    drawn, missing = (text, {}) if _PLAIN.fullmatch(text) else _drop_undrawable(text)
    line = " ".join(drawn.split())
    if missing:
        line = _without_gaps(line)
    return DrawableText(_TYPED.sub("’", line), tuple(missing))


def _drop_undrawable(text: str) -> tuple[str, dict[str, None]]:
    """Return what can be drawn of the text, and the missing letters, each once."""
    kept: list[str] = []
    missing: dict[str, None] = {}
    for cluster in split_clusters(text):
        drawn, lacking = _make_cluster_drawable(cluster)
        kept.append(drawn)
        missing.update(dict.fromkeys(lacking))
    return "".join(kept), missing


def undrawable_letters(text: str) -> tuple[str, ...]:
    """Return the letters of `text`, with their marks, that cards cannot draw, each once."""
    return make_drawable(text).missing


def _without_gaps(line: str) -> str:
    """Remove the punctuation around missing letters; return "" when only punctuation is left."""
    line = re.sub(r"\s+(?=[,.;:!?…])", "", line).lstrip(",.;:!?…–—- ").rstrip(",;:–—- ")
    return line if any(cluster.picture or cluster.text[0].isalnum() for cluster in split_clusters(line)) else ""


def _make_cluster_drawable(cluster: Cluster) -> tuple[str, list[str]]:
    """Return the drawable part of a cluster, and its missing letters."""
    if cluster.picture is not None:
        return cluster.text, []
    text = "".join(letter for letter in cluster.text if _is_allowed(letter))
    seen = "".join(letter for letter in text if letter not in _FORMAT_CHARACTERS)
    if not seen or seen.isspace():
        return text, []
    if is_mark(seen[0]):
        # A mark without a letter would be drawn on a dotted circle.
        return "", []
    if coverage.has_glyphs_together("".join(map(unstyled, seen))):
        return text, []
    return _in_compatibility_forms(text)


def _in_compatibility_forms(text: str) -> tuple[str, list[str]]:
    """Return each letter unchanged or in its compatibility form, and the missing ones with their marks."""
    kept, missing, base = "", [], ""
    for letter in text:
        if letter in _FORMAT_CHARACTERS:
            kept += letter
        elif not is_mark(letter):
            form = letter if coverage.has_glyph(unstyled(letter)) else unicodedata.normalize("NFKC", letter)
            if all(coverage.has_glyph(unstyled(part)) for part in form):
                kept, base = kept + form, form[-1]
            else:
                missing.append(letter)
                base = ""
        elif not base:
            missing[-1] += letter
        elif coverage.has_glyphs_together(base + letter):
            kept += letter
        else:
            missing.append(letter)
    return (kept if kept.strip("".join(_FORMAT_CHARACTERS)) else ""), missing


def _is_allowed(letter: str) -> bool:
    if letter in _FORMAT_CHARACTERS or letter.isspace():
        return True
    return unicodedata.category(letter) not in _UNSEEN_CATEGORIES and _UNSEEN.match(letter) is None


def is_styled(letter: str) -> bool:
    """Whether this is a mathematical letter or digit, which people use for bold and italics."""
    return _STYLED_BLOCK.match(letter) is not None or letter in _STYLED_BEFORE


def unstyled(letter: str) -> str:
    """Return the ordinary letter for a mathematical one; other letters unchanged."""
    return unicodedata.normalize("NFKC", letter) if is_styled(letter) else letter


def is_bold(letter: str) -> bool:
    return is_styled(letter) and "BOLD" in unicodedata.name(letter, "")
