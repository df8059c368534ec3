"""What happened, written in the transaction that changed it; and a bell that wakes who waits for news."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from araldo.storage.database import Transaction
from araldo.storage.schema import events


@dataclass(frozen=True, slots=True)
class Event:
    id: int
    kind: str
    post_id: str | None
    delivery_id: str | None
    data: dict[str, Any]
    at: datetime


async def tell(
    transaction: Transaction,
    kind: str,
    *,
    workspace_id: str,
    at: datetime,
    post_id: str | None = None,
    delivery_id: str | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    await transaction.execute(
        insert(events).values(
            kind=kind, workspace_id=workspace_id, post_id=post_id, delivery_id=delivery_id, data=data or {}, at=at
        )
    )


async def replay(transaction: Transaction, workspace_id: str, post_id: str, after: int = 0) -> list[Event]:
    """A post's events in order, those after `after` only."""
    rows = await transaction.execute(
        select(events)
        .where(events.c.workspace_id == workspace_id, events.c.post_id == post_id, events.c.id > after)
        .order_by(events.c.id)
    )
    return [Event(row.id, row.kind, row.post_id, row.delivery_id, row.data, row.at) for row in rows]


class Bell:
    """Rung after a commit; whoever waits looks at the rows again. A missed ring costs a moment, never an event."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        rung, self._next = self._next, asyncio.Event()
        rung.set()

    def listen(self) -> asyncio.Event:
        """Take this before reading the rows, and wait on it after: nothing falls between."""
        return self._next


async def rung(bell: asyncio.Event, within_s: float) -> bool:
    """Whether the bell rang within that many seconds."""
    try:
        await asyncio.wait_for(bell.wait(), within_s)
    except TimeoutError:
        return False
    return True
