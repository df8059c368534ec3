"""Compose the text and the picture prompt that a platform gets. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from araldo.entities.finder import find_hashtags, fold_hashtag


def normalize_newlines(text: str) -> str:
    """Replace CR LF and CR by `\\n`, so that a line end counts as one character."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def normalize_hashtags(raw: Iterable[str]) -> list[str]:
    """Return the hashtags in NFC without `#` and without duplicates. Empty ones are kept for the rules to refuse."""
    seen: dict[str, str] = {}
    for tag in raw:
        bare = unicodedata.normalize("NFC", tag).strip().lstrip("#\uff03")
        seen.setdefault(fold_hashtag(bare), bare)
    return list(seen.values())


def compose_text(content: str, cta: str | None, hashtags: Iterable[str]) -> str:
    """Join content, call to action and `#a #b` with a blank line between; parts that are empty leave no gap.

    A hashtag that content or call to action hold already is not repeated.
    """
    texts = [_normalize_text(part) for part in (content, cta or "")]
    # Searched separately, so that no hashtag is found across the boundary.
    known = {fold_hashtag(found.value) for text in texts for found in find_hashtags(text)}
    tags: dict[str, str] = {}
    for tag in hashtags:
        tags.setdefault(fold_hashtag(tag), f"#{tag}")
    added = [tag for folded, tag in tags.items() if folded not in known]
    parts = (*texts, _normalize_text(" ".join(added)))
    return "\n\n".join(part for part in parts if part)


def _normalize_text(text: str) -> str:
    return normalize_newlines(unicodedata.normalize("NFC", text)).strip()


def picture_prompt(platform: str, content: str, base_prompt: str, platform_prompts: Mapping[str, str]) -> str:
    """Return the platform's own prompt, else the base prompt, else the content."""
    return platform_prompts.get(platform, "").strip() or base_prompt.strip() or content.strip()
