"""Find the links, hashtags and mentions of a text: the one finder that cards, limits and composing share. Pure.

The studio's `ui/text/entities.ts` holds the same rules, and tests/cases/entities.json holds both to the same cases; why
no library does it is in docs/decisions/0020-one-finder-of-links-and-tags.md. Each pattern reads a character a bounded
number of times, so that no text takes longer than its length.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import regex

from araldo.entities.top_level_domains import COUNTRY_TLDS, GENERIC_TLDS

Kind = Literal["link", "hashtag", "mention"]

# Python's \w leaves out combining marks, with which Hindi and Thai words are written.
_WORD = r"\p{L}\p{M}\p{N}_"
_ALPHABET = r"\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}0-9"
_HAS_NO_SPACES = r"\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}"

_LINK_START = regex.compile(
    r"(?<scheme>(?<![A-Za-z0-9])[Hh][Tt][Tt][Pp][Ss]?://)"
    rf"|(?<![{_ALPHABET}@＠#＃&=%+~$\\/.:\-])(?<bare>[{_ALPHABET}][{_ALPHABET}\-]*(?:\.[{_ALPHABET}\-]+)+)"
)
_LABEL = r"[\p{L}\p{N}][\p{L}\p{M}\p{N}_\-]*"
_AUTHORITY = regex.compile(
    r"(?:[\p{L}\p{N}._~%!$&'*+;=:\-]*@)?" rf"(?:\[[0-9A-Fa-f:.]+\]|(?<host>{_LABEL}(?:\.{_LABEL})*))"
)
_PORT = regex.compile(r":[0-9]{1,5}(?![0-9])")
_ALONGSIDE_ASCII = regex.compile(rf"(?<=\.[A-Za-z]{{2,63}})[{_HAS_NO_SPACES}][^.]*\Z")
# What may stand behind the host. All else ends a link: spaces, quotes, emoji, the punctuation of Chinese and Japanese.
_PATH_CHARACTERS = regex.compile(r"[\p{L}\p{M}\p{N}\-._~:/?#@!$&'*+,;=%|’‘–—·]*")
_CLOSING = {")": "(", "]": "[", "}": "{"}
# Deeper nesting ends a link; without a bound, unclosed brackets would be read again and again.
_BRACKETS_MAX = 4
_ENDS_A_SENTENCE = ".,;:!?'’‘*~|–—·"

_HASHTAG = regex.compile(r"[#＃]((?:(?![\uFE00-\uFE0F])[\p{L}\p{Mn}\p{Mc}\p{N}_]|[\u200C\u200D](?=[\p{L}\p{M}]))+)")
_LETTER = regex.compile(r"\p{L}")
_MENTION = regex.compile(r"[@＠]([A-Za-z0-9_](?:[A-Za-z0-9_.]*[A-Za-z0-9_])?)")
# Behind an emoji, its variation selector or keycap is no part of a word.
_BEFORE_HASHTAG = regex.compile(r"(?![\uFE00-\uFE0F\p{Me}])[\p{L}\p{M}\p{N}_&]")
_BEFORE_MENTION = regex.compile(r"(?![\uFE00-\uFE0F\p{Me}])[\p{L}\p{M}\p{N}_#＃$%&@＠/]")
_AFTER_MENTION = regex.compile(rf"[{_ALPHABET}@＠]")


@dataclass(frozen=True, slots=True)
class Entity:
    """`text[start:end]` is `value`, with its `#` or `@`, or an address as it was written."""

    kind: Kind
    start: int
    end: int
    value: str

    @property
    def has_path(self) -> bool:
        """Tell an address from a mere name like araldo.it, which reads as a word."""
        return "/" in self.value or self.value[:4].casefold() == "www."


def find_entities(text: str) -> list[Entity]:
    """Return links, hashtags and mentions in the order of the text; none overlaps another."""
    return list(_find_entities(text))


# The rules look at one text for each platform and each of their limits. Few are kept, as one may have 6 MB of entities.
@lru_cache(maxsize=8)
def _find_entities(text: str) -> tuple[Entity, ...]:
    links = list(_links(text))
    starts = [link.start for link in links]

    def is_free(found: Entity) -> bool:
        before = bisect_right(starts, found.end - 1)
        return before == 0 or links[before - 1].end <= found.start

    others = [found for found in (*_hashtags(text), *_mentions(text)) if is_free(found)]
    return tuple(sorted((*links, *others), key=lambda found: found.start))


def find_links(text: str) -> list[Entity]:
    return list(_links(text))


def find_hashtags(text: str) -> list[Entity]:
    return [found for found in find_entities(text) if found.kind == "hashtag"]


def find_mentions(text: str) -> list[Entity]:
    return [found for found in find_entities(text) if found.kind == "mention"]


def is_hashtag(tag: str) -> bool:
    """Tell whether `#tag` is one hashtag from end to end: letters, marks, digits and _, with at least one letter."""
    found = _HASHTAG.fullmatch(f"#{tag}")
    return found is not None and _LETTER.search(tag) is not None


def fold_hashtag(tag: str) -> str:
    """Return what is the same for two tags that platforms take for one: without `#`, case and width.

    Upper then lower case, and not Python's case folding, which JavaScript lacks.
    """
    bare = unicodedata.normalize("NFKC", tag.strip().lstrip("#＃"))
    return unicodedata.normalize("NFKC", bare.upper().lower())


def _links(text: str) -> Iterator[Entity]:
    at = 0
    while start := _LINK_START.search(text, at):
        if start["scheme"] is not None:
            end = _schemed_end(text, start.end())
        else:
            end = _bare_end(text, start["bare"], start.end())
        if end is not None:
            # _https://example.com/a_ is emphasis in Markdown.
            if text[end - 1] == "_" and text[max(0, start.start() - 1) : start.start()] == "_":
                end -= 1
            yield Entity("link", start.start(), end, text[start.start() : end])
        at = max(start.end(), end or 0)


def _schemed_end(text: str, at: int) -> int | None:
    """Return where the link ends whose authority begins at `at`; None where there is no host."""
    authority = _AUTHORITY.match(text, at)
    if authority is None:
        return None
    end = authority.end()
    if authority["host"] is not None:
        # A message may go on behind the address without a space, or with a mark of emphasis.
        other = _ALONGSIDE_ASCII.search(text, authority.start("host"), end)
        if other is not None:
            return other.start()
        end -= len(authority["host"]) - len(authority["host"].rstrip("-_"))
        if end < authority.end():
            return end
    return _path_end(text, _skip(_PORT, text, end))


def _bare_end(text: str, host: str, end: int) -> int | None:
    """Return where a name without a scheme ends as a link; None where it is words with a full stop between them."""
    trimmed = host.rstrip("-")
    if len(trimmed) < len(host):
        return end - len(host) + len(trimmed) if _is_web_name(trimmed, False) else None
    if text[end : end + 1] in ("@", "_"):
        return None
    port_end = _skip(_PORT, text, end)
    has_path = text[port_end : port_end + 1] == "/"
    if has_path:
        end = port_end
    return _path_end(text, end) if _is_web_name(host, has_path) else None


def _is_web_name(host: str, has_path: bool) -> bool:
    labels = host.split(".")
    if any(not label or label.startswith("-") or label.endswith("-") for label in labels):
        return False
    top = labels[-1].lower()
    if len(labels) > 2 and labels[0].lower() == "www":
        return len(top) > 1
    # "finito.Se", "p.es": a message without its space and a shortened word are no names.
    if labels[-1] not in (top, top.upper()):
        return False
    return top in GENERIC_TLDS or (top in COUNTRY_TLDS and (len(labels[-2]) > 1 or has_path))


def _path_end(text: str, at: int) -> int:
    """Return where path, query and fragment end that begin at `at`: brackets in pairs, no mark that ends a message."""
    if text[at : at + 1] not in ("/", "?", "#"):
        return at
    unclosed: list[int] = []
    while True:
        end = at = _skip(_PATH_CHARACTERS, text, at)
        bracket = text[end : end + 1]
        if bracket in _CLOSING.values() and len(unclosed) < _BRACKETS_MAX:
            unclosed.append(end)
        elif not (bracket in _CLOSING and unclosed and text[unclosed.pop()] == _CLOSING[bracket]):
            break
        at += 1
    if unclosed:
        end = unclosed[0]
    while text[end - 1] in _ENDS_A_SENTENCE:
        end -= 1
    return end


def _skip(pattern: regex.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()


def _hashtags(text: str) -> Iterator[Entity]:
    last = -1
    for found in _HASHTAG.finditer(text):
        start, end = found.span()
        # #uno#due are two.
        begins = start in (0, last) or not _BEFORE_HASHTAG.match(text, start - 1)
        if begins and _LETTER.search(found[1]):
            last = end
            yield Entity("hashtag", start, end, found[0])


def _mentions(text: str) -> Iterator[Entity]:
    for found in _MENTION.finditer(text):
        start, end = found.span()
        begins = start == 0 or not _BEFORE_MENTION.match(text, start - 1)
        if begins and not _AFTER_MENTION.match(text, end):
            yield Entity("mention", start, end, found[0])
