"""A person's actions on a post: publish, schedule, undo, cancel, retry, delete, restore. Each is all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from araldo.accounts import store as account_store
from araldo.clock import Clock
from araldo.errors import ChangedMeanwhile, Conflict, NotFound, PostInvalid, Problem
from araldo.messages import Message
from araldo.pictures.models import DeliveryPicture, PictureState
from araldo.posts import change_store, rules
from araldo.posts import store as post_store
from araldo.posts.actions import (
    CAN_PUBLISH,
    CAN_RETRY,
    CAN_SCHEDULE,
    CAN_UNDO,
    DeliveryAction,
    can_undo_together,
    is_possible,
    obstacle_to_deletion,
)
from araldo.posts.delivery_changes import RESET_PREPARATION, DeliveryChanges
from araldo.posts.design_seed import design_seed_of
from araldo.posts.models import CHANGEABLE, Delivery, Post, PostView, State
from araldo.posts.references import find_delivery
from araldo.posts.rules import NO_PICTURES, NewPost
from araldo.posts.timing import When
from araldo.storage import idempotency
from araldo.storage.database import Database, Transaction
from araldo.storage.events import record_event
from araldo.storage.idempotency import IdempotentRequest
from araldo.workflows.deliveries.lease import record_delivery_event
from araldo.workflows.posts.approval_steps import settle_approval
from araldo.workflows.posts.authorization import require_change_permission
from araldo.workflows.posts.slots import take_slot
from araldo.workflows.posts.validation import ValidationResult, Validator
from araldo.workspaces import audit_store
from araldo.workspaces.audit import AuditAction
from araldo.workspaces.models import Workspace
from araldo.workspaces.permissions import ALL_PERMISSIONS, Permissions


@dataclass(frozen=True, slots=True)
class PostChange:
    """The transaction of one action, with the post as it was read there."""

    transaction: Transaction
    view: PostView
    now: datetime


class PostLifecycle:
    """Changes the states of a post's deliveries as a person asks."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        nudge: Callable[[], None],
        validator: Validator,
    ) -> None:
        self._database = database
        self._clock = clock
        self._nudge = nudge
        self._validator = validator

    async def publish(
        self,
        workspace: Workspace,
        post_id: str,
        *,
        undo_s: float = 0.0,
        request: IdempotentRequest | None = None,
        permissions: Permissions = ALL_PERMISSIONS,
    ) -> None:
        """Publish now, or in `undo_s` seconds unless `undo` is called. Raises PostInvalid, Conflict, ApprovalNeeded."""

        def change_rows(change: PostChange) -> None:
            rows = _rows_for(change.view, DeliveryAction.PUBLISH, Message("lifecycle.nothing_to_publish"))
            validation = self._validate(workspace, change, rules.post_request_for(change.view.post, rows, "publish"))
            validation.raise_if_invalid()
            due_at = change.now + timedelta(seconds=undo_s)
            next_at = due_at if undo_s else None
            plan = RESET_PREPARATION | DeliveryChanges(state=State.QUEUED, due_at=due_at, next_at=next_at)
            self._save_post(change, _keeping_design(change.view.post).with_time(None))
            self._record(change, AuditAction.PUBLISH_REQUESTED)
            self._queue_deliveries(change, rows, CAN_PUBLISH, validation, plan)
            settle_approval(change.transaction, workspace.id, post_id, permissions, goes_out_now=True)

        await self._change_post(workspace, post_id, change_rows, request)

    async def schedule(
        self,
        workspace: Workspace,
        post_id: str,
        asked: NewPost | None,
        *,
        request: IdempotentRequest | None = None,
        permissions: Permissions = ALL_PERMISSIONS,
    ) -> None:
        """Schedule for the time in `asked` (nothing else of it is read), else for the post's own time.

        Raises PostInvalid, Conflict.
        """

        def change_rows(change: PostChange) -> None:
            rows = _rows_for(change.view, DeliveryAction.SCHEDULE, Message("lifecycle.nothing_to_schedule"))
            new = rules.post_request_for(change.view.post, rows, "schedule")
            if asked is not None:
                new = replace(
                    new, due_at=asked.due_at, zone=asked.zone, fold=asked.fold, next_free_slot=asked.next_free_slot
                )
            elif new.due_at is None:
                raise PostInvalid([Problem("/schedule_time", "missing", Message("lifecycle.time_missing"))])
            validation = self._validate(workspace, change, new)
            validation.raise_if_invalid()
            when = self._resolve_time(change.transaction, workspace, new, validation, change.now)
            plan = RESET_PREPARATION | DeliveryChanges(state=State.SCHEDULED, due_at=when.instant)
            self._save_post(change, _keeping_design(change.view.post).with_time(when))
            self._record(change, AuditAction.PUBLISH_REQUESTED)
            self._queue_deliveries(change, rows, CAN_SCHEDULE, validation, plan)
            settle_approval(change.transaction, workspace.id, post_id, permissions, goes_out_now=False)

        await self._change_post(workspace, post_id, change_rows, request)

    async def validate(self, workspace: Workspace, post_id: str, asked: NewPost | None) -> ValidationResult:
        """Validate publishing now (`asked` None) or scheduling for the time in `asked`; change nothing."""

        def in_transaction(transaction: Transaction) -> ValidationResult:
            change = PostChange(transaction, post_store.get(transaction, workspace.id, post_id), self._clock.now())
            action = DeliveryAction.PUBLISH if asked is None else DeliveryAction.SCHEDULE
            rows = [row for row in change.view.deliveries if is_possible(action, row)]
            new = rules.post_request_for(change.view.post, rows, "publish" if asked is None else "schedule")
            if asked is not None and (asked.due_at or asked.next_free_slot):
                new = replace(new, due_at=asked.due_at, zone=asked.zone, fold=asked.fold)
            return self._validate(workspace, change, new)

        return await self._database.read(in_transaction)

    async def cancel(self, workspace: Workspace, post_id: str, names: Collection[str] | None = None) -> None:
        """Cancel the deliveries that were not sent, all or those named. Raises Conflict when all of them were."""

        def change_rows(change: PostChange) -> None:
            asked = _deliveries_named(change.view, names)
            rows = [row for row in asked if is_possible(DeliveryAction.CANCEL, row)]
            if not rows and any(row.state is not State.CANCELLED for row in asked):
                raise Conflict(Message("lifecycle.too_late"), code="already_out")
            if rows:
                self._save_post(change)
            for row in rows:
                self._change_delivery(change, row, DeliveryChanges(state=State.CANCELLED, error=None, ticket=None))

        await self._change_post(workspace, post_id, change_rows)

    async def undo(self, workspace: Workspace, post_id: str) -> None:
        """Turn the deliveries that were published or scheduled together back into drafts.

        Raises Conflict once any of them was sent.
        """

        def change_rows(change: PostChange) -> None:
            rows = _rows_for(change.view, DeliveryAction.UNDO, Message("lifecycle.nothing_to_undo"))
            if not can_undo_together(rows, change.view):
                raise Conflict(Message("lifecycle.too_late"), code="already_out")
            self._save_post(change)
            plan = RESET_PREPARATION | DeliveryChanges(state=State.DRAFT, due_at=None)
            for row in rows:
                self._change_delivery(change, row, plan, CAN_UNDO)

        await self._change_post(workspace, post_id, change_rows)

    async def retry(
        self,
        workspace: Workspace,
        post_id: str,
        names: Collection[str] | None = None,
        *,
        request: IdempotentRequest | None = None,
        permissions: Permissions = ALL_PERMISSIONS,
    ) -> None:
        """Queue again deliveries that failed, were missed or wait for their account.

        One with an open attempt keeps its ticket, so that it is checked before it is sent again. Raises PostInvalid,
        Conflict, ApprovalNeeded.
        """

        def change_rows(change: PostChange) -> None:
            asked = _deliveries_named(change.view, names)
            rows = [row for row in asked if is_possible(DeliveryAction.RETRY, row)]
            if not rows:
                raise Conflict(Message("lifecycle.nothing_to_retry"), code="nothing_to_retry")
            unsent = [row for row in rows if not row.open_attempts]
            validation = self._validate(workspace, change, rules.post_request_for(change.view.post, unsent, "publish"))
            if unsent:
                validation.raise_if_invalid()
            self._save_post(change)
            self._record(change, AuditAction.PUBLISH_REQUESTED)
            plan = DeliveryChanges(state=State.QUEUED, due_at=change.now, tries=0)
            self._queue_deliveries(change, unsent, CAN_RETRY, validation, RESET_PREPARATION | plan)
            for row in rows:
                if row.open_attempts:
                    self._change_delivery(change, row, plan, CAN_RETRY, allow_open_attempts=True)
            settle_approval(change.transaction, workspace.id, post_id, permissions, goes_out_now=bool(unsent))

        await self._change_post(workspace, post_id, change_rows, request)

    async def delete(self, workspace: Workspace, post_id: str, *, permissions: Permissions = ALL_PERMISSIONS) -> None:
        """Delete a post, which `restore` can undo for 30 days. Raises Conflict during publishing, PermissionMissing."""

        def change_rows(change: PostChange) -> None:
            require_change_permission(change.transaction, permissions, change.view)
            for row in change.view.deliveries:
                obstacle = obstacle_to_deletion(row)
                if obstacle is not None:
                    raise Conflict(obstacle.message, code=obstacle.code)
            if not change_store.delete_post(change.transaction, change.view.post, change.now):
                raise ChangedMeanwhile
            self._record(change, AuditAction.POST_DELETED)
            for row in change.view.deliveries:
                if row.changeable and row.state not in {State.CANCELLED, State.FAILED}:
                    self._change_delivery(change, row, DeliveryChanges(state=State.CANCELLED))

        await self._change_post(workspace, post_id, change_rows)

    async def restore(self, workspace: Workspace, post_id: str, *, permissions: Permissions = ALL_PERMISSIONS) -> None:
        """Restore a deleted post, as a draft. Raises NotFound when it is not deleted or purged, PermissionMissing."""

        def in_transaction(transaction: Transaction) -> None:
            post = change_store.find_deleted(transaction, workspace.id, post_id)
            if post is None:
                raise NotFound(Message("lifecycle.not_deleted"))
            now = self._clock.now()
            change_store.restore(transaction, post, now)
            require_change_permission(transaction, permissions, post_store.get(transaction, workspace.id, post_id))
            record_event(transaction, "post.restored", workspace_id=workspace.id, at=now, post_id=post.id)

        await self._database.write(in_transaction)

    async def _change_post(
        self,
        workspace: Workspace,
        post_id: str,
        change_rows: Callable[[PostChange], None],
        request: IdempotentRequest | None = None,
    ) -> None:
        def in_transaction(transaction: Transaction) -> None:
            view = change_store.get_for_change(transaction, workspace.id, post_id)
            change_rows(PostChange(transaction, view, transaction.now))
            if request is not None:
                idempotency.finish(transaction, request, post_id=post_id)

        await self._database.write(in_transaction)
        self._nudge()

    def _record(self, change: PostChange, action: AuditAction) -> None:
        post = change.view.post
        audit_store.record(change.transaction, action, workspace_id=post.workspace_id, at=change.now, target=post.id)

    def _validate(self, workspace: Workspace, change: PostChange, new: NewPost) -> ValidationResult:
        accounts = account_store.list_for_workspace(change.transaction, workspace.id)
        return self._validator.validate(workspace, new, accounts, change.now)

    def _resolve_time(
        self, transaction: Transaction, workspace: Workspace, new: NewPost, validation: ValidationResult, now: datetime
    ) -> When:
        if new.next_free_slot:
            return take_slot(transaction, workspace, validation.all_accounts, now)
        when = rules.when_of(new, now, workspace.zone)
        if not isinstance(when, When):
            raise PostInvalid(when or [Problem("/schedule_time", "missing", Message("lifecycle.time_missing"))])
        return when

    def _queue_deliveries(
        self,
        change: PostChange,
        rows: Iterable[Delivery],
        only: Collection[State],
        validation: ValidationResult,
        plan: DeliveryChanges,
    ) -> None:
        for row in rows:
            own = DeliveryChanges(
                account_id=row.account_id or validation.accounts[row.platform][0].id,
                picture=replace(row.picture, state=next_picture_state(change.view.post, row.picture), error=None),
            )
            self._change_delivery(change, row, plan | own, only)

    def _change_delivery(
        self,
        change: PostChange,
        row: Delivery,
        plan: DeliveryChanges,
        only: Collection[State] = CHANGEABLE,
        *,
        allow_open_attempts: bool = False,
    ) -> None:
        """Write `plan` and record the event. Raises Conflict, which undoes all of the action, if a worker was first."""
        if not change_store.change_delivery(
            change.transaction, row, change.now, plan, only=only, allow_open_attempts=allow_open_attempts
        ):
            raise Conflict(Message("lifecycle.too_late"), code="already_out")
        record_delivery_event(change.transaction, plan.apply_to(row))

    def _save_post(self, change: PostChange, after: Post | None = None) -> None:
        """Write the post before its deliveries, as every edit does: writers wait for the post and cannot deadlock.

        `after`: the post with its changes; without it only `rev` changes. Raises ChangedMeanwhile.
        """
        before = change.view.post
        if not change_store.save_post(change.transaction, before, after or before, change.now):
            raise ChangedMeanwhile


