"""Create and change workspaces."""

from __future__ import annotations

from dataclasses import replace

from araldo.errors import NotFound
from araldo.messages import Language, Message
from araldo.posts import approval_store
from araldo.storage.database import Database, Transaction
from araldo.workspaces import audit_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.audit import AuditAction
from araldo.workspaces.models import LanguageSource, Workspace, WorkspaceChanges
from araldo.workspaces.permissions import Permission
from araldo.workspaces.roles import Role, require_role_permission


class Workspaces:
    """What a user may do with the workspaces of which they are a member."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self, user_id: str, name: str, *, language: Language | None, source: LanguageSource, zone: str | None
    ) -> Workspace:
        """Create a workspace with the user as its owner. Raises PostInvalid, and Conflict for a name in use."""

        def in_transaction(transaction: Transaction) -> Workspace:
            free = workspace_store.require_free_name(transaction, name, user_id=user_id)
            made = workspace_store.add(
                transaction, free, transaction.now, language=language, language_source=source, zone=zone
            )
            user_store.add_member(transaction, user_id, made.id, transaction.now, role=Role.OWNER)
            return made

        return await self._database.write(in_transaction)

    async def change(self, user_id: str, workspace_id: str, changes: WorkspaceChanges) -> Workspace:
        """Change the workspace and return it. Raises NotFound, RoleTooLow, Conflict."""

        def in_transaction(transaction: Transaction) -> Workspace:
            role = user_store.find_role(transaction, user_id, workspace_id)
            if role is None:
                raise NotFound(Message("workspaces.not_found"))
            require_role_permission(role, Permission.MANAGE)
            name = changes.name
            if name is not None:
                name = workspace_store.require_free_name(transaction, name, user_id=user_id, but=workspace_id)
            before = workspace_store.get(transaction, workspace_id)
            workspace_store.change_workspace(transaction, workspace_id, replace(changes, name=name))
            after = workspace_store.get(transaction, workspace_id)
            if after.approval_required != before.approval_required:
                _record_approval_setting(transaction, after, user_store.get(transaction, user_id).name)
            return after

        return await self._database.write(in_transaction)


def _record_approval_setting(transaction: Transaction, workspace: Workspace, by: str) -> None:
    """Audit the change; what is scheduled already waits for an approval from now on."""
    audit_store.record(
        transaction,
        AuditAction.APPROVAL_SETTING_CHANGED,
        workspace_id=workspace.id,
        at=transaction.now,
        target=workspace.id,
        target_name="on" if workspace.approval_required else "off",
    )
    if workspace.approval_required:
        approval_store.request_scheduled(transaction, workspace.id, by)
