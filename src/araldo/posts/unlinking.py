"""Remove URLs from a line of text, with the brackets and arrows that only belong to them. Pure."""

from __future__ import annotations

from araldo.entities.finder import Entity, find_links

_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">", "«": "»", "“": "”", "‘": "’", '"': '"', "'": "'", "`": "`", "*": "*"}
_PAIRS |= {"（": "）", "「": "」", "『": "』", "【": "】", "‹": "›", "„": "“", "_": "_", "~": "~"}
_ENDS_A_SENTENCE = ".!?…。！？"
_FOLLOWS_A_WORD = _ENDS_A_SENTENCE + ",;:)"
# Characters before a URL that only point to it.
_POINTERS = ":→➡👉-–—\ufe0f"


def remove_links(line: str) -> str:
    """Return the line without its URLs, the brackets and quotes around them, and the characters that point to them.

    The label of a Markdown link stays, and so does a bare domain (araldo.it), which reads as a word.
    """
    kept, at = "", 0
    for link in find_links(line):
        # In [https://example.com/a](https://example.com/a) the second may begin within what the first took.
        if not link.has_path or link.start < at:
            continue
        kept += line[at : link.start]
        kept, at = _without_frame(kept, line, link)
        kept = _without_pointer(kept, line[at:])
    return kept + line[at:]


def _without_frame(kept: str, line: str, link: Entity) -> tuple[str, int]:
    """Return the text before the link and the position after it, without brackets and quotes that enclose only it."""
    at = link.end
    if kept.endswith("](") and line[at : at + 1] == ")":
        begun = kept.rfind("[", 0, len(kept) - 2)
        # An image's mark, ![...], goes with the bracket.
        before = kept[:begun].removesuffix("!") if begun >= 0 else kept[:-2]
        return before + kept[begun + 1 : -2] if begun >= 0 else before, at + 1
    while kept and _PAIRS.get(kept[-1]) == line[at : at + 1] and at < len(line):
        kept, at = kept[:-1], at + 1
    return kept, at


def _without_pointer(kept: str, rest: str) -> str:
    begins = rest.lstrip()[:1]
    bare = kept.rstrip()
    if not begins or begins in _ENDS_A_SENTENCE:
        return bare.rstrip(_POINTERS + " ") if bare.rstrip(_POINTERS + " ") else bare
    return bare if rest[:1] in _FOLLOWS_A_WORD else kept
