"""Tags: short labels by which people group the library's pictures. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

TAG_MAX = 40
TAGS_MAX = 20
# Zero-width joiner and non-joiner: within an emoji or a word they change what is seen.
_JOINERS = "\u200d\u200c"


def normalize_tag(raw: str) -> str:
    """Return the tag in NFC, without control characters, each run of white space as one space."""
    words = " ".join(unicodedata.normalize("NFC", raw).split())
    return "".join(letter for letter in words if letter.isprintable() or letter in _JOINERS).strip(_JOINERS)


def tag_key(tag: str) -> str:
    """Return what makes two spellings the same tag: upper and lower case do not differ."""
    return unicodedata.normalize("NFC", normalize_tag(tag).casefold())


def unique_tags(tags: Iterable[str]) -> list[str]:
    """Return each tag once, as it was first written, in order; empty ones are left out."""
    by_key: dict[str, str] = {}
    for raw in tags:
        if tag := normalize_tag(raw):
            by_key.setdefault(tag_key(tag), tag)
    return list(by_key.values())
