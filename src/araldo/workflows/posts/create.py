"""Create a post: validate it, then store post, deliveries and idempotency result in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import PostInvalid, Problem
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.pictures.models import DeliveryPicture, PictureState
from araldo.posts import rules
from araldo.posts import store as post_store
from araldo.posts.content import content_values
from araldo.posts.design_seed import design_seed_of
from araldo.posts.models import Delivery, Post, PostView, State
from araldo.posts.rules import NO_PICTURES, NewPost
from araldo.storage import idempotency
from araldo.storage.database import Database, Transaction, new_id
from araldo.storage.events import record_event
from araldo.storage.idempotency import IdempotentRequest
from araldo.storage.signals import wait_for
from araldo.workflows.pictures.custom import PreparedPicture, applies_to, custom_picture, picture_after
from araldo.workflows.posts.approval_steps import settle_approval
from araldo.workflows.posts.authorization import require_intent_permission
from araldo.workflows.posts.own_media import library_media_problems, require_library_media
from araldo.workflows.posts.slots import take_slot
from araldo.workflows.posts.validation import ValidationResult, Validator
from araldo.workspaces import audit_store
from araldo.workspaces.audit import AuditAction
from araldo.workspaces.models import Workspace
from araldo.workspaces.permissions import ALL_PERMISSIONS, Permissions

LATE_LIMIT_S = 6 * 3600
_FIRST_STATE = {"draft": State.DRAFT, "schedule": State.SCHEDULED, "publish": State.QUEUED}


class PostCreator:
    """Creates posts from API requests, and waits for their deliveries."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        validator: Validator,
        nudge: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self.validator = validator
        self._nudge = nudge

    async def create(
        self,
        workspace: Workspace,
        new: NewPost,
        *,
        request: IdempotentRequest | None = None,
        pictures: Mapping[str, Medium] | None = None,
        custom: Mapping[str, PreparedPicture] | None = None,
        permissions: Permissions = ALL_PERMISSIONS,
    ) -> str:
        """Create the post and return its id.

        `pictures` are media by platform whose rows exist already; those of `custom` are stored with the post. Raises
        PostInvalid, PermissionMissing, ApprovalNeeded.
        """
        require_intent_permission(permissions, new.intent)
        now = self._clock.now()

        def in_transaction(transaction: Transaction) -> str:
            accounts = account_store.list_for_workspace(transaction, workspace.id)
            post_id = self.add(
                transaction, workspace, new, accounts, now, pictures=pictures, custom=custom, permissions=permissions
            )
            if request is not None:
                idempotency.finish(transaction, request, post_id=post_id)
            return post_id

        post_id = await self._database.write(in_transaction)
        self._nudge()
        return post_id

    def add(
        self,
        transaction: Transaction,
        workspace: Workspace,
        new: NewPost,
        accounts: Sequence[Account],
        now: datetime,
        *,
        pictures: Mapping[str, Medium] | None = None,
        custom: Mapping[str, PreparedPicture] | None = None,
        permissions: Permissions = ALL_PERMISSIONS,
    ) -> str:
        """Validate and store a post in this transaction, and return its id; call `nudge` once it is committed.

        `accounts`: all of the workspace. The caller has checked the permission of `new.intent`; `permissions` decide
        whether an approval is needed. Raises PostInvalid, ApprovalNeeded.
        """
        validation = self.validator.validate(workspace, new, accounts, now)
        validation.raise_if_invalid()
        require_library_media(transaction, workspace.id, new.slides)
        if new.next_free_slot:
            slot = take_slot(transaction, workspace, validation.all_accounts, now)
            planned = replace(new, due_at=slot.instant, zone=slot.zone)
        else:
            planned = new
        post = new_post(workspace, planned, now)
        to = [(name, account) for name in new.platforms for account in validation.accounts[name]]
        rows = [
            new_delivery(post, planned, name, index, account, (pictures or {}).get(name), now)
            for index, (name, account) in enumerate(to)
        ]
        rows = with_custom_pictures(transaction, post, rows, custom or {})
        post_store.add(transaction, post, rows)
        self._record_created(transaction, post, planned)
        if new.intent != "draft":
            goes_out_now = new.intent == "publish"
            settle_approval(transaction, workspace.id, post.id, permissions, goes_out_now=goes_out_now)
            audit_store.record(
                transaction, AuditAction.PUBLISH_REQUESTED, workspace_id=workspace.id, at=now, target=post.id
            )
        return post.id

    def nudge(self) -> None:
        """Let the engine sweep, after a change of other rows that may make deliveries due."""
        self._nudge()

    async def validate(self, workspace: Workspace, new: NewPost) -> ValidationResult:
        """Apply every rule to `new`, its accounts and its library pictures, and store nothing."""

        def in_transaction(transaction: Transaction) -> tuple[list[Account], list[Problem]]:
            accounts = account_store.list_for_workspace(transaction, workspace.id)
            return accounts, library_media_problems(transaction, workspace.id, new.slides)

        accounts, missing = await self._database.read(in_transaction)
        found = self.validator.validate(workspace, new, accounts, self._clock.now())
        return replace(found, problems=[*found.problems, *missing])

    def _record_created(self, transaction: Transaction, post: Post, new: NewPost) -> None:
        data = {"intent": new.intent, "platforms": list(new.platforms)}
        record_event(
            transaction,
            "post.created",
            workspace_id=post.workspace_id,
            at=post.created_at,
            post_id=post.id,
            data=data,
        )

    async def wait_until_settled(self, workspace: Workspace, post_id: str, within_s: float) -> PostView:
        """Return the post once its deliveries are settled, or as it is after `within_s` seconds.

        Return at once when every other delivery waits for a time after that, as for a quota.
        """
        deadline = self._clock.running() + within_s
        while True:
            change = self._database.changed.subscribe()
            view = await self._database.read(lambda transaction: post_store.get(transaction, workspace.id, post_id))
            left = deadline - self._clock.running()
            if left <= 0 or _is_idle_until(view, self._clock.now() + timedelta(seconds=left)):
                return view
            # Another process's announcement may be lost, so read again after a second at most.
            await wait_for(change, min(left, 1.0))


