"""Approvals by the members and keys of a workspace: ask, comment, approve or send back, and reminders before time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from araldo.accounts import store as account_store
from araldo.clock import Clock
from araldo.errors import Conflict
from araldo.messages import Message
from araldo.posts import approval_link_store, approval_store, change_store, rules
from araldo.posts import store as post_store
from araldo.posts.actions import CAN_SCHEDULE
from araldo.posts.approval import (
    Approval,
    ApprovalComment,
    ApprovalState,
    are_pictures_ready,
    has_open_deliveries,
    version_of,
)
from araldo.posts.approval_link_store import ApprovalLink
from araldo.posts.delivery_changes import DeliveryChanges
from araldo.posts.design_seed import design_seed_of
from araldo.posts.models import PostView, State
from araldo.posts.rules import NO_PICTURES
from araldo.storage.database import Database, Transaction
from araldo.storage.events import record_event
from araldo.workflows.deliveries.lease import record_delivery_event
from araldo.workflows.posts.approval_steps import (
    current_author,
    decide,
    may_approve,
    record_approval_event,
    record_state,
)
from araldo.workflows.posts.authorization import require_change_permission
from araldo.workflows.posts.lifecycle import next_picture_state
from araldo.workflows.posts.validation import Validator
from araldo.workspaces.models import Workspace
from araldo.workspaces.permissions import Permission, Permissions, require_permission

# How long before its time people are told of a scheduled post without approval.
REMIND_BEFORE = timedelta(hours=3)
_REMINDERS_AT_ONCE = 100

ApprovalAction = Literal["request", "approve", "send_back"]
Decision = Literal["approved", "sent_back"]


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """A post with its approval, as somebody sees it at `version`. `required`: by the workspace."""

    view: PostView
    approval: Approval | None
    required: bool
    comments: Sequence[ApprovalComment]
    links: Sequence[ApprovalLink] = ()

    @property
    def version(self) -> str:
        return version_of(self.view, self.approval)

    @property
    def pictures_ready(self) -> bool:
        return are_pictures_ready(self.view, without=self.view.post.image_provider == NO_PICTURES)

    @property
    def state(self) -> ApprovalState | None:
        return None if self.approval is None else self.approval.state

    @property
    def can_be_approved_by_link(self) -> bool:
        is_asked = self.state is ApprovalState.REQUESTED
        return is_asked and self.pictures_ready and has_open_deliveries(self.view)

    @property
    def can_be_sent_back(self) -> bool:
        is_sendable = self.state in {ApprovalState.REQUESTED, ApprovalState.APPROVED}
        return is_sendable and has_open_deliveries(self.view)

    def actions(self, permissions: Permissions) -> list[ApprovalAction]:
        """Return what a caller with these permissions can do with the post now."""
        if not has_open_deliveries(self.view):
            return []
        found: list[ApprovalAction] = []
        may_ask = permissions & {Permission.DRAFT, Permission.PUBLISH}
        if may_ask and self.state not in {ApprovalState.REQUESTED, ApprovalState.APPROVED}:
            found.append("request")
        if may_approve(permissions):
            found += ["approve"] if self.pictures_ready and self.state is not ApprovalState.APPROVED else []
            found += ["send_back"] if self.can_be_sent_back else []
        return found


def read_approval(transaction: Transaction, workspace_id: str, post_id: str) -> ApprovalView:
    """Return the post's approval without its links. Raises NotFound."""
    return ApprovalView(
        post_store.get(transaction, workspace_id, post_id),
        approval_store.find(transaction, workspace_id, post_id),
        approval_store.is_required(transaction, workspace_id),
        approval_store.list_comments(transaction, workspace_id, post_id),
    )


