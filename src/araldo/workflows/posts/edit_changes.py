"""The columns that an edit changes on a delivery that stays. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from araldo.errors import PostInvalid, Problem
from araldo.messages import Message
from araldo.pictures.rules import outdate
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


def text_changes(row: Delivery, old: RenderedPost, new: RenderedPost, position: int) -> dict[str, Any]:
    """Return the columns that an edit changes on a delivery that stays; empty when it changes nothing there."""
    if old == new and row.account_id == new.account_id:
        return {} if row.position == position else {"position": position, "next_at": row.next_at}
    return {"position": position, "account_id": new.account_id, **_reset_preparation(row)}


def picture_changes(row: Delivery, prepared: PreparedPicture | None, post: Post, *, outdated: bool) -> dict[str, Any]:
    """Return the changes by an edited text or a selected picture; empty when they change nothing."""
    shown = outdate(row.picture) if outdated else row.picture
    picture = shown if prepared is None else picture_after(shown, prepared, post, row.state)
    if picture == row.picture:
        return {}
    # A changed text has dropped the ticket already.
    return {**({} if picture == shown else _reset_preparation(row)), "picture": picture}


def is_picture_replaced(row: Delivery, changes: Mapping[str, Any]) -> bool:
    """Return whether the changes replace the picture, or what a person asked of it."""
    after = changes.get("picture", row.picture)
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


def due_change(row: Delivery, before: Post, after: Post) -> dict[str, Any]:
    """Return the new `due_at` of a scheduled delivery whose post's time changed. Raises PostInvalid without a time."""
    if row.state is not State.SCHEDULED or before.due_at == after.due_at:
        return {}
    if after.due_at is None:
        raise PostInvalid([Problem("/schedule_time", "scheduled", Message("edit.already_scheduled"))])
    return {"due_at": after.due_at}


def with_changes(row: Delivery, changes: Mapping[str, Any]) -> Delivery:
    """Return the delivery as the rules have to see it after the edit: with its new picture and account."""
    names = {"picture", "account_id"} & changes.keys()
    return replace(row, **{name: changes[name] for name in names})


def _reset_preparation(row: Delivery) -> dict[str, Any]:
    """Return the columns that drop a prepared ticket."""
    # A delivery that can still be undone (`queued` with `next_at`) keeps waiting until then.
    changes = {"ticket": None, "prepares": 0, "tries": 0, "next_at": row.next_at if row.state is State.QUEUED else None}
    return changes | ({"state": State.QUEUED, "error": None} if row.state in WORKING else {})
