"""Approval of a post before it goes out: what an approval covers, and whether the post is still that. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from araldo.messages import Message
from araldo.pictures.models import DeliveryPicture, PictureState
from araldo.posts.content import CONTENT_FIELDS, INTERNAL_FIELDS
from araldo.posts.models import Delivery, PostView, State
from araldo.storage.events import Event


class ApprovalState(StrEnum):
    """`withdrawn`: it was approved, and the post was changed afterwards."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """The approval of one post. `number` rises with every change of the state.

    `approved`: what it covers, from `content_to_approve`. `requested_by`, `decided_by`: names, also of people without
    an account.
    """

    post_id: str
    workspace_id: str
    state: ApprovalState
    number: int
    approved: Mapping[str, Any] | None = None
    requested_by: str | None = None
    requested_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApprovalComment:
    """`kind`: `comment`, or the state that it was written with. `by_link`: by somebody without an account."""

    id: str
    kind: str
    author: str
    by_link: bool
    text: str
    created_at: datetime


def live_deliveries(view: PostView) -> list[Delivery]:
    """Return the deliveries that an approval is about: all but cancelled ones."""
    return [row for row in view.deliveries if row.state is not State.CANCELLED]


def has_open_deliveries(view: PostView) -> bool:
    """Return whether anything may still be published, so that a decision matters."""
    return any(row.state is not State.PUBLISHED for row in live_deliveries(view))


def content_to_approve(view: PostView, now: datetime) -> dict[str, Any]:
    """Return what an approval of the post as it is now covers, as JSON.

    - `content`: a digest of all that a person wrote for publishing.
    - `due_at`: the time that it is planned for. None, for a post without a time or whose time has passed: any time.
    - `deliveries`: by id, a digest of account and requested picture, and the media; None while they are being made.
    """
    due_at = view.post.due_at
    return {
        "content": _digest({name: getattr(view.post, name) for name in CONTENT_FIELDS if name not in INTERNAL_FIELDS}),
        "due_at": None if due_at is None or due_at <= now else due_at.isoformat(),
        "deliveries": {row.id: _shown_by(row) for row in live_deliveries(view)},
    }


def is_covered(approved: Mapping[str, Any] | None, view: PostView) -> bool:
    """Return whether the post, as it is now, is what was approved. A cancelled delivery takes nothing away."""
    if approved is None:
        return False
    due_at, known = approved["due_at"], approved["deliveries"]
    if due_at is not None and (view.post.due_at is None or view.post.due_at != datetime.fromisoformat(due_at)):
        return False
    now = content_to_approve(view, datetime.min.replace(tzinfo=view.post.created_at.tzinfo))
    return now["content"] == approved["content"] and all(
        _is_same(known.get(delivery_id), shown) for delivery_id, shown in now["deliveries"].items()
    )


def version_of(view: PostView, approval: Approval | None) -> str:
    """Return what identifies the post as somebody sees it: its rev, its pictures, and the state of its approval."""
    seen = content_to_approve(view, datetime.min.replace(tzinfo=view.post.created_at.tzinfo))
    return _digest([view.post.rev, 0 if approval is None else approval.number, seen])[:20]


def are_pictures_ready(view: PostView, *, without: bool) -> bool:
    """Return whether every picture can be seen. `without`: the post's pictures are not generated."""
    return all(
        row.picture.state is PictureState.READY or (row.picture.state is PictureState.NONE and without)
        for row in live_deliveries(view)
    )


def _shown_by(row: Delivery) -> dict[str, Any]:
    picture = row.picture
    asked = [
        row.account_id,
        picture.alt,
        picture.origin,
        None if picture.wish is None else asdict(picture.wish),
        None if picture.source is None else asdict(picture.source),
    ]
    return {"digest": _digest(asked), "media": _media_of(picture)}


def _media_of(picture: DeliveryPicture) -> list[str] | None:
    """Return the media that are shown; None while they are being made."""
    if picture.state not in {PictureState.READY, PictureState.NONE}:
        return None
    try:
        return picture.medium_ids
    except LookupError:
        return None


def _is_same(approved: Mapping[str, Any] | None, shown: Mapping[str, Any]) -> bool:
    if approved is None or approved["digest"] != shown["digest"]:
        return False
    return approved["media"] is None or approved["media"] == shown["media"]


def _digest(values: object) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


_WITH_COMMENT = {
    "approval.requested": Message("approval.timeline_requested_comment"),
    "approval.given": Message("approval.timeline_given_comment"),
    "approval.sent_back": Message("approval.timeline_sent_back_comment"),
    "approval.commented": Message("approval.timeline_commented"),
}
_PLAIN = {
    "approval.requested": Message("approval.timeline_requested"),
    "approval.given": Message("approval.timeline_given"),
    "approval.sent_back": Message("approval.timeline_sent_back"),
    "approval.withdrawn": Message("approval.timeline_withdrawn"),
    "approval.due_soon": Message("approval.timeline_due_soon"),
}


def approval_message(event: Event) -> Message:
    """Return an `approval.*` event as a message."""
    data = event.data
    if event.kind in {"approval.withdrawn", "approval.due_soon"}:
        return _PLAIN[event.kind]
    name = str(data.get("by") or "Araldo")
    by: object = Message("approval.by_link", {"name": name}) if data.get("by_link") else name
    if data.get("comment"):
        return _WITH_COMMENT[event.kind].with_values(by=by, comment=data["comment"])
    return _PLAIN[event.kind].with_values(by=by)
