"""Passwords: argon2 hashes, slow on purpose, and what a password must be."""

from __future__ import annotations

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from araldo.errors import PostInvalid, Problem, Sentence

SHORTEST = 10
# Enough for any phrase; more would only be work for us.
LONGEST = 500

_TOO_SHORT = Sentence(
    "A password has at least {least} characters; a few words that you remember are best.",
    "Una password ha almeno {least} caratteri; meglio qualche parola che ricordi.",
)
_TOO_LONG = Sentence("A password has at most {most} characters.", "Una password ha al massimo {most} caratteri.")


def require_good(password: str, pointer: str) -> None:
    """Raises PostInvalid. Length is what counts; rules about kinds of characters make worse passwords."""
    length = len(_same_writing(password))
    if length < SHORTEST:
        raise PostInvalid([Problem(pointer, "password_short", _TOO_SHORT.with_(least=SHORTEST))])
    if length > LONGEST:
        raise PostInvalid([Problem(pointer, "password_long", _TOO_LONG.with_(most=LONGEST))])


class Passwords:
    """Hashes and verifies in threads, two at a time: each takes some 64 MB and a twentieth of a second."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._room = asyncio.Semaphore(2)
        # Verified when there is nothing to verify, so that the time tells nobody which names exist.
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, _same_writing(password))

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """False, after the same time, when there is no hash."""
        if self._nobodys is None:
            self._nobodys = await self.hash("nobody has this password")
        async with self._room:
            right = await asyncio.to_thread(self._verify, password_hash or self._nobodys, _same_writing(password))
        return right and password_hash is not None

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def _same_writing(password: str) -> str:
    """Keyboards write "è" in two ways."""
    return unicodedata.normalize("NFC", password)
