"""Prepare text for a card: escape it, draw emoji as pictures, shorten it at a word, detect its script."""

from __future__ import annotations

import html
import re
import unicodedata

from araldo.images.designer import emoji
from araldo.images.designer.clusters import last_cut_before, split_clusters
from araldo.images.designer.drawable import is_bold, make_drawable, unstyled

_BURMESE = re.compile("[\u1000-\u109f]")
# Devanagari to Sinhala, Thai, Lao, Khmer.
_INDIC = re.compile("[\u0900-\u0eff\u1780-\u17ff]")
_CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
# For bold mathematical letters.
_BOLD, _BOLD_ENDS = '<span style="font-weight:800">', "</span>"
_JOINERS = "\u200c\u200d"
# Letters of which none begins an emoji, joins another or is styled: most texts have no others.
_PLAIN = re.compile("[ -~À-ÿ’‘“”«»–—…€]*")
_SENTENCE = re.compile(r"[.!?…](?=\s)|[。！？।॥။።៕។]")
_LATIN_ONLY = re.compile(
    r"[\u0000-\u024f\u1e00-\u1eff\u2000-\u2bff\ufe0e\ufe0f\U0001d400-\U0001d7ff\U0001f000-\U0001faff]*"
)


def drawable_line(text: str) -> str:
    """Return one line of what can be drawn; see `make_drawable`."""
    return make_drawable(text).text


def is_rtl(text: str) -> bool:
    """Whether the first letter with a direction is right-to-left."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def is_latin(text: str) -> bool:
    """Whether display faces, which have Latin letters only, can set all of it."""
    return _LATIN_ONLY.fullmatch(text) is not None


def is_cjk(text: str) -> bool:
    return _CJK.search(text) is not None


def line_height_factor(text: str) -> float:
    """Return a factor for the line height: Burmese and Indic scripts stack letters vertically."""
    if _BURMESE.search(text):
        return 1.22
    return 1.08 if _INDIC.search(text) else 1.0


def visual_length(text: str) -> float:
    """Return the length in widths of a Latin letter: a Chinese, Japanese or Korean one counts two."""
    return sum(2.0 if _CJK.match(letter) else 1.0 for letter in text)


def shorten(text: str, most: int) -> str:
    """Shorten to at most `most` characters, at a word, with an ellipsis."""
    if len(text) <= most:
        return text
    cut = text.rfind(" ", 0, most)
    kept = text[: cut if cut > most // 2 else last_cut_before(text, most - 1)]
    return kept.rstrip(" ,;:.–—-\u200d") + "…"


def shorten_at_sentence(text: str, most: int) -> str:
    """Shorten at the end of a sentence, without an ellipsis, where one ends late enough; else as `shorten`."""
    if len(text) <= most:
        return text
    ends = [end.end() for end in _SENTENCE.finditer(text, 0, most)]
    return text[: ends[-1]].rstrip() if ends and ends[-1] > most * 0.4 else shorten(text, most)


def uppercase(text: str) -> str:
    """Return the text in capitals; a sharp s stays one letter."""
    return "".join(letter if letter == "ß" else unstyled(letter).upper() for letter in text)


def to_html(text: str, images: dict[str, bytes]) -> str:
    """Return escaped HTML for any `text`; its emoji pictures are added to `images`."""
    if _PLAIN.fullmatch(text):
        return html.escape(text)
    parts: list[str] = []
    before: str | None = None
    for cluster in split_clusters(text):
        name = cluster.picture
        if name is not None:
            images[name] = emoji.read_svg(name)
            # Flags fill their pictures, so adjacent ones would touch.
            apart = before is not None and "flag/" in (name[:5], before[:5])
            parts.append(("\u200a" if apart else "") + _picture_html(name))
        else:
            parts.append(_letters_html(cluster.text))
        before = name
    return "".join(parts).replace(_BOLD_ENDS + _BOLD, "")


def _letters_html(text: str) -> str:
    """Return HTML of letters. Joiners stay, as they choose letter forms; other leftovers of emoji are removed."""
    kept = "".join(letter for letter in text if letter in _JOINERS or not emoji.is_leftover(letter))
    written = html.escape("".join(map(unstyled, kept)))
    return f"{_BOLD}{written}{_BOLD_ENDS}" if kept and is_bold(kept[0]) else written


def _picture_html(name: str) -> str:
    if name.startswith("flag/"):
        shape = "width:1.12em;height:0.84em;border-radius:0.1em;vertical-align:-0.08em;"
        # An edge makes white flags visible on white.
        shape += "box-shadow:0 0 0 0.025em rgba(60,60,70,0.35)"
    else:
        shape = "width:0.96em;height:0.96em;vertical-align:-0.14em"
    return f'<img src="{name}" style="{shape}"/>'
