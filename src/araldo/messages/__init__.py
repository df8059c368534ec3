"""Messages for people: a key and values, rendered from one catalogue of texts per language.

A catalogue is a JSON file, `{key: text}`, named by its language. Ours lie in this folder; a service's lie in a folder
of its own and are merged in by `add_texts`. The languages that there are follow from the files of this folder.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from araldo.messages.times import TIME_TEXTS, ZonedInstant, format_instant, instant_of, is_instant

# A code as in ISO 639-1, one of LANGUAGES.
Language = str
DEFAULT_LANGUAGE: Language = "en"

_FOLDER = Path(__file__).parent
LANGUAGES: tuple[Language, ...] = tuple(sorted(file.stem for file in _FOLDER.glob("*.json")))
# By language and key. A message that was stored before there were keys has its texts with it.
_texts: dict[Language, dict[str, str]] = {language: {} for language in LANGUAGES}
_STORED_TEXTS = "stored_texts"
# In the order in which POSIX reads them; the first one that is set counts.
_LOCALE_NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")
_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Message:
    """A message for a person: the key of its text, and the values of the text's `{name}` places.

    A value is text, a number, a `ZonedInstant`, another message, or a list of messages, which are joined by spaces.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def with_values(self, **values: object) -> Message:
        """Return the message with these values added."""
        return Message(self.key, {**self.values, **values})

    def to(self, language: Language) -> str:
        """Return the text in `language`, else in English, else the key."""
        if self.key == _STORED_TEXTS:
            return str(self.values.get(language) or self.values.get(DEFAULT_LANGUAGE) or "")
        return _PLACE.sub(lambda place: self._value(place, language), _text(self.key, language))

    def _value(self, place: re.Match[str], language: Language) -> str:
        # Neither str.format nor one replacement after another: both would read what a value says as a template.
        name = place[1]
        return _rendered(self.values[name], language) if name in self.values else place[0]

    def as_json(self) -> dict[str, Any]:
        """Return `{key, values}` as rows and events keep it."""
        return {"key": self.key, "values": {name: _as_json(value) for name, value in self.values.items()}}


def message_of(stored: Mapping[str, Any]) -> Message:
    """Read what `as_json` wrote, or the `{en, it}` texts of a row that was written before there were keys."""
    if "key" not in stored:
        return Message(_STORED_TEXTS, dict(stored))
    return Message(stored["key"], {name: _from_json(value) for name, value in stored["values"].items()})


def message_in(data: Mapping[str, Any] | None) -> Message | None:
    """Return the message of a stored error, event or health detail; rows of earlier versions call it `sentence`."""
    stored = (data or {}).get("message") or (data or {}).get("sentence")
    return None if stored is None else message_of(stored)


def text_in(data: Mapping[str, Any] | None, language: Language) -> str | None:
    """Render the message of a stored error, event or health detail; None where there is none."""
    message = message_in(data)
    return None if message is None else message.to(language)


def find_language(*codes: str | None) -> Language | None:
    """Return the first code that there is a catalogue of, by its primary subtag (`it-CH` is `it`); None without one."""
    tags = (re.split("[-_.;]", code.lower())[0].strip() for code in codes if code)
    return next((tag for tag in tags if tag in LANGUAGES), None)


def known_language(*codes: str | None) -> Language:
    """Return what `find_language` finds, else English."""
    return find_language(*codes) or DEFAULT_LANGUAGE


def machine_language(environment: Mapping[str, str] = os.environ) -> Language:
    """Return the language of the machine's locale (LC_ALL, LC_MESSAGES, LANG), else English."""
    return known_language(next((code for name in _LOCALE_NAMES if (code := environment.get(name))), None))


def add_texts(folder: Path) -> None:
    """Merge the catalogues of a folder in. Raises ValueError when a key is there already with another text.

    What a language has no file or no text for is said in English (a test names what is missing).
    """
    for language, texts in _texts.items():
        file = folder / f"{language}.json"
        if not file.exists():
            continue
        for key, text in json.loads(file.read_text("utf-8")).items():
            if texts.setdefault(key, text) != text:
                raise ValueError(f"two texts have the key {key}")


def texts_of(language: Language) -> Mapping[str, str]:
    """Return all texts of a language, by key."""
    return _texts[language]


def _text(key: str, language: Language) -> str:
    return _texts.get(language, {}).get(key) or _texts[DEFAULT_LANGUAGE].get(key, key)


def _rendered(value: object, language: Language) -> str:
    if isinstance(value, Message):
        return value.to(language)
    if isinstance(value, ZonedInstant):
        return format_instant(value, {key: _text(key, language) for key in TIME_TEXTS})
    if isinstance(value, list | tuple):
        return " ".join(_rendered(item, language) for item in value)
    return str(value)


def _as_json(value: object) -> Any:
    if isinstance(value, Message | ZonedInstant):
        return value.as_json()
    if isinstance(value, list | tuple):
        return [_as_json(item) for item in value]
    return value if isinstance(value, str | int | float) else str(value)


def _from_json(value: Any) -> Any:
    if isinstance(value, dict):
        return instant_of(value) if is_instant(value) else message_of(value)
    return [_from_json(item) for item in value] if isinstance(value, list) else value


add_texts(_FOLDER)
