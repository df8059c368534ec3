"""The picture of a platform or of one delivery: its history, another one, an earlier one, a lock; until the intent."""

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
from araldo.pictures import history_store
from araldo.pictures.models import (
    HISTORY_KEPT,
    NO_OPTIONS,
    DeliveryPicture,
    PictureOptions,
    PictureState,
    PictureVersion,
)
from araldo.pictures.rules import change_options, version_of
from araldo.posts import change_store
from araldo.posts import store as post_store
from araldo.posts.delivery_changes import DeliveryChanges
from araldo.posts.design_seed import design_seed_of
from araldo.posts.models import WORKING, Delivery, Post, PostView, State
from araldo.posts.references import find_deliveries
from araldo.storage import idempotency
from araldo.storage.database import Database, Transaction
from araldo.storage.idempotency import IdempotentRequest
from araldo.workflows.deliveries.lease import record_delivery_event
from araldo.workflows.pictures.carousel import SlideRequest, combined_digest, slide_requests_for
from araldo.workflows.pictures.generate import provider_of, record_version
from araldo.workflows.pictures.shared import signing_account
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
    """Changes pictures as a person asks.

    `name` is a platform, whose deliveries share their picture and change together as far as they were not sent, or the
    id of a delivery, which is changed alone.
    """

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

    async def read_history(self, workspace: Workspace, post_id: str, name: str) -> PictureHistory:
        """Return the pictures of the delivery, or of the platform's first that can be changed, with the one shown now.

        Raises NotFound.
        """

        def in_transaction(transaction: Transaction) -> Any:
            view = post_store.get(transaction, workspace.id, post_id)
            row = min(find_deliveries(view, name), key=lambda row: not _is_unsent(row))
            requests, provider = self._requests_and_provider(transaction, view, row)
            versions, cover_id = history_store.of_delivery(transaction, row.id), row.picture.cover_id
            media = media_store.find_all(
                transaction, workspace.id, {cover_id or "", *(version.medium_id for version in versions)}
            )
            return row, requests, provider, versions, cover_id, media

        row, requests, provider, versions, cover_id, media = await self._database.read(in_transaction)
        if cover_id in media and all(version.medium_id != cover_id for version in versions):
            # The current picture is recorded only when it is replaced, if it is custom or of a duplicated post.
            current = version_of(row.picture, made_at=media[cover_id].created_at, shown_at=self._clock.now())
            versions = [*([] if current is None else [current]), *versions][:HISTORY_KEPT]
        found = [(version, media[version.medium_id]) for version in versions if version.medium_id in media]
        return PictureHistory(row, requests[0].request, provider, found)

    async def regenerate(
        self,
        workspace: Workspace,
        post_id: str,
        name: str,
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
            view, rows = self._rows_to_change(transaction, workspace, post_id, name, permissions)
            if view.post.design_seed is None:
                change_store.store_design_seed(transaction, view.post, design_seed_of(view.post))
            histories = [self._record_and_read(transaction, row) for row in rows]
            # All get the same options, so that they share the picture.
            known = [version.wish or NO_OPTIONS for versions in histories for version in versions]
            options = change_options(rows[0].picture.options, asked, variant, known, self._clock.now())
            for row in rows:
                picture = replace(
                    row.picture,
                    state=PictureState.QUEUED,
                    origin="made",
                    source=None,
                    wish=options,
                    error=None,
                    remade=False,
                    # The alt text belongs to the custom picture, and comes back when that is selected again.
                    alt=None if row.picture.is_custom else row.picture.alt,
                )
                self._change(transaction, row, picture)
            if request is not None:
                idempotency.finish(transaction, request, post_id=post_id)

        await self._database.write(in_transaction)
        self._notify()

    async def select_version(
        self,
        workspace: Workspace,
        post_id: str,
        name: str,
        medium_id: str,
        *,
        permissions: Permissions = ALL_PERMISSIONS,
    ) -> None:
        """Show an earlier picture again. Raises NotFound for one not in the history, Conflict as `regenerate`."""

        def in_transaction(transaction: Transaction) -> None:
            view, rows = self._rows_to_change(transaction, workspace, post_id, name, permissions)
            histories = [self._record_and_read(transaction, row) for row in rows]
            chosen = next(
                (version for history in histories for version in history if version.medium_id == medium_id), None
            )
            if chosen is None:
                raise NotFound(Message("redraw.not_in_history"))
            for row in rows:
                self._show(transaction, view, row, chosen)

        await self._database.write(in_transaction)
        self._notify()

    async def set_locked(
        self,
        workspace: Workspace,
        post_id: str,
        name: str,
        *,
        locked: bool,
        permissions: Permissions = ALL_PERMISSIONS,
    ) -> None:
        """Lock or unlock the picture; a locked one stays when the text changes. Raises Conflict while none is ready."""

        def in_transaction(transaction: Transaction) -> None:
            view = change_store.get_for_change(transaction, workspace.id, post_id)
            require_change_permission(transaction, permissions, view)
            named = find_deliveries(view, name)
            others = [row for row in named if row.picture.locked != locked]
            for row in _unsent_of(others):
                self._set_locked(transaction, view, row, locked=locked)

        await self._database.write(in_transaction)
        self._notify()

    def _set_locked(self, transaction: Transaction, view: PostView, row: Delivery, *, locked: bool) -> None:
        picture = replace(row.picture, locked=locked)
        if locked and picture.state not in {PictureState.READY, PictureState.STALE}:
            raise Conflict(Message("redraw.not_ready"), code="image_not_ready")
        if locked:
            picture = replace(picture, state=PictureState.READY)
        elif not picture.is_own:
            fresh = combined_digest(*self._requests_and_provider(transaction, view, row)) == picture.digest
            picture = replace(picture, state=PictureState.READY if fresh else PictureState.STALE)
        self._change(transaction, row, picture)

    def _show(self, transaction: Transaction, view: PostView, row: Delivery, chosen: PictureVersion) -> None:
        """Show an earlier version on a delivery, also one of another delivery on the platform."""
        self._require_shape(transaction, view.post, row, chosen)
        asked = replace(row, picture=replace(row.picture, wish=chosen.wish))
        requests, provider = self._requests_and_provider(transaction, view, asked)
        picture = DeliveryPicture(
            state=PictureState.READY,
            medium_id=chosen.slides[0].medium_id if chosen.slides else chosen.medium_id,
            # Not stale for the present text: the person saw that text when selecting the picture.
            digest=combined_digest(requests, provider) if chosen.digest is not None else None,
            origin=chosen.origin,
            source=chosen.source,
            notes=chosen.notes,
            alt=chosen.alt,
            wish=chosen.wish,
            locked=row.picture.locked,
            slides=chosen.slides,
        )
        version = replace(chosen, shown_at=self._clock.now())
        history_store.add(transaction, row.id, row.workspace_id, version)
        self._change(transaction, row, picture)

    def _rows_to_change(
        self, transaction: Transaction, workspace: Workspace, post_id: str, name: str, permissions: Permissions
    ) -> tuple[PostView, list[Delivery]]:
        """Return the post and the named deliveries that were not sent; at least one, and none of them locked.

        Raises NotFound, PermissionMissing, Conflict.
        """
        view = change_store.get_for_change(transaction, workspace.id, post_id)
        require_change_permission(transaction, permissions, view)
        rows = _unsent_of(find_deliveries(view, name))
        if any(row.picture.locked for row in rows):
            raise Conflict(Message("custom_pictures.locked"), code="image_locked")
        return view, rows

    def _record_and_read(self, transaction: Transaction, row: Delivery) -> list[PictureVersion]:
        """Add what the delivery shows now to its history, and return that."""
        record_version(transaction, row, self._clock.now())
        return history_store.of_delivery(transaction, row.id)

    def _requests_and_provider(
        self, transaction: Transaction, view: PostView, row: Delivery
    ) -> tuple[list[SlideRequest], str]:
        account = account_store.find(transaction, row.workspace_id, row.account_id)
        signer = signing_account([other.platform for other in view.deliveries], row.platform, account)
        options = row.picture.options
        declared = self._validator.declarations[row.platform]
        return slide_requests_for(view.post, declared, signer, options), provider_of(view.post, options)

    def _require_shape(self, transaction: Transaction, post: Post, row: Delivery, chosen: PictureVersion) -> None:
        """Raise Conflict for a picture whose shape is no longer the post's on this platform."""
        medium = media_store.find(transaction, chosen.medium_id, row.workspace_id)
        spec = self._validator.declarations[row.platform].shape_for(post.shapes).image
        if medium is not None and (medium.width, medium.height) != (spec.width, spec.height):
            raise Conflict(Message("redraw.other_shape", {"ratio": spec.ratio}), code="image_of_other_shape")

    def _change(self, transaction: Transaction, row: Delivery, picture: DeliveryPicture) -> None:
        """Write the picture; a ticket that was prepared with another one is dropped.

        Raises Conflict when the worker was first, ChangedMeanwhile when another person was.
        """
        changes = DeliveryChanges(picture=picture)
        same = (picture.medium_id, picture.slides) == (row.picture.medium_id, row.picture.slides)
        if not same or picture.state in {PictureState.QUEUED, PictureState.STALE}:
            changes |= DeliveryChanges(ticket=None, prepares=0, tries=0)
            if row.state in WORKING:
                changes |= DeliveryChanges(state=State.QUEUED, error=None)
        # A delivery that can still be undone, or waits for the platform, keeps waiting.
        waits = row.state in WORKING and changes.apply_to(row).state == row.state
        changes |= DeliveryChanges(next_at=row.next_at if waits else None)
        if not change_store.change_delivery(transaction, row, self._clock.now(), changes):
            self._raise_conflict(transaction, row)
        changed = changes.apply_to(row)
        if changed.picture.state is not row.picture.state:
            record_delivery_event(transaction, changed)

    def _raise_conflict(self, transaction: Transaction, row: Delivery) -> NoReturn:
        """Raise ChangedMeanwhile when another person's change was first, Conflict when the worker's intent was."""
        view = post_store.get(transaction, row.workspace_id, row.post_id)
        if any(delivery.id == row.id and delivery.changeable for delivery in view.deliveries):
            raise ChangedMeanwhile
        raise Conflict(Message("redraw.already_sent"), code="already_out")

    def _notify(self) -> None:
        self._nudge()


def _is_unsent(row: Delivery) -> bool:
    return row.changeable and row.state is not State.CANCELLED


def _unsent_of(rows: Sequence[Delivery]) -> list[Delivery]:
    """Return the deliveries whose picture can be changed. Raises Conflict when there are only others."""
    unsent = [row for row in rows if _is_unsent(row)]
    if rows and not unsent:
        if all(row.state is State.CANCELLED for row in rows):
            raise Conflict(Message("redraw.cancelled"), code="cancelled")
        raise Conflict(Message("redraw.already_sent"), code="already_out")
    return unsent
