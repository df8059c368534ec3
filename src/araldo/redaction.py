"""Redaction of secrets in text: known values, Graph tokens, API keys, bearer headers, secret query parameters. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable

_SECRETS = re.compile(
    r"(EAA[A-Za-z0-9]{8,}|ara[slc]?_[A-Za-z0-9_-]{12,}|(?i:bearer|oauth)\s+[A-Za-z0-9._|-]{12,}"
    r"|(?i:access_token|input_token|fb_exchange_token|client_secret|appsecret_proof|signature)=[^&\s\"'\\]+)"
)
_MARK = "[struck out]"
# Shorter values are no secrets, and striking them out would leave nothing to read.
_SECRET_MIN = 4


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text without `secrets`, as they are or escaped, and without what looks like a secret."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SECRET_MIN:
            text = re.sub("".join(map(_spellings_of, secret)), _MARK, text)
    return _SECRETS.sub(_MARK, text)


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
