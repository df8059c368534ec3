"""Find emoji and flags in text, and read their SVG pictures."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

from araldo.images.designer import coverage

_FOLDER = Path(__file__).parent / "emoji"
_NOTO, _TONED, _FLAGS = _FOLDER / "noto.zip", _FOLDER / "tones.zip", _FOLDER / "flags.zip"
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128" width="128" height="128">{body}</svg>'
_JOINER, _KEYCAP = "\u200d", "\u20e3"
_KEYCAP_BASES = frozenset("0123456789#*")
# Variation selectors 15 and 16: the character before is meant as text, or as a picture (Unicode TR 51, 1.4.3).
_AS_TEXT, _AS_PICTURE = "\ufe0e", "\ufe0f"
_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_TONE_IN_NAME = re.compile("-1f3f[b-f]")
_TONED_INDEX = "index.txt"
# Emoji_Presentation=Yes below U+1F000, of Unicode 17.0's emoji-data.txt: pictures unless U+FE0E says otherwise.
_PICTURE_BY_DEFAULT = re.compile(
    "[\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be"
    "\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757"
    "\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55]"
)
# Signs of typography, which are text unless U+FE0F says otherwise. What is none of them and not a picture by default
# (U+2600 sun, U+2764 heart) is drawn as a picture all the same, as every platform does.
_TYPOGRAPHIC = re.compile(r"[\u0000-\u25ff\u2900-\u2bff\u3000-\u32ff]")
_COUNTRY = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
# Parts of countries whose flags have another name or are those of the whole (CLDR's region aliases).
_SAME_FLAG = {"ac": "sh-ac", "ta": "sh-ta", "ea": "es"}
# A black flag, the region's code in tag characters, and their end.
_REGION = re.compile("\U0001f3f4([\U000e0061-\U000e007a]{4,6})\U000e007f")
_LONGEST = 14
_reading = Lock()


@cache
def _flags() -> frozenset[str]:
    with _reading:
        return frozenset(name.removesuffix(".svg") for name in _opened(_FLAGS).namelist())


@cache
def _pictures() -> Mapping[str, str]:
    """SignatureNames of pictures, by their characters without variation selectors."""
    with _reading:
        names = [name.removesuffix(".svg") for name in _opened(_NOTO).namelist()]
    names += _read(_TONED, _TONED_INDEX).decode().splitlines()
    return {"".join(chr(int(point, 16)) for point in name.split("-")): name for name in names}


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(characters[0] for characters in _pictures())


@lru_cache(maxsize=512)
def read_svg(name: str) -> bytes:
    """Return the SVG of a picture that `find_at` named."""
    folder, _, file = name.partition("/")
    if folder == "flag":
        return _read(_FLAGS, file)
    code = file.removesuffix(".svg")
    toneless = _TONE_IN_NAME.sub("", code)
    if toneless == code:
        body = _read(_NOTO, file).decode()
    else:
        # One file holds a line for each skin tone, so that they compress well.
        lines = _read(_TONED, f"{toneless}.txt").decode().splitlines()
        body = next(line for line in lines if line.startswith(f"{code} ")).partition(" ")[2]
    return _SVG.format(body=body).encode()


@cache
def _opened(archive: Path) -> zipfile.ZipFile:
    """Open an archive once: reading its index costs more than reading a file."""
    return zipfile.ZipFile(archive)


def _read(archive: Path, file: str) -> bytes:
    with _reading:
        return _opened(archive).read(file)


def find_at(text: str, start: int) -> tuple[int, str | None]:
    """Return the end of the longest emoji that begins at `start`, and its picture's name; None when there is none."""
    if text[start] not in _beginnings():
        return start + 1, None
    found = _flag_at(text, start)
    if found is None and not _is_text(text, start):
        found = _longest_at(text, start)
    return found or (start + 1, None)


def _is_text(text: str, start: int) -> bool:
    letter, behind = text[start], text[start + 1 : start + 2]
    if behind == _AS_PICTURE or letter in _KEYCAP_BASES:
        return False
    by_default = _TYPOGRAPHIC.match(letter) is not None and _PICTURE_BY_DEFAULT.match(letter) is None
    # A text symbol without a glyph is drawn as a picture rather than left out.
    return (by_default or behind == _AS_TEXT) and coverage.has_glyph(letter)


def _longest_at(text: str, start: int) -> tuple[int, str] | None:
    """Return the longest sequence that begins here, with its skin tones where such a picture exists."""
    found: tuple[int, str] | None = None
    plain = toneless = ""
    for position in range(start, min(len(text), start + _LONGEST)):
        letter = text[position]
        if letter not in (_AS_TEXT, _AS_PICTURE):
            plain += letter
            toneless += "" if letter in _TONES else letter
            name = _pictures().get(plain) or _pictures().get(toneless)
            if name is not None:
                found = position + 1, f"emoji/{name}.svg"
        elif found is not None and found[0] == position:
            found = position + 1, found[1]
    return found


def _flag_at(text: str, start: int) -> tuple[int, str] | None:
    country = _COUNTRY.match(text, start)
    if country:
        code = "".join(chr(ord(letter) - 0x1F1E6 + ord("a")) for letter in country[0])
        return _known_flag(_SAME_FLAG.get(code, code), country.end())
    region = _REGION.match(text, start)
    if region:
        code = "".join(chr(ord(letter) - 0xE0000) for letter in region[1])
        return _known_flag(f"{code[:2]}-{code[2:]}", region.end())
    return None


def _known_flag(code: str, end: int) -> tuple[int, str] | None:
    return (end, f"flag/{code}.svg") if code in _flags() else None


def is_leftover(letter: str) -> bool:
    """Whether this is a part of an emoji without meaning of its own: joiner, selector, skin tone, tag, keycap."""
    return letter in (_JOINER, _AS_TEXT, _AS_PICTURE, _KEYCAP) or letter in _TONES or 0xE0020 <= ord(letter) <= 0xE007F
