"""Count a text as its platform does. Pure.

The studio's `ui/text/counting.ts` holds the same rules, and tests/cases/counting.json holds both to the same cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import regex

from araldo.entities.finder import find_links
from araldo.platforms.counting import TextLimits, Unit

# An extended grapheme cluster, as UAX #29 writes it in table 1c. `\X` takes the square of the length of some texts.
_CORE = (
    r"\p{GCB=Regional_Indicator}{2}|\p{GCB=L}*+(?:\p{GCB=V}++|\p{GCB=LV}\p{GCB=V}*+|\p{GCB=LVT})\p{GCB=T}*+"
    r"|\p{GCB=L}++|\p{GCB=T}++|\p{Extended_Pictographic}(?:\p{GCB=Extend}*+\u200D\p{Extended_Pictographic})*+"
    r"|\p{InCB=Consonant}"
    r"(?:\p{InCB=Extend}*+\p{InCB=Linker}[\p{InCB=Extend}\p{InCB=Linker}]*+\p{InCB=Consonant})*+"
    r"|[^\p{GCB=Control}\p{GCB=Prepend}\r\n]"
)
_CLUSTER = regex.compile(
    rf"\r\n|\p{{GCB=Prepend}}*+(?:{_CORE})[\p{{GCB=Extend}}\p{{GCB=SpacingMark}}\u200D]*+"
    r"|\p{GCB=Prepend}++[\p{GCB=Extend}\p{GCB=SpacingMark}\u200D]*+|[\p{GCB=Control}\r\n]"
)
# One emoji (UTS #51): a flag, a keycap, or one or more signs that are drawn as one picture.
_SIGN = (
    r"\p{Emoji_Modifier_Base}\p{Emoji_Modifier}"
    r"|\p{Emoji_Presentation}\uFE0F?|(?![0-9#*])\p{Emoji}\uFE0F\p{Emoji_Modifier}?"
)
_EMOJI = regex.compile(
    r"\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3"
    rf"|(?:{_SIGN})[\U000E0020-\U000E007F]*(?:\u200D(?:{_SIGN}|\p{{Extended_Pictographic}}))*"
)
# What counts two in twitter-text's configuration, version 3, as every emoji does; everything else counts one.
_HEAVY = regex.compile(r"[\u1100-\u1FFF\u200E\u200F\u2020-\u2031\u2038-\U0010FFFF]")
_SCHEME = regex.compile(r"[Hh][Tt][Tt][Pp][Ss]?://")
_MENTION = regex.compile(
    r"(?<![=/@\p{L}\p{M}\p{N}_])(@[A-Za-z0-9_][A-Za-z0-9_.\-]*)@[\p{L}\p{M}\p{N}_]+(?:[.\-]+[\p{L}\p{M}\p{N}_]+)*"
)


def count_text(text: str, limits: TextLimits) -> int:
    """Return the length of a composed text in the unit of `limits`."""
    return _COUNTERS[limits.unit](_replace_fixed(text, limits))


def count_bytes(text: str) -> int:
    """Return the length in bytes of UTF-8. A lone surrogate, which JSON may hold, counts three."""
    return len(text.encode("utf-8", "surrogatepass"))


def count_graphemes(text: str) -> int:
    """Return the number of characters as a reader counts them: 👩‍👩‍👧 is one."""
    return sum(1 for _ in _CLUSTER.finditer(text))


def _count_utf16(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _count_weighted(text: str) -> int:
    """Return the weighted length: 1 for most scripts, 2 for CJK characters and for an emoji of any length."""
    rest, emoji = _EMOJI.subn("", text)
    return len(rest) + len(_HEAVY.findall(rest)) + 2 * emoji


_COUNTERS: Mapping[Unit, Callable[[str], int]] = {
    "code_points": len,
    "graphemes": count_graphemes,
    "utf16": _count_utf16,
    "weighted": _count_weighted,
}


def _replace_fixed(text: str, limits: TextLimits) -> str:
    """Replace what has a fixed length by as many letters: links, and mentions whose domain does not count."""
    parts, at = [], 0
    for start, end, counted in sorted(_find_fixed(text, limits)):
        # A mention within a link belongs to the link.
        if start >= at:
            parts += [text[at:start], counted]
            at = end
    return "".join([*parts, text[at:]])


def _find_fixed(text: str, limits: TextLimits) -> Iterator[tuple[int, int, str]]:
    if limits.url_length is not None:
        for link in find_links(text):
            if not limits.url_needs_scheme or _SCHEME.match(link.value):
                yield link.start, link.end, "x" * limits.url_length
    if not limits.mention_domain_counts:
        yield from ((*found.span(), found[1]) for found in _MENTION.finditer(text))
