"""Disconnect an account: name what is scheduled there, let it wait, delete the credentials, and revoke them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from araldo.accounts import credential_store
from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.errors import OutsideError, ReconnectNeeded
from araldo.messages import Message
from araldo.platforms.credentials import Credentials
from araldo.platforms.service import Service
from araldo.posts import disconnect_store
from araldo.posts.disconnect_store import OpenDelivery
from araldo.storage.database import Database, Transaction
from araldo.storage.events import record_event
from araldo.workflows.accounts.credentials import AccountCredentials
from araldo.workflows.deliveries.lease import record_delivery_event
from araldo.workflows.deliveries.outcomes import own_error
from araldo.workspaces import audit_store
from araldo.workspaces.audit import AuditAction

log = structlog.get_logger()

_NAMED_MAX = 50
_REVOKE_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True)
class Disconnection:
    """What a disconnection would do. `deliveries`: the first of the `count` that would wait."""

    account: Account
    deliveries: Sequence[OpenDelivery]
    count: int


@dataclass(frozen=True, slots=True)
class Disconnected:
    """`revoked`: the service has ended the access. `note`: why it has not, and what the person has to do there."""

    revoked: bool
    note: Message | None
    waiting: int


class Disconnector:
    def __init__(self, database: Database, credentials: AccountCredentials, services: Mapping[str, Service]) -> None:
        self._database = database
        self._credentials = credentials
        self._services = services

    async def preview(self, workspace_id: str, account_id: str) -> Disconnection:
        """Return what would wait, without changing anything. Raises NotFound."""

        def in_transaction(transaction: Transaction) -> Disconnection:
            account = account_store.get_connected(transaction, workspace_id, account_id)
            found = disconnect_store.list_open(transaction, account_id, _NAMED_MAX)
            return Disconnection(account, found, disconnect_store.count_open(transaction, account_id))

        return await self._database.read(in_transaction)

    async def disconnect(self, workspace_id: str, account_id: str) -> Disconnected:
        """Delete the account's credentials and let its deliveries wait, at once; then revoke at the service.

        A service that is away does not keep the account connected. Raises NotFound.
        """

        def in_transaction(transaction: Transaction) -> tuple[Account, int]:
            # First the write, which orders this with renewals and intents.
            account_store.lock(transaction, account_id)
            account = account_store.get_connected(transaction, workspace_id, account_id)
            credential_store.delete_credentials(transaction, account_id)
            account_store.mark_disconnected(transaction, account_id)
            error = own_error("disconnected", Message("disconnect.waits", {"name": account.name}))
            for row in disconnect_store.suspend(transaction, account_id, error):
                record_delivery_event(transaction, row)
            self._record(transaction, account)
            return account, disconnect_store.count_open(transaction, account_id)

        account, waiting = await self._database.write(in_transaction)
        revoked, note = await self._revoke(account)
        return Disconnected(revoked, note, waiting)

    def _record(self, transaction: Transaction, account: Account) -> None:
        now, workspace_id = transaction.now, account.workspace_id
        data = {"account_id": account.id, "name": account.name, "kind": account.kind}
        record_event(transaction, "account.disconnected", workspace_id=workspace_id, at=now, data=data)
        audit_store.record(
            transaction,
            AuditAction.ACCOUNT_DISCONNECTED,
            workspace_id=workspace_id,
            at=now,
            target=account.id,
            target_name=account.name,
        )

    async def _revoke(self, account: Account) -> tuple[bool, Message | None]:
        """Revoke the deleted credentials; return whether that is done, and what there is to say otherwise."""
        try:
            credentials = self._credentials.decrypt(account)
        except ReconnectNeeded:
            # Nothing that can be used is left.
            return False, None
        label = self._services[account.service].declaration.label
        try:
            note = await self._ask_to_revoke(account.service, credentials)
        except (OutsideError, TimeoutError) as failure:
            log.warning("not_revoked", account=account.id, code=getattr(failure, "code", "timeout"))
            return False, Message("disconnect.not_revoked", {"label": label})
        return note is None, note

    async def _ask_to_revoke(self, service: str, credentials: Credentials) -> Message | None:
        async with asyncio.timeout(_REVOKE_WITHIN_S):
            return await self._services[service].revoke(credentials)
