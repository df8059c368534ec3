"""What can be told, who wants it told where, and when a failed telling is tried again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

# What the world may be told of, in the order of the documentation.
EVENT_TYPES = (
    "post.published",
    "post.partially_published",
    "post.failed",
    "post.needs_reconnect",
    "delivery.published",
    "delivery.failed",
    "delivery.unconfirmed",
    "delivery.missed",
    "delivery.needs_reconnect",
    "account.expiring",
    "account.action_needed",
    "account.dead",
)
# Sent on demand only, whatever is subscribed to.
TEST = "test"
ALL_TYPES = "*"
# Good news is told to those who ask for it, and so is what waits for an account: the account itself is told of.
DEFAULT_TYPES = tuple(name for name in EVENT_TYPES if not name.endswith((".published", ".needs_reconnect")))

# Seconds until the next try, after each failed one; after the last there is none.
RETRY_DELAYS_S = (5, 30, 120, 600, 3_600, 10_800, 28_800)
# A receiver that has done nothing but fail for so long is given up.
DISABLED_AFTER = timedelta(days=5)
# How long a replaced secret signs beside the new one.
OLD_SECRET_LIFETIME = timedelta(hours=24)


def is_subscribed(subscribed: Sequence[str] | None, name: str) -> bool:
    """None is what is told unasked."""
    return name in DEFAULT_TYPES if subscribed is None else name in subscribed or ALL_TYPES in subscribed


def subscribed_types(subscribed: Sequence[str] | None) -> list[str]:
    """The names that are really told."""
    return [name for name in EVENT_TYPES if is_subscribed(subscribed, name)]


def next_attempt_at(attempts: int, now: datetime, jitter: float) -> datetime | None:
    """After so many failed attempts; `jitter` in [0, 1) spreads those that failed together by a tenth either way."""
    if attempts > len(RETRY_DELAYS_S):
        return None
    return now + timedelta(seconds=RETRY_DELAYS_S[attempts - 1] * (0.9 + 0.2 * jitter))


@dataclass(frozen=True, slots=True)
class Webhook:
    """A receiver of one workspace. Secrets are sealed; `stopped` says why it was given up, None while it was not."""

    id: str
    workspace_id: str
    url: str
    secret: str = field(repr=False)
    old_secret: str | None = field(repr=False)
    old_secret_until: datetime | None
    events: list[str] | None
    active: bool
    note: str
    failing_since: datetime | None
    stopped: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """One event for one receiver. `state`: pending, delivered, failed. `log`: a line an attempt, the last ones only.

    `id` is the `webhook-id` of every attempt; `event_id` is None for a test.
    """

    id: str
    workspace_id: str
    webhook_id: str
    event_id: int | None
    type: str
    body: str
    state: str
    attempts: int
    next_at: datetime | None
    lease_owner: str | None
    lease_until: datetime | None
    status_code: int | None
    error: dict[str, Any] | None
    log: list[dict[str, Any]]
    created_at: datetime
    updated_at: datetime
    delivered_at: datetime | None
