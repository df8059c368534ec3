"""Taking a post in: every rule checked, then the post, its deliveries and its key in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import PostInvalid
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.posts import rules
from araldo.posts import store as post_store
from araldo.posts.models import Delivery, PictureState, Post, PostView, State
from araldo.posts.rules import NO_PICTURES, NewPost
from araldo.storage import idempotency
from araldo.storage.database import Database, Transaction, new_id
from araldo.storage.events import ChangeSignal, record_event, wait_for
from araldo.storage.idempotency import IdempotentRequest
from araldo.workflows.authorization import require_intent
from araldo.workflows.custom_pictures import PreparedPicture, changes_for, delivery_columns_for
from araldo.workflows.own_media import require_own
from araldo.workflows.slots import take_slot
from araldo.workflows.validation import ValidationResult, Validator
from araldo.workspaces import audit_store
from araldo.workspaces.audit import Action
from araldo.workspaces.models import Workspace
from araldo.workspaces.permissions import ALL_PERMISSIONS, Permissions

LATE_LIMIT_S = 6 * 3600
_FIRST_STATE = {"draft": State.DRAFT, "schedule": State.SCHEDULED, "publish": State.QUEUED}


class Intake:
    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        validator: Validator,
        nudge: Callable[[], None],
        committed: ChangeSignal,
    ) -> None:
        self._database = database
        self._clock = clock
        self._validator = validator
        self._nudge = nudge
        self._committed = committed

    async def submit(
        self,
        workspace: Workspace,
        new: NewPost,
        *,
        request: IdempotentRequest | None = None,
        pictures: Mapping[str, Medium] | None = None,
        given: Mapping[str, PreparedPicture] | None = None,
        permissions: Permissions = ALL_PERMISSIONS,
    ) -> str:
        """The post's id. `pictures` are ready ones by platform, stored already; `given` are stored with the post.

        Raises PostInvalid, PermissionMissing.
        """
        require_intent(permissions, new.intent)
        now = self._clock.now()
        async with self._database.transaction() as transaction:
            accounts = await account_store.of_workspace(transaction, workspace.id)
            validation = self._validator.validate(workspace, new, accounts, now)
            validation.raise_if_invalid()
            await require_own(transaction, workspace.id, new.slides)
            chosen = validation.accounts
            if new.next_free_slot:
                slot = await take_slot(transaction, workspace, list(chosen.values()), now)
                new = replace(new, due_at=slot.instant, zone=slot.zone)
            post = new_post(workspace, new, now)
            rows = [
                new_delivery(post, new, name, index, chosen[name], (pictures or {}).get(name), now)
                for index, name in enumerate(new.platforms)
            ]
            rows = await with_given(transaction, post, rows, given or {})
            await post_store.add(transaction, post, rows)
            await self._tell(transaction, post, new)
            if new.intent != "draft":
                await audit_store.record(
                    transaction, Action.PUBLISH_REQUESTED, workspace_id=workspace.id, at=now, target=post.id
                )
            if request is not None:
                await idempotency.finish(transaction, request, post_id=post.id)
        self._committed.notify()
        self._nudge()
        return post.id

    def nudge(self) -> None:
        """Something else has changed the rows: what waits may be due now."""
        self._nudge()

    async def validate(self, workspace: Workspace, new: NewPost) -> ValidationResult:
        """Every rule and every account, and nothing stored."""
        async with self._database.reading() as transaction:
            accounts = await account_store.of_workspace(transaction, workspace.id)
        return self._validator.validate(workspace, new, accounts, self._clock.now())

    async def _tell(self, transaction: Transaction, post: Post, new: NewPost) -> None:
        data = {"intent": new.intent, "platforms": list(new.platforms)}
        await record_event(
            transaction,
            "post.created",
            workspace_id=post.workspace_id,
            at=post.created_at,
            post_id=post.id,
            data=data,
        )

    async def settled(self, workspace: Workspace, post_id: str, within_s: float) -> PostView:
        """The post once nobody works on it, or as it stands after `within_s` seconds; the work goes on either way.

        It is given back at once where all that is left waits for a time after that, as for a quota.
        """
        give_up = self._clock.running() + within_s
        while True:
            change = self._committed.subscribe()
            async with self._database.reading() as transaction:
                view = await post_store.get(transaction, workspace.id, post_id)
            left = give_up - self._clock.running()
            if left <= 0 or _rests_until(view, self._clock.now() + timedelta(seconds=left)):
                return view
            # Another process may change the row without ringing here, so look again after a second at most.
            await wait_for(change, min(left, 1.0))


def _rests_until(view: PostView, moment: datetime) -> bool:
    """Tell whether every delivery is settled, or waits for a time that comes after `moment`."""
    return all(
        row.settled or (row.state is State.WAITING and row.next_at is not None and row.next_at > moment)
        for row in view.deliveries
    )


async def with_given(
    transaction: Transaction, post: Post, rows: Sequence[Delivery], given: Mapping[str, PreparedPicture]
) -> list[Delivery]:
    """New deliveries with the pictures that a person chose for them, whose rows are stored here."""
    for one in given.values():
        if one.copy is not None:
            await media_store.add(transaction, one.copy)
    return [
        replace(row, **changes_for(row, given[row.platform], post, row.state)) if row.platform in given else row
        for row in rows
    ]


def new_post(workspace: Workspace, new: NewPost, now: datetime) -> Post:
    """Raises PostInvalid when its time is none that can be kept."""
    when = rules.when_of(new, now, workspace.zone)
    if isinstance(when, list):
        raise PostInvalid(when)
    return Post(
        id=new_id("post"),
        workspace_id=workspace.id,
        content=new.content,
        cta=new.cta,
        hashtags=list(new.hashtags),
        texts=dict(new.texts),
        image_prompt=new.image_prompt,
        platform_prompts=dict(new.platform_prompts),
        shapes=dict(new.shapes),
        slides=list(new.slides),
        image_style=new.image_style,
        image_provider=new.image_provider if new.makes_pictures else NO_PICTURES,
        due_at=None if when is None else when.instant,
        zone=None if when is None else when.zone,
        wall_time=None if when is None else when.wall_time,
        late_limit_s=LATE_LIMIT_S,
        rev=1,
        created_at=now,
        updated_at=now,
    )


def new_delivery(
    post: Post,
    new: NewPost,
    platform: str,
    position: int,
    account: Account | None,
    medium: Medium | None,
    now: datetime,
) -> Delivery:
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
        picture_state=picture,
        picture_media_id=None,
        picture_digest=None,
        picture_origin="made",
        picture_error=None,
        picture_notes=None,
        created_at=now,
        updated_at=now,
        published_at=None,
    )
    return row if medium is None else replace(row, **delivery_columns_for(medium))
