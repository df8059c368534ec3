"""Flag an account that a delivery could not use, and resume the waiting deliveries once it works again."""

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
from araldo.workflows.deliveries.lease import record_delivery_event

UNHEALTHY = frozenset({"action_needed", "dead"})
# Key in an account's `health_detail`: on which platform a delivery had the error, and when.
_DELIVERY_ERROR = "met"


class AccountRecovery:
    """Change an account's health and record the event, in the caller's transaction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def resume(self, transaction: Transaction, account_ids: Sequence[str]) -> None:
        """Queue again the deliveries that wait for these accounts; those with an open attempt begin with a check."""
        for row in delivery_store.resume_after_reconnect(transaction, account_ids, self._clock.now()):
            record_delivery_event(transaction, row)

    def flag_account(self, transaction: Transaction, account: Account, platform: str, why: ReconnectNeeded) -> None:
        """Flag the account for a delivery's error; the inspection that follows finds its real health."""
        if account.health in UNHEALTHY:
            return
        said = {"message": why.message.as_json()}
        met = {_DELIVERY_ERROR: {"platform": platform, "at": self._clock.now().isoformat()}}
        account_store.set_health(transaction, account.id, "action_needed", said | met)
        record_health_change(transaction, account, "action_needed", said, self._clock)

    def clear_flag(
        self, transaction: Transaction, workspace_id: str, account_id: str | None, platform: str, began_at: datetime
    ) -> None:
        """Clear the flag of `flag_account` after a publish on the same platform that began later and succeeded.

        A problem that an inspection found stays: publishing on one platform proves nothing about another.
        """
        account = account_store.find_action_needed(transaction, workspace_id, account_id)
        met = None if account is None else delivery_error_of(account)
        if account is None or met is None or met["platform"] != platform or delivery_error_at(met) >= began_at:
            return
        account_store.set_health(transaction, account.id, "ok", None)
        record_health_change(transaction, account, "ok", None, self._clock)
        self.resume(transaction, [account.id])


def delivery_error_of(account: Account) -> dict[str, str] | None:
    """Return the `platform` and `at` of the delivery error that flagged the account; None when an inspection did."""
    return (account.health_detail or {}).get(_DELIVERY_ERROR) if account.health == "action_needed" else None


def delivery_error_at(met: dict[str, str]) -> datetime:
    return datetime.fromisoformat(met["at"])


def record_health_change(
    transaction: Transaction,
    account: Account,
    health: str,
    detail: dict[str, dict[str, str]] | None,
    clock: Clock,
    *,
    already_notified: bool = False,
) -> None:
    """Record an `account.health` event in the transaction that changes the account.

    `already_notified`: people know already what to do, so the event causes no notification.
    """
    data: dict[str, Any] = {"account_id": account.id, "name": account.name, "health": health, **(detail or {})}
    if already_notified:
        data["told"] = True
    record_event(transaction, "account.health", workspace_id=account.workspace_id, at=clock.now(), data=data)
