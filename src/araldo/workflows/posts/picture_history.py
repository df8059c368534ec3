"""The pictures of one delivery: read the history, generate another, select an earlier one, lock; until the intent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from araldo.accounts import store as account_store
from araldo.clock import Clock
from araldo.errors import ChangedMeanwhile, Conflict, NotFound
from araldo.images.providers.base import PictureRequest
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.messages import Message
from araldo.posts import change_store, history_store
from araldo.posts import store as post_store
from araldo.posts.models import WORKING, Delivery, PictureState, Post, State
from araldo.posts.pictures import HISTORY_KEPT, PictureOptions, PictureVersion, cover_media_id, options_of, version_of
from araldo.storage import idempotency
from araldo.storage.database import Database, Transaction
from araldo.storage.idempotency import IdempotentRequest
from araldo.workflows.deliveries.lease import record_delivery_event
from araldo.workflows.pictures.carousel import SlideRequest, combined_digest, slide_requests_for
from araldo.workflows.pictures.generate import provider_of, record_version
from araldo.workflows.posts.authorization import require_change_permission
from araldo.workflows.posts.validation import Validator
from araldo.workspaces.models import Workspace
from araldo.workspaces.permissions import ALL_PERMISSIONS, Permissions


@dataclass(frozen=True, slots=True)
class PictureHistory:
    """A delivery's pictures, the newest first; `request` is what the next one would be generated from."""

    delivery: Delivery
    request: PictureRequest
    provider: str
    pictures: Sequence[tuple[PictureVersion, Medium]]


