"""Secrets and signatures of webhooks, by the Standard Webhooks specification. Pure."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

from araldo.errors import PostInvalid, Problem
from araldo.messages import Message

_PREFIX = "whsec_"
# The specification's own bounds.
_BYTES_MIN, _BYTES_MAX = 24, 64


def make_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def validate_secret(given: str, pointer: str) -> str:
    """Return a secret chosen by the caller. Raises PostInvalid for a malformed one."""
    try:
        raw = base64.b64decode(given.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not given.startswith(_PREFIX) or not _BYTES_MIN <= len(raw) <= _BYTES_MAX:
        raise PostInvalid([Problem(pointer, "secret_invalid", Message("webhooks.secret_invalid"))])
    return given


def signature_headers(message_id: str, moment: datetime, body: str, signing: Sequence[str]) -> dict[str, str]:
    """Return the three webhook headers. `moment`: time of this attempt, as receivers refuse signatures over 5 min old.

    There is one signature for each secret: while a secret is being rotated, the receiver may have either.
    """
    signatures = [Webhook(secret).sign(message_id, moment, body) for secret in signing]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
