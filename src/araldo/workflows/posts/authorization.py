"""Which permission changes a post: `draft` for a draft, `publish` for anything that is or may be published."""

from __future__ import annotations

from araldo.posts import recurrence_store
from araldo.posts.actions import DeliveryAction, PostAction
from araldo.posts.models import PostView, State
from araldo.posts.rules import Intent
from araldo.storage.database import Transaction
from araldo.workspaces.permissions import Permission, Permissions, require_permission

_DRAFT_STATES = frozenset({State.DRAFT, State.CANCELLED})


def require_intent_permission(permissions: Permissions, intent: Intent) -> None:
    """Require the permission to create a post with this intent. Raises PermissionMissing."""
    require_permission(permissions, Permission.DRAFT if intent == "draft" else Permission.PUBLISH)


def may_request(permissions: Permissions, action: DeliveryAction | PostAction) -> bool:
    """Return whether the action is offered. With `draft` alone, `require_change_permission` decides about the post."""
    needed = {Permission.PUBLISH, Permission.DRAFT} if action.value in {"edit", "delete"} else {Permission.PUBLISH}
    return not needed.isdisjoint(permissions)


def require_change_permission(transaction: Transaction, permissions: Permissions, view: PostView) -> None:
    """Require the permission to change a post, in the transaction that changes it. Raises PermissionMissing.

    A draft with a recurrence needs `publish`: its occurrences are copies of it, so changing it changes what they say.
    """
    is_draft = all(row.state in _DRAFT_STATES for row in view.deliveries)
    if is_draft and not recurrence_store.is_active(transaction, view.post.id):
        require_permission(permissions, Permission.DRAFT)
    else:
        require_permission(permissions, Permission.PUBLISH)
