"""The position of each outbox consumer, and the data that it needs about an event."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from araldo.errors import NotFound
from araldo.notify.rules import may_notify, notification_types
from araldo.posts import store as post_store
from araldo.posts.models import PostView, State, status_of
from araldo.storage import events as event_store
from araldo.storage.database import Transaction
from araldo.storage.events import Event
from araldo.storage.schema import deliveries, events, outbox_consumers

# The position of a disabled consumer.
DISABLED = -1

_e = events.c


def get_position(transaction: Transaction, name: str) -> int:
    found = transaction.execute(select(outbox_consumers.c.position).where(outbox_consumers.c.name == name))
    return int(found.scalar_one())


def enable(transaction: Transaction, name: str) -> None:
    """Enable a disabled consumer from the horizon of events on: earlier events are not sent."""
    asleep = (outbox_consumers.c.name == name, outbox_consumers.c.position == DISABLED)
    transaction.execute(update(outbox_consumers).where(*asleep).values(position=event_store.find_horizon(transaction)))


def disable(transaction: Transaction, name: str) -> None:
    """Disable a consumer: it passes no events on until it is enabled."""
    transaction.execute(update(outbox_consumers).where(outbox_consumers.c.name == name).values(position=DISABLED))


def advance(transaction: Transaction, name: str, before: int, after: int) -> bool:
    """Move the position by compare-and-set; return False when another process has passed these events on."""
    moved = transaction.execute(
        update(outbox_consumers)
        .where(outbox_consumers.c.name == name, outbox_consumers.c.position == before)
        .values(position=after)
    )
    return bool(moved.rowcount)


def find_event(transaction: Transaction, event_id: int) -> Event | None:
    row = transaction.execute(select(events).where(_e.id == event_id)).one_or_none()
    if row is None:
        return None
    return Event(row.id, row.workspace_id, row.kind, row.post_id, row.delivery_id, row.data, row.at)


def notification_types_of(transaction: Transaction, of: Event) -> list[str]:
    """Return the types to notify the event as; [] for none."""
    if not may_notify(of):
        return []
    if of.post_id is None or of.kind.startswith("approval."):
        return notification_types(of, None, None)
    states = _settled_states(transaction, of)
    status = None if states is None else status_of(states)
    waits = State.NEEDS_RECONNECT in (states or ())
    return notification_types(of, _previous_data(transaction, of), status, waits=waits)


def find_post(transaction: Transaction, of: Event) -> PostView | None:
    """Return the event's post as it is now; None when there is none."""
    if of.post_id is None:
        return None
    try:
        return post_store.get(transaction, of.workspace_id, of.post_id)
    except NotFound:
        return None


def _previous_data(transaction: Transaction, of: Event) -> dict[str, Any] | None:
    same = (_e.post_id == of.post_id, _e.delivery_id == of.delivery_id, _e.id < of.id)
    return transaction.execute(select(_e.data).where(*same).order_by(_e.id.desc()).limit(1)).scalar()


def _settled_states(transaction: Transaction, of: Event) -> list[State] | None:
    """Return the states of the post's deliveries if this is its last event, else None: a later event notifies them.

    One statement, so that the states and the last event belong to the same snapshot.
    """
    last = select(func.max(_e.id)).where(_e.post_id == of.post_id, _e.kind.like("delivery.%")).scalar_subquery()
    states = select(deliveries.c.state, last.label("last")).where(deliveries.c.post_id == of.post_id)
    rows = list(transaction.execute(states))
    return [State(row.state) for row in rows] if rows and rows[0].last == of.id else None
