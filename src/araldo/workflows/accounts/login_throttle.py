"""Count failed sign-ins over all processes, and refuse those above a limit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from araldo.errors import TooMany
from araldo.messages import Message
from araldo.storage.database import Database, Transaction
from araldo.storage.vault import Vault
from araldo.workspaces import throttle_store
from araldo.workspaces.keys import hash_secret
from araldo.workspaces.login_throttle import (
    KNOWN_FOR,
    WINDOW_S,
    FailedTries,
    TryLimit,
    key_of_known,
    limit_of_codes,
    limit_of_links,
    limit_of_name,
    limits_of_sign_in,
    seconds_to_wait,
    starts_lockout,
    with_try,
    without_try,
)

_WINDOW = timedelta(seconds=WINDOW_S)


@dataclass(frozen=True, slots=True)
class CountedTry:
    """A try that counts as failed until it is undone: the digests that it counts under, and when it was made."""

    digests: tuple[str, ...]
    made_at: datetime


class LoginThrottle:
    """Counts each try in a transaction of its own, before it is made: concurrent tries count, and failed ones stay.

    An attacker locks out only their own address. Tries for the same name from other addresses are at most slowed
    down, and not at all from an address that has signed in with that name.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    @asynccontextmanager
    async def attempt(self, *, address: str, name: str | None = None) -> AsyncIterator[None]:
        """Count a try before the block runs, and undo it when the block succeeds.

        Raises TooMany, and whatever the block raises.
        """
        limits = limits_of_sign_in(address, name)
        known = None if name is None else self._digest(key_of_known(address, name))
        if name is not None and known is not None and not await self._is_known(known):
            limits = (*limits, limit_of_name(name))
        counted = await self._count(limits)
        yield

        def in_transaction(transaction: Transaction) -> None:
            self.undo(transaction, counted)
            if known is not None:
                throttle_store.lock(transaction, [known])
                throttle_store.save(transaction, known, FailedTries(), transaction.now + KNOWN_FOR)

        await self._database.write(in_transaction)

    async def count_code(self, user_id: str) -> CountedTry:
        """Count a try of a second-factor code; `undo` it in the transaction that accepts the code. Raises TooMany."""
        return await self._count([limit_of_codes(user_id)])

    def undo(self, transaction: Transaction, counted: CountedTry) -> None:
        """Remove a try that succeeded."""
        for digest, tries in throttle_store.lock(transaction, counted.digests).items():
            throttle_store.save(transaction, digest, without_try(tries, counted.made_at), transaction.now + _WINDOW)

    async def may_audit_link(self, address: str) -> bool:
        """Return whether `count_audited_link` may still be True, so that a flood of links causes no writes."""
        limit = limit_of_links(address)

        def in_transaction(transaction: Transaction) -> bool:
            return not seconds_to_wait(limit, self._read(transaction, [limit])[limit], transaction.now)

        return await self._database.read(in_transaction)

    def count_audited_link(self, transaction: Transaction, address: str) -> bool:
        """Count a refused link that is audited; False when too many from this address have been."""
        limit = limit_of_links(address)
        tries = self._lock(transaction, [limit])
        if seconds_to_wait(limit, tries[limit], transaction.now):
            return False
        self._save_try(transaction, tries)
        return True

    def record_lockout(self, transaction: Transaction, *, address: str, name: str) -> bool:
        """Return whether tries are refused from now on. True once for each lockout, so that it is audited once."""
        return self._record_lockout(transaction, limits_of_sign_in(address, name))

    def record_code_lockout(self, transaction: Transaction, user_id: str) -> bool:
        """As `record_lockout`, for the user's second-factor codes."""
        return self._record_lockout(transaction, [limit_of_codes(user_id)])

    def _record_lockout(self, transaction: Transaction, limits: Sequence[TryLimit]) -> bool:
        now, tries = transaction.now, self._lock(transaction, limits)
        limit = next((limit for limit in limits if starts_lockout(limit, tries[limit], now)), None)
        if limit is None:
            return False
        recorded = replace(tries[limit], lockout_at=now)
        throttle_store.save(transaction, self._digest(limit.key), recorded, now + _WINDOW)
        return True

    async def _is_known(self, digest: str) -> bool:
        return await self._database.read(lambda transaction: throttle_store.exists(transaction, digest))

    async def _count(self, limits: Sequence[TryLimit]) -> CountedTry:
        # Tries above a limit are refused without a write, so that a flood of them does not hold up the writers.
        await self._database.read(
            lambda transaction: self._require_allowed(self._read(transaction, limits), transaction)
        )

        def in_transaction(transaction: Transaction) -> datetime:
            tries = self._lock(transaction, limits)
            self._require_allowed(tries, transaction)
            self._save_try(transaction, tries)
            return transaction.now

        made_at = await self._database.write(in_transaction)
        return CountedTry(tuple(self._digest(limit.key) for limit in limits), made_at)

    def _require_allowed(self, tries: Mapping[TryLimit, FailedTries], transaction: Transaction) -> None:
        """Raise TooMany when any of the limits is reached."""
        wait_s = max(seconds_to_wait(limit, found, transaction.now) for limit, found in tries.items())
        if wait_s:
            minutes = int(wait_s // 60) + 1
            raise TooMany(Message("login_throttle.too_many_tries", {"minutes": minutes}), after_s=wait_s)

    def _read(self, transaction: Transaction, limits: Sequence[TryLimit]) -> dict[TryLimit, FailedTries]:
        digests = {limit: self._digest(limit.key) for limit in limits}
        tries = throttle_store.read(transaction, digests.values())
        return {limit: tries[digest] for limit, digest in digests.items()}

    def _lock(self, transaction: Transaction, limits: Sequence[TryLimit]) -> dict[TryLimit, FailedTries]:
        digests = {limit: self._digest(limit.key) for limit in limits}
        tries = throttle_store.lock(transaction, digests.values())
        return {limit: tries[digest] for limit, digest in digests.items()}

    def _save_try(self, transaction: Transaction, tries: Mapping[TryLimit, FailedTries]) -> None:
        now = transaction.now
        for limit, found in tries.items():
            throttle_store.save(transaction, self._digest(limit.key), with_try(limit, found, now), now + _WINDOW)

    def _digest(self, key: str) -> str:
        """Return what is stored of a key: without the vault's key, nobody can guess the names and addresses in it."""
        return self._vault.sign(f"sign-in tries {hash_secret(key)}")
