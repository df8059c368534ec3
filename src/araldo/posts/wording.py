"""Derive the text on a picture from the post's text: kicker, headline, text. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from araldo.entities.finder import Entity, find_hashtags
from araldo.images.designer.clusters import is_mark, last_cut_before
from araldo.posts.unlinking import remove_links

HEADLINE_MAX, TEXT_MAX, KICKER_MAX = 90, 200, 28

# Where a sentence may end, with the quotes and emoji that belong to it. Possessive quantifiers, and a start only at the
# first of several marks, keep matching linear in the length of any text.
_END = re.compile(
    r"(?<![.!?…。！？])[.!?…。！？]++[\"'»”’)]*+(?:\s*+[^\w\s\"'«“(@#$€£+\-]++(?=\s|$))*+(?=\s|$)|[。！？।॥။።៕។]"
)
# How much of a text is read, in characters: a picture has no room for more.
READ_MAX = 4_000
_ABBREVIATIONS = (
    "sig sig.ra dott dr prof ing avv arch n nr art pag p.es es ecc s.r.l s.p.a tel cell min max ca vs mr mrs ms st no"
    " inc ltd co e.g i.e etc approx dept gen feb mar apr mag giu lug ago set ott nov dic jan jun jul aug sep oct dec"
)
_ABBREVIATION_SET = frozenset(_ABBREVIATIONS.split())
_LABEL = re.compile(r"^([^:|•–—\n]{2,28}?)\s*(?::|\||•|\s[–—-]\s)\s+(?=\S)")
_GREETING = re.compile(
    r"^(?:ciao|ehi|hey|salve|buongiorno|buon|buona|buonasera|buonanotte|hi|hello|good morning|happy|attenzione|"
    r"ci siamo|finalmente|ultim'ora|novità|grande notizia|big news|exciting news|psst|pronti|ready|wow|evviva)\b",
    re.IGNORECASE,
)
_NOT_FOR_A_PICTURE = re.compile(
    r"^(?:link in (?:bio|profil\w*)|il link è in bio|📍.*|👉\s*$|\W+)$|^(?:ph|photo|foto|credits?)\s*[:@]",
    re.IGNORECASE,
)
# Where a headline may be cut: the end of a clause.
_CLAUSE = re.compile(r"[,;:]\s|\s[–—-]\s|\s\(")
# What a kicker may end with besides letters, digits and combining marks.
_MAY_END = frozenset("_!?.…»”\"'")
_EDGE = " \t\n-–—|•·:"


@dataclass(frozen=True, slots=True)
class Wording:
    """The text on a picture. `text`: whole sentences; a headline that had to be cut ends in an ellipsis."""

    headline: str
    text: str = ""
    kicker: str = ""


def wording_of(content: str, cta: str | None = None, *, room: int = TEXT_MAX) -> Wording:
    """Return the wording of a post's picture, taken from the beginning of its text.

    URLs, hashtags, the call to action and lines such as photo credits are left out. A short label or greeting at the
    beginning becomes the kicker, the sentence after it the headline. `room`: for the text, in characters.
    """
    return _wording_of(content[:READ_MAX], cta, room)


# A list asks for each of a post's deliveries.
@lru_cache(maxsize=256)
def _wording_of(content: str, cta: str | None, room: int) -> Wording:
    lines = [
        line for line in map(strip_links_and_tags, content.splitlines()) if line and not _NOT_FOR_A_PICTURE.match(line)
    ]
    sentences = [sentence for line in lines for sentence in split_sentences(line)]
    if not sentences:
        return Wording(strip_links_and_tags(content))
    kicker, sentences = _kicker(sentences, alone=len(lines) > 1 and len(split_sentences(lines[0])) == 1)
    headline, left = split_headline(sentences[0])
    said = _normalized_words(cta or "")
    rest = [
        sentence
        for sentence in ([left] if left else []) + sentences[1:]
        if _normalized_words(sentence) != said and re.search(r"\w", sentence)
    ]
    return Wording(headline, _whole_sentences(rest, room), kicker)


def strip_links_and_tags(line: str) -> str:
    """Remove URLs and hashtags from a line. A hashtag within a sentence, and a bare domain, stay as words."""
    line = remove_links(line)
    tags = find_hashtags(line)
    if not re.search(r"\w", _without(line, tags)):
        # The line consists of hashtags.
        return ""
    end = len(line.rstrip())
    while tags and tags[-1].end == end:
        end = len(line[: tags.pop().start].rstrip())
    words = _without(line[:end], tags, keep=1)
    return re.sub(r"\s+", " ", words).strip(_EDGE)


def _without(line: str, found: Sequence[Entity], keep: int | None = None) -> str:
    """Remove the entities from the line, or only the first `keep` characters of each."""
    parts, at = [], 0
    for entity in found:
        parts.append(line[at : entity.start])
        at = entity.end if keep is None else entity.start + keep
    return "".join([*parts, line[at:]])


def split_sentences(line: str) -> list[str]:
    """Split a line into sentences, each with the punctuation, quotes and emoji that end it."""
    found, start = [], 0
    for end in _END.finditer(line):
        before = line[start : end.start()].rsplit(" ", 1)[-1].lstrip("(«“\"'").casefold()
        after = line[end.end() :].lstrip()
        # A full stop after an abbreviation or before a lower-case letter ends no sentence.
        if end.group().startswith(".") and (before in _ABBREVIATION_SET or len(before) == 1 or after[:1].islower()):
            continue
        found.append(line[start : end.end()].strip())
        start = end.end()
    return [sentence for sentence in (*found, line[start:].strip()) if sentence]


def _kicker(sentences: list[str], *, alone: bool) -> tuple[str, list[str]]:
    """Take a label before a colon, a line in capitals or a greeting off the beginning; return it and the rest.

    `alone`: the first sentence is a line of its own.
    """
    first, rest = sentences[0], sentences[1:]
    label = _LABEL.match(first)
    if label and _is_label(label[1]):
        return _strip_symbols(label[1]), [_capitalize(first[label.end() :]), *rest]
    if not rest:
        return "", sentences
    words = _strip_symbols(first)
    short = len(words) <= KICKER_MAX and len(words.split()) <= 4
    if short and words and ((words.isupper() and alone) or _GREETING.match(words)):
        return words.rstrip("!.…"), rest
    return "", sentences


def _is_label(label: str) -> bool:
    """Return whether the text is a label and not half a sentence: at most three words, none of them a function word."""
    words = _strip_symbols(label).split()
    function_words = {
        "è",
        "e",
        "che",
        "is",
        "are",
        "the",
        "to",
        "di",
        "per",
        "le",
        "gli",
        "i",
        "un",
        "una",
        "a",
        "ore",
        "alle",
    }
    return (
        0 < len(words) <= 3 and not any(word.casefold() in function_words for word in words) and not label[-1].isdigit()
    )


def split_headline(sentence: str) -> tuple[str, str]:
    """Return the sentence, cut to `HEADLINE_MAX` at a clause or a word, and what is left for the text."""
    if len(sentence) <= HEADLINE_MAX:
        ended = sentence[:-1] if re.search(r"\w[»”\"')]*\.$", sentence) else sentence
        return ended, ""
    cuts = [clause.start() for clause in _CLAUSE.finditer(sentence) if 24 <= clause.start() <= HEADLINE_MAX]
    if cuts:
        return sentence[: cuts[-1]].rstrip(_EDGE + ","), _capitalize(sentence[cuts[-1] :].lstrip(_EDGE + ",;()"))
    cut = sentence.rfind(" ", 0, HEADLINE_MAX)
    cut = cut if cut > HEADLINE_MAX // 2 else last_cut_before(sentence, HEADLINE_MAX)
    return sentence[:cut].rstrip(_EDGE + ",;") + "…", "…" + sentence[cut:].strip()


def _whole_sentences(sentences: list[str], room: int) -> str:
    """Return as many whole sentences as fit into `room` characters; of a first one that does not fit, its beginning."""
    text = ""
    for sentence in sentences:
        longer = f"{text} {sentence}".strip()
        if len(longer) > room:
            break
        text = longer
    if text or not sentences:
        return text
    cut = sentences[0].rfind(" ", 0, room)
    return sentences[0][: cut if cut > room // 2 else last_cut_before(sentences[0], room)].rstrip(_EDGE + ",;") + "…"


def _strip_symbols(text: str) -> str:
    """Remove the emoji and symbols around the text."""
    bare = re.sub(r"^[^\w¿¡«“\"']+", "", text)
    # A combining vowel sign is no letter to a regular expression, but words may end in one.
    while bare and not (bare[-1].isalnum() or bare[-1] in _MAY_END or is_mark(bare[-1])):
        bare = bare[:-1]
    return bare.strip()


def _normalized_words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]
