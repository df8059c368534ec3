"""Replace the key that encrypts secrets, and encrypt all of them again while Araldo runs."""

from __future__ import annotations

import asyncio
import fcntl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cryptography.fernet import Fernet

from araldo.errors import Conflict
from araldo.messages import Message
from araldo.storage.database import Database, Transaction
from araldo.storage.private_files import open_private
from araldo.storage.sealed_columns import SEALED_COLUMNS, SealedColumn, list_sealed, replace_sealed
from araldo.storage.vault import Vault, VaultKeyLost, add_keys, write_key_file

_SLICE = 100
# What was sealed with the old key just before is stored by then: longer than a write waits for a lock.
_SETTLED_S = 60.0


class OldKeyInUse(Conflict):
    """Running processes may still be storing what they have sealed with the old key."""

    code = "old_key_in_use"


@dataclass(frozen=True, slots=True)
class ResealResult:
    """How many values were sealed again, and how many no key opens; those stay as they are."""

    resealed: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class _Replacement:
    """A row's value, and the same secret sealed with the newest key."""

    key: str
    before: str
    after: str


class KeyRotation:
    """`key_file` None: the settings have the keys, and whoever sets them puts a new one in front."""

    def __init__(self, *, database: Database, vault: Vault, data_dir: Path, key_file: Path | None) -> None:
        self._database = database
        self._vault = vault
        self._data_dir = data_dir
        self._key_file = key_file

    async def rotate(self) -> ResealResult:
        """Put a new key in front of the file, then seal everything again with it. The old keys stay."""
        with self._alone():
            if self._key_file is not None:
                await asyncio.to_thread(add_keys, self._key_file, [Fernet.generate_key().decode()])
            return await self._reseal_all()

    async def drop_old_keys(self) -> ResealResult:
        """Seal again what still needs an old key, then leave the newest alone in the file. Raises OldKeyInUse."""
        with self._alone():
            if self._key_file is not None and await asyncio.to_thread(_age_s, self._key_file) < _SETTLED_S:
                raise OldKeyInUse(Message("keys.old_key_in_use"))
            result = await self._reseal_all()
            if self._key_file is not None:
                await asyncio.to_thread(write_key_file, self._key_file, self._vault.keys[:1])
            return result

    async def _reseal_all(self) -> ResealResult:
        """Seal every value with the newest key. A value that changes meanwhile is looked at again."""
        resealed = 0
        while True:
            found = [await self._reseal_column(column) for column in SEALED_COLUMNS]
            resealed += sum(replaced for replaced, _, _ in found)
            if not any(changed_meanwhile for _, changed_meanwhile, _ in found):
                return ResealResult(resealed, sum(unreadable for _, _, unreadable in found))

    async def _reseal_column(self, column: SealedColumn) -> tuple[int, int, int]:
        """Return how many values were replaced, had changed meanwhile, and cannot be opened."""
        replaced = changed_meanwhile = unreadable = 0
        after = ""
        while rows := await self._database.read(partial(list_sealed, column=column, after=after, limit=_SLICE)):
            after = rows[-1][0]
            plans, unopened = self._plan(rows)
            done = await self._database.write(partial(_replace_all, column=column, plans=plans)) if plans else 0
            replaced, unreadable = replaced + done, unreadable + unopened
            changed_meanwhile += len(plans) - done
        return replaced, changed_meanwhile, unreadable

    def _plan(self, rows: Sequence[tuple[str, str]]) -> tuple[list[_Replacement], int]:
        """Return what to replace, and how many of the values cannot be opened."""
        plans, unopened = [], 0
        for key, before in rows:
            try:
                after = self._vault.reseal(before)
            except VaultKeyLost:
                unopened += 1
                continue
            if after is not None:
                plans.append(_Replacement(key, before, after))
        return plans, unopened

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one command at a time change the keys. Raises Conflict."""
        with open(self._data_dir / "secret.key.lock", "ab", opener=open_private) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as busy:
                raise Conflict(Message("keys.rotation_running")) from busy
            yield


def _replace_all(transaction: Transaction, *, column: SealedColumn, plans: Sequence[_Replacement]) -> int:
    return sum(replace_sealed(transaction, column, plan.key, plan.before, plan.after) for plan in plans)


def _age_s(path: Path) -> float:
    """Return how long ago the file was replaced, in seconds."""
    return time.time() - path.stat().st_mtime