def _is_idle_until(view: PostView, moment: datetime) -> bool:
    """Return whether every delivery is settled or waits for a time after `moment`."""
    return all(
        row.settled or (row.state is State.WAITING and row.next_at is not None and row.next_at > moment)
        for row in view.deliveries
    )


def with_custom_pictures(
    transaction: Transaction, post: Post, rows: Sequence[Delivery], custom: Mapping[str, PreparedPicture]
) -> list[Delivery]:
    """Store the custom pictures' media and return the new deliveries with them."""
    for prepared in custom.values():
        if prepared.copy is not None:
            media_store.add(transaction, prepared.copy)
    return [
        replace(row, picture=picture_after(row.picture, custom[row.platform], post, row.state))
        if row.platform in custom and applies_to(custom[row.platform], row)
        else row
        for row in rows
    ]


def new_post(workspace: Workspace, new: NewPost, now: datetime) -> Post:
    """Return the post that `new` asks for, not stored. Raises PostInvalid for a time that does not exist."""
    when = rules.when_of(new, now, workspace.zone)
    if isinstance(when, list):
        raise PostInvalid(when)
    content = new if new.makes_pictures else replace(new, image_provider=NO_PICTURES)
    post = Post(
        **content_values(content),
        id=new_id("post"),
        workspace_id=workspace.id,
        late_limit_s=LATE_LIMIT_S,
        created_at=now,
        updated_at=now,
    ).with_time(when)
    drawn = new.makes_pictures and new.intent != "draft"
    return replace(post, design_seed=design_seed_of(post)) if drawn else post


def new_delivery(
    post: Post,
    new: NewPost,
    platform: str,
    position: int,
    account: Account | None,
    medium: Medium | None,
    now: datetime,
) -> Delivery:
    """Return a delivery of the post in its first state, not stored. `medium`: its ready picture, if it has one."""
    picture = PictureState.QUEUED if new.makes_pictures else PictureState.NONE
    row = Delivery(
        id=new_id("del"),
        workspace_id=post.workspace_id,
        post_id=post.id,
        account_id=None if account is None else account.id,
        platform=platform,
        position=position,
        state=_FIRST_STATE[new.intent],
        rev=1,
        fence=0,
        lease_owner=None,
        lease_until=None,
        due_at=now if new.intent == "publish" else post.due_at,
        next_at=None,
        tries=0,
        prepares=0,
        ticket=None,
        open_attempts=0,
        remote_id=None,
        permalink=None,
        error=None,
        picture=DeliveryPicture(state=picture),
        created_at=now,
        updated_at=now,
        published_at=None,
    )
    return row if medium is None else replace(row, picture=custom_picture(row.picture, medium))
