"""Text made safe and drawable: escaped, with its emoji as pictures, shortened at a word, its direction known."""

from __future__ import annotations

import html
import re
import unicodedata
import zipfile
from functools import cache
from pathlib import Path
from threading import Lock

_ARCHIVE = Path(__file__).parent / "emoji" / "noto.zip"
_TONES = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f]")
_JOINER = "\u200d"
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128" width="128" height="128">{body}</svg>'
# What stands alone as an emoji only when it asks to be one, with U+FE0F behind it.
_TEXT_BY_DEFAULT = re.compile(r"[\u0000-\u00ff\u2000-\u329f]")
_HARMFUL = {"Cc", "Cs", "Co", "Cn"}


def clean(text: str) -> str:
    """One line of letters that can be drawn; control and private characters go, white space becomes one space."""
    kept = (letter for letter in unicodedata.normalize("NFC", text) if letter.isspace() or _is_drawable(letter))
    return " ".join("".join(kept).split())


def _is_drawable(letter: str) -> bool:
    return unicodedata.category(letter) not in _HARMFUL


def is_rtl(text: str) -> bool:
    """By the first letter that has a direction."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def shortened(text: str, most: int) -> str:
    """At most so many characters, cut at a word, with an ellipsis when cut."""
    if len(text) <= most:
        return text
    cut = text.rfind(" ", 0, most)
    kept = text[: cut if cut > most // 2 else most - 1]
    return kept.rstrip(" ,;:.–—-") + "…"


@cache
def _names() -> frozenset[str]:
    with zipfile.ZipFile(_ARCHIVE) as archive:
        return frozenset(archive.namelist())


_reading = Lock()


@cache
def _emoji(name: str) -> bytes:
    with _reading, zipfile.ZipFile(_ARCHIVE) as archive:
        body = archive.read(name).decode()
    return _SVG.format(body=body).encode()


def _file_of(cluster: str) -> str | None:
    plain = _TONES.sub("", cluster)
    name = "-".join(f"{ord(letter):x}" for letter in plain) + ".svg"
    return name if plain and name in _names() else None


def _cluster_at(text: str, start: int) -> tuple[int, str | None]:
    """The longest emoji that begins at `start`: where it ends, and its file; None when there is none."""
    if _TEXT_BY_DEFAULT.match(text[start]) and "\ufe0f" not in text[start : start + 3] and ord(text[start]) < 0x2600:
        return start + 1, None
    for end in range(min(len(text), start + 12), start, -1):
        name = _file_of(text[start:end])
        if name is not None:
            return end, name
    return start + 1, None


def markup(text: str, images: dict[str, bytes]) -> str:
    """HTML for `text`, which may be anything; its emoji are added to `images`."""
    parts: list[str] = []
    position = 0
    while position < len(text):
        end, name = _cluster_at(text, position)
        if name is not None:
            images[name] = _emoji(name)
            parts.append(f'<img src="{name}" style="width:0.96em;height:0.96em;vertical-align:-0.14em"/>')
        elif not _is_leftover(text[position]):
            parts.append(html.escape(text[position:end]))
        position = end
    return "".join(parts)


def _is_leftover(letter: str) -> bool:
    """Pieces of emoji that we have no picture of, which fonts would draw as boxes."""
    point = ord(letter)
    return (
        letter == _JOINER
        or bool(_TONES.match(letter))
        or 0x1F000 <= point <= 0x1FAFF
        or 0xE0020 <= point <= 0xE007F
        or letter == "\u20e3"
    )
