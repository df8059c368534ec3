"""Looking after accounts: what their service says is kept, told when it changes, acted on; once a day by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

from araldo.accounts import connection_store
from araldo.accounts import store as account_store
from araldo.accounts.health import health_of
from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import OutsideError
from araldo.local_faults import is_transient
from araldo.loops import FailureLog, repeat_forever
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.platforms.login import Credentials, Inspection, Login
from araldo.storage.database import Database
from araldo.storage.events import ChangeSignal
from araldo.storage.vault import Vault, VaultKeyLost
from araldo.workflows.reconnect import (
    UNHEALTHY,
    AccountRecovery,
    delivery_error_at,
    delivery_error_of,
    record_health_change,
)

log = structlog.get_logger()

_EVERY = timedelta(days=1)
_ROUND_S = 60.0
_AFTER_ERROR = timedelta(minutes=1)
_AT_ONCE = 50


class AccountInspector:
    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        vault: Vault,
        committed: ChangeSignal,
        logins: Mapping[str, Login],
        declarations: Sequence[Declaration],
    ) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._committed = committed
        self._logins = logins
        self._declarations = declarations
        self._reconnect = AccountRecovery(clock)
        self._failures = FailureLog(clock)

    async def check(self, account: Account) -> Account:
        """Ask now; the account as it then stands. Raises TryLater when the service cannot be asked."""
        seen = await self._inspect(account)
        now = self._clock.now()
        health, message = health_of(seen, account.kind, self._declarations, now)
        said = None if message is None else {"message": message.as_json()}
        values: dict[str, Any] = {"health": health, "health_detail": said, "checked_at": now}
        if seen.expiry != "unknown" or seen.scopes is not None:
            values |= {
                "token_expiry": seen.expiry,
                "token_expires_at": seen.expires_at,
                "read_token_expires_at": seen.read_token_expires_at,
                "data_access_expires_at": seen.data_access_expires_at,
                "scopes": None if seen.scopes is None else list(seen.scopes),
            }
        async with self._database.transaction() as transaction:
            stands = await account_store.get(transaction, account.workspace_id, account.id)
            if stands.token != account.token:
                # Connected again while we asked: what was said of the old token is no news of this one.
                return stands
            await account_store.save(transaction, account.id, **values)
            if health != stands.health:
                notified = delivery_error_of(stands) is not None and health in UNHEALTHY
                await record_health_change(transaction, stands, health, said, self._clock, already_notified=notified)
            if health not in UNHEALTHY:
                await self._reconnect.resume(transaction, [account.id])
            checked = await account_store.get(transaction, account.workspace_id, account.id)
        self._committed.notify()
        return checked

    async def _inspect(self, account: Account) -> Inspection:
        if account.token is None:
            return Inspection(token_invalid=Message("accounts.token_missing"))
        try:
            read_token = None if account.read_token is None else self._vault.open(account.read_token)
            token = self._vault.open(account.token)
        except VaultKeyLost as lost:
            return Inspection(token_invalid=lost.message)
        credentials = Credentials(account.kind, account.remote_id, account.parent_remote_id, token, read_token)
        return await self._logins[account.service].inspect(credentials)

    async def due(self) -> int:
        """Check those that were not looked at for a day, and those for which a delivery has met an error since.

        How many were. Also sweeps away log-ins that led to no choice.
        """
        async with self._database.transaction() as transaction:
            await connection_store.sweep(transaction, self._clock.now())
        async with self._database.reading() as transaction:
            accounts = await account_store.unchecked_since(transaction, self._clock.now() - _EVERY, _AT_ONCE)
            flagged = await account_store.flagged(transaction, _AT_ONCE)
        known = {account.id for account in accounts}
        accounts += [account for account in flagged if account.id not in known and self._was_met(account)]
        for account in accounts:
            try:
                await self.check(account)
            except OutsideError as failure:
                log.info("account_not_checked", account=account.id, code=failure.code)
            except Exception as failure:
                if is_transient(failure):
                    raise
                # A bug with one account must not keep the others from being looked at.
                self._failures.write("checkup_bug", failure, account=account.id)
        return len(accounts)

    def _was_met(self, account: Account) -> bool:
        """Whether it is flagged for what a delivery met, a moment ago: what passes has passed by then."""
        met = delivery_error_of(account)
        return met is not None and self._clock.now() - delivery_error_at(met) >= _AFTER_ERROR

    async def run(self) -> None:
        """Until cancelled."""
        await repeat_forever(self.due, every_s=_ROUND_S, event="checkup_failed", clock=self._clock)
