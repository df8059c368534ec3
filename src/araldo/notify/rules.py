"""Which events are sent as notifications, and the JSON payload of each type. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from araldo.messages import Language, Message, text_in
from araldo.posts.models import Delivery, PostView, State
from araldo.storage.events import Event

_ENDS = frozenset({State.PUBLISHED, State.FAILED, State.UNCONFIRMED, State.MISSED, State.NEEDS_RECONNECT})
_POST_TYPES = {
    "published": "post.published",
    "partial": "post.partially_published",
    "failed": "post.failed",
    "needs_reconnect": "post.needs_reconnect",
}
_NOTIFIED_HEALTH = frozenset({"expiring", "action_needed", "dead"})
_EXCERPT_MAX = 140


def may_notify(event: Event) -> bool:
    """Return whether the event alone does not rule out a notification."""
    return (
        event.kind == "account.health"
        or event.kind.startswith("approval.")
        or (event.kind.startswith("delivery.") and event.data.get("state") in _ENDS and event.post_id is not None)
    )


def notification_types(
    event: Event, before: Mapping[str, Any] | None, settled_status: str | None, *, waits: bool = False
) -> list[str]:
    """Return the types to notify the event as. `before`: the data of the same delivery's previous event.

    `settled_status`: the post's status if this is its last event, else None; `waits`: one of its deliveries waits for
    its account.
    """
    if event.kind == "account.health":
        if event.data.get("told"):
            return []
        return [f"account.{event.data['health']}"] if event.data.get("health") in _NOTIFIED_HEALTH else []
    if event.kind.startswith("approval."):
        return [event.kind]
    if not may_notify(event) or _only_picture_changed(event.data, before):
        return []
    of_post = _POST_TYPES.get(settled_status or "")
    if settled_status is not None and waits and of_post is not None:
        # One delivery will still be retried, so the post has neither failed nor finished.
        of_post = "post.needs_reconnect"
    return [f"delivery.{event.data['state']}", *([of_post] if of_post else [])]


def _only_picture_changed(data: Mapping[str, Any], before: Mapping[str, Any] | None) -> bool:
    if before is None or before.get("state") != data.get("state"):
        return False
    return before.get("picture_state") != data.get("picture_state")


def build_payload(name: str, event: Event, view: PostView | None, language: Language) -> dict[str, Any]:
    """Return the JSON body of a notification, in the shape that Standard Webhooks recommends."""
    if name.startswith("post.") and view is not None:
        data = _post_data(view, language)
    elif name.startswith("delivery."):
        data = _delivery_data(event, view, language)
    elif name.startswith("approval."):
        data = _approval_data(event, view)
    else:
        data = {
            "account_id": event.data.get("account_id"),
            "name": event.data.get("name"),
            "health": event.data.get("health"),
            "message": text_in(event.data, language),
        }
    return {"type": name, "timestamp": format_timestamp(event.at), "data": data}


def build_test_payload(now: datetime, language: Language) -> dict[str, Any]:
    return {
        "type": "test",
        "timestamp": format_timestamp(now),
        "data": {"message": Message("webhooks.test_message").to(language)},
    }


def excerpt(text: str) -> str:
    """Return the text as one line, short enough for a mail's subject."""
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT_MAX else line[: _EXCERPT_MAX - 1].rstrip() + "…"


def format_timestamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _delivery_data(event: Event, view: PostView | None, language: Language) -> dict[str, Any]:
    row = None
    if view is not None:
        row = next((delivery for delivery in view.deliveries if delivery.id == event.delivery_id), None)
    return {
        "post_id": event.post_id,
        "delivery_id": event.delivery_id,
        "account_id": row.account_id if row else None,
        "platform": event.data.get("platform"),
        "state": event.data.get("state"),
        "content": excerpt(view.post.content) if view else None,
        "remote_id": row.remote_id if row else None,
        "post_url": row.permalink if row else None,
        "error": _error_data(event.data.get("error"), language),
    }


def _approval_data(event: Event, view: PostView | None) -> dict[str, Any]:
    return {
        "post_id": event.post_id,
        "content": excerpt(view.post.content) if view else None,
        "by": event.data.get("by"),
        "by_link": bool(event.data.get("by_link")),
        "comment": event.data.get("comment"),
        "due_at": event.data.get("due_at"),
    }


def _post_data(view: PostView, language: Language) -> dict[str, Any]:
    return {
        "post_id": view.post.id,
        "status": view.status,
        "content": excerpt(view.post.content),
        "platforms": [_platform_result(row, language) for row in view.deliveries],
    }


def _platform_result(row: Delivery, language: Language) -> dict[str, Any]:
    return {
        "platform": row.platform,
        "delivery_id": row.id,
        "account_id": row.account_id,
        "state": row.state.value,
        "post_url": row.permalink,
        "error": _error_data(row.error, language),
    }


def _error_data(error: Mapping[str, Any] | None, language: Language) -> dict[str, Any] | None:
    return None if error is None else {"code": error["code"], "message": text_in(error, language)}
