"""Invite members to a workspace, change their roles, and remove them."""

from __future__ import annotations

from araldo.errors import Forbidden, NotFound
from araldo.messages import Message
from araldo.storage.database import Database, Transaction
from araldo.workspaces import audit_store, invitation_store, joining, removal, session_store, user_store
from araldo.workspaces.audit import AuditAction
from araldo.workspaces.invitation_store import Invitation
from araldo.workspaces.keys import hash_secret
from araldo.workspaces.permissions import Permission, PermissionMissing
from araldo.workspaces.roles import ROLE_PERMISSIONS, Role, require_role_permission
from araldo.workspaces.users import Session, User, make_invitation_token


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
            if Permission.MANAGE not in ROLE_PERMISSIONS[role]:
                invitation_store.delete_made_by(transaction, workspace_id, user_id)
                if not keep_keys:
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

    async def invite(self, requester: User, workspace_id: str, role: Role, note: str) -> tuple[Invitation, str]:
        """Make an invitation and return it with its token, which is not stored. Raises Forbidden."""
        token = make_invitation_token()

        def in_transaction(transaction: Transaction) -> Invitation:
            _require_manager(transaction, requester.id, workspace_id)
            now = transaction.now
            made = invitation_store.add(transaction, workspace_id, role, note, token.hash, requester, now)
            _record_invitation(transaction, AuditAction.MEMBER_INVITED, made)
            return made

        return await self._database.write(in_transaction), token.secret

    async def withdraw(self, workspace_id: str, invitation_id: str) -> None:
        """Withdraw an invitation. Raises NotFound for one that was used or has expired."""

        def in_transaction(transaction: Transaction) -> None:
            found = invitation_store.get_pending(transaction, workspace_id, invitation_id, transaction.now)
            if found is None or not invitation_store.delete_one(transaction, workspace_id, invitation_id):
                raise NotFound(Message("invitations.not_found"))
            _record_invitation(transaction, AuditAction.INVITATION_WITHDRAWN, found)

        await self._database.write(in_transaction)

    async def find_invitation(self, token: str) -> Invitation:
        """Return what a link invites to. Raises NotFound."""
        return await self._database.read(
            lambda transaction: joining.get_invitation(transaction, hash_secret(token), transaction.now)
        )

    async def join(self, session: Session, token: str, *, address: str) -> None:
        """Join a workspace by an invitation and switch the session to it. Raises NotFound, Conflict."""

        def in_transaction(transaction: Transaction) -> None:
            joined = joining.join(transaction, session.user, hash_secret(token), transaction.now, address=address)
            session_store.set_workspace(transaction, session.id, joined.id)

        await self._database.write(in_transaction)


def _record_invitation(transaction: Transaction, action: AuditAction, invitation: Invitation) -> None:
    audit_store.record(
        transaction,
        action,
        workspace_id=invitation.workspace_id,
        at=transaction.now,
        target=invitation.id,
        target_name=f"{invitation.note} ({invitation.role})".strip(),
    )


def _require_manager(transaction: Transaction, requester_id: str, workspace_id: str) -> None:
    """Raise Forbidden unless the requester may manage the workspace, once nobody else changes its members."""
    user_store.lock_members(transaction, [workspace_id])
    role = user_store.find_role(transaction, requester_id, workspace_id)
    if role is None:
        raise Forbidden(Message("users.no_longer_a_member"), code=PermissionMissing.code)
    require_role_permission(role, Permission.MANAGE)
