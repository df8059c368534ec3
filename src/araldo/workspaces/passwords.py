"""Passwords: argon2 hashes, slow on purpose, and what a password must be."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from araldo.errors import PostInvalid, Problem
from araldo.messages import Message

MIN_LENGTH = 10
# Enough for any phrase; more would only be work for us.
MAX_LENGTH = 500


_PRODUCT = "araldo"
# Letters that have to be left when names are taken away.
_MIN_OTHER_LETTERS = 4
# Guesses by 10^6: what the library calls "very guessable". It looks at no more than 72 characters.
_MIN_SCORE, _SCORED_MAX = 2, 72


def require_strong_password(password: str, pointer: str, *, name: str = "") -> None:
    """Raises PostInvalid. Rules about kinds of characters make worse passwords: length counts, and not being common.

    `name`: the person's. The library zxcvbn knows common passwords, words, rows of keys and repetitions, from its lists
    of 30,000 passwords and of words and names.
    """
    length = len(_normalize(password))
    if length < MIN_LENGTH:
        raise PostInvalid([Problem(pointer, "password_short", Message("passwords.too_short", {"least": MIN_LENGTH}))])
    if length > MAX_LENGTH:
        raise PostInvalid([Problem(pointer, "password_long", Message("passwords.too_long", {"most": MAX_LENGTH}))])
    names = [_PRODUCT, *(part for part in (name.casefold(), *name.casefold().split()) if len(part) > 2)]
    if _is_mostly_name(password.casefold(), names):
        raise PostInvalid([Problem(pointer, "password_own_name", Message("passwords.like_own_name"))])
    if _is_common(_normalize(password), names):
        raise PostInvalid([Problem(pointer, "password_common", Message("passwords.common"))])


def _is_mostly_name(folded: str, names: Sequence[str]) -> bool:
    rest = folded
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(name, "")
    return rest != folded and sum(letter.isalpha() for letter in rest) < _MIN_OTHER_LETTERS


def _is_common(password: str, names: Sequence[str]) -> bool:
    # Its lists take a tenth of a second to load, which no command has to wait for.
    from zxcvbn import zxcvbn

    return zxcvbn(password[:_SCORED_MAX], user_inputs=list(names))["score"] < _MIN_SCORE


class Passwords:
    """Hashes and verifies in threads, two at a time: each takes some 64 MB and a twentieth of a second."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._permits = asyncio.Semaphore(2)
        # Verified when there is nothing to verify, so that the time tells nobody which names exist.
        self._dummy_hash: str | None = None

    async def hash(self, password: str) -> str:
        async with self._permits:
            return await asyncio.to_thread(self._hasher.hash, _normalize(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """False, after the same time, when there is no hash."""
        if self._dummy_hash is None:
            self._dummy_hash = await self.hash("nobody has this password")
        async with self._permits:
            right = await asyncio.to_thread(self._verify, password_hash or self._dummy_hash, _normalize(password))
        return right and password_hash is not None

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def _normalize(password: str) -> str:
    """Keyboards write "è" in two ways."""
    return unicodedata.normalize("NFC", password)
