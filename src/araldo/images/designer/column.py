"""Fit a column of text: find the largest size at which all words fit the box and no word is cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from araldo.images.designer.blocks import ColumnText, Face, build_column, headline_face, text_face, text_gap, text_size
from araldo.images.designer.card import Card
from araldo.images.designer.design import CardDesign
from araldo.images.designer.lines import LineToken, break_lines, count_lines, tokenize
from araldo.images.designer.nodes import Node
from araldo.images.designer.render import measure
from araldo.images.designer.text import drawable_line, shorten, shorten_at_sentence, visual_length

_STEPS = 11
# Lengths, in characters, to which texts are shortened in turn until they fit.
_TEXT_LENGTHS = (230, 160, 110, 70, 0)
_HEADLINE_LENGTHS = (400, 300, 220, 160, 110, 70, 40, 20, 8, 3)
_CTA_LENGTHS = (38, 26, 18, 10)
# Smallest headline, and largest one of eight letters, in units.
_MIN_SIZE, _MAX_SIZE = 4.6, 21.0
# What rounding to whole pixels may add to a column (pixels) and to a line (share of its width).
_ROUNDING, _SLACK = 5.0, 0.005
_REFERENCE = 100.0


class DoesNotFit(ValueError):
    """Not even a few words fit: the card is narrower or flatter than any platform's format."""


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


def fit_column(card: Card, design: CardDesign, images: dict[str, bytes]) -> Column:
    """Fit the most words at the largest size; shorten them only when the smallest readable size does not fit.

    Raises DoesNotFit.
    """
    width = design.frame.text.width
    fixed = _FixedParts(design, width, images)
    words = _shorten_to_one_line(_words_of(card), fixed)
    for candidate in _candidates(words):
        rest = fixed.height(candidate)
        low = _MIN_SIZE * design.unit
        if not _fits(candidate, low, design, rest):
            continue
        high = max(low, _max_size(candidate, design))
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if _fits(candidate, middle, design, rest) else (low, middle)
        column = _lay_out(candidate, low, design, rest, images)
        if column is not None:
            return column
    raise DoesNotFit(f"no words fit a card of {card.width}x{card.height}")


def _words_of(card: Card) -> _Words:
    return _Words(
        headline=drawable_line(card.headline),
        text=drawable_line(card.text),
        cta=shorten(drawable_line(card.cta or ""), _CTA_LENGTHS[0]),
        kicker=shorten(drawable_line(card.kicker or ""), 34),
    )


class _FixedParts:
    """Kicker and call to action, whose size does not depend on the headline's: each two are measured once."""

    def __init__(self, design: CardDesign, width: float, images: dict[str, bytes]) -> None:
        self.width = width
        self._design, self._images = design, images
        self._measured: dict[tuple[str, str], Mapping[str, Any]] = {}

    def height(self, words: _Words) -> float:
        return float(self._measure(words)["height"]) if words.cta or words.kicker else 0.0

    def fit_one_line(self, words: _Words) -> bool:
        return _right_edge(self._measure(words), 0.0) <= self.width

    def _measure(self, words: _Words) -> Mapping[str, Any]:
        key = words.cta, words.kicker
        if key not in self._measured:
            column = build_column(ColumnText((), (), *key), self._design, self.width, self._images)
            self._measured[key] = measure(column.html(), self.width, self._images)
        return self._measured[key]


def _shorten_to_one_line(words: _Words, fixed: _FixedParts) -> _Words:
    """Shorten call to action and kicker until each fits one line."""
    for most in _CTA_LENGTHS:
        alone = replace(words, cta=shorten(words.cta, most), kicker=shorten(words.kicker, most))
        if fixed.fit_one_line(alone):
            return alone
    return replace(words, cta="", kicker="")


def _candidates(words: _Words) -> Iterator[_Words]:
    texts = [shorten_at_sentence(words.text, most) if most else "" for most in _TEXT_LENGTHS]
    headlines = [shorten(words.headline, most) for most in _HEADLINE_LENGTHS]
    tried = [replace(words, text=text) for text in texts]
    tried += [replace(words, text=text, cut=True) for text in texts]
    tried += [replace(words, text="", headline=headline, cut=cut) for headline in headlines for cut in (False, True)]
    tried += [
        replace(words, text="", kicker="", cta=cta, headline=headline, cut=True)
        for cta in (words.cta, "")
        for headline in headlines[-3:]
    ]
    yield from dict.fromkeys(tried)


