"""Create and edit drafts, and edit posts: incomplete posts are saved; a delivery may change until its intent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from araldo.accounts import store as account_store
from araldo.accounts.models import Account, resolve_accounts
from araldo.clock import Clock
from araldo.errors import ChangedMeanwhile, Conflict, PostInvalid, Problem
from araldo.messages import Message
from araldo.pictures.models import DeliveryPicture, PictureState
from araldo.platforms.options import option_values
from araldo.posts import change_store, rules
from araldo.posts import store as post_store
from araldo.posts.content import BY_PLATFORM_FIELDS, ContentChanges, platforms_named
from araldo.posts.copying import copy_post
from araldo.posts.delivery_changes import NO_CHANGES, DeliveryChanges
from araldo.posts.design_seed import design_seed_after_edit
from araldo.posts.models import WORKING, Delivery, Post, PostView, State
from araldo.posts.option_rules import option_problems
from araldo.posts.pointers import escape_pointer
from araldo.posts.rules import NO_PICTURES, NewPost
from araldo.posts.timing import When
from araldo.storage import idempotency
from araldo.storage.database import Database, Transaction, new_id
from araldo.storage.events import record_event
from araldo.storage.idempotency import IdempotentRequest
from araldo.unchanged import UNCHANGED, Unchanged
from araldo.workflows.pictures.carousel import combined_digest, slide_requests_for
from araldo.workflows.pictures.custom import PreparedPicture
from araldo.workflows.pictures.generate import provider_of, record_version
from araldo.workflows.pictures.shared import signing_account, with_shared_picture
from araldo.workflows.posts.authorization import require_change_permission
from araldo.workflows.posts.create import new_delivery, new_post, with_custom_pictures
from araldo.workflows.posts.edit_changes import (
    RenderedPost,
    due_change,
    is_picture_replaced,
    picture_changes,
    picture_for,
    text_changes,
    with_picture_and_account,
)
from araldo.workflows.posts.edit_plan import AddedDelivery, DeliveryPlan, live_rows, plan_deliveries
from araldo.workflows.posts.own_media import require_library_media
from araldo.workflows.posts.validation import Validator
from araldo.workspaces.models import Workspace
from araldo.workspaces.permissions import ALL_PERMISSIONS, Permissions


@dataclass(frozen=True, slots=True)
class PostEdit:
    """What to change: content, time (None: no time), platforms (None: unchanged), accounts and pictures by platform."""

    content: ContentChanges = field(default_factory=ContentChanges)
    when: When | Unchanged | None = UNCHANGED
    platforms: Sequence[str] | None = None
    accounts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    pictures: Mapping[str, PreparedPicture] = field(default_factory=dict)

    def apply_to(self, post: Post) -> Post:
        """Return the post with the new content and time."""
        after = self.content.apply_to(post)
        return after if self.when is UNCHANGED else after.with_time(self.when)

    @property
    def is_internal(self) -> bool:
        """Whether no delivery depends on what is changed."""
        others = (self.when is not UNCHANGED, self.platforms is not None, self.accounts, self.pictures)
        return self.content.are_internal and not any(others)

    @property
    def field_names(self) -> list[str]:
        """The names of what is changed, for the event."""
        time = [] if self.when is UNCHANGED else ["due_at", "zone", "wall_time"]
        return sorted([*self.content.names, *time, *(["images"] if self.pictures else [])])


class PostEditor:
    """Creates drafts, edits and duplicates posts."""

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

    async def create(self, workspace: Workspace, edit: PostEdit, request: IdempotentRequest | None = None) -> str:
        """Create a draft and return its id. Raises PostInvalid for what cannot be stored, as an unknown platform."""
        now = self._clock.now()
        blank = edit.apply_to(new_post(workspace, NewPost(content=""), now))

        def in_transaction(transaction: Transaction) -> None:
            accounts = account_store.list_for_workspace(transaction, workspace.id)
            self._require_known(edit, accounts)
            require_library_media(transaction, workspace.id, blank.slides)
            _require_platforms_of_post(edit, _platforms_after(edit, PostView(blank)))
            plan = self._plan(edit, PostView(blank), accounts)
            rows = [self._new_delivery(blank, added) for added in plan.added]
            rows = with_custom_pictures(transaction, blank, rows, edit.pictures)
            post_store.add(transaction, blank, rows)
            self._record_event(transaction, blank, "post.created", {"intent": "draft"})
            if request is not None:
                idempotency.finish(transaction, request, post_id=blank.id)

        await self._database.write(in_transaction)
        return blank.id

    async def edit(
        self,
        workspace: Workspace,
        post_id: str,
        edit: PostEdit,
        *,
        based_on: int | None = None,
        permissions: Permissions = ALL_PERMISSIONS,
    ) -> None:
        """Edit a post and its unsent deliveries, all or nothing.

        Raises ChangedMeanwhile when the post is not at rev `based_on`, Conflict when the edit concerns a delivery that
        was sent or a locked picture, PostInvalid, PermissionMissing.
        """

        def in_transaction(transaction: Transaction) -> None:
            view = change_store.get_for_change(transaction, workspace.id, post_id)
            require_change_permission(transaction, permissions, view)
            if based_on is not None and view.post.rev != based_on:
                raise ChangedMeanwhile
            if edit.is_internal:
                self._write_post(transaction, view.post, edit.apply_to(view.post), edit)
                return
            accounts = account_store.list_for_workspace(transaction, workspace.id)
            self._require_known(edit, accounts)
            require_library_media(transaction, workspace.id, edit.content.alone.slides)
            self._apply(transaction, workspace, view, edit, accounts)

        await self._database.write(in_transaction)
        self._nudge()

    async def duplicate(self, workspace: Workspace, post_id: str, request: IdempotentRequest | None = None) -> str:
        """Create a draft with the same texts, platforms and pictures, and return its id."""

        def in_transaction(transaction: Transaction) -> str:
            view = change_store.get_for_change(transaction, workspace.id, post_id)
            post, rows = copy_post(view.post, view.deliveries, when=None, now=self._clock.now(), new_id=new_id)
            post_store.add(transaction, post, rows)
            self._record_event(transaction, post, "post.created", {"intent": "draft", "copy_of": post_id})
            if request is not None:
                idempotency.finish(transaction, request, post_id=post.id)
            return post.id

        return await self._database.write(in_transaction)

    def _apply(
        self,
        transaction: Transaction,
        workspace: Workspace,
        view: PostView,
        edit: PostEdit,
        accounts: Sequence[Account],
    ) -> None:
        now, before = self._clock.now(), view.post
        after = edit.apply_to(before)
        _require_platforms_of_post(edit, _platforms_after(edit, view))
        plan = self._plan(edit, replace(view, post=after), accounts)
        changes = self._changes(view, after, edit, plan, accounts)
        sent = [row for row in view.deliveries if not row.changeable]
        refused = [row for row in sent if row in plan.removed or changes.get(row.id)]
        if refused:
            problems = self._problems_of_sent(refused, view)
            raise Conflict(Message("edit.already_sent"), code="already_out", problems=problems)
        self._require_rules(workspace, after, plan, changes, accounts)
        # The post is written first: the second of two edits of the same rev waits here and gets ChangedMeanwhile.
        stored = replace(after, design_seed=design_seed_after_edit(view))
        self._write_post(transaction, before, stored, edit)
        edited = [changes[kept.row.id].apply_to(kept.row) for kept in plan.kept]
        added = [self._new_delivery(after, new, like=edited) for new in plan.added]
        added = with_custom_pictures(transaction, after, added, edit.pictures)
        for row in view.deliveries:
            if row not in plan.removed:
                self._write_delivery(transaction, row, changes.get(row.id, NO_CHANGES), now)
            elif not change_store.delete_unsent_delivery(transaction, row):
                self._write_delivery(transaction, row, DeliveryChanges(state=State.CANCELLED), now)
        for row in added:
            post_store.add_deliveries(transaction, [row])

    def _changes(
        self, view: PostView, after: Post, edit: PostEdit, plan: DeliveryPlan, accounts: Sequence[Account]
    ) -> dict[str, DeliveryChanges]:
        """Return what the edit changes, by delivery. Raises PostInvalid, Conflict, ChangedMeanwhile."""
        before = view.post
        changes: dict[str, DeliveryChanges] = {}
        by_id = {account.id: account for account in accounts}
        names = [row.platform for row in view.deliveries]
        names_after = [row.platform for row in view.deliveries if row not in plan.removed]
        names_after += [new.platform for new in plan.added]
        for kept in plan.kept:
            row, picture = kept.row, picture_for(kept.row, view.deliveries, edit.pictures)
            # What was sent keeps its signature, whatever is added beside it.
            signer = signing_account(names, row.platform, by_id.get(row.account_id or ""))
            next_signer = signing_account(
                names_after if row.changeable else names, row.platform, by_id.get(kept.account_id or "")
            )
            old = self._render(before, row, row.account_id, signer)
            new = self._render(after, row, kept.account_id, next_signer)
            row_changes = text_changes(row, old, new, kept.position) | due_change(row, before, after)
            row_changes |= picture_changes(row, picture, after, outdated=old.picture != new.picture)
            self._require_shape(row, picture, before, after)
            self._require_unlocked(row, row_changes, before, after)
            if kept.revived:
                row_changes |= DeliveryChanges(state=State.DRAFT, error=None)
            changes[row.id] = row_changes
        return changes

    def _write_post(self, transaction: Transaction, before: Post, after: Post, edit: PostEdit) -> None:
        """Write the post and record the event. Raises ChangedMeanwhile."""
        if not change_store.save_post(transaction, before, after, self._clock.now()):
            raise ChangedMeanwhile
        self._record_event(transaction, before, "post.edited", {"fields": edit.field_names})

    def _write_delivery(self, transaction: Transaction, row: Delivery, changes: DeliveryChanges, now: datetime) -> None:
        """Write `changes`, if any. Raises Conflict when the delivery was changed or sent meanwhile."""
        if is_picture_replaced(row, changes):
            record_version(transaction, row, now)
        if changes and not change_store.change_delivery(transaction, row, now, changes):
            # The worker's intent, or another person's change, was committed first.
            raise Conflict(Message("edit.already_sent"), code="already_out")

    def _render(self, post: Post, row: Delivery, account_id: str | None, signer: Account | None) -> RenderedPost:
        declared, options = self._validator.declarations[row.platform], row.picture.options
        text = rules.text_on(row.platform, post.content, post.texts, post.cta, post.hashtags)
        picture = combined_digest(slide_requests_for(post, declared, signer, options), provider_of(post, options))
        return RenderedPost(
            account_id, text, picture, option_values(declared.options, post.options.get(row.platform, {}))
        )

    def _require_known(self, edit: PostEdit, accounts: Sequence[Account]) -> None:
        """Raise PostInvalid for platforms and accounts that do not exist; any other problem may be saved."""
        declarations = self._validator.declarations
        named: list[tuple[str, int | str, str]] = [
            ("platforms", index, name) for index, name in enumerate(edit.platforms or ())
        ]
        named += [("accounts", name, name) for name in edit.accounts]
        named += [(key, name, name) for key, name in platforms_named(edit.content.alone)]
        problems = [
            Problem(
                f"/{key}/{escape_pointer(str(at))}",
                "platform_unknown",
                Message("platforms.unknown", {"name": name}),
                name,
            )
            for key, at, name in named
            if name not in declarations
        ]
        known = {name: declarations[name] for name in edit.accounts if name in declarations}
        problems += resolve_accounts(known, known, accounts, edit.accounts)[1]
        problems += rules.shape_problems(edit.content.alone.shapes, declarations)
        problems += option_problems(edit.content.alone.options, declarations)
        if problems:
            raise PostInvalid(problems)

    def _require_unlocked(self, row: Delivery, changes: DeliveryChanges, before: Post, after: Post) -> None:
        """Raise Conflict for an edit that replaces a locked picture or changes its shape; its alt text may change."""
        shape = self._validator.declarations[row.platform].shape_for
        reshaped = shape(before.shapes) != shape(after.shapes)
        if row.picture.locked and row.changeable and (reshaped or is_picture_replaced(row, changes)):
            problem = Problem(
                f"/images/{escape_pointer(row.platform)}",
                "image_locked",
                Message("custom_pictures.locked"),
                row.platform,
            )
            raise Conflict(Message("custom_pictures.locked"), code="image_locked", problems=[problem])

    def _require_shape(self, row: Delivery, prepared: PreparedPicture | None, before: Post, after: Post) -> None:
        """Raise ChangedMeanwhile when somebody changed the shape while this edit's custom picture was being fitted."""
        shape = self._validator.declarations[row.platform].shape_for
        if prepared is not None and prepared.copy is not None:
            spec = shape(after.shapes).image
            fits = (prepared.copy.width, prepared.copy.height) == (spec.width, spec.height)
        else:
            unchanged = prepared is None or not prepared.generated
            keeps_custom = unchanged and row.changeable and row.picture.source is not None
            fits = not keeps_custom or shape(before.shapes) == shape(after.shapes)
        if not fits:
            raise ChangedMeanwhile

    def _plan(self, edit: PostEdit, view: PostView, accounts: Sequence[Account]) -> DeliveryPlan:
        """Plan the deliveries to each platform's accounts: those named, already set, the only one, or the default."""
        wanted = _platforms_after(edit, view)
        by_platform = {**rules.account_ids_of(live_rows(view.deliveries)), **edit.accounts}
        chosen, _ = resolve_accounts(wanted, self._validator.declarations, accounts, by_platform)
        revives = edit.platforms is not None
        return plan_deliveries(view.deliveries, wanted, chosen, revives=revives, named=edit.accounts)

    def _require_rules(
        self,
        workspace: Workspace,
        post: Post,
        plan: DeliveryPlan,
        changes: Mapping[str, DeliveryChanges],
        accounts: Sequence[Account],
    ) -> None:
        """Raise PostInvalid when a scheduled or working delivery would break a rule; a draft may break any."""
        on_their_way = {State.SCHEDULED, *WORKING}
        kept = [kept.row for kept in plan.kept if kept.row.state in on_their_way]
        rows = [with_picture_and_account(row, changes[row.id]) for row in kept]
        if rows:
            asked = rules.post_request_for(post, rows, "publish")
            self._validator.validate(workspace, asked, accounts, self._clock.now()).raise_if_invalid()

    def _new_delivery(self, post: Post, new: AddedDelivery, like: Sequence[Delivery] = ()) -> Delivery:
        """Return a draft delivery; on a scheduled post, one that is scheduled with the others (`like`)."""
        asked = NewPost(content=post.content, makes_pictures=False)
        row = new_delivery(post, asked, new.platform, new.position, new.account, None, self._clock.now())
        other = next((delivery for delivery in like if delivery.state is State.SCHEDULED), None)
        if other is None:
            row = replace(row, due_at=None)
        else:
            picture = PictureState.NONE if post.image_provider == NO_PICTURES else PictureState.QUEUED
            row = replace(row, state=State.SCHEDULED, due_at=other.due_at, picture=DeliveryPicture(state=picture))
        shown = next((delivery for delivery in like if delivery.platform == new.platform), None)
        return row if shown is None else with_shared_picture(row, shown)

    def _problems_of_sent(self, refused: Iterable[Delivery], view: PostView) -> list[Problem]:
        platforms = rules.platforms_of(view.deliveries)
        sent = {row.platform for row in view.deliveries if not row.changeable}
        free = [name for name in platforms if name not in sent]
        keys = (*BY_PLATFORM_FIELDS, "accounts", "images")
        still = tuple(f"/{key}/{name}" for name in free for key in keys)
        return [
            Problem(
                f"/platforms/{platforms.index(row.platform)}",
                "already_out",
                Message(
                    "edit.already_sent_to",
                    {"label": self._validator.declarations[row.platform].label, "still": ", ".join(still) or "-"},
                ),
                row.platform,
                still,
            )
            for row in refused
        ]

    def _record_event(self, transaction: Transaction, post: Post, kind: str, data: dict[str, Any]) -> None:
        at = self._clock.now()
        record_event(transaction, kind, workspace_id=post.workspace_id, at=at, post_id=post.id, data=data)


def _require_platforms_of_post(edit: PostEdit, platforms: Sequence[str]) -> None:
    """Raise PostInvalid for a selected picture on a platform that the post does not go to."""
    foreign = [name for name, prepared in edit.pictures.items() if name not in platforms and not prepared.refit]
    if foreign:
        at = "/images/"
        raise PostInvalid(
            [
                Problem(
                    at + escape_pointer(name),
                    "platform_not_chosen",
                    Message("posts.platform_not_of_post", {"name": name}),
                    name,
                )
                for name in foreign
            ]
        )


def _platforms_after(edit: PostEdit, view: PostView) -> list[str]:
    """Return the platforms that the post goes to after the edit."""
    return rules.platforms_of(view.deliveries) if edit.platforms is None else list(dict.fromkeys(edit.platforms))
