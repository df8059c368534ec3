"""Split text into grapheme clusters, which are never cut: a letter with its marks, a conjunct, an emoji. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from araldo.images.designer import emoji

_JOINERS = "\u200c\u200d"
# Canonical combining class of the signs that bind two consonants into one form (virama, coeng, pulli), but for those of
# the class that only silence the one before them (Thai, Lao, Burmese).
_VIRAMA = 9
_SILENCERS = frozenset("\u0e3a\u0eba\u103a")
# Thai and Lao vowels that are written before the consonant that they are spoken after, and letters that never begin.
_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
_TRAILING_LETTERS = frozenset("ะาำๅๆฯະາຳໆຯ")


@dataclass(frozen=True, slots=True)
class Cluster:
    """`picture` names its emoji's picture; None for letters."""

    text: str
    picture: str | None = None


def split_clusters(text: str) -> Iterator[Cluster]:
    position = 0
    while position < len(text):
        end, picture = emoji.find_at(text, position)
        end = _end_of_emoji(text, end) if picture is not None else _end_of_letters(text, position)
        yield Cluster(text[position:end], picture)
        position = end


def _end_of_emoji(text: str, end: int) -> int:
    while end < len(text) and emoji.is_leftover(text[end]):
        end += 1
    return end


def _end_of_letters(text: str, start: int) -> int:
    end = start + 1
    if text[start].isspace():
        return end
    while end < len(text) and _extends_cluster(text[start:end], text[end]):
        end += 1
    return end


def _extends_cluster(cluster: str, letter: str) -> bool:
    if is_mark(letter) or letter in _JOINERS or letter in _TRAILING_LETTERS or emoji.is_leftover(letter):
        return True
    if not letter.isalpha():
        return False
    last = cluster.rstrip(_JOINERS)[-1:]
    return cluster in _LEADING_VOWELS or _binds(last)


def _binds(letter: str) -> bool:
    return letter != "" and letter not in _SILENCERS and unicodedata.combining(letter) == _VIRAMA


def is_mark(letter: str) -> bool:
    """Whether this is a combining mark of the letter before it."""
    return unicodedata.category(letter).startswith("M")


def last_cut_before(text: str, most: int) -> int:
    """Return the last position at or before `most` where the text can be cut between clusters."""
    end = 0
    for cluster in split_clusters(text):
        if end + len(cluster.text) > most:
            break
        end += len(cluster.text)
    return end