def _max_size(words: _Words, design: CardDesign) -> float:
    """Return the largest headline size in pixels: the shorter the headline, the larger."""
    letters = max(8.0, visual_length(words.headline))
    return _MAX_SIZE * design.unit * design.style.most * float((8.0 / letters) ** 0.36)


def _fits(words: _Words, size: float, design: CardDesign, rest: float) -> bool:
    """Return whether the column fits at this size: it is not too high, and no word is too wide."""
    box, head, body = design.frame.text, headline_face(words.headline, design.pair), text_face(words.text, design)
    headline, text = (count_lines(*paragraph) for paragraph in _paragraphs(words, size, design))
    if headline is None or text is None:
        return False
    high = rest + headline * head.leading * head.scale * size + _ROUNDING
    if words.text:
        high += text_gap(size, design.unit) + text * body.leading * text_size(size, design.unit)
    return high <= box.height


def _set_in_lines(words: _Words, size: float, design: CardDesign, rest: float) -> ColumnText | None:
    """Break the column into lines at this size; None when it does not fit."""
    if not _fits(words, size, design, rest):
        return None
    headline, text = (break_lines(*paragraph) or () for paragraph in _paragraphs(words, size, design))
    return ColumnText(tuple(headline), tuple(text), words.cta, words.kicker, size)


def _lay_out(words: _Words, size: float, design: CardDesign, rest: float, images: dict[str, bytes]) -> Column | None:
    """Lay out the column with the engine and shrink the size until the engine's measurements fit; None if none do."""
    box = design.frame.text
    for shrink in (1.0, 0.985, 0.96, 0.92, 0.85):
        copy = _set_in_lines(words, max(_MIN_SIZE * design.unit, size * shrink), design, rest)
        if copy is None:
            return None
        node = build_column(copy, design, box.width, images)
        measured = measure(node.html(), box.width, images)
        if measured["height"] <= box.height and _right_edge(measured, 0.0) <= box.width + 1:
            return Column(node, float(measured["height"]))
    return None


class _Paragraph(NamedTuple):
    """What lines are made of, in em: the widths of the tokens, of a space, and the most that a line may have."""

    tokens: Sequence[LineToken]
    widths: Sequence[float]
    space: float
    most: float


def _paragraphs(words: _Words, size: float, design: CardDesign) -> tuple[_Paragraph, _Paragraph]:
    """Return headline and text at this size of the headline."""
    width = design.frame.text.width
    # Text lines as wide as the column would be hard to read.
    text_width = width * (0.88 if design.centred else 0.97)
    return (
        _paragraph(words.headline, headline_face(words.headline, design.pair), size, width, cut=words.cut),
        _paragraph(words.text, text_face(words.text, design), text_size(size, design.unit), text_width, cut=words.cut),
    )


def _paragraph(text: str, face: Face, size: float, width: float, *, cut: bool) -> _Paragraph:
    tokens = tokenize(text)
    if not tokens:
        return _Paragraph((), (), 0.0, 0.0)
    widths, space = _token_widths(tokens, face)
    most = width * (1 - _SLACK) / (size * face.scale)
    if cut and max(widths) > most:
        tokens = tokenize(text, cut=True)
        widths, space = _token_widths(tokens, face)
    return _Paragraph(tokens, widths, space, most)


@lru_cache(maxsize=256)
def _token_widths(tokens: tuple[LineToken, ...], face: Face) -> tuple[tuple[float, ...], float]:
    """Return the width of each token, and of a space, in em, as the engine measures them."""
    images: dict[str, bytes] = {}
    style = face.style(_REFERENCE / face.scale)
    probes = ["n n", "nn", *(token.text for token in tokens)]
    nodes = tuple(Node(style, words=face.words(probe, images)) for probe in probes)
    column = Node("flex-direction:column;align-items:flex-start;width:60000px", nodes)
    found = [float(child["width"]) / _REFERENCE for child in measure(column.html(), 60000, images)["children"]]
    return tuple(found[2:]), max(0.1, found[0] - found[1])


def _right_edge(box: Mapping[str, Any], left: float) -> float:
    """Return the right edge of the rightmost box, relative to `left`."""
    edge = float(box["transform"][4]) - left
    own = 0.0 if box["children"] else edge + float(box["width"])
    return max([own, *(_right_edge(child, left) for child in box["children"])])
