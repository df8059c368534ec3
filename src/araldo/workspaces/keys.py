"""API keys: shown once, kept as a hash. Pure."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

_PREFIX = "ara_"


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """`secret` is for the person, once; `prefix` and `hash` are what is kept."""

    secret: str
    prefix: str
    hash: str


def make_key() -> NewApiKey:
    secret = _PREFIX + secrets.token_urlsafe(32)
    return NewApiKey(secret, secret[: len(_PREFIX) + 6], hash_secret(secret))


def hash_secret(secret: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
