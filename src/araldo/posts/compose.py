"""From what a person wrote to what a platform gets: the text, the tags, the prompt. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping


def normal_hashtags(raw: Iterable[str]) -> list[str]:
    """NFC, without `#`, the first of those that differ in case only. Emptiness is kept for the rules to refuse."""
    seen: dict[str, str] = {}
    for tag in raw:
        bare = unicodedata.normalize("NFC", tag).strip().removeprefix("#").removeprefix("\uff03")
        seen.setdefault(bare.casefold(), bare)
    return list(seen.values())


def compose_text(content: str, cta: str | None, hashtags: Iterable[str]) -> str:
    """Content, blank line, call to action, blank line, `#a #b`; parts that are empty leave no gap."""
    tags = " ".join(f"#{tag}" for tag in hashtags)
    parts = (unicodedata.normalize("NFC", part).strip() for part in (content, cta or "", tags))
    return "\n\n".join(part for part in parts if part)


def picture_prompt(platform: str, content: str, base_prompt: str, platform_prompts: Mapping[str, str]) -> str:
    """The platform's own prompt, else the base prompt, else the content."""
    return platform_prompts.get(platform, "").strip() or base_prompt.strip() or content.strip()
