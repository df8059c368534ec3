"""Passwords: argon2 hashes, slow on purpose, and what a password must be."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from araldo.errors import PostInvalid, Problem
from araldo.messages import Message

SHORTEST = 10
# Enough for any phrase; more would only be work for us.
LONGEST = 500


_PRODUCT = "araldo"
# Letters that have to be left when names are taken away.
_OTHER_LETTERS = 4
# Guesses by 10^6: what the library calls "very guessable". It looks at no more than 72 characters.
_LEAST_SCORE, _SCORED = 2, 72


def require_good(password: str, pointer: str, *, name: str = "") -> None:
    """Raises PostInvalid. Rules about kinds of characters make worse passwords: length counts, and not being common.

    `name`: the person's. The library zxcvbn knows common passwords, words, rows of keys and repetitions, from its lists
    of 30,000 passwords and of words and names.
    """
    length = len(_same_writing(password))
    if length < SHORTEST:
        raise PostInvalid([Problem(pointer, "password_short", Message("passwords.too_short", {"least": SHORTEST}))])
    if length > LONGEST:
        raise PostInvalid([Problem(pointer, "password_long", Message("passwords.too_long", {"most": LONGEST}))])
    names = [_PRODUCT, *(part for part in (name.casefold(), *name.casefold().split()) if len(part) > 2)]
    if _is_own(password.casefold(), names):
        raise PostInvalid([Problem(pointer, "password_own_name", Message("passwords.own"))])
    if _is_common(_same_writing(password), names):
        raise PostInvalid([Problem(pointer, "password_common", Message("passwords.common"))])


def _is_own(folded: str, names: Sequence[str]) -> bool:
    rest = folded
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(name, "")
    return rest != folded and sum(letter.isalpha() for letter in rest) < _OTHER_LETTERS


def _is_common(password: str, names: Sequence[str]) -> bool:
    # Its lists take a tenth of a second to load, which no command has to wait for.
    from zxcvbn import zxcvbn

    return zxcvbn(password[:_SCORED], user_inputs=list(names))["score"] < _LEAST_SCORE


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
