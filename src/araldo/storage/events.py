"""Events, recorded in the transaction of the change that they describe, and read in the order of the commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from araldo.storage.database import Transaction
from araldo.storage.schema import events

# The channel of PostgreSQL's NOTIFY, and the key of the advisory lock; no other lock has that number.
CHANNEL = "araldo_events"
_COMMIT_ORDER_LOCK = 0x6172616C646F


@dataclass(frozen=True, slots=True)
class Event:
    id: int
    workspace_id: str
    kind: str
    post_id: str | None
    delivery_id: str | None
    data: dict[str, Any]
    at: datetime


def record_event(
    transaction: Transaction,
    kind: str,
    *,
    workspace_id: str,
    at: datetime,
    post_id: str | None = None,
    delivery_id: str | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Record an event just before the commit, so that ids increase in the order of the commits.

    A reader continues after the highest id it has seen: a lower id that is committed later would be skipped.
    """
    row = {"kind": kind, "workspace_id": workspace_id, "post_id": post_id, "delivery_id": delivery_id, "at": at}
    transaction.before_commit(_insert_events, {**row, "data": data or {}})
    transaction.has_changes = True


def _insert_events(transaction: Transaction, rows: list[Any]) -> None:
    if transaction.is_postgresql:
        # Kept until the commit is visible. Nothing is locked after it, so it cannot deadlock; and it costs little
        # beside NOTIFY, which makes PostgreSQL serialize commits anyway.
        transaction.execute(select(func.pg_advisory_xact_lock(_COMMIT_ORDER_LOCK)))
    transaction.execute(insert(events), rows)
    if transaction.is_postgresql:
        transaction.execute(select(func.pg_notify(CHANNEL, "")))


def list_after(
    transaction: Transaction,
    last: int,
    *,
    limit: int,
    workspace_id: str | None = None,
    post_id: str | None = None,
    until: int | None = None,
) -> list[Event]:
    """Return events with ids after `last` (and up to `until`), in order: of one post, one workspace, or all."""
    wanted = select(events).where(events.c.id > last)
    if workspace_id is not None:
        wanted = wanted.where(events.c.workspace_id == workspace_id)
    if post_id is not None:
        wanted = wanted.where(events.c.post_id == post_id)
    if until is not None:
        wanted = wanted.where(events.c.id <= until)
    rows = transaction.execute(wanted.order_by(events.c.id).limit(limit))
    return [Event(row.id, row.workspace_id, row.kind, row.post_id, row.delivery_id, row.data, row.at) for row in rows]


def newest_id(transaction: Transaction) -> int:
    """The highest id there is; 0 when nothing has happened."""
    return transaction.execute(select(func.max(events.c.id))).scalar() or 0
