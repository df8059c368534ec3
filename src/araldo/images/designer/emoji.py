"""Emoji and flags as pictures: which characters make one, and its SVG."""

from __future__ import annotations

import re
import zipfile
from functools import cache
from pathlib import Path
from threading import Lock

_FOLDER = Path(__file__).parent / "emoji"
_NOTO, _FLAGS = _FOLDER / "noto.zip", _FOLDER / "flags.zip"
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128" width="128" height="128">{body}</svg>'
_TONES = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f]")
_JOINER = "\u200d"
# What stands alone as an emoji only when it asks to be one, with U+FE0F behind it.
_TEXT_BY_DEFAULT = re.compile(r"[\u0000-\u00ff\u2000-\u25ff\u2900-\u329f]")
_COUNTRY = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
# A black flag, the region's code in tag characters, and their end.
_REGION = re.compile("\U0001f3f4([\U000e0061-\U000e007a]{4,6})\U000e007f")
_LONGEST = 12
_reading = Lock()


@cache
def _names(archive: Path) -> frozenset[str]:
    with zipfile.ZipFile(archive) as opened:
        return frozenset(opened.namelist())


@cache
def picture(name: str) -> bytes:
    """The SVG of what `at` named."""
    folder, _, file = name.partition("/")
    archive = _FLAGS if folder == "flag" else _NOTO
    with _reading, zipfile.ZipFile(archive) as opened:
        body = opened.read(file)
    return body if folder == "flag" else _SVG.format(body=body.decode()).encode()


def at(text: str, start: int) -> tuple[int, str | None]:
    """The longest emoji that begins at `start`: where it ends, and its picture's name; None when there is none."""
    letter = text[start]
    if letter.isalpha() or letter == " ":
        return start + 1, None
    flag = _flag_at(text, start)
    if flag is not None:
        return flag
    if _TEXT_BY_DEFAULT.match(letter) and "\ufe0f" not in text[start : start + 3]:
        return start + 1, None
    for end in range(min(len(text), start + _LONGEST), start, -1):
        plain = _TONES.sub("", text[start:end])
        name = "-".join(f"{ord(one):x}" for one in plain) + ".svg"
        if plain and name in _names(_NOTO):
            return end, f"emoji/{name}"
    return start + 1, None


def _flag_at(text: str, start: int) -> tuple[int, str] | None:
    country = _COUNTRY.match(text, start)
    if country:
        code = "".join(chr(ord(letter) - 0x1F1E6 + ord("a")) for letter in country[0])
        return _known(code, country.end())
    region = _REGION.match(text, start)
    if region:
        code = "".join(chr(ord(letter) - 0xE0000) for letter in region[1])
        return _known(f"{code[:2]}-{code[2:]}", region.end())
    return None


def _known(code: str, end: int) -> tuple[int, str] | None:
    return (end, f"flag/{code}.svg") if f"{code}.svg" in _names(_FLAGS) else None


def is_leftover(letter: str) -> bool:
    """A piece of an emoji that we have no picture of, which fonts would draw as a box."""
    point = ord(letter)
    return (
        letter == _JOINER
        or bool(_TONES.match(letter))
        or 0x1F000 <= point <= 0x1FAFF
        or 0xE0020 <= point <= 0xE007F
        or letter == "\u20e3"
    )
