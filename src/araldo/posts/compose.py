"""From what a person wrote to what a platform gets: the text, the words on the picture, the prompt. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

# A sentence's end, the quotes that close with it, and the emoji that belong to it.
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'»”)]*(?:\s*[^\w\s\"'«“(]+)?(?:\s+|$)")
_HEADLINE_MAX = 90


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


def headline_and_rest(content: str) -> tuple[str, str]:
    """What a picture says large, and what it may say small: the first sentence or line, and what follows it."""
    lines = [line.strip() for line in content.strip().splitlines()]
    first = lines[0] if lines else ""
    rest = " ".join(line for line in lines[1:] if line)
    end = _SENTENCE_END.search(first)
    if end is not None:
        first, rest = first[: end.end()].strip(), f"{first[end.end() :]} {rest}".strip()
    if len(first) > _HEADLINE_MAX:
        cut = first.rfind(" ", 0, _HEADLINE_MAX)
        cut = cut if cut > _HEADLINE_MAX // 2 else _HEADLINE_MAX
        first, rest = first[:cut].rstrip(" ,;:–—-") + "…", f"…{first[cut:].strip()} {rest}".strip()
    return first, rest


def picture_prompt(platform: str, content: str, base_prompt: str, platform_prompts: Mapping[str, str]) -> str:
    """The platform's own prompt, else the base prompt, else the content."""
    return platform_prompts.get(platform, "").strip() or base_prompt.strip() or content.strip()
