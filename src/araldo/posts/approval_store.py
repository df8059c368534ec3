"""Approvals and their comments in the database; withdrawn in the transaction that changes what was approved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, insert, or_, select, update

from araldo.errors import NotFound
from araldo.posts import store as post_store
from araldo.posts.approval import Approval, ApprovalComment, ApprovalState, content_to_approve, is_covered
from araldo.posts.models import PostView
from araldo.storage.approval_tables import approval_comments, approvals
from araldo.storage.database import Transaction, new_id
from araldo.storage.events import record_event
from araldo.storage.schema import posts, workspaces

_a, _c, _p, _w = approvals.c, approval_comments.c, posts.c, workspaces.c
_FIELDS = tuple(Approval.__dataclass_fields__)
_IS_REQUIRED = select(_w.id).where(_w.id == bindparam("b_workspace_id"), _w.approval_required)


def is_required(transaction: Transaction, workspace_id: str) -> bool:
    """Return whether the workspace's posts go out only when they are approved."""
    return transaction.execute(_IS_REQUIRED, {"b_workspace_id": workspace_id}).first() is not None


def requiring(transaction: Transaction, workspace_ids: Collection[str]) -> frozenset[str]:
    """Return those of the workspaces whose posts need an approval."""
    found = select(_w.id).where(_w.id.in_(sorted(workspace_ids)), _w.approval_required)
    return frozenset(transaction.execute(found).scalars())


def may_go_out(transaction: Transaction, workspace_id: str, post_id: str) -> bool:
    """Return whether the post, as it is now, needs no approval or has one.

    Whoever is about to send a delivery asks after locking its row: every change of what was approved, and every
    decision, locks the rows of the post's deliveries first.
    """
    return not is_required(transaction, workspace_id) or is_approved(transaction, workspace_id, post_id)


def is_approved(transaction: Transaction, workspace_id: str, post_id: str) -> bool:
    """Return whether the post, as it is now, is what was approved; as `may_go_out` where approvals are required."""
    approval = find(transaction, workspace_id, post_id)
    if approval is None or approval.state is not ApprovalState.APPROVED:
        return False
    try:
        view = post_store.get(transaction, workspace_id, post_id)
    except NotFound:
        return False
    return is_covered(approval.approved, view)


def find(transaction: Transaction, workspace_id: str, post_id: str) -> Approval | None:
    row = transaction.execute(
        select(approvals).where(_a.post_id == post_id, _a.workspace_id == workspace_id)
    ).one_or_none()
    return None if row is None else _approval(row)


def change(
    transaction: Transaction, view: PostView, before: Approval | None, state: ApprovalState, *, by: str | None
) -> Approval:
    """Write the next state of the post's approval and return it. `by`: the name of who asked or decided.

    The caller has locked the post's deliveries.
    """
    now = transaction.now
    first = Approval(post_id=view.post.id, workspace_id=view.post.workspace_id, state=state, number=0)
    after = replace(before or first, state=state, number=(before or first).number + 1, approved=None)
    if state is ApprovalState.REQUESTED:
        after = replace(after, requested_by=by, requested_at=now, decided_by=None, decided_at=None)
    elif state is not ApprovalState.WITHDRAWN:
        approved = content_to_approve(view, now) if state is ApprovalState.APPROVED else None
        after = replace(after, decided_by=by, decided_at=now, approved=approved)
    values = asdict(after) if after.approved is None else {**asdict(after), "approved": dict(after.approved)}
    if before is None:
        transaction.execute(insert(approvals).values(**values))
    else:
        transaction.execute(update(approvals).where(_a.post_id == after.post_id).values(**values))
    return after


def withdraw_if_changed(transaction: Transaction, post_ids: list[tuple[str, str]]) -> None:
    """Withdraw the approvals of those posts (workspace id, post id) that are not what was approved any more.

    Called just before the commit of every change by a person, so that no way of changing a post can be left out.
    """
    for workspace_id, post_id in dict.fromkeys(post_ids):
        approval = find(transaction, workspace_id, post_id)
        if approval is None or approval.state is not ApprovalState.APPROVED:
            continue
        try:
            view = post_store.get(transaction, workspace_id, post_id)
        except NotFound:
            # Deleted: it is a draft again when it is restored.
            continue
        if is_covered(approval.approved, view):
            continue
        change(transaction, view, approval, ApprovalState.WITHDRAWN, by=None)
        record_event(transaction, "approval.withdrawn", workspace_id=workspace_id, at=transaction.now, post_id=post_id)


