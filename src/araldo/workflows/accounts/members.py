"""Change the roles of a workspace's members, and remove members."""

from __future__ import annotations

from araldo.errors import Forbidden
from araldo.messages import Message
from araldo.storage.database import Database, Transaction
from araldo.workspaces import audit_store, removal, user_store
from araldo.workspaces.audit import AuditAction
from araldo.workspaces.permissions import Permission, PermissionMissing
from araldo.workspaces.roles import ROLE_PERMISSIONS, Role, require_role_permission


class Members:
    """What an owner may do with a workspace's members.

    `requester_id` is checked again in the transaction: of two owners who remove each other at once, one stays.
    `keep_keys`: the API keys that the person has made stay valid; else they are revoked.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set_role(
        self, requester_id: str, workspace_id: str, user_id: str, role: Role, *, keep_keys: bool
    ) -> None:
        """Change a member's role. Their keys are concerned where the new role makes none.

        Raises NotFound, Forbidden, and Conflict for the last owner.
        """

        def in_transaction(transaction: Transaction) -> None:
            user = user_store.get_member(transaction, user_id, workspace_id)
            _require_manager(transaction, requester_id, workspace_id)
            if user_store.set_role(transaction, user_id, workspace_id, role) is role:
                return
            if Permission.MANAGE not in ROLE_PERMISSIONS[role] and not keep_keys:
                removal.revoke_keys_made_by(transaction, user_id, workspace_id, transaction.now)
            audit_store.record(
                transaction,
                AuditAction.ROLE_CHANGED,
                workspace_id=workspace_id,
                at=transaction.now,
                target=user_id,
                target_name=f"{user.name} ({role})",
            )

        await self._database.write(in_transaction)

    async def remove(self, requester_id: str, workspace_id: str, user_id: str, *, keep_keys: bool) -> None:
        """Remove a member and end their sessions there.

        Raises NotFound, Forbidden, and Conflict for the last owner.
        """

        def in_transaction(transaction: Transaction) -> None:
            user = user_store.get_member(transaction, user_id, workspace_id)
            _require_manager(transaction, requester_id, workspace_id)
            removal.remove_member(transaction, user, workspace_id, transaction.now, keep_keys=keep_keys)

        await self._database.write(in_transaction)

    async def delete_user(self, requester_id: str, workspace_id: str, user_id: str, *, keep_keys: bool) -> None:
        """Delete a member of the workspace as a user.

        Raises NotFound, Conflict, and Forbidden (`user_elsewhere`) where the requester does not own a workspace of
        theirs.
        """

        def in_transaction(transaction: Transaction) -> None:
            user = user_store.get_member(transaction, user_id, workspace_id)
            _require_manager(transaction, requester_id, workspace_id)
            owned = user_store.list_owned_workspaces(transaction, requester_id)
            removal.remove_user(transaction, user, transaction.now, within=owned, keep_keys=keep_keys)

        await self._database.write(in_transaction)


def _require_manager(transaction: Transaction, requester_id: str, workspace_id: str) -> None:
    """Raise Forbidden unless the requester may manage the workspace, once nobody else changes its members."""
    user_store.lock_members(transaction, [workspace_id])
    role = user_store.find_role(transaction, requester_id, workspace_id)
    if role is None:
        raise Forbidden(Message("users.no_longer_a_member"), code=PermissionMissing.code)
    require_role_permission(role, Permission.MANAGE)
