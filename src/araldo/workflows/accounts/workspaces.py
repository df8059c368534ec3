"""Create and change workspaces, and remove their members."""

from __future__ import annotations

from dataclasses import replace

from araldo.errors import NotFound
from araldo.messages import Language, Message
from araldo.storage.database import Database, Transaction
from araldo.workspaces import removal, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import LanguageSource, Workspace, WorkspaceChanges


class Workspaces:
    """What a user may do with the workspaces of which they are a member."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self, user_id: str, name: str, *, language: Language | None, source: LanguageSource, zone: str | None
    ) -> Workspace:
        """Create a workspace with the user as its member. Raises PostInvalid, and Conflict for a name in use."""

        def in_transaction(transaction: Transaction) -> Workspace:
            free = workspace_store.require_free_name(transaction, name, user_id=user_id)
            made = workspace_store.add(
                transaction, free, transaction.now, language=language, language_source=source, zone=zone
            )
            user_store.add_member(transaction, user_id, made.id, transaction.now)
            return made

        return await self._database.write(in_transaction)

    async def change(self, user_id: str, workspace_id: str, changes: WorkspaceChanges) -> Workspace:
        """Change the workspace and return it. Raises NotFound, Conflict."""

        def in_transaction(transaction: Transaction) -> Workspace:
            if not user_store.is_member(transaction, user_id, workspace_id):
                raise NotFound(Message("workspaces.not_found"))
            name = changes.name
            if name is not None:
                name = workspace_store.require_free_name(transaction, name, user_id=user_id, but=workspace_id)
            workspace_store.change_workspace(transaction, workspace_id, replace(changes, name=name))
            return workspace_store.get(transaction, workspace_id)

        return await self._database.write(in_transaction)

    async def remove_member(self, workspace_id: str, user_id: str) -> None:
        """Remove a member and end their sessions there. Raises NotFound, and Conflict for the last member."""

        def in_transaction(transaction: Transaction) -> None:
            user = user_store.get_member(transaction, user_id, workspace_id)
            removal.remove_member(transaction, user, workspace_id, transaction.now)

        await self._database.write(in_transaction)

    async def remove_user(self, requester_id: str, workspace_id: str, user_id: str) -> None:
        """Delete a member of the workspace as a user. Raises NotFound, Conflict, and Forbidden (`user_elsewhere`)."""

        def in_transaction(transaction: Transaction) -> None:
            user = user_store.get_member(transaction, user_id, workspace_id)
            mine = [workspace.id for workspace in workspace_store.list_for_user(transaction, requester_id)]
            removal.remove_user(transaction, user, transaction.now, within=mine)

        await self._database.write(in_transaction)
