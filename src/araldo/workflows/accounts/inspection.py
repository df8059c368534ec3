"""Inspect accounts: ask their service about access and permissions, store and notify changes; daily, or on request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from araldo.accounts import connection_store
from araldo.accounts import store as account_store
from araldo.accounts.health import health_of
from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import OutsideError, ReconnectNeeded
from araldo.local_faults import is_transient
from araldo.loops import FailureLog
from araldo.platforms.base import Declaration
from araldo.platforms.service import Inspection, Service
from araldo.storage.database import Database, Transaction
from araldo.workflows.accounts.credentials import AccountCredentials
from araldo.workflows.deliveries.resume import (
    UNHEALTHY,
    AccountRecovery,
    delivery_error_at,
    delivery_error_of,
    record_health_change,
)
from araldo.workspaces import store as workspace_store

log = structlog.get_logger()

_INSPECT_EVERY = timedelta(days=1)
_AFTER_ERROR = timedelta(minutes=1)
_BATCH = 50


class AccountInspector:
    """Inspects accounts and resumes the deliveries of those that work."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        credentials: AccountCredentials,
        services: Mapping[str, Service],
        declarations: Sequence[Declaration],
    ) -> None:
        self._database = database
        self._clock = clock
        self._credentials = credentials
        self._services = services
        self._declarations = declarations
        self._reconnect = AccountRecovery(clock)
        self._failures = FailureLog(clock)

    async def inspect(self, account: Account) -> Account:
        """Inspect the account now and return it as stored afterwards. Raises TryLater when the service fails."""
        seen, version = await self._ask_service(account)
        now = self._clock.now()
        workspace = await self._database.read(
            lambda transaction: workspace_store.get(transaction, account.workspace_id)
        )
        health, message = health_of(seen, account.kind, self._declarations, now, workspace.zone)
        said = None if message is None else {"message": message.as_json()}

        def in_transaction(transaction: Transaction) -> Account:
            stands = account_store.get(transaction, account.workspace_id, account.id)
            if stands.credentials_version != version or stands.disconnected_at is not None:
                # Reconnected while the service was asked: the answer is about the old credentials.
                return stands
            inspected = replace(_with_access(stands, seen), health=health, health_detail=said, checked_at=now)
            account_store.save(transaction, stands, inspected)
            if health != stands.health:
                notified = delivery_error_of(stands) is not None and health in UNHEALTHY
                record_health_change(transaction, stands, health, said, self._clock, already_notified=notified)
            if health not in UNHEALTHY:
                self._reconnect.resume(transaction, [account.id])
            return account_store.get(transaction, account.workspace_id, account.id)

        return await self._database.write(in_transaction)

    async def _ask_service(self, account: Account) -> tuple[Inspection, int]:
        """Return the inspection, and the version of the credentials that it is about. Raises TryLater."""
        try:
            credentials = await self._credentials.open(account)
        except ReconnectNeeded as gone:
            return Inspection(access_lost=gone.message), account.credentials_version
        return await self._services[account.service].inspect(credentials), credentials.version

    async def inspect_due(self) -> int:
        """Inspect the accounts that were not inspected for a day, and those flagged for a delivery's error.

        Return how many. Also delete log-ins that were abandoned before accounts were chosen.
        """
        await self._database.write(lambda transaction: connection_store.delete_expired(transaction, self._clock.now()))

        def in_transaction(transaction: Transaction) -> tuple[list[Account], list[Account]]:
            accounts = account_store.list_not_inspected_since(transaction, self._clock.now() - _INSPECT_EVERY, _BATCH)
            flagged = account_store.list_flagged(transaction, _BATCH)
            return accounts, flagged

        accounts, flagged = await self._database.read(in_transaction)
        known = {account.id for account in accounts}
        accounts += [account for account in flagged if account.id not in known and self._flagged_long_enough(account)]
        for account in accounts:
            try:
                await self.inspect(account)
            except OutsideError as failure:
                log.info("account_not_checked", account=account.id, code=failure.code)
            except Exception as failure:
                if is_transient(failure):
                    raise
                # A bug with one account must not keep the others from being inspected.
                self._failures.write("checkup_bug", failure, account=account.id)
        return len(accounts)

    def _flagged_long_enough(self, account: Account) -> bool:
        """Return whether a delivery flagged it at least a minute ago, by when a passing error has passed."""
        error = delivery_error_of(account)
        return error is not None and self._clock.now() - delivery_error_at(error) >= _AFTER_ERROR


def _with_access(account: Account, seen: Inspection) -> Account:
    """Return the account with what the inspection found of its access, permissions and facts, if it found anything."""
    facts = account.facts if seen.facts is None else dict(seen.facts)
    if not seen.ends and seen.scopes is None:
        return replace(account, facts=facts)
    scopes = None if seen.scopes is None else list(seen.scopes)
    return replace(account, ends=[end.as_json() for end in seen.ends], scopes=scopes, facts=facts)