class Approvals:
    def __init__(self, *, database: Database, clock: Clock, nudge: Callable[[], None], validator: Validator) -> None:
        self._database = database
        self._clock = clock
        self._nudge = nudge
        self._validator = validator

    async def read(self, workspace: Workspace, post_id: str) -> ApprovalView:
        def in_transaction(transaction: Transaction) -> ApprovalView:
            links = approval_link_store.list_valid(transaction, workspace.id, post_id)
            return replace(read_approval(transaction, workspace.id, post_id), links=links)

        return await self._database.read(in_transaction)

    async def request(self, workspace: Workspace, post_id: str, comment: str, *, permissions: Permissions) -> None:
        """Ask for the approval of a post that could be published; its missing pictures are made, to be seen.

        Raises NotFound, PermissionMissing, PostInvalid, and Conflict: `already_requested`, `already_approved`,
        `nothing_to_approve`.
        """

        def in_transaction(transaction: Transaction) -> None:
            view = change_store.get_for_change(transaction, workspace.id, post_id)
            require_change_permission(transaction, permissions, view)
            before = approval_store.find(transaction, workspace.id, post_id)
            if before is not None and before.state is ApprovalState.REQUESTED:
                raise Conflict(Message("approval.already_requested"), code="already_requested")
            if before is not None and before.state is ApprovalState.APPROVED:
                raise Conflict(Message("approval.already_approved"), code="already_approved")
            self._make_publishable(transaction, workspace, view)
            record_state(transaction, view, before, ApprovalState.REQUESTED, by=current_author(), comment=comment)

        await self._database.write(in_transaction)
        self._nudge()

    async def comment(self, workspace: Workspace, post_id: str, text: str) -> None:
        """Add a comment, which people with a link see too. Raises NotFound."""

        def in_transaction(transaction: Transaction) -> None:
            view = post_store.get(transaction, workspace.id, post_id)
            by = current_author()
            approval_store.add_comment(
                transaction, workspace.id, post_id, kind="comment", author=by, by_link=False, text=text
            )
            record_approval_event(transaction, "approval.commented", view, by=by, by_link=False, comment=text)

        await self._database.write(in_transaction)

    async def decide(
        self,
        workspace: Workspace,
        post_id: str,
        decision: Decision,
        *,
        version: str,
        comment: str,
        permissions: Permissions,
    ) -> None:
        """Approve the post or send it back. Raises NotFound, PermissionMissing, and Conflict as `decide` does."""

        def in_transaction(transaction: Transaction) -> None:
            view = change_store.get_for_change(transaction, workspace.id, post_id)
            for needed in (Permission.APPROVE, Permission.PUBLISH):
                require_permission(permissions, needed)
            state = ApprovalState(decision)
            decide(transaction, view, state, version=version, by=current_author(), comment=comment)

        await self._database.write(in_transaction)

    def _make_publishable(self, transaction: Transaction, workspace: Workspace, view: PostView) -> None:
        """Choose the accounts that are not chosen yet and let missing pictures be made, as scheduling does."""
        rows = [row for row in view.deliveries if row.changeable and row.state in {State.DRAFT, *CAN_SCHEDULE}]
        if view.deliveries and not rows:
            raise Conflict(Message("approval.nothing_to_approve"), code="nothing_to_approve")
        accounts = account_store.list_for_workspace(transaction, workspace.id)
        asked = rules.post_request_for(view.post, rows, "publish")
        validation = self._validator.validate(workspace, asked, accounts, transaction.now)
        validation.raise_if_invalid()
        if view.post.design_seed is None and view.post.image_provider != NO_PICTURES:
            change_store.store_design_seed(transaction, view.post, design_seed_of(view.post))
        for row in rows:
            state = next_picture_state(view.post, row.picture)
            changes = DeliveryChanges(
                account_id=row.account_id or validation.accounts[row.platform][0].id,
                picture=replace(
                    row.picture, state=state, error=None if state is not row.picture.state else row.picture.error
                ),
                next_at=row.next_at,
            )
            changed = changes.apply_to(row)
            if changed == row:
                continue
            if not change_store.change_delivery(transaction, row, transaction.now, changes):
                raise Conflict(Message("lifecycle.too_late"), code="already_out")
            record_delivery_event(transaction, changed)


async def remind_unapproved(database: Database) -> int:
    """Record `approval.due_soon` once for each post that is due soon without approval; return for how many."""
    if not await database.read(_due_unapproved):
        return 0

    def in_transaction(transaction: Transaction) -> int:
        found = _due_unapproved(transaction)
        for workspace_id, post_id, due_at in found:
            if approval_store.find(transaction, workspace_id, post_id) is None:
                # Scheduled by a process that did not know approvals yet.
                view = post_store.get(transaction, workspace_id, post_id)
                approval_store.change(transaction, view, None, ApprovalState.REQUESTED, by=None)
            approval_store.note_reminder(transaction, post_id, due_at)
            record_event(
                transaction,
                "approval.due_soon",
                workspace_id=workspace_id,
                at=transaction.now,
                post_id=post_id,
                data={"due_at": due_at.isoformat()},
            )
        return len(found)

    return await database.write(in_transaction)


def _due_unapproved(transaction: Transaction) -> list[tuple[str, str, datetime]]:
    return approval_store.find_due_unapproved(transaction, REMIND_BEFORE, _REMINDERS_AT_ONCE)