def _keeping_design(post: Post) -> Post:
    """Return the post whose cards keep their design from now on; unchanged where no card is generated."""
    return post if post.image_provider == NO_PICTURES else replace(post, design_seed=design_seed_of(post))


def next_picture_state(post: Post, picture: DeliveryPicture) -> PictureState:
    """Return the picture's state for a post that is to be published: `queued` where a picture has to be generated.

    A custom picture stays as it is, unless drawing text over it has failed.
    """
    if picture.is_custom and picture.state is PictureState.FAILED:
        return PictureState.QUEUED
    without_picture = post.image_provider == NO_PICTURES and picture.wish is None
    if without_picture or picture.is_custom:
        return picture.state
    return PictureState.QUEUED if picture.state in {PictureState.NONE, PictureState.FAILED} else picture.state


def _rows_for(view: PostView, action: DeliveryAction, otherwise: Message) -> list[Delivery]:
    """Return the deliveries that allow the action. Raises Conflict when there are none, PostInvalid."""
    rows = [row for row in view.deliveries if is_possible(action, row)]
    if rows:
        return rows
    if not view.deliveries:
        raise PostInvalid([Problem("/platforms", "empty", Message("posts.platform_missing"))])
    raise Conflict(otherwise, code="already_out" if any(not row.changeable for row in view.deliveries) else "nothing")


def _deliveries_named(view: PostView, names: Collection[str] | None) -> Sequence[Delivery]:
    """Return the deliveries that `find_delivery` finds by these names (None: all).

    Raises PostInvalid for one that the post does not have, Conflict.
    """
    if names is None:
        return view.deliveries
    known = {name for row in view.deliveries for name in (row.id, row.platform)}
    foreign = [name for name in names if name not in known]
    if foreign:
        raise PostInvalid(
            [
                Problem("/platforms", "platform_unknown", Message("posts.platform_not_of_post", {"name": name}))
                for name in foreign
            ]
        )
    named = {find_delivery(view, name).id for name in names}
    return [row for row in view.deliveries if row.id in named]
