"""Join a workspace by an invitation, recorded in its audit log."""

from __future__ import annotations

from datetime import datetime

from araldo.errors import Conflict, NotFound
from araldo.messages import Message
from araldo.storage.database import Transaction
from araldo.workspaces import audit_store, invitation_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.audit import Actor, ActorKind, AuditAction
from araldo.workspaces.invitation_store import Invitation
from araldo.workspaces.models import Workspace
from araldo.workspaces.users import User


def get_invitation(transaction: Transaction, token_hash: str, now: datetime) -> Invitation:
    """Return an invitation that can be used. Raises NotFound."""
    found = invitation_store.find(transaction, token_hash, now)
    if found is None:
        raise _invalid()
    return found


def join(transaction: Transaction, user: User, token_hash: str, now: datetime, *, address: str | None) -> Workspace:
    """Use an invitation: make the user a member with its role. `address`: of the user's browser, for the audit log.

    Raises NotFound, and Conflict for somebody who is a member already: the invitation can then still be used.
    """
    invitation = get_invitation(transaction, token_hash, now)
    user_store.lock_members(transaction, [invitation.workspace_id])
    workspace = workspace_store.get(transaction, invitation.workspace_id)
    if user_store.find_role(transaction, user.id, workspace.id) is not None:
        raise Conflict(Message("invitations.already_a_member", {"workspace": workspace.name}), code="already_a_member")
    if not invitation_store.delete_one(transaction, workspace.id, invitation.id):
        # Used or withdrawn since it was read.
        raise _invalid()
    user_store.add_member(transaction, user.id, workspace.id, now, role=invitation.role)
    audit_store.record(
        transaction,
        AuditAction.MEMBER_JOINED,
        workspace_id=workspace.id,
        at=now,
        target=user.id,
        target_name=f"{user.name} ({invitation.role})",
        actor=Actor(ActorKind.USER, user.id, user.name, address),
    )
    return workspace


def _invalid() -> NotFound:
    return NotFound(Message("invitations.invalid"), code="invitation_invalid")
