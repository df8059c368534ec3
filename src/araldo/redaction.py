"""Redaction of secrets in text: known values, API keys, bearer headers, secret query parameters, services' patterns."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable

_OWN = (
    r"ara[slcip]?_[A-Za-z0-9_-]{12,}",
    r"(?i:bearer|oauth)\s+[A-Za-z0-9._|-]{12,}",
    r"(?i:access_token|refresh_token|client_secret|signature)=[^&\s\"'\\]+",
)
_MARK = "[struck out]"
# Shorter values are no secrets, and striking them out would leave nothing to read.
_SECRET_MIN = 4
_patterns: dict[str, None] = dict.fromkeys(_OWN)
_secrets = re.compile("|".join(f"(?:{pattern})" for pattern in _patterns))


def add_secret_patterns(patterns: Iterable[str]) -> None:
    """Redact what matches these regular expressions from now on. Raises re.error for an invalid one."""
    global _secrets
    _patterns.update(dict.fromkeys(patterns))
    _secrets = re.compile("|".join(f"(?:{pattern})" for pattern in _patterns))


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text without `secrets`, as they are or escaped, and without what looks like a secret."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SECRET_MIN:
            text = re.sub("".join(map(_spellings_of, secret)), _MARK, text)
    return _secrets.sub(_MARK, text)


def _spellings_of(character: str) -> str:
    """Return a pattern of a character as it stands in a text: as it is, or escaped in a URL, a form, JSON or HTML."""
    if character.isalnum() and character.isascii():
        return character
    percent_encoded = "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
    spelled = {character, f"\\{character}", html.escape(character), json.dumps(character)[1:-1]}
    if character == " ":
        spelled.add("+")
    plain = "|".join(sorted(map(re.escape, spelled), key=len, reverse=True))
    return f"(?:{plain}|(?i:{percent_encoded}))"
