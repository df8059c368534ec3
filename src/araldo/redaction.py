"""Redaction of secrets in text: Graph tokens, API keys, bearer headers, secret query parameters. Pure."""

from __future__ import annotations

import re

_SECRETS = re.compile(
    r"(EAA[A-Za-z0-9]{8,}|ara[slc]?_[A-Za-z0-9_-]{12,}|(?i:bearer|oauth)\s+[A-Za-z0-9._|-]{12,}"
    r"|(?i:access_token|input_token|fb_exchange_token|client_secret|appsecret_proof|signature)=[^&\s\"'\\]+)"
)


def redact(text: str) -> str:
    return _SECRETS.sub("[struck out]", text)
