"""API keys: generated, shown once, stored as a hash. Pure."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

_PREFIX = "ara_"


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """`secret` is shown once and not stored; `prefix` and `hash` are stored."""

    secret: str
    prefix: str
    hash: str


def make_key() -> NewApiKey:
    secret = _PREFIX + secrets.token_urlsafe(32)
    return NewApiKey(secret, secret[: len(_PREFIX) + 6], hash_secret(secret))


def hash_secret(secret: str) -> str:
    # A secret of 256 random bits cannot be guessed, so it needs no slow hash.
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
