"""One longer text as a set of slides: a cover, a point on each, and what to do at the end. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from araldo.posts.wording import READ_MAX, Wording, sentences_of, split_headline, tidy, words_of

SLIDES_MAX = 10
# A slide of plain text says so much and no more, in characters.
_SLIDE_TEXT = 190
# Half of fewer words is no thought.
_WORDS_TO_DIVIDE = 4
_ITEM = re.compile(
    r"^\s*(?:(?P<number>\d{1,2})\s*[.):\-–]\s+|(?:[-–•*·✓✔➡→▪◦]|[✅👉🔹🔸⭐]\ufe0f?)\s*)(?P<words>\S.*)$"
)


def slides_of(content: str, cta: str | None = None, *, most: int = SLIDES_MAX) -> list[Wording]:
    """At most so many, two at least where there are words for two. Lists become a slide an item, prose one a thought.

    Addresses and hashtags are left to the post, and what stands behind the first 4,000 characters. What there is no
    room for is joined to the last slide before the call to action, which is one of its own.
    """
    cover, points = _parts(content, cta)
    if not cover.headline:
        return []
    end = [Wording(cta.strip())] if cta and cta.strip() else []
    room = max(0, most - 1 - len(end))
    return [Wording(cover.headline, kicker=cover.kicker), *_within(points, room), *end][:most]


def words_of_slides(content: str, cta: str | None, count: int) -> list[Wording]:
    """What each of exactly `count` pictures says: `slides_of`, and where the text is too short for so many, more of it.

    The longest that can be divided is; after that the headline is said again.
    """
    said = slides_of(content, cta, most=count) or [words_of(content, cta)]
    end = said[-1:] if len(said) > 1 and cta and cta.strip() else []
    middle = said[1 : len(said) - len(end)]
    room = count - 1 - len(end)
    while len(middle) < room:
        halves = [(len(_said(one)), at, _halves(one)) for at, one in enumerate(middle)]
        _, at, parts = max(((size, at, parts) for size, at, parts in halves if parts), default=(0, 0, []))
        if not parts:
            break
        middle[at : at + 1] = parts
    again = [Wording(said[0].headline)] * (room - len(middle))
    return [said[0], *middle, *again, *end]


def _halves(words: Wording) -> list[Wording]:
    """Between sentences where there are several, else between words where there are enough; [] where there are not."""
    pieces = sentences_of(_said(words))
    if len(pieces) == 1:
        pieces = pieces[0].split()
        if len(pieces) < _WORDS_TO_DIVIDE:
            return []
    middle = (len(pieces) + 1) // 2
    return [*_slide(" ".join(pieces[:middle]), words.kicker), *_slide(" ".join(pieces[middle:]), "")]


def _parts(content: str, cta: str | None) -> tuple[Wording, list[Wording]]:
    content = content[:READ_MAX]
    lines = [line.strip() for line in content.splitlines() if line.strip()]
    items = [line for line in lines if _ITEM.match(line)]
    if len(items) >= 2:
        first = lines.index(items[0])
        cover = words_of("\n".join(lines[:first]) or items[0], cta)
        return cover, [*_prose(cover.text), *_listed(lines[first:])]
    whole = words_of(content, cta, room=len(content))
    return whole, _prose(whole.text)


def _listed(lines: Sequence[str]) -> list[Wording]:
    """Each item with the lines under it; its number, or its place, above it."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        item = _ITEM.match(line)
        if item:
            found.append((item["number"] or str(len(found) + 1), [tidy(item["words"])]))
        elif found:
            found[-1][1].append(tidy(line))
    return [slide for number, said in found for slide in _slide(" ".join(one for one in said if one), number)]


def _prose(text: str) -> list[Wording]:
    """Sentences together as long as they are short; never half of one."""
    groups: list[str] = []
    for sentence in sentences_of(text):
        if groups and len(groups[-1]) + 1 + len(sentence) <= _SLIDE_TEXT:
            groups[-1] = f"{groups[-1]} {sentence}"
        else:
            groups.append(sentence)
    return [slide for group in groups for slide in _slide(group, "")]


def _slide(words: str, kicker: str) -> list[Wording]:
    """The first sentence large where it is short enough to be; none for what has no letter."""
    sentences = sentences_of(words)
    if not sentences:
        return []
    headline, left = split_headline(sentences[0])
    return [Wording(headline, " ".join([*([left] if left else []), *sentences[1:]]), kicker)]


def _within(points: list[Wording], room: int) -> list[Wording]:
    """The shortest neighbours are joined until there is room."""
    joined = list(points)
    while len(joined) > max(1, room):
        sizes = [len(_said(one)) + len(_said(other)) for one, other in pairwise(joined)]
        at = sizes.index(min(sizes))
        one, other = joined[at], joined[at + 1]
        joined[at : at + 2] = [Wording(one.headline, f"{one.text} {_said(other)}".strip(), one.kicker)]
    return joined if room else []


def _said(slide: Wording) -> str:
    ended = slide.headline if slide.headline[-1:] in ".!?…。！？" or not slide.text else f"{slide.headline}."
    return f"{ended} {slide.text}".strip()
