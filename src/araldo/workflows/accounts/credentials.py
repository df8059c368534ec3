"""Open an account's credentials, renewed first when that is due: by one process at a time, stored before they are used.

A renewal holds a lease on the account's row, never an open transaction. The result is stored by compare-and-set on
the credentials' version. Decision 0033 says what happens when a process dies in between.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from araldo.accounts import credential_store
from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import OutsideError, ReconnectNeeded, TryLater
from araldo.messages import Message
from araldo.platforms.credentials import Credentials
from araldo.platforms.service import Service
from araldo.storage.database import Database, Transaction
from araldo.storage.vault import Vault, VaultKeyLost

log = structlog.get_logger()

# A renewal is given up before its lease ends, so that no two processes renew at once.
_LEASE = timedelta(seconds=90)
_RENEW_WITHIN_S = 60.0
# How long to wait for another process's renewal before the work is postponed, in seconds.
_WAIT_S = 5.0
_POLL_S = 0.2


class AccountCredentials:
    def __init__(self, database: Database, clock: Clock, vault: Vault, services: Mapping[str, Service]) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._services = services

    async def open(self, account: Account) -> Credentials:
        """Return the account's decrypted credentials, renewed when they are past `renew_after`.

        Raises ReconnectNeeded when there are none or they cannot be decrypted or renewed, TryLater when the service
        cannot be reached or another process is renewing them.
        """
        credentials = self.decrypt(account)
        give_up_at = self._clock.running() + _WAIT_S
        while self._is_due(credentials):
            owner = secrets.token_hex(8)
            if await self._acquire_lease(account.id, credentials.version, owner):
                return await self._renew(account, credentials, owner)
            account = await self._read(account)
            if account.credentials_version == credentials.version:
                if self._clock.running() >= give_up_at:
                    message = Message("accounts.being_renewed", {"name": account.name})
                    raise TryLater(message, after_s=2, service=account.service, code="being_renewed")
                await self._clock.sleep(_POLL_S)
            credentials = self.decrypt(account)
        return credentials

    def decrypt(self, account: Account) -> Credentials:
        """Return the credentials as they are stored. Raises ReconnectNeeded."""
        if account.service not in self._services:
            raise self._reconnect_needed(account, Message("accounts.service_unknown"), "service_unknown")
        if account.credentials is None:
            message = Message("accounts.reconnect", {"name": account.name})
            raise self._reconnect_needed(account, message, "no_credentials")
        try:
            return Credentials.from_json(self._vault.open(account.credentials), account.credentials_version)
        except VaultKeyLost as lost:
            raise self._reconnect_needed(account, lost.message, lost.code) from lost

    def _reconnect_needed(self, account: Account, message: Message, code: str) -> ReconnectNeeded:
        return ReconnectNeeded(message, service=account.service, code=code)

    def _is_due(self, credentials: Credentials) -> bool:
        return credentials.renew_after is not None and credentials.renew_after <= self._clock.now()

    async def _acquire_lease(self, account_id: str, version: int, owner: str) -> bool:
        def in_transaction(transaction: Transaction) -> bool:
            until = transaction.now + _LEASE
            return credential_store.acquire_lease(transaction, account_id, version, owner, until)

        return await self._database.write(in_transaction)

    async def _renew(self, account: Account, credentials: Credentials, owner: str) -> Credentials:
        """Renew and store, under the lease of `owner`. Others that were stored meanwhile are returned instead."""
        try:
            renewed = await self._ask_service(account, credentials)
        except OutsideError as refusal:
            await self._database.write(
                lambda transaction: credential_store.release_lease(transaction, account.id, owner)
            )
            latest = await self._read(account)
            if isinstance(refusal, ReconnectNeeded) and latest.credentials_version != credentials.version:
                return self.decrypt(latest)
            raise
        sealed = self._vault.seal(renewed.as_json())

        def in_transaction(transaction: Transaction) -> bool:
            return credential_store.store_renewed(transaction, account.id, credentials.version, sealed)

        if await self._database.write(in_transaction):
            log.info("credentials_renewed", account=account.id)
            return replace(renewed, version=credentials.version + 1)
        # Reconnected or disconnected meanwhile.
        return self.decrypt(await self._read(account))

    async def _ask_service(self, account: Account, credentials: Credentials) -> Credentials:
        try:
            async with asyncio.timeout(_RENEW_WITHIN_S):
                return await self._services[account.service].renew(credentials)
        except TimeoutError as slow:
            message = Message("accounts.not_renewed", {"name": account.name})
            raise TryLater(message, after_s=30, service=account.service, code="renewal_timeout") from slow

    async def _read(self, account: Account) -> Account:
        return await self._database.read(
            lambda transaction: account_store.get(transaction, account.workspace_id, account.id)
        )
