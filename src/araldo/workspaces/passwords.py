"""Passwords: argon2 hashes, and the rules for a new password."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from araldo.errors import PostInvalid, Problem
from araldo.messages import Message

MIN_LENGTH = 10
# Long enough for any passphrase; hashing more would only cost time.
MAX_LENGTH = 500


_PRODUCT = "araldo"
# A password must have this many letters besides the user's and the product's name.
_MIN_OTHER_LETTERS = 4
# zxcvbn's score 1 ("very guessable") is at most 10^6 guesses; it reads no more than 72 characters.
_MIN_SCORE, _SCORED_MAX = 2, 72


def require_strong_password(password: str, pointer: str, *, name: str = "") -> None:
    """Check the length, and that the password is neither common nor the user's `name`. Raises PostInvalid.

    There are no rules about kinds of characters: they lead to worse passwords. zxcvbn knows 30,000 common passwords,
    words, names, keyboard rows and repetitions.
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
    # Its lists take a tenth of a second to load, so only who needs them imports it.
    from zxcvbn import zxcvbn

    return zxcvbn(password[:_SCORED_MAX], user_inputs=list(names))["score"] < _MIN_SCORE


class Passwords:
    """Hashes and verifies in threads, two at a time: each run takes about 64 MB and 50 ms."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._permits = asyncio.Semaphore(2)
        # Verified for unknown names too, so that the response time does not reveal which names exist.
        self._dummy_hash: str | None = None

    async def hash(self, password: str) -> str:
        async with self._permits:
            return await asyncio.to_thread(self._hasher.hash, _normalize(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Return whether the password is right. Without a hash: False, after the same time."""
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
    """Return the password in NFC: keyboards type "è" as one or as two code points."""
    return unicodedata.normalize("NFC", password)
