"""Find where lines may break in Thai, Lao, Khmer and Burmese, which have no spaces between words. Pure.

Thai is split into words by a model (budoux), the others into syllables by rules. A zero-width space, which some writers
use to mark words, allows a break in any of them (see `lines.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from araldo.images.designer.clusters import split_clusters

if TYPE_CHECKING:
    from budoux import Parser

_RUN = re.compile(
    "[\u0e00-\u0e7f]+|[\u0e80-\u0eff]+|[\u1000-\u109f][\u1000-\u109f\u200c\u200d]*|[\u1780-\u17ff][\u1780-\u17ff\u200c\u200d]*"
)
_THAI = re.compile("[\u0e00-\u0e7f]")
_SYLLABIC = re.compile("[\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff]")
# Lao: what begins a syllable carries a vowel before, above, below or behind it, or a tone; others close the one before.
_LAO_BEGINS = re.compile("[\u0ec0-\u0ec4]|[\u0e81-\u0eae].*[\u0eb0-\u0ebb\u0ec8-\u0ecd]")
# Khmer: vowel signs and coeng, or a vowel that stands alone; signs that close a syllable; and a consonant by itself.
_KHMER_BEGINS = re.compile("[\u1780-\u17b3].*[\u17b6-\u17c5\u17d2]|[\u17a3-\u17b3]")
_KHMER_CLOSES = re.compile(".+[\u17c7\u17c8\u17cb]$")
_KHMER_BARE = re.compile("[\u1780-\u17a2]$")
# Burmese: a consonant, unless it is stacked under one or closes the syllable (asat, or stacks the next one).
_BURMESE_BEGINS = re.compile("(?<!\u1039)[\u1000-\u102a\u103f\u104c-\u104f](?![\u1039\u103a]|\u1037\u103a)")


def is_unspaced(text: str) -> bool:
    return _RUN.search(text) is not None


def is_syllabic(letter: str) -> bool:
    """Whether the letter's script is split into syllables, because its words are unknown."""
    return _SYLLABIC.match(letter) is not None


def split_words(word: str) -> list[str]:
    """Return the parts of `word` between which a line may break; parts in other scripts stay whole."""
    found, done = [], 0
    for run in _RUN.finditer(word):
        found += [word[done : run.start()]] if run.start() > done else []
        found += _split_run(run[0])
        done = run.end()
    return _rejoin_clusters(found + ([word[done:]] if done < len(word) else []))


def _split_run(run: str) -> list[str]:
    if _THAI.match(run):
        return _thai_parser().parse(run)
    if "\u1000" <= run[0] <= "\u109f":
        starts = [match.start() for match in _BURMESE_BEGINS.finditer(run) if match.start()]
        return [run[start:end] for start, end in zip([0, *starts], [*starts, len(run)], strict=True)]
    return list(_lao_syllables(run)) if "\u0e80" <= run[0] <= "\u0eff" else _khmer_syllables(run)


def _lao_syllables(run: str) -> Iterator[str]:
    syllable = ""
    for cluster in split_clusters(run):
        if syllable and _LAO_BEGINS.match(cluster.text):
            yield syllable
            syllable = ""
        syllable += cluster.text
    yield syllable


def _khmer_syllables(run: str) -> list[str]:
    """Split Khmer into syllables: a bare consonant closes the syllable before it, or begins one after a closed one."""
    syllables: list[list[str]] = []
    for cluster in split_clusters(run):
        if not syllables or _begins_khmer(syllables[-1], cluster.text):
            syllables.append([])
        syllables[-1].append(cluster.text)
    words = ["".join(syllable) for syllable in syllables]
    return [*words[:-2], words[-2] + words[-1]] if len(words) > 1 and _KHMER_BARE.match(words[-1]) else words


def _begins_khmer(syllable: list[str], cluster: str) -> bool:
    if len(syllable) == 1 and _KHMER_BARE.match(syllable[0]):
        return False
    closed = _KHMER_CLOSES.match(syllable[-1]) is not None or _KHMER_BARE.match(syllable[-1]) is not None
    return _KHMER_BEGINS.match(cluster) is not None or (closed and _KHMER_BARE.match(cluster) is not None)


def _rejoin_clusters(words: list[str]) -> list[str]:
    """Rejoin clusters that were split: a mark on a letter of another script, or an error of the model."""
    whole = [cluster.text for cluster in split_clusters("".join(words))]
    ends, position = set(), 0
    for cluster in whole:
        position += len(cluster)
        ends.add(position)
    joined: list[str] = []
    position, torn = 0, False
    for word in words:
        if torn:
            joined[-1] += word
        else:
            joined.append(word)
        position += len(word)
        torn = position not in ends
    return joined


@cache
def _thai_parser() -> Parser:
    # Imported on first use: it is slow to load, and few texts are Thai.
    import budoux

    return budoux.load_default_thai_parser()
