"""Remove users, from one workspace or entirely, recorded in the audit log of every workspace concerned."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from araldo.errors import Forbidden
from araldo.messages import Message
from araldo.storage.database import Transaction
from araldo.workspaces import audit_store, invitation_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.audit import AuditAction
from araldo.workspaces.users import User


def remove_member(
    transaction: Transaction, user: User, workspace_id: str, now: datetime, *, keep_keys: bool = False
) -> None:
    """End a membership and the user's sessions there. Raises NotFound, and Conflict for the last owner.

    `keep_keys`: the API keys that the user has made stay valid; else they are revoked.
    """
    user_store.remove_member(transaction, user.id, workspace_id)
    invitation_store.delete_made_by(transaction, workspace_id, user.id)
    if not keep_keys:
        revoke_keys_made_by(transaction, user.id, workspace_id, now)
    _record(transaction, AuditAction.MEMBER_REMOVED, user, workspace_id, now)


def remove_user(
    transaction: Transaction,
    user: User,
    now: datetime,
    *,
    within: Collection[str] | None = None,
    keep_keys: bool = False,
) -> None:
    """Delete a user. Raises Conflict for a workspace's last owner and for the last user.

    `within`: the workspaces that the requester owns; raises Forbidden when the user belongs to any other.
    `keep_keys`: as for `remove_member`.
    """
    if within is not None:
        # Checked first: a Conflict names workspaces that the requester must not learn of.
        places = workspace_store.list_for_user(transaction, user.id)
        if any(place.id not in within for place in places):
            raise Forbidden(Message("removal.member_elsewhere", {"name": user.name}), code="user_elsewhere")
    workspace_ids = user_store.delete_user(transaction, user.id)
    for left in () if keep_keys else workspace_ids:
        revoke_keys_made_by(transaction, user.id, left, now)
    for workspace_id in workspace_ids or (None,):
        _record(transaction, AuditAction.USER_REMOVED, user, workspace_id, now)


def revoke_keys_made_by(transaction: Transaction, user_id: str, workspace_id: str, now: datetime) -> None:
    """Revoke the workspace's API keys that the user has made, each with its entry in the audit log."""
    for key_id, name in workspace_store.revoke_keys_made_by(transaction, workspace_id, user_id, now):
        audit_store.record(
            transaction, AuditAction.KEY_REVOKED, workspace_id=workspace_id, at=now, target=key_id, target_name=name
        )


def _record(transaction: Transaction, action: AuditAction, user: User, workspace_id: str | None, now: datetime) -> None:
    audit_store.record(transaction, action, workspace_id=workspace_id, at=now, target=user.id, target_name=user.name)
