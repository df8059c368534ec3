"""Create and revoke API keys, recorded in the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from araldo.errors import NotFound
from araldo.messages import Message
from araldo.storage.database import Database, Transaction
from araldo.workspaces import audit_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.audit import AuditAction
from araldo.workspaces.keys import NewApiKey
from araldo.workspaces.models import ApiKey
from araldo.workspaces.users import User


class ApiKeys:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self,
        workspace_id: str,
        name: str,
        key: NewApiKey,
        *,
        scopes: Sequence[str],
        expires_at: datetime | None = None,
        created_by: User | None = None,
    ) -> ApiKey:
        """Store a key with these valid scopes; the secret itself is not stored. `created_by` None: by a command."""

        def in_transaction(transaction: Transaction) -> ApiKey:
            now = transaction.now
            key_id = workspace_store.add_key(
                transaction,
                workspace_id,
                name,
                key,
                now,
                expires_at=expires_at,
                scopes=list(scopes),
                created_by=None if created_by is None else created_by.id,
            )
            audit_store.record(
                transaction, AuditAction.KEY_CREATED, workspace_id=workspace_id, at=now, target=key_id, target_name=name
            )
            maker = None if created_by is None else created_by.name
            return ApiKey(key_id, name, key.prefix, now, None, expires_at, list(scopes), maker)

        return await self._database.write(in_transaction)

    async def revoke(self, workspace_id: str, key_id: str) -> None:
        """Revoke a key, at once and permanently. Raises NotFound."""

        def in_transaction(transaction: Transaction) -> None:
            name = workspace_store.revoke_key(transaction, workspace_id, key_id, transaction.now)
            if name is None:
                raise NotFound(Message("keys.not_found"))
            audit_store.record(
                transaction,
                AuditAction.KEY_REVOKED,
                workspace_id=workspace_id,
                at=transaction.now,
                target=key_id,
                target_name=name,
            )

        await self._database.write(in_transaction)
