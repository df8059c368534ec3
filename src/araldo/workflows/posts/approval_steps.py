"""The steps of an approval that actions on a post share, each in the caller's transaction."""

from __future__ import annotations

from araldo.errors import Conflict
from araldo.messages import Message
from araldo.posts import approval_store
from araldo.posts import store as post_store
from araldo.posts.approval import (
    Approval,
    ApprovalState,
    are_pictures_ready,
    has_open_deliveries,
    is_covered,
    version_of,
)
from araldo.posts.models import PostView
from araldo.posts.rules import NO_PICTURES
from araldo.storage.database import Transaction
from araldo.storage.events import record_event
from araldo.workspaces import audit_store
from araldo.workspaces.audit import Actor, ActorKind, AuditAction, current_actor
from araldo.workspaces.permissions import Permission, Permissions

_EVENTS = {
    ApprovalState.REQUESTED: "approval.requested",
    ApprovalState.APPROVED: "approval.given",
    ApprovalState.SENT_BACK: "approval.sent_back",
}
_MAY_APPROVE = frozenset({Permission.APPROVE, Permission.PUBLISH})


class ApprovalNeeded(Conflict):
    """The workspace lets nothing go out that is not approved."""

    code = "approval_needed"

    def __init__(self) -> None:
        super().__init__(Message("approval.needed"))


def may_approve(permissions: Permissions) -> bool:
    """Return whether the permissions suffice: approving lets a scheduled post go out, so publishing is needed too."""
    return permissions >= _MAY_APPROVE


def current_author() -> str:
    """Return the name of who acts, as it is shown with an approval."""
    return current_actor.get().name or "Araldo"


def settle_approval(
    transaction: Transaction, workspace_id: str, post_id: str, permissions: Permissions, *, goes_out_now: bool
) -> None:
    """After an action that lets a post go out, in a workspace that requires approvals: approve it, or ask for it.

    Who may approve approves the post by the action, with pictures that are still to be made. What anybody else
    schedules waits for an approval, unless it has one. Raises ApprovalNeeded for what would go out at once without it.
    """
    if not approval_store.is_required(transaction, workspace_id):
        return
    view = post_store.get(transaction, workspace_id, post_id)
    before = approval_store.find(transaction, workspace_id, post_id)
    if before is not None and before.state is ApprovalState.APPROVED and is_covered(before.approved, view):
        return
    if may_approve(permissions):
        record_state(transaction, view, before, ApprovalState.APPROVED, by=current_author())
    elif goes_out_now:
        raise ApprovalNeeded
    elif before is None or before.state is not ApprovalState.REQUESTED:
        record_state(transaction, view, before, ApprovalState.REQUESTED, by=current_author())


def decide(
    transaction: Transaction,
    view: PostView,
    state: ApprovalState,
    *,
    version: str,
    by: str,
    by_link: bool = False,
    comment: str = "",
) -> None:
    """Approve the post or send it back, as it was seen at `version`. The caller has locked the post's deliveries.

    Raises Conflict: `post_changed` when the post, its pictures or the state of its approval are others by now,
    `nothing_to_approve` when nothing of it can go out any more, `pictures_not_ready`, `not_requested`.
    """
    before = approval_store.find(transaction, view.post.workspace_id, view.post.id)
    if version != version_of(view, before):
        raise Conflict(Message("approval.post_changed"), code="post_changed")
    if not has_open_deliveries(view):
        raise Conflict(Message("approval.nothing_to_approve"), code="nothing_to_approve")
    is_asked = before is not None and before.state is ApprovalState.REQUESTED
    may_go_back = is_asked or (before is not None and before.state is ApprovalState.APPROVED)
    if not (may_go_back if state is ApprovalState.SENT_BACK else is_asked or not by_link):
        raise Conflict(Message("approval.not_requested"), code="not_requested")
    if state is ApprovalState.APPROVED:
        if before is not None and before.state is ApprovalState.APPROVED:
            raise Conflict(Message("approval.already_approved"), code="already_approved")
        if not are_pictures_ready(view, without=view.post.image_provider == NO_PICTURES):
            raise Conflict(Message("approval.pictures_not_ready"), code="pictures_not_ready")
    record_state(transaction, view, before, state, by=by, by_link=by_link, comment=comment)


def record_state(
    transaction: Transaction,
    view: PostView,
    before: Approval | None,
    state: ApprovalState,
    *,
    by: str,
    by_link: bool = False,
    comment: str = "",
) -> None:
    """Write the state with its comment, its event, and what is audited of it."""
    post, words = view.post, comment.strip()
    approval_store.change(transaction, view, before, state, by=by)
    if words:
        approval_store.add_comment(
            transaction, post.workspace_id, post.id, kind=state, author=by, by_link=by_link, text=words
        )
    record_approval_event(transaction, _EVENTS[state], view, by=by, by_link=by_link, comment=words)
    if state is not ApprovalState.REQUESTED:
        is_given = state is ApprovalState.APPROVED
        audit_store.record(
            transaction,
            AuditAction.POST_APPROVED if is_given else AuditAction.POST_SENT_BACK,
            workspace_id=post.workspace_id,
            at=transaction.now,
            target=post.id,
            actor=Actor(ActorKind.UNKNOWN, name=by, address=current_actor.get().address) if by_link else None,
        )


def record_approval_event(
    transaction: Transaction, kind: str, view: PostView, *, by: str, by_link: bool, comment: str
) -> None:
    due_at = view.post.due_at
    data = {
        "by": by,
        "by_link": by_link,
        "comment": comment or None,
        "due_at": None if due_at is None else due_at.isoformat(),
    }
    workspace_id, post_id = view.post.workspace_id, view.post.id
    record_event(transaction, kind, workspace_id=workspace_id, at=transaction.now, post_id=post_id, data=data)
