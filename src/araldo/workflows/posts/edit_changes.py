"""What an edit changes on a delivery that stays. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from araldo.errors import PostInvalid, Problem
from araldo.messages import Message
from araldo.pictures.rules import outdate
from araldo.platforms.options import OptionValue
from araldo.posts.delivery_changes import NO_CHANGES, DeliveryChanges
from araldo.posts.models import WORKING, Delivery, Post, State
from araldo.workflows.pictures.custom import PreparedPicture, applies_to, picture_after


@dataclass(frozen=True, slots=True)
class RenderedPost:
    """A post as one platform shows it. When it differs, the prepared ticket is void.

    `picture` is a hash of what the picture is made from; when it differs, the generated picture is stale.
    """

    account_id: str | None
    text: str
    picture: str
    options: Mapping[str, OptionValue] = field(default_factory=dict)


def text_changes(row: Delivery, old: RenderedPost, new: RenderedPost, position: int) -> DeliveryChanges:
    """Return what an edit of the post changes on a delivery that stays."""
    if old == new and row.account_id == new.account_id:
        return NO_CHANGES if row.position == position else DeliveryChanges(position=position, next_at=row.next_at)
    return _reset_preparation(row) | DeliveryChanges(position=position, account_id=new.account_id)


def picture_changes(row: Delivery, prepared: PreparedPicture | None, post: Post, *, outdated: bool) -> DeliveryChanges:
    """Return what an edited text or a selected picture changes on the delivery."""
    shown = outdate(row.picture) if outdated else row.picture
    picture = shown if prepared is None else picture_after(shown, prepared, post, row.state)
    if picture == row.picture:
        return NO_CHANGES
    # A changed text has dropped the ticket already.
    return (NO_CHANGES if picture == shown else _reset_preparation(row)) | DeliveryChanges(picture=picture)


def is_picture_replaced(row: Delivery, changes: DeliveryChanges) -> bool:
    """Return whether the changes replace the picture, or what a person asked of it."""
    after = changes.apply_to(row).picture
    return (after.medium_id, after.wish) != (row.picture.medium_id, row.picture.wish)


def picture_for(
    row: Delivery, rows: Sequence[Delivery], pictures: Mapping[str, PreparedPicture]
) -> PreparedPicture | None:
    """Return the selected picture of the row's platform, which all its deliveries share.

    None for one that was sent, as long as another one there can still be changed, and where it does not apply.
    """
    prepared = pictures.get(row.platform)
    others_change = any(other.changeable for other in rows if other.platform == row.platform)
    if prepared is None or (not row.changeable and others_change):
        return None
    return prepared if applies_to(prepared, row) else None


def due_change(row: Delivery, before: Post, after: Post) -> DeliveryChanges:
    """Return the new `due_at` of a scheduled delivery whose post's time changed. Raises PostInvalid without a time."""
    if row.state is not State.SCHEDULED or before.due_at == after.due_at:
        return NO_CHANGES
    if after.due_at is None:
        raise PostInvalid([Problem("/schedule_time", "scheduled", Message("edit.already_scheduled"))])
    return DeliveryChanges(due_at=after.due_at)


def with_picture_and_account(row: Delivery, changes: DeliveryChanges) -> Delivery:
    """Return the delivery as the rules have to see it after the edit."""
    after = changes.apply_to(row)
    return replace(row, picture=after.picture, account_id=after.account_id)


def _reset_preparation(row: Delivery) -> DeliveryChanges:
    """Return the changes that drop a prepared ticket."""
    # A delivery that can still be undone (`queued` with `next_at`) keeps waiting until then.
    next_at = row.next_at if row.state is State.QUEUED else None
    changes = DeliveryChanges(ticket=None, prepares=0, tries=0, next_at=next_at)
    return changes | DeliveryChanges(state=State.QUEUED, error=None) if row.state in WORKING else changes
