"""Connecting accounts: what a token opens is kept, sealed, and what waited for it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.platforms.base import FoundAccount, Login
from araldo.posts import delivery_store
from araldo.storage.database import Database
from araldo.storage.vault import Vault


class Connector:
    def __init__(self, *, database: Database, clock: Clock, vault: Vault, logins: Mapping[str, Login]) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._logins = logins

    async def connect(self, service: str, token: str, workspace_id: str) -> list[Account]:
        """All accounts that the token opens, connected or connected again."""
        found = (await self._logins[service].accounts_of(token)).accounts
        now = self._clock.now()
        async with self._database.transaction() as transaction:
            ids = [await account_store.put(transaction, workspace_id, self._sealed(one), now) for one in found]
            await delivery_store.resume_after_reconnect(transaction, ids, now)
            return [await account_store.get(transaction, workspace_id, account_id) for account_id in ids]

    def _sealed(self, found: FoundAccount) -> dict[str, Any]:
        return {
            "kind": found.kind,
            "service": found.service,
            "remote_id": found.remote_id,
            "parent_remote_id": found.parent_remote_id,
            "name": found.name,
            "username": found.username,
            "health": "ok",
            "health_detail": None,
            "token": self._vault.seal(found.token),
            "token_kind": found.token_kind,
            "token_expiry": found.expiry,
            "token_expires_at": found.expires_at,
            "data_access_expires_at": found.data_access_expires_at,
            "read_token": None if found.read_token is None else self._vault.seal(found.read_token),
            "scopes": None if found.scopes is None else list(found.scopes),
        }
