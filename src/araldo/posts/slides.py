"""Split a text into slides: a cover, one point on each slide, the call to action at the end. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from araldo.posts.wording import READ_MAX, Wording, split_headline, split_sentences, strip_links_and_tags, wording_of

SLIDES_MAX = 10
# The longest text of a slide that is put together from sentences, in characters.
_SLIDE_TEXT_MAX = 190
# A text of fewer words is not split in two.
_WORDS_TO_SPLIT = 4
_ITEM = re.compile(
    r"^\s*(?:(?P<number>\d{1,2})\s*[.):\-–]\s+|(?:[-–•*·✓✔➡→▪◦]|[✅👉🔹🔸⭐]\ufe0f?)\s*)(?P<words>\S.*)$"
)


def split_into_slides(content: str, cta: str | None = None, *, most: int = SLIDES_MAX) -> list[Wording]:
    """Return at most `most` slides: a cover, one slide for each list item or group of sentences, the call to action.

    URLs and hashtags are left out, as is anything after 4,000 characters. Where there are too many points, the shortest
    neighbours are merged.
    """
    cover, points = _cover_and_points(content, cta)
    if not cover.headline:
        return []
    end = [Wording(cta.strip())] if cta and cta.strip() else []
    room = max(0, most - 1 - len(end))
    return [Wording(cover.headline, kicker=cover.kicker), *_merge_to_fit(points, room), *end][:most]


def wordings_of_slides(content: str, cta: str | None, count: int) -> list[Wording]:
    """Return exactly `count` wordings: those of `split_into_slides`, the longest split in two while there are too few.

    What cannot be split any more is filled up with the headline.
    """
    said = split_into_slides(content, cta, most=count) or [wording_of(content, cta)]
    end = said[-1:] if len(said) > 1 and cta and cta.strip() else []
    middle = said[1 : len(said) - len(end)]
    room = count - 1 - len(end)
    while len(middle) < room:
        halves = [(len(_text_of(one)), at, _split_in_two(one)) for at, one in enumerate(middle)]
        _, at, parts = max(((size, at, parts) for size, at, parts in halves if parts), default=(0, 0, []))
        if not parts:
            break
        middle[at : at + 1] = parts
    again = [Wording(said[0].headline)] * (room - len(middle))
    return [said[0], *middle, *again, *end]


def _split_in_two(words: Wording) -> list[Wording]:
    """Split a slide between sentences, else between words; [] when it has fewer than `_WORDS_TO_SPLIT` words."""
    pieces = split_sentences(_text_of(words))
    if len(pieces) == 1:
        pieces = pieces[0].split()
        if len(pieces) < _WORDS_TO_SPLIT:
            return []
    middle = (len(pieces) + 1) // 2
    return [*_slide(" ".join(pieces[:middle]), words.kicker), *_slide(" ".join(pieces[middle:]), "")]


def _cover_and_points(content: str, cta: str | None) -> tuple[Wording, list[Wording]]:
    content = content[:READ_MAX]
    lines = [line.strip() for line in content.splitlines() if line.strip()]
    items = [line for line in lines if _ITEM.match(line)]
    if len(items) >= 2:
        first = lines.index(items[0])
        cover = wording_of("\n".join(lines[:first]) or items[0], cta)
        return cover, [*_prose_slides(cover.text), *_item_slides(lines[first:])]
    whole = wording_of(content, cta, room=len(content))
    return whole, _prose_slides(whole.text)


def _item_slides(lines: Sequence[str]) -> list[Wording]:
    """Return one slide for each list item with the lines under it; the kicker is its number or position."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        item = _ITEM.match(line)
        if item:
            found.append((item["number"] or str(len(found) + 1), [strip_links_and_tags(item["words"])]))
        elif found:
            found[-1][1].append(strip_links_and_tags(line))
    return [slide for number, said in found for slide in _slide(" ".join(filter(None, said)), number)]


def _prose_slides(text: str) -> list[Wording]:
    """Return slides of whole sentences, each of at most `_SLIDE_TEXT_MAX` characters if its sentences allow."""
    groups: list[str] = []
    for sentence in split_sentences(text):
        if groups and len(groups[-1]) + 1 + len(sentence) <= _SLIDE_TEXT_MAX:
            groups[-1] = f"{groups[-1]} {sentence}"
        else:
            groups.append(sentence)
    return [slide for group in groups for slide in _slide(group, "")]


def _slide(words: str, kicker: str) -> list[Wording]:
    """Return one slide with the first sentence as headline; [] for a text without sentences."""
    sentences = split_sentences(words)
    if not sentences:
        return []
    headline, left = split_headline(sentences[0])
    return [Wording(headline, " ".join([*([left] if left else []), *sentences[1:]]), kicker)]


def _merge_to_fit(points: list[Wording], room: int) -> list[Wording]:
    """Merge the shortest neighbouring slides until there are at most `room`."""
    joined = list(points)
    while len(joined) > max(1, room):
        sizes = [len(_text_of(one)) + len(_text_of(other)) for one, other in pairwise(joined)]
        at = sizes.index(min(sizes))
        one, other = joined[at], joined[at + 1]
        joined[at : at + 2] = [Wording(one.headline, f"{one.text} {_text_of(other)}".strip(), one.kicker)]
    return joined if room else []


def _text_of(slide: Wording) -> str:
    ended = slide.headline if slide.headline[-1:] in ".!?…。！？" or not slide.text else f"{slide.headline}."
    return f"{ended} {slide.text}".strip()