def withdraw_all(transaction: Transaction) -> None:
    """Withdraw every approval: after a restore nobody knows which were withdrawn since the backup."""
    transaction.execute(
        update(approvals)
        .where(_a.state == ApprovalState.APPROVED)
        .values(state=ApprovalState.WITHDRAWN, number=_a.number + 1, approved=None)
    )


def request_scheduled(transaction: Transaction, workspace_id: str, by: str) -> int:
    """Ask for the approval of what is scheduled already and has none, when a workspace begins to require it."""
    missing = select(_p.id).where(
        _p.workspace_id == workspace_id,
        _p.status == "scheduled",
        _p.deleted_at.is_(None),
        _p.id.not_in(select(_a.post_id).where(_a.workspace_id == workspace_id)),
    )
    now = transaction.now
    rows = [
        {
            "post_id": post_id,
            "workspace_id": workspace_id,
            "state": ApprovalState.REQUESTED,
            "number": 1,
            "requested_by": by,
            "requested_at": now,
        }
        for post_id in transaction.execute(missing).scalars()
    ]
    if rows:
        transaction.execute(insert(approvals), rows)
    return len(rows)


def find_due_unapproved(transaction: Transaction, within: timedelta, limit: int) -> list[tuple[str, str, datetime]]:
    """Return (workspace id, post id, time) of scheduled posts that are due soon without approval, not reminded of yet.

    The first due first.
    """
    now = transaction.now
    is_open = or_(
        _a.post_id.is_(None),
        and_(_a.state != ApprovalState.APPROVED, or_(_a.reminded_for.is_(None), _a.reminded_for != _p.due_at)),
    )
    rows = transaction.execute(
        select(_p.workspace_id, _p.id, _p.due_at)
        .join(workspaces, _w.id == _p.workspace_id)
        .outerjoin(approvals, _a.post_id == _p.id)
        .where(
            _w.approval_required,
            _p.status == "scheduled",
            _p.deleted_at.is_(None),
            _p.listed_at > now,
            _p.listed_at <= now + within,
            is_open,
        )
        .order_by(_p.listed_at, _p.id)
        .limit(limit)
    )
    return [(row.workspace_id, row.id, row.due_at) for row in rows]


def note_reminder(transaction: Transaction, post_id: str, due_at: datetime) -> None:
    transaction.execute(update(approvals).where(_a.post_id == post_id).values(reminded_for=due_at))


def add_comment(
    transaction: Transaction, workspace_id: str, post_id: str, *, kind: str, author: str, by_link: bool, text: str
) -> None:
    values = {"kind": kind, "author": author[:200], "by_link": by_link, "text": text, "created_at": transaction.now}
    mine = {"id": new_id("com"), "workspace_id": workspace_id, "post_id": post_id}
    transaction.execute(insert(approval_comments).values(**mine, **values))


def list_comments(transaction: Transaction, workspace_id: str, post_id: str) -> list[ApprovalComment]:
    """Return the comments on the post, the first first."""
    rows = transaction.execute(
        select(approval_comments)
        .where(_c.post_id == post_id, _c.workspace_id == workspace_id)
        .order_by(_c.created_at, _c.id)
    )
    return [ApprovalComment(row.id, row.kind, row.author, row.by_link, row.text, row.created_at) for row in rows]


def count_comments_by_link(transaction: Transaction, post_id: str, since: datetime | None = None) -> int:
    """Count the comments by people without an account; `since`: those written later."""
    counted = select(func.count()).where(_c.post_id == post_id, _c.by_link)
    return int(transaction.execute(counted if since is None else counted.where(_c.created_at > since)).scalar_one())


def _approval(row: Row[Any]) -> Approval:
    values = {name: getattr(row, name) for name in _FIELDS}
    return Approval(**values | {"state": ApprovalState(row.state)})
