"""Fitting a whole column: all its words at the largest size that leaves none outside and cuts no word in two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from araldo.images.designer.card import Card
from araldo.images.designer.lines import Token, broken, tokens_of
from araldo.images.designer.look import Look
from araldo.images.designer.nodes import Node
from araldo.images.designer.parts import Copy, Face, headline_face, main_of, text_face, text_gap, text_size
from araldo.images.designer.render import measure
from araldo.images.designer.words import clean, in_sentences, length, shortened

_STEPS = 11
# Lengths that the column is tried with, from all that was written to what always fits.
_TEXT_LENGTHS = (230, 160, 110, 70, 0)
_HEADLINE_LENGTHS = (400, 300, 220, 160, 110, 70, 40, 20, 8, 3)
_CTA_LENGTHS = (38, 26, 18, 10)
# In units: no headline is smaller, and one of eight letters is at most so large.
_LEAST, _MOST = 4.6, 21.0
# What rounding to whole pixels may add to a column, in pixels, and to a line, as a share.
_ROUNDING, _SLACK = 5.0, 0.005
_REFERENCE = 100.0


class DoesNotFit(ValueError):
    """Not even a few words fit: the card is narrower or flatter than any that a platform takes."""


@dataclass(frozen=True, slots=True)
class Column:
    node: Node
    height: float


@dataclass(frozen=True, slots=True)
class _Words:
    """Words before they are broken into lines. `cut`: a word may be cut where it is longer than a line."""

    headline: str
    text: str
    cta: str
    kicker: str
    cut: bool = False


def fitted(card: Card, look: Look, images: dict[str, bytes]) -> Column:
    """The most words at the largest size: words are given up only when the smallest readable size is too large.

    Raises DoesNotFit.
    """
    width = look.frame.text.width
    words = _on_one_line(_words_of(card), look, width, images)
    for candidate in _candidates(words):
        rest = _rest(candidate, look, width, images)
        low = _LEAST * look.unit
        if _set(candidate, low, look, rest) is None:
            continue
        high = max(low, _most(candidate, look))
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if _set(candidate, middle, look, rest) is not None else (low, middle)
        column = _drawn(candidate, low, look, rest, images)
        if column is not None:
            return column
    raise DoesNotFit(f"no words fit a card of {card.width}x{card.height}")


def _words_of(card: Card) -> _Words:
    return _Words(
        headline=clean(card.headline),
        text=clean(card.text),
        cta=shortened(clean(card.cta or ""), _CTA_LENGTHS[0]),
        kicker=shortened(clean(card.kicker or ""), 34),
    )


def _on_one_line(words: _Words, look: Look, width: float, images: dict[str, bytes]) -> _Words:
    """With a call to action and a kicker that stay on their one line."""
    for most in _CTA_LENGTHS:
        alone = replace(words, cta=shortened(words.cta, most), kicker=shortened(words.kicker, most))
        copy = Copy((), (), alone.cta, alone.kicker)
        if _widest(measure(main_of(copy, look, width, images).html(), width, images), 0.0) <= width:
            return alone
    return replace(words, cta="", kicker="")


def _candidates(words: _Words) -> Iterator[_Words]:
    texts = [in_sentences(words.text, most) if most else "" for most in _TEXT_LENGTHS]
    headlines = [shortened(words.headline, most) for most in _HEADLINE_LENGTHS]
    tried = [replace(words, text=text) for text in texts]
    tried += [replace(words, text=text, cut=True) for text in texts]
    tried += [replace(words, text="", headline=one, cut=cut) for one in headlines for cut in (False, True)]
    tried += [
        replace(words, text="", kicker="", cta=cta, headline=one, cut=True)
        for cta in (words.cta, "")
        for one in headlines[-3:]
    ]
    yield from dict.fromkeys(tried)


def _most(words: _Words, look: Look) -> float:
    """A word may shout; a sentence at that size would leave no air."""
    letters = max(8.0, length(words.headline))
    return _MOST * look.unit * look.style.most * float((8.0 / letters) ** 0.36)


def _rest(words: _Words, look: Look, width: float, images: dict[str, bytes]) -> float:
    """The height of what does not change with the headline's size."""
    if not (words.cta or words.kicker):
        return 0.0
    copy = Copy((), (), words.cta, words.kicker)
    return float(measure(main_of(copy, look, width, images).html(), width, images)["height"])


def _set(words: _Words, size: float, look: Look, rest: float) -> Copy | None:
    """The column in lines at this size; None when it is too high or a word too wide."""
    box, unit = look.frame.text, look.unit
    head, body = headline_face(words.headline, look.pair), text_face(words.text, look)
    headline = _lines(words.headline, head, size, box.width, cut=words.cut)
    if headline is None:
        return None
    high = rest + len(headline) * head.leading * head.scale * size + _ROUNDING
    lines: list[str] = []
    if words.text:
        small = text_size(size, unit)
        # A line of text that is as long as the column is hard to follow.
        found = _lines(words.text, body, small, box.width * (0.88 if look.centred else 0.97), cut=words.cut)
        if found is None:
            return None
        lines = found
        high += text_gap(size, unit) + len(lines) * body.leading * small
    if high > box.height:
        return None
    return Copy(tuple(headline), tuple(lines), words.cta, words.kicker, size)


def _drawn(words: _Words, size: float, look: Look, rest: float, images: dict[str, bytes]) -> Column | None:
    """As the engine sets it, which has the last word: a size on which they disagree is made smaller."""
    box = look.frame.text
    for shrink in (1.0, 0.985, 0.96, 0.92, 0.85):
        copy = _set(words, max(_LEAST * look.unit, size * shrink), look, rest)
        if copy is None:
            return None
        node = main_of(copy, look, box.width, images)
        measured = measure(node.html(), box.width, images)
        if measured["height"] <= box.height and _widest(measured, 0.0) <= box.width + 1:
            return Column(node, float(measured["height"]))
    return None


def _lines(text: str, face: Face, size: float, width: float, *, cut: bool) -> list[str] | None:
    tokens = tokens_of(text)
    widths, space = _widths(tokens, face)
    most = width * (1 - _SLACK) / (size * face.scale)
    if cut and max(widths, default=0.0) > most:
        tokens = tokens_of(text, cut=True)
        widths, space = _widths(tokens, face)
    return broken(tokens, widths, space, most)


@lru_cache(maxsize=256)
def _widths(tokens: tuple[Token, ...], face: Face) -> tuple[tuple[float, ...], float]:
    """Of each token, and of a space, in em, as the engine sets them."""
    images: dict[str, bytes] = {}
    style = face.style(_REFERENCE / face.scale)
    probes = ["n n", "nn", *(token.text for token in tokens)]
    nodes = tuple(Node(style, words=face.words(probe, images)) for probe in probes)
    column = Node("flex-direction:column;align-items:flex-start;width:60000px", nodes)
    found = [float(child["width"]) / _REFERENCE for child in measure(column.html(), 60000, images)["children"]]
    return tuple(found[2:]), max(0.1, found[0] - found[1])


def _widest(box: Mapping[str, Any], left: float) -> float:
    """The right edge of the rightmost box, from `left`."""
    edge = float(box["transform"][4]) - left
    own = 0.0 if box["children"] else edge + float(box["width"])
    return max([own, *(_widest(child, left) for child in box["children"])])
