"""From what a person wrote to what a platform gets: the text, the tags, the prompt. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from araldo.posts.entities import find_hashtags, fold_hashtag


def normalize_newlines(text: str) -> str:
    """Write each line end as one `\\n`: CR LF is one character for people and for platforms."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def normal_hashtags(raw: Iterable[str]) -> list[str]:
    """NFC, without `#`, the first of those that platforms take for one. Emptiness is kept for the rules to refuse."""
    seen: dict[str, str] = {}
    for tag in raw:
        bare = unicodedata.normalize("NFC", tag).strip().lstrip("#\uff03")
        seen.setdefault(fold_hashtag(bare), bare)
    return list(seen.values())


def compose_text(content: str, cta: str | None, hashtags: Iterable[str]) -> str:
    """Join content, call to action and `#a #b` with a blank line between; parts that are empty leave no gap.

    A hashtag that content or call to action hold already is not repeated.
    """
    words = [_normal_text(part) for part in (content, cta or "")]
    # Found in each by itself: what one ends with is not joined to what the other begins with.
    known = {fold_hashtag(found.value) for part in words for found in find_hashtags(part)}
    tags: dict[str, str] = {}
    for tag in hashtags:
        tags.setdefault(fold_hashtag(tag), f"#{tag}")
    added = [tag for folded, tag in tags.items() if folded not in known]
    parts = (*words, _normal_text(" ".join(added)))
    return "\n\n".join(part for part in parts if part)


def _normal_text(text: str) -> str:
    return normalize_newlines(unicodedata.normalize("NFC", text)).strip()


def picture_prompt(platform: str, content: str, base_prompt: str, platform_prompts: Mapping[str, str]) -> str:
    """The platform's own prompt, else the base prompt, else the content."""
    return platform_prompts.get(platform, "").strip() or base_prompt.strip() or content.strip()
