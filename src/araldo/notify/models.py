"""Event types, webhooks, queued messages and their retry schedule. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from araldo.unchanged import UNCHANGED, Unchanged

# Every type that can be subscribed to, in the order of the documentation.
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
    "approval.requested",
    "approval.commented",
    "approval.given",
    "approval.sent_back",
    "approval.withdrawn",
    "approval.due_soon",
    "account.expiring",
    "account.action_needed",
    "account.dead",
)
# Sent on request only, regardless of subscriptions.
TEST = "test"
ALL_TYPES = "*"
# Sent without a subscription. Successes are not, nor are posts that wait for an account: the account's own event is.
DEFAULT_TYPES = tuple(name for name in EVENT_TYPES if not name.endswith((".published", ".needs_reconnect")))

# Seconds until the next attempt, by number of failed ones; after the last the delivery fails.
RETRY_DELAYS_S = (5, 30, 120, 600, 3_600, 10_800, 28_800)
# A receiver for which every attempt has failed for this long is disabled.
DISABLED_AFTER = timedelta(days=5)
# How long a replaced secret signs together with the new one.
OLD_SECRET_LIFETIME = timedelta(hours=24)


def is_subscribed(subscribed: Sequence[str] | None, name: str) -> bool:
    """Return whether the subscription covers the type; `subscribed` None means the default types."""
    return name in DEFAULT_TYPES if subscribed is None else name in subscribed or ALL_TYPES in subscribed


def subscribed_types(subscribed: Sequence[str] | None) -> list[str]:
    """Return the types that the subscription covers."""
    return [name for name in EVENT_TYPES if is_subscribed(subscribed, name)]


def next_attempt_at(attempts: int, now: datetime, jitter: float) -> datetime | None:
    """Return when to try again after `attempts` failures; None when that was the last attempt.

    `jitter` in [0, 1) moves the delay by up to 10 % either way, so that deliveries do not retry all at once.
    """
    if attempts > len(RETRY_DELAYS_S):
        return None
    return now + timedelta(seconds=RETRY_DELAYS_S[attempts - 1] * (0.9 + 0.2 * jitter))


@dataclass(frozen=True, slots=True)
class Webhook:
    """A workspace's receiver. Secrets are sealed. `stopped`: why it was disabled, None while it is not."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChanges:
    """What a person changes of a webhook; None: unchanged, but of `events` the default types."""

    url: str | None = None
    events: list[str] | Unchanged | None = UNCHANGED
    active: bool | None = None
    note: str | None = None

    def apply_to(self, before: Webhook, now: datetime) -> Webhook:
        after = replace(
            before,
            url=before.url if self.url is None else self.url,
            events=before.events if self.events is UNCHANGED else self.events,
            active=before.active if self.active is None else self.active,
            note=before.note if self.note is None else self.note,
            updated_at=now,
        )
        # Activated again or moved to another URL: earlier failures do not count.
        is_fresh = self.active or self.url is not None
        return replace(after, failing_since=None, stopped=None) if is_fresh else after


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedMessage:
    """A message to send under a lease. `state`: pending, failed, or that of a message that was sent."""

    id: str
    workspace_id: str
    state: str = "pending"
    attempts: int = 0
    next_at: datetime | None
    lease_owner: str | None = None
    lease_until: datetime | None = None
    error: dict[str, Any] | None = None
    created_at: datetime
    updated_at: datetime

    def after_success(self, state: str, now: datetime) -> Self:
        return replace(self, state=state, attempts=self.attempts + 1, next_at=None, error=None, updated_at=now)

    def after_failure(self, error: dict[str, Any], now: datetime, jitter: float) -> Self:
        """Return the message after a failed attempt: due again, or `failed` after the last one."""
        attempts = self.attempts + 1
        again = next_attempt_at(attempts, now, jitter)
        state = "failed" if again is None else "pending"
        return replace(self, state=state, attempts=attempts, next_at=again, error=error, updated_at=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDelivery(QueuedMessage):
    """One event for one receiver. `state`: pending, delivered, failed. `log`: one entry for each recent attempt.

    `id` is the `webhook-id` header of every attempt; `event_id` is None for a test.
    """

    webhook_id: str
    event_id: int | None = None
    type: str
    body: str
    status_code: int | None = None
    log: list[dict[str, Any]] = field(default_factory=list)
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail(QueuedMessage):
    """`about`: the id of the post, account or webhook. `state`: pending, sent, failed."""

    about: str
    event_ids: list[int]
    sent_at: datetime | None = None
