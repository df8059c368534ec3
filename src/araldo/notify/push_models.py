"""Browsers that get push notifications, the messages for them, and who is told of which event. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from araldo.messages import Language
from araldo.notify.models import QueuedMessage
from araldo.notify.push_encryption import PushSubscription, decode_base64url, encode_base64url
from araldo.storage.events import Event
from araldo.workspaces.permissions import Permission, Permissions

# What is older than this is no news: neither we nor the push service try any longer.
MESSAGE_LIFETIME = timedelta(hours=24)
# Of one person in one workspace; more would let a member make this server send to many places.
DEVICES_MAX = 20
# `about` of a message that a person sent to try a browser.
TEST = "test"

# By notification type, who can do something about it; one of the permissions suffices. Other types are not pushed.
_AUDIENCE: dict[str, frozenset[Permission]] = {
    **dict.fromkeys(("delivery.failed", "delivery.unconfirmed", "delivery.missed"), frozenset({Permission.PUBLISH})),
    **dict.fromkeys(("approval.requested", "approval.due_soon", "approval.withdrawn"), frozenset({Permission.APPROVE})),
    **dict.fromkeys(
        ("approval.commented", "approval.sent_back"),
        frozenset({Permission.DRAFT, Permission.PUBLISH, Permission.APPROVE}),
    ),
    **dict.fromkeys(("account.expiring", "account.action_needed", "account.dead"), frozenset({Permission.MANAGE})),
}
_WEBHOOK_STOPPED = frozenset({Permission.MANAGE})
_URGENT = frozenset({"delivery.failed", "delivery.unconfirmed", "delivery.missed", "approval.due_soon", "account.dead"})


def audience_of(event: Event, types: list[str]) -> Permissions:
    """Return the permissions of which a recipient has at least one; none: nobody is told. `types`: of the event."""
    if event.kind == "webhook.stopped":
        return _WEBHOOK_STOPPED
    return frozenset[Permission]().union(*(_AUDIENCE.get(name, frozenset()) for name in types))


def is_own_action(event: Event, user_name: str) -> bool:
    """Return whether the event is what this person did, of which they need no notification."""
    return event.data.get("by") == user_name and not event.data.get("by_link")


def is_urgent(event: Event) -> bool:
    """Return whether a device on a low battery should be woken."""
    if event.kind == "account.health":
        return f"account.{event.data.get('health')}" in _URGENT
    return event.kind in _URGENT or f"delivery.{event.data.get('state')}" in _URGENT


@dataclass(frozen=True, slots=True, kw_only=True)
class PushDevice:
    """A browser that one person gets the notifications of one workspace in. `subscription` is sealed."""

    id: str
    workspace_id: str
    member_id: str
    session_id: str
    endpoint_hash: str
    subscription: str = field(repr=False)
    error: dict[str, Any] | None = None
    created_at: datetime
    last_sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """A device with what is needed of its person. `user_language` None: the workspace's counts."""

    device: PushDevice
    user_name: str
    user_language: Language | None
    permissions: Permissions


@dataclass(frozen=True, slots=True, kw_only=True)
class PushMessage(QueuedMessage):
    """`about`: the id of the post, account or webhook, or `TEST`. `state`: pending, sent, failed."""

    device_id: str
    about: str
    event_ids: list[int]
    sent_at: datetime | None = None


def dump_subscription(subscription: PushSubscription) -> str:
    """Return the subscription as JSON, to be sealed."""
    return json.dumps(
        {
            "endpoint": subscription.endpoint,
            "p256dh": encode_base64url(subscription.p256dh),
            "auth": encode_base64url(subscription.auth),
        }
    )


def load_subscription(dumped: str) -> PushSubscription:
    stored = json.loads(dumped)
    return PushSubscription(stored["endpoint"], decode_base64url(stored["p256dh"]), decode_base64url(stored["auth"]))
