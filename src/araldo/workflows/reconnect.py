"""What an account's loss and its return do: its health is told once, and what waited for it goes on."""

from __future__ import annotations

from collections.abc import Sequence

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import ReconnectNeeded
from araldo.posts import delivery_store
from araldo.storage.database import Transaction
from araldo.storage.events import tell
from araldo.workflows.lease import tell_of

UNWELL = frozenset({"action_needed", "dead"})


class Reconnect:
    """Takes the caller's transaction: what it changes and tells is committed with what caused it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def resume(self, transaction: Transaction, account_ids: Sequence[str]) -> None:
        """What waited for these accounts is queued again; what has an open attempt begins with a look."""
        for row in await delivery_store.resume_after_reconnect(transaction, account_ids, self._clock.now()):
            await tell_of(transaction, row, self._clock)

    async def lost(self, transaction: Transaction, account: Account, why: ReconnectNeeded) -> None:
        """A delivery met it; whether the token is dead altogether, the next check-up says."""
        if account.health in UNWELL:
            return
        detail = {"sentence": why.sentence.as_json()}
        await account_store.set_health(transaction, account.id, "action_needed", detail)
        await tell_health(transaction, account, "action_needed", detail, self._clock)


async def tell_health(
    transaction: Transaction, account: Account, health: str, detail: dict[str, dict[str, str]] | None, clock: Clock
) -> None:
    """The event of an account's change, in the transaction that changes it."""
    data = {"account_id": account.id, "name": account.name, "health": health, **(detail or {})}
    await tell(transaction, "account.health", workspace_id=account.workspace_id, at=clock.now(), data=data)
