"""Events, recorded in the transaction of the change that they describe, and the signal that wakes their readers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from araldo.storage.database import Transaction, run_before_commit
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


async def record_event(
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
    run_before_commit(transaction, _insert_events, {**row, "data": data or {}})


async def _insert_events(transaction: Transaction, rows: list[Any]) -> None:
    postgresql = transaction.dialect.name == "postgresql"
    if postgresql:
        # Kept until the commit is visible. Nothing is locked after it, so it cannot deadlock; and it costs little
        # beside NOTIFY, which makes PostgreSQL serialize commits anyway.
        await transaction.execute(select(func.pg_advisory_xact_lock(_COMMIT_ORDER_LOCK)))
    await transaction.execute(insert(events), rows)
    if postgresql:
        await transaction.execute(select(func.pg_notify(CHANNEL, "")))


async def list_after(
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
    rows = await transaction.execute(wanted.order_by(events.c.id).limit(limit))
    return [Event(row.id, row.workspace_id, row.kind, row.post_id, row.delivery_id, row.data, row.at) for row in rows]


async def newest_id(transaction: Transaction) -> int:
    """The highest id there is; 0 when nothing has happened."""
    return (await transaction.execute(select(func.max(events.c.id)))).scalar() or 0


class ChangeSignal:
    """Notified after a commit, so that waiting tasks read the rows again. A missed signal delays, it loses no event.

    `closing`: the process is about to stop, and tasks that wait without a limit stop waiting.
    """

    def __init__(self) -> None:
        self._next = asyncio.Event()
        self.closing = False

    def notify(self) -> None:
        current, self._next = self._next, asyncio.Event()
        current.set()

    def close(self) -> None:
        """Set `closing` and notify a last time."""
        self.closing = True
        self.notify()

    def subscribe(self) -> asyncio.Event:
        """Return the next signal. Subscribe before reading rows and wait afterwards, so that no change is missed."""
        return self._next


async def wait_for(committed: asyncio.Event, within_s: float) -> bool:
    """Return whether the signal came within `within_s` seconds."""
    try:
        # Not `asyncio.wait_for`: Python 3.11's loses a cancellation that comes with the signal.
        async with asyncio.timeout(within_s):
            await committed.wait()
    except TimeoutError:
        return False
    return True
