"""From what a person wrote to what a platform gets: the text, the words on the picture, the prompt. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

# A sentence's end, the quotes that close with it, and the emoji that belong to it.
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'»”)]*(?:\s*[^\w\s\"'«“(]+)?(?:\s+|$)")
_HEADLINE_MAX = 90
# A sentence of fewer words is not divided.
_WORDS_MIN = 6


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


def words_of_slides(content: str, cta: str | None, count: int) -> list[tuple[str, str]]:
    """What each of `count` pictures says, large and small: the headline, parts of the rest, the call to action last.

    A text that is too short for so many is divided between words, and then says its headline again.
    """
    headline, rest = headline_and_rest(content)
    last = [(cta.strip(), "")] if cta and cta.strip() and count > 1 else []
    middle = count - 1 - len(last)
    parts = [headline_and_rest(part) for part in _divided(rest, middle)]
    return [(headline, ""), *parts, *[(headline, "")] * (middle - len(parts)), *last]


def _divided(text: str, count: int) -> list[str]:
    """At most `count` parts of about the same length: whole sentences where there are enough of them."""
    pieces = [piece for piece in _sentences(text) if any(letter.isalnum() for letter in piece)]
    while 0 < len(pieces) < count:
        longest = max(range(len(pieces)), key=lambda index: len(pieces[index]))
        words = pieces[longest].split()
        if len(words) < _WORDS_MIN:
            break
        pieces[longest : longest + 1] = [" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])]
    parts: list[str] = []
    while pieces and len(parts) < count:
        left = count - len(parts)
        share = sum(map(len, pieces)) / left
        part = [pieces.pop(0)]
        while len(pieces) >= left and (left == 1 or len(" ".join([*part, pieces[0]])) <= share * 1.15):
            part.append(pieces.pop(0))
        parts.append(" ".join(part))
    return parts


def _sentences(text: str) -> list[str]:
    found, start = [], 0
    for end in _SENTENCE_END.finditer(text):
        found.append(text[start : end.end()].strip())
        start = end.end()
    return [*found, text[start:].strip()]


def picture_prompt(platform: str, content: str, base_prompt: str, platform_prompts: Mapping[str, str]) -> str:
    """The platform's own prompt, else the base prompt, else the content."""
    return platform_prompts.get(platform, "").strip() or base_prompt.strip() or content.strip()
