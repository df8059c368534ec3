"""Break text into even lines: no word cut, no short word or emoji left alone on a line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from operator import itemgetter

from araldo.images.designer.clusters import split_clusters
from araldo.images.designer.text import is_cjk
from araldo.images.designer.word_breaks import is_syllabic, is_unspaced, split_words

_BREAK_HERE = "\u200b"
# Characters that never begin a line, and that never end one. Japanese and Chinese: JIS X 4051, the common part. Then
# Thai, Lao, Khmer, Burmese, Ethiopic and the scripts with a danda.
_NOT_FIRST = set(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー」』）】〕〉》］｝’”ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ…‥%％°℃,.!?:;)]}»"
    "ๆฯ๚๛ໆຯ។៕៖ៗ៘៚၊။፡።፣፤፥፦፧፨।॥"
)
_NOT_LAST = set("「『（【〔〈《［｛‘“([{«¿¡#＃￥¥$＄€@")
_PAUSES = set(".!?:;…。！？，、؟،។៕៖၊။።፣፤፦।॥")
_LETTER = re.compile(r"\w")
_HIRAGANA, _KATAKANA, _KANJI = (
    re.compile("[\u3041-\u309f]"),
    re.compile("[\u30a0-\u30ff]"),
    re.compile("[\u4e00-\u9fff]"),
)
_JAPANESE_WORD, _COMPOUND = 10, 4
_SHORT = 2
# Penalties, as squared shares of the line's width, for ending a line with a short word and for a lone last word, and
# the bonus for a break after a pause.
_SHORT_END_PENALTY, _LONE_WORD_PENALTY, _PAUSE_BONUS = 0.14, 0.12, 0.06
# Penalty for a break between syllables that may be one word.
_WITHIN_WORD_PENALTY = 0.08


@dataclass(frozen=True, slots=True)
class LineToken:
    """Text that is never cut. `spaced`: a space precedes it unless it begins a line."""

    text: str
    spaced: bool


@cache
def tokenize(text: str, *, cut: bool = False) -> tuple[LineToken, ...]:
    """Split text into tokens; `cut`: every letter may begin a line, for words longer than a line."""
    found: list[LineToken] = []
    for word in text.split(" "):
        for at, piece in enumerate(_split_word(word, cut=cut)):
            found.append(LineToken(piece, at == 0 and bool(found)))
    return tuple(_attach_punctuation(found))


def _split_word(word: str, *, cut: bool) -> list[str]:
    found: list[str] = []
    # A zero-width space marks where a line may break.
    for part in word.split(_BREAK_HERE):
        if not part:
            continue
        if cut or is_cjk(part):
            found += _join_pieces([cluster.text for cluster in split_clusters(part)], cut=cut)
        elif is_unspaced(part):
            found += _join_pieces(split_words(part), cut=True)
        else:
            found.append(part)
    return found


def _join_pieces(pieces: list[str], *, cut: bool) -> list[str]:
    """Join Latin letters and digits within Chinese, Japanese or Korean to words, and punctuation to its word."""
    joined: list[str] = []
    kana = any(_HIRAGANA.match(piece) or _KATAKANA.match(piece) for piece in pieces)
    for piece in pieces:
        stays = joined and (
            piece[0] in _NOT_FIRST
            or joined[-1][-1] in _NOT_LAST
            or (not cut and _is_narrow(piece) and _is_narrow(joined[-1][-1]))
            or (not cut and kana and _is_one_word(joined[-1], piece[0]))
        )
        if stays and len(joined[-1]) < 24:
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _is_one_word(word: str, letter: str) -> bool:
    """Whether a Japanese letter continues a word: a katakana name, a short kanji compound, or a hiragana ending."""
    if len(word) >= _JAPANESE_WORD or word[-1] in _PAUSES:
        return False
    if _HIRAGANA.match(letter):
        return True
    same = _KATAKANA if _KATAKANA.match(letter) else _KANJI
    return bool(same.match(letter) and same.match(word[-1])) and (same is _KATAKANA or len(word) < _COMPOUND)


def _is_narrow(piece: str) -> bool:
    # Hangul has spaces between its words, and is not cut within one.
    return not is_cjk(piece) or "\uac00" <= piece[0] <= "\ud7a3"


def _attach_punctuation(tokens: list[LineToken]) -> list[LineToken]:
    """Attach emoji and lone punctuation to the word before them."""
    glued: list[LineToken] = []
    for token in tokens:
        bare = not _LETTER.search(token.text)
        if glued and bare and len(token.text) <= 12 and len(glued[-1].text) <= 40:
            glued[-1] = LineToken(glued[-1].text + (" " if token.spaced else "") + token.text, glued[-1].spaced)
        else:
            glued.append(token)
    return glued


def count_lines(tokens: Sequence[LineToken], widths: Sequence[float], space: float, most: float) -> int | None:
    """Return how many lines `break_lines` makes, in much less time; None when a token is wider than `most`."""
    if max(widths, default=0.0) > most:
        return None
    return _count_lines(tokens, widths, space, most) if tokens else 0


def break_lines(tokens: Sequence[LineToken], widths: Sequence[float], space: float, most: float) -> list[str] | None:
    """Return the fewest and most even lines; None when a token is wider than `most`. All widths in the same unit."""
    fewest = count_lines(tokens, widths, space, most)
    if not fewest:
        return None if fewest is None else []
    # Find the narrowest column with as few lines, which makes them even.
    low, high = most / 2, most
    for _ in range(9):
        middle = (low + high) / 2
        if max(widths) <= middle and _count_lines(tokens, widths, space, middle) == fewest:
            high = middle
        else:
            low = middle
    return _best_lines(tokens, widths, space, min(most, high * 1.12), fewest)


def _count_lines(tokens: Sequence[LineToken], widths: Sequence[float], space: float, most: float) -> int:
    lines, filled = 1, 0.0
    for at, width in enumerate(widths):
        step = width + (space if tokens[at].spaced and filled else 0.0)
        if filled and filled + step > most:
            lines, filled = lines + 1, width
        else:
            filled += step
    return lines


def _best_lines(
    tokens: Sequence[LineToken], widths: Sequence[float], space: float, most: float, lines: int
) -> list[str]:
    """Minimise the sum of squared gaps and penalties, by dynamic programming over where the last line begins."""
    count = len(tokens)
    ways = [_lines_that_end(tokens, widths, space, most, end) for end in range(1, count + 1)]
    unreached = (float("inf"), 0)
    # By the number of lines and of tokens in them: the least cost, and where the last line begins.
    best = [[(0.0, 0), *[unreached] * count]]
    for _ in range(lines):
        before = best[-1]
        best.append([unreached, *(min(_continued(before, way), default=unreached, key=_cost) for way in ways)])
    ends = [count]
    for line in range(lines, 0, -1):
        ends.append(best[line][ends[-1]][1])
    bounds = ends[::-1]
    return [_join_tokens(tokens[start:end]) for start, end in pairwise(bounds)]


_cost = itemgetter(0)


def _continued(before: Sequence[tuple[float, int]], way: Sequence[tuple[int, float]]) -> Iterator[tuple[float, int]]:
    return ((before[start][0] + bad, start) for start, bad in way)


def _lines_that_end(
    tokens: Sequence[LineToken], widths: Sequence[float], space: float, most: float, end: int
) -> list[tuple[int, float]]:
    """Return the beginning and the badness of each line that ends before the token `end`, the shortest line first."""
    found: list[tuple[int, float]] = []
    penalty = _break_penalty(tokens, end)
    width, start = 0.0, end
    while start > 0:
        start -= 1
        width += widths[start] + (space if start + 1 < end and tokens[start + 1].spaced else 0.0)
        if width > most:
            break
        filled = width / most
        is_lone = end == len(tokens) and 0 < start == end - 1 and filled < 0.5
        found.append((start, (1 - filled) ** 2 + penalty + (_LONE_WORD_PENALTY if is_lone else 0.0)))
    return found


def _break_penalty(tokens: Sequence[LineToken], end: int) -> float:
    """Return how bad it is to end a line before the token `end`; negative after a pause."""
    if end == len(tokens):
        return 0.0
    before, after = tokens[end - 1].text, tokens[end]
    penalty = -_PAUSE_BONUS if before[-1] in _PAUSES else 0.0
    if after.spaced and len(before) <= _SHORT:
        penalty += _SHORT_END_PENALTY
    if not after.spaced and is_syllabic(after.text[0]):
        penalty += _WITHIN_WORD_PENALTY
    return penalty


def _join_tokens(tokens: Sequence[LineToken]) -> str:
    return "".join((" " if token.spaced and at else "") + token.text for at, token in enumerate(tokens))
