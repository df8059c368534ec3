"""What an account's loss and its return do: its health is told once, and what waited for it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import ReconnectNeeded
from araldo.posts import delivery_store
from araldo.storage.database import Transaction
from araldo.storage.events import record_event
from araldo.workflows.lease import record_delivery_event

UNWELL = frozenset({"action_needed", "dead"})
# In an account's `health_detail`: the platform on which a delivery met the error, and when.
MET = "met"


class Reconnect:
    """Takes the caller's transaction: what it changes and tells is committed with what caused it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def resume(self, transaction: Transaction, account_ids: Sequence[str]) -> None:
        """What waited for these accounts is queued again; what has an open attempt begins with a look."""
        for row in await delivery_store.resume_after_reconnect(transaction, account_ids, self._clock.now()):
            await record_delivery_event(transaction, row, self._clock)

    async def lost(self, transaction: Transaction, account: Account, platform: str, why: ReconnectNeeded) -> None:
        """Flag the account for an error that a delivery met; the check-up that follows says how it really is."""
        if account.health in UNWELL:
            return
        said = {"message": why.message.as_json()}
        met = {MET: {"platform": platform, "at": self._clock.now().isoformat()}}
        await account_store.set_health(transaction, account.id, "action_needed", said | met)
        await tell_health(transaction, account, "action_needed", said, self._clock)

    async def succeeded(
        self, transaction: Transaction, workspace_id: str, account_id: str | None, platform: str, began_at: datetime
    ) -> None:
        """Take back a flag of `lost`: a later publish on the same platform has succeeded, so the error had passed.

        What a check-up has found stays: publishing on one platform says nothing of what another one lacks.
        """
        account = await account_store.find(transaction, workspace_id, account_id)
        met = None if account is None else met_of(account)
        if account is None or met is None or met["platform"] != platform or met_at(met) >= began_at:
            return
        await account_store.set_health(transaction, account.id, "ok", None)
        await tell_health(transaction, account, "ok", None, self._clock)
        await self.resume(transaction, [account.id])


def met_of(account: Account) -> dict[str, str] | None:
    """Where and when a delivery met the error that the account is flagged for; None when a check-up has found it."""
    return (account.health_detail or {}).get(MET) if account.health == "action_needed" else None


def met_at(met: dict[str, str]) -> datetime:
    return datetime.fromisoformat(met["at"])


async def tell_health(
    transaction: Transaction,
    account: Account,
    health: str,
    detail: dict[str, dict[str, str]] | None,
    clock: Clock,
    *,
    told: bool = False,
) -> None:
    """Record the event of an account's change, in the transaction that changes it.

    `told`: people know already what is to be done, so it is sent to nobody.
    """
    data: dict[str, Any] = {"account_id": account.id, "name": account.name, "health": health, **(detail or {})}
    if told:
        data["told"] = True
    await record_event(transaction, "account.health", workspace_id=account.workspace_id, at=clock.now(), data=data)
