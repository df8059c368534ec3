"""Enqueue the webhook messages of events."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from araldo.clock import Clock
from araldo.messages import Language
from araldo.notify import outbox_store, webhook_store
from araldo.notify.models import Webhook, WebhookDelivery, is_subscribed
from araldo.notify.rules import build_payload, may_notify
from araldo.posts.models import PostView, State
from araldo.storage.database import Transaction, new_id
from araldo.storage.events import Event
from araldo.workspaces import store as workspace_store

log = structlog.get_logger()

# The permalink is read right after publishing, so a `.published` message waits this long for it.
_PERMALINK_WAIT_S = 2.0


class WebhookConsumer:
    """Outbox consumer that enqueues a message for every webhook that is subscribed to an event."""

    name = "webhooks"
    enabled = True

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def matches(self, event: Event) -> bool:
        return may_notify(event)

    def enqueue(self, transaction: Transaction, events: Sequence[Event]) -> None:
        hooks = webhook_store.list_active(transaction, {event.workspace_id for event in events})
        if not hooks:
            return
        languages = workspace_store.languages_by_workspace(transaction)
        for event in events:
            interested = [hook for hook in hooks if hook.workspace_id == event.workspace_id]
            if interested:
                self._enqueue_event(transaction, event, interested, languages[event.workspace_id])

    def _enqueue_event(
        self, transaction: Transaction, event: Event, interested: Sequence[Webhook], language: Language
    ) -> None:
        names = outbox_store.notification_types_of(transaction, event)
        view = outbox_store.find_post(transaction, event) if names else None
        rows = []
        for name in names:
            try:
                body = serialize_payload(build_payload(name, event, view, language))
            except (LookupError, TypeError, ValueError):
                # A bug in the wording must not block the events after this one.
                log.exception("event_not_told", event_id=event.id, type=name)
                continue
            first = self._clock.now() + timedelta(seconds=_PERMALINK_WAIT_S if _lacks_permalink(name, view) else 0)
            rows += [
                replace(new_webhook_delivery(hook, name, body, self._clock), event_id=event.id, next_at=first)
                for hook in interested
                if is_subscribed(hook.events, name)
            ]
        webhook_store.add_deliveries(transaction, rows)


def _lacks_permalink(name: str, view: PostView | None) -> bool:
    rows = [] if view is None or not name.endswith(".published") else view.deliveries
    return any(row.state is State.PUBLISHED and row.permalink is None for row in rows)


def new_webhook_delivery(hook: Webhook, name: str, body: str, clock: Clock) -> WebhookDelivery:
    now = clock.now()
    return WebhookDelivery(
        id=new_id("msg"),
        workspace_id=hook.workspace_id,
        webhook_id=hook.id,
        type=name,
        body=body,
        next_at=now,
        created_at=now,
        updated_at=now,
    )


def serialize_payload(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
