"""Text made safe and drawable: escaped, with its emoji as pictures, shortened at a word, its script known."""

from __future__ import annotations

import html
import re
import unicodedata

from araldo.images.designer import emoji

_HARMFUL = {"Cc", "Cs", "Co", "Cn"}
_CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_TYPED = re.compile(r"(?<=\w)'(?=\w)")
_SENTENCE = re.compile(r"[.!?…](?=\s)|[。！？]")
_LATIN_ONLY = re.compile(r"[\u0000-\u024f\u1e00-\u1eff\u2000-\u2bff\ufe0e\ufe0f\U0001f000-\U0001faff]*")


def clean(text: str) -> str:
    """One line of letters that can be drawn: no control characters, single spaces, curved apostrophes."""
    kept = (letter for letter in unicodedata.normalize("NFC", text) if letter.isspace() or _is_drawable(letter))
    return _TYPED.sub("’", " ".join("".join(kept).split()))


def _is_drawable(letter: str) -> bool:
    return unicodedata.category(letter) not in _HARMFUL


def is_rtl(text: str) -> bool:
    """By the first letter that has a direction."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def is_latin(text: str) -> bool:
    """Whether display faces, which know Latin letters only, have all of it."""
    return _LATIN_ONLY.fullmatch(text) is not None


def is_cjk(text: str) -> bool:
    return _CJK.search(text) is not None


def length(text: str) -> float:
    """In widths of a Latin letter: a Chinese, Japanese or Korean one takes two."""
    return sum(2.0 if _CJK.match(letter) else 1.0 for letter in text)


def shortened(text: str, most: int) -> str:
    """At most so many characters, cut at a word, with an ellipsis when cut."""
    if len(text) <= most:
        return text
    cut = text.rfind(" ", 0, most)
    kept = text[: cut if cut > most // 2 else most - 1]
    return kept.rstrip(" ,;:.–—-\u200d") + "…"


def in_sentences(text: str, most: int) -> str:
    """As `shortened`, but at the end of a sentence, and without an ellipsis, where one ends late enough."""
    if len(text) <= most:
        return text
    ends = [end.end() for end in _SENTENCE.finditer(text, 0, most)]
    return text[: ends[-1]].rstrip() if ends and ends[-1] > most * 0.4 else shortened(text, most)


def upper(text: str) -> str:
    """Capitals, as a headline is set in them: the sharp s stays one letter."""
    return "".join(letter if letter == "ß" else letter.upper() for letter in text)


def markup(text: str, images: dict[str, bytes]) -> str:
    """HTML for `text`, which may be anything; its emoji are added to `images`."""
    parts: list[str] = []
    position = 0
    while position < len(text):
        end, name = emoji.at(text, position)
        if name is not None:
            images[name] = emoji.picture(name)
            # Flags have corners that would touch.
            parts.append(("\u200a" if parts and parts[-1].startswith("<img") else "") + _inline(name))
        elif not emoji.is_leftover(text[position]):
            parts.append(html.escape(text[position:end]))
        position = end
    return "".join(parts)


def _inline(name: str) -> str:
    if name.startswith("flag/"):
        shape = "width:1.12em;height:0.84em;border-radius:0.1em;vertical-align:-0.08em;"
        # White flags have an edge on white paper.
        shape += "box-shadow:0 0 0 0.025em rgba(60,60,70,0.35)"
    else:
        shape = "width:0.96em;height:0.96em;vertical-align:-0.14em"
    return f'<img src="{name}" style="{shape}"/>'
