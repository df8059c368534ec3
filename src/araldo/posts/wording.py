"""The words that a picture carries, out of a post's own text: kicker, headline, text. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from araldo.images.designer.clusters import last_cut_before, is_mark
from araldo.posts.entities import Entity, find_hashtags
from araldo.posts.unlinking import remove_links

HEADLINE_MAX, TEXT_MAX, KICKER_MAX = 90, 200, 28

# Where a sentence may end, with the quotes and the emoji that belong to it.
# Nothing is tried twice (possessive, and only from the first of several marks), whatever is written.
_END = re.compile(
    r"(?<![.!?…。！？])[.!?…。！？]++[\"'»”’)]*+(?:\s*+[^\w\s\"'«“(@#$€£+\-]++(?=\s|$))*+(?=\s|$)|[。！？।॥။።៕។]"
)
# A picture has no room for more, in characters, and a text may be long.
READ_MAX = 4_000
_ABBREVIATIONS = (
    "sig sig.ra dott dr prof ing avv arch n nr art pag p.es es ecc s.r.l s.p.a tel cell min max ca vs mr mrs ms st no"
    " inc ltd co e.g i.e etc approx dept gen feb mar apr mag giu lug ago set ott nov dic jan jun jul aug sep oct dec"
)
_SHORTENED = frozenset(_ABBREVIATIONS.split())
_LABEL = re.compile(r"^([^:|•–—\n]{2,28}?)\s*(?::|\||•|\s[–—-]\s)\s+(?=\S)")
_GREETING = re.compile(
    r"^(?:ciao|ehi|hey|salve|buongiorno|buon|buona|buonasera|buonanotte|hi|hello|good morning|happy|attenzione|"
    r"ci siamo|finalmente|ultim'ora|novità|grande notizia|big news|exciting news|psst|pronti|ready|wow|evviva)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"^(?:link in (?:bio|profil\w*)|il link è in bio|📍.*|👉\s*$|\W+)$|^(?:ph|photo|foto|credits?)\s*[:@]",
    re.IGNORECASE,
)
# A clause ends here; what follows can wait for the text.
_CLAUSE = re.compile(r"[,;:]\s|\s[–—-]\s|\s\(")
# Besides letters, digits and their marks.
_MAY_END = frozenset("_!?.…»”\"'")
_EDGE = " \t\n-–—|•·:"


@dataclass(frozen=True, slots=True)
class Wording:
    """`text` are whole sentences; a headline that had to be cut ends in an ellipsis."""

    headline: str
    text: str = ""
    kicker: str = ""


def words_of(content: str, cta: str | None = None, *, room: int = TEXT_MAX) -> Wording:
    """What a picture says of a post: what stands first is what matters, less what only makes sense beside a picture.

    Addresses, hashtags and the call to action itself are left to the post. A short label or greeting at the beginning
    becomes the kicker, and the sentence behind it the headline. `room` is for the text, in characters.
    """
    content = content[:READ_MAX]
    lines = [line for line in map(tidy, content.splitlines()) if line and not _ELSEWHERE.match(line)]
    sentences = [sentence for line in lines for sentence in sentences_of(line)]
    if not sentences:
        return Wording(tidy(content))
    kicker, sentences = _kicker(sentences, alone=len(lines) > 1 and len(sentences_of(lines[0])) == 1)
    headline, left = split_headline(sentences[0])
    said = _plain(cta or "")
    rest = [one for one in ([left] if left else []) + sentences[1:] if _plain(one) != said and re.search(r"\w", one)]
    return Wording(headline, _whole(rest, room), kicker)


def tidy(line: str) -> str:
    """Leave out addresses, and hashtags but those within a sentence, which are read as words.

    A mere name (araldo.it) is read as a word, too.
    """
    line = remove_links(line)
    tags = find_hashtags(line)
    if not re.search(r"\w", _without(line, tags)):
        # Nothing but hashtags: it says something only when there is nothing else.
        return ""
    end = len(line.rstrip())
    while tags and tags[-1].end == end:
        end = len(line[: tags.pop().start].rstrip())
    words = _without(line[:end], tags, keep=1)
    return re.sub(r"\s+", " ", words).strip(_EDGE)


def _without(line: str, found: Sequence[Entity], keep: int | None = None) -> str:
    """Cut out what was found, or only so many of its first characters."""
    parts, at = [], 0
    for entity in found:
        parts.append(line[at : entity.start])
        at = entity.end if keep is None else entity.start + keep
    return "".join([*parts, line[at:]])


def sentences_of(line: str) -> list[str]:
    """With the marks, quotes and emoji that end them."""
    found, start = [], 0
    for end in _END.finditer(line):
        before = line[start : end.start()].rsplit(" ", 1)[-1].lstrip("(«“\"'").casefold()
        after = line[end.end() :].lstrip()
        # After an abbreviation, and before a small letter, nothing has ended.
        if end.group().startswith(".") and (before in _SHORTENED or len(before) == 1 or after[:1].islower()):
            continue
        found.append(line[start : end.end()].strip())
        start = end.end()
    return [one for one in (*found, line[start:].strip()) if one]


def _kicker(sentences: list[str], *, alone: bool) -> tuple[str, list[str]]:
    """A label before a colon, a line in capitals, or a greeting: what only announces the rest. `alone`: on a line."""
    first, rest = sentences[0], sentences[1:]
    label = _LABEL.match(first)
    if label and _announces(label[1]):
        return _bare(label[1]), [_capital(first[label.end() :]), *rest]
    if not rest:
        return "", sentences
    words = _bare(first)
    short = len(words) <= KICKER_MAX and len(words.split()) <= 4
    if short and words and ((words.isupper() and alone) or _GREETING.match(words)):
        return words.rstrip("!.…"), rest
    return "", sentences


def _announces(label: str) -> bool:
    """Two or three words at most, none of which is a verb's small helper: a label, not half a sentence."""
    words = _bare(label).split()
    helpers = {
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
    return 0 < len(words) <= 3 and not any(word.casefold() in helpers for word in words) and not label[-1].isdigit()


def split_headline(sentence: str) -> tuple[str, str]:
    """The sentence, or its first clauses, or as many words as there is room for; and what is left for the text."""
    if len(sentence) <= HEADLINE_MAX:
        ended = sentence[:-1] if re.search(r"\w[»”\"')]*\.$", sentence) else sentence
        return ended, ""
    cuts = [clause.start() for clause in _CLAUSE.finditer(sentence) if 24 <= clause.start() <= HEADLINE_MAX]
    if cuts:
        return sentence[: cuts[-1]].rstrip(_EDGE + ","), _capital(sentence[cuts[-1] :].lstrip(_EDGE + ",;()"))
    cut = sentence.rfind(" ", 0, HEADLINE_MAX)
    cut = cut if cut > HEADLINE_MAX // 2 else last_cut_before(sentence, HEADLINE_MAX)
    return sentence[:cut].rstrip(_EDGE + ",;") + "…", "…" + sentence[cut:].strip()


def _whole(sentences: list[str], room: int) -> str:
    """As many whole sentences as there is room for; of a first one that is too long, its beginning."""
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


def _bare(text: str) -> str:
    """Without the emoji and signs around it."""
    bare = re.sub(r"^[^\w¿¡«“\"']+", "", text)
    # A vowel sign is no letter to a regular expression, and many a word ends in one.
    while bare and not (bare[-1].isalnum() or bare[-1] in _MAY_END or is_mark(bare[-1])):
        bare = bare[:-1]
    return bare.strip()


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