class PictureEditor:
    """Changes the picture of one delivery as a person asks."""

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

    async def read_history(self, workspace: Workspace, post_id: str, platform: str) -> PictureHistory:
        """Return the delivery's pictures, with the one that it shows now. Raises NotFound."""

        def in_transaction(transaction: Transaction) -> Any:
            post, row = self._find_delivery(transaction, workspace, post_id, platform)
            requests, provider = self._requests_and_provider(transaction, post, row)
            versions, cover_id = history_store.of_delivery(transaction, row.id), cover_media_id(row)
            media = media_store.find_all(
                transaction, workspace.id, {cover_id or "", *(version.medium_id for version in versions)}
            )
            return row, requests, provider, versions, cover_id, media

        row, requests, provider, versions, cover_id, media = await self._database.read(in_transaction)
        if cover_id in media and all(version.medium_id != cover_id for version in versions):
            # The current picture is recorded only when it is replaced, if it is custom or of a duplicated post.
            current = version_of(row, made_at=media[cover_id].created_at, shown_at=self._clock.now())
            versions = [*([] if current is None else [current]), *versions][:HISTORY_KEPT]
        found = [(version, media[version.medium_id]) for version in versions if version.medium_id in media]
        return PictureHistory(row, requests[0].request, provider, found)

    async def regenerate(
        self,
        workspace: Workspace,
        post_id: str,
        platform: str,
        asked: PictureOptions,
        *,
        variant: int | None,
        request: IdempotentRequest | None = None,
        permissions: Permissions = ALL_PERMISSIONS,
    ) -> None:
        """Let a worker generate another picture with the options in `asked`.

        `variant` None: one that the delivery has not had. Raises NotFound, PermissionMissing, and Conflict when the
        delivery was sent or cancelled, or its picture is locked.
        """

        def in_transaction(transaction: Transaction) -> None:
            _, row = self._find_delivery(transaction, workspace, post_id, platform, permissions)
            _require_unlocked(row)
            record_version(transaction, row, self._clock.now())
            versions = history_store.of_delivery(transaction, row.id)
            options = options_of(row.picture_wish).with_changes(
                asked, variant, [options_of(version.wish) for version in versions], self._clock.now()
            )
            changes: dict[str, Any] = {
                "picture_state": PictureState.QUEUED,
                "picture_origin": "made",
                "picture_wish": options.as_json(),
                "picture_error": None,
            }
            if row.picture_origin == "given":
                # The alt text belongs to the custom picture, and comes back when that is selected again.
                changes["picture_alt"] = None
            self._change(transaction, row, changes)
            if request is not None:
                idempotency.finish(transaction, request, post_id=post_id)

        await self._database.write(in_transaction)
        self._notify()

    async def select_version(
        self,
        workspace: Workspace,
        post_id: str,
        platform: str,
        medium_id: str,
        *,
        permissions: Permissions = ALL_PERMISSIONS,
    ) -> None:
        """Show an earlier picture again. Raises NotFound for one not in the history, Conflict as `regenerate`."""

        def in_transaction(transaction: Transaction) -> None:
            post, row = self._find_delivery(transaction, workspace, post_id, platform, permissions)
            _require_unlocked(row)
            record_version(transaction, row, self._clock.now())
            versions = history_store.of_delivery(transaction, row.id)
            chosen = next((version for version in versions if version.medium_id == medium_id), None)
            if chosen is None:
                raise NotFound(Message("redraw.not_in_history"))
            self._require_shape(transaction, post, row, chosen)
            history_store.mark_shown(transaction, row.id, medium_id, self._clock.now())
            requests, provider = self._requests_and_provider(transaction, post, replace(row, picture_wish=chosen.wish))
            changes: dict[str, Any] = {
                "picture_state": PictureState.READY,
                "picture_media_id": chosen.pictures[0]["medium_id"] if chosen.pictures else medium_id,
                "picture_wish": chosen.wish,
                # Not stale for the present text: the person saw that text when selecting the picture.
                "picture_digest": combined_digest(requests, provider) if chosen.digest is not None else None,
                "picture_origin": chosen.origin,
                "picture_notes": chosen.notes,
                "picture_alt": chosen.alt,
                "pictures": chosen.pictures,
                "picture_error": None,
            }
            self._change(transaction, row, changes)

        await self._database.write(in_transaction)
        self._notify()

    async def set_locked(
        self,
        workspace: Workspace,
        post_id: str,
        platform: str,
        *,
        locked: bool,
        permissions: Permissions = ALL_PERMISSIONS,
    ) -> None:
        """Lock or unlock the picture; a locked one stays when the text changes. Raises Conflict while none is ready."""

        def in_transaction(transaction: Transaction) -> None:
            post, row = self._find_delivery(transaction, workspace, post_id, platform, permissions)
            if row.picture_locked == locked:
                return
            _require_unsent(row)
            changes: dict[str, Any] = {"picture_locked": locked}
            if locked and row.picture_state not in {PictureState.READY, PictureState.STALE}:
                raise Conflict(Message("redraw.not_ready"), code="image_not_ready")
            if locked:
                changes["picture_state"] = PictureState.READY
            elif row.picture_origin == "made" or options_of(row.picture_wish).text_over:
                fresh = combined_digest(*self._requests_and_provider(transaction, post, row)) == row.picture_digest
                changes["picture_state"] = PictureState.READY if fresh else PictureState.STALE
            self._change(transaction, row, changes)

        await self._database.write(in_transaction)
        self._notify()

    def _find_delivery(
        self,
        transaction: Transaction,
        workspace: Workspace,
        post_id: str,
        platform: str,
        change_permissions: Permissions | None = None,
    ) -> tuple[Post, Delivery]:
        """Return a post and its delivery on `platform`; with `change_permissions`, require that they allow a change.

        Raises NotFound, PermissionMissing.
        """
        view = post_store.get(transaction, workspace.id, post_id)
        if change_permissions is not None:
            require_change_permission(transaction, change_permissions, view)
        row = next((delivery for delivery in view.deliveries if delivery.platform == platform), None)
        if row is None:
            raise NotFound(Message("posts.platform_not_of_post", {"name": platform}))
        return view.post, row

    def _requests_and_provider(
        self, transaction: Transaction, post: Post, row: Delivery
    ) -> tuple[list[SlideRequest], str]:
        account = account_store.find(transaction, row.workspace_id, row.account_id)
        options = options_of(row.picture_wish)
        declared = self._validator.declarations[row.platform]
        return slide_requests_for(post, declared, account, options), provider_of(post, options)

    def _require_shape(self, transaction: Transaction, post: Post, row: Delivery, chosen: PictureVersion) -> None:
        """Raise Conflict for a picture whose shape is no longer the post's on this platform."""
        medium = media_store.find(transaction, chosen.medium_id, row.workspace_id)
        spec = self._validator.declarations[row.platform].shape_for(post.shapes).image
        if medium is not None and (medium.width, medium.height) != (spec.width, spec.height):
            raise Conflict(Message("redraw.other_shape", {"ratio": spec.ratio}), code="image_of_other_shape")

    def _change(self, transaction: Transaction, row: Delivery, changes: dict[str, Any]) -> None:
        """Write `changes`; a ticket that was prepared with another picture is dropped.

        Raises Conflict when the worker was first, ChangedMeanwhile when another person was.
        """
        names = ("picture_media_id", "pictures")
        same = all(changes.get(name, getattr(row, name)) == getattr(row, name) for name in names)
        if changes.get("picture_state") in {PictureState.QUEUED, PictureState.STALE} or not same:
            changes = changes | {"ticket": None, "prepares": 0, "tries": 0}
            if row.state in WORKING:
                changes |= {"state": State.QUEUED, "error": None}
        # A delivery that can still be undone, or waits for the platform, keeps waiting.
        waits = row.state in WORKING and changes.get("state", row.state) == row.state
        changes.setdefault("next_at", row.next_at if waits else None)
        if not change_store.change_delivery(transaction, row, self._clock.now(), **changes):
            self._raise_conflict(transaction, row)
        changed = replace(row, **changes)
        if changed.picture_state is not row.picture_state:
            record_delivery_event(transaction, changed)

    def _raise_conflict(self, transaction: Transaction, row: Delivery) -> NoReturn:
        """Raise ChangedMeanwhile when another person's change was first, Conflict when the worker's intent was."""
        view = post_store.get(transaction, row.workspace_id, row.post_id)
        if any(delivery.id == row.id and delivery.changeable for delivery in view.deliveries):
            raise ChangedMeanwhile
        raise Conflict(Message("redraw.already_sent"), code="already_out")

    def _notify(self) -> None:
        self._nudge()


def _require_unsent(row: Delivery) -> None:
    if row.state is State.CANCELLED:
        raise Conflict(Message("redraw.cancelled"), code="cancelled")
    if not row.changeable:
        raise Conflict(Message("redraw.already_sent"), code="already_out")


def _require_unlocked(row: Delivery) -> None:
    _require_unsent(row)
    if row.picture_locked:
        raise Conflict(Message("custom_pictures.locked"), code="image_locked")
