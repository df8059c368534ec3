"""Who may change a post: a draft is for whoever drafts; what goes out, or may, is for whoever publishes."""

from __future__ import annotations

from araldo.posts import recurrence_store
from araldo.posts.models import PostView, State
from araldo.posts.rules import Intent
from araldo.storage.database import Transaction
from araldo.workspaces.permissions import Permission, Permissions, require_permission

_DRAFT_STATES = frozenset({State.DRAFT, State.CANCELLED})


def require_intent(permissions: Permissions, intent: Intent) -> None:
    """For a new post. Raises PermissionMissing."""
    require_permission(permissions, Permission.DRAFT if intent == "draft" else Permission.PUBLISH)


async def require_change(transaction: Transaction, permissions: Permissions, view: PostView) -> None:
    """For a change of a post, in the transaction that makes it. Raises PermissionMissing.

    A draft that recurs is copied as it is when it is time, so that changing it changes what goes out.
    """
    is_draft = all(row.state in _DRAFT_STATES for row in view.deliveries)
    if is_draft and not await recurrence_store.goes_on(transaction, view.post.id):
        require_permission(permissions, Permission.DRAFT)
    else:
        require_permission(permissions, Permission.PUBLISH)
