"""Enqueue the push messages of events: one for each browser of everybody who can do something about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from araldo.clock import Clock
from araldo.notify import outbox_store, push_store
from araldo.notify.push_models import Recipient, audience_of, is_own_action
from araldo.notify.rules import may_notify
from araldo.storage.database import Transaction
from araldo.storage.events import Event

# The deliveries of one post end within seconds of each other: one notification covers them all.
GATHER = timedelta(seconds=10)


class PushConsumer:
    """Outbox consumer that enqueues push messages."""

    name = "push"
    enabled = True

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def matches(self, event: Event) -> bool:
        return may_notify(event) or event.kind == "webhook.stopped"

    def enqueue(self, transaction: Transaction, events: Sequence[Event]) -> None:
        recipients = push_store.list_recipients(transaction, {event.workspace_id for event in events})
        if not recipients:
            return
        for event in events:
            here = [one for one in recipients if one.device.workspace_id == event.workspace_id]
            if here:
                self._enqueue_event(transaction, event, here)

    def _enqueue_event(self, transaction: Transaction, event: Event, here: Sequence[Recipient]) -> None:
        now = self._clock.now()
        about = event.post_id or event.data.get("account_id") or event.data.get("webhook_id")
        audience = audience_of(event, outbox_store.notification_types_of(transaction, event))
        for recipient in here:
            is_told = recipient.permissions & audience and not is_own_action(event, recipient.user_name)
            if about is not None and is_told:
                push_store.add_event(transaction, recipient.device, str(about), event.id, now=now, send_at=now + GATHER)
