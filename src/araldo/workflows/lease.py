"""Holding a delivery: the lease renewed while one works, and writes that stop when somebody else came between."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import structlog

from araldo.clock import Clock
from araldo.messages import message_in
from araldo.posts import delivery_store
from araldo.posts.models import Delivery
from araldo.storage.database import Database, Transaction
from araldo.storage.events import ChangeSignal, record_event

log = structlog.get_logger()


class LeaseLost(Exception):
    """The holder's compare-and-set met another rev or fence: stop, and touch nothing more."""


class LeasedDelivery:
    """A delivery under our lease, leased since then; `row` is as we last wrote or read it.

    `late_at`: when it is too late to be welcome.
    """

    def __init__(self, row: Delivery, database: Database, clock: Clock, committed: ChangeSignal) -> None:
        self.row = row
        self.since = clock.now()
        self.late_at: datetime | None = None
        self._database = database
        self._clock = clock
        self._committed = committed

    async def save(self, **changes: Any) -> None:
        """Write under the fence, and tell when the state changes, or the reason for it. Raises LeaseLost."""
        async with self._database.transaction() as transaction:
            await self.save_in(transaction, **changes)
        self._committed.notify()

    async def save_in(self, transaction: Transaction, **changes: Any) -> None:
        before, now = self.row, self._clock.now()
        saved = await delivery_store.save(transaction, before, now, **changes)
        if saved is None:
            raise LeaseLost
        if _seen(saved) != _seen(before):
            await record_delivery_event(transaction, saved, self._clock)
        self.row = saved


def _seen(row: Delivery) -> tuple[object, ...]:
    """What people see of it; a reason that is taken back is no news of its own."""
    return row.state, row.picture_state, message_in(row.error)


async def record_delivery_event(transaction: Transaction, row: Delivery, clock: Clock) -> None:
    """The event of a delivery's change, in the transaction that changes it."""
    data = {
        "platform": row.platform,
        "state": row.state,
        "picture_state": row.picture_state,
        "error": row.error,
        "next_at": None if row.next_at is None else row.next_at.isoformat(),
    }
    await record_event(
        transaction,
        f"delivery.{row.state}",
        workspace_id=row.workspace_id,
        at=clock.now(),
        post_id=row.post_id,
        delivery_id=row.id,
        data=data,
    )


@asynccontextmanager
async def acquire_lease(
    delivery_id: str, rev: int, *, database: Database, clock: Clock, committed: ChangeSignal, lease_s: float
) -> AsyncIterator[LeasedDelivery | None]:
    """Claim, renew while the block runs, let go at its end; None when there is nothing to claim."""
    owner = secrets.token_hex(8)
    async with database.transaction() as transaction:
        until = clock.now() + timedelta(seconds=lease_s)
        row = await delivery_store.claim(transaction, delivery_id, rev, owner=owner, now=clock.now(), until=until)
    if row is None:
        yield None
        return
    leased = LeasedDelivery(row, database, clock, committed)
    renewing = asyncio.create_task(_renew(leased, database, clock, lease_s))
    try:
        yield leased
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing
        # Where this fails, the lease runs out by itself.
        async with database.transaction() as transaction:
            await delivery_store.release_lease(transaction, leased.row)
        committed.notify()


async def _renew(leased: LeasedDelivery, database: Database, clock: Clock, lease_s: float) -> None:
    """Renew until cancelled or lost. Losing the lease does not stop the work; the next fenced write fails instead.

    A renewal that fails is tried again while the lease still runs, and after it: nobody else may have come.
    """
    pause_s = lease_s / 3
    while True:
        await clock.sleep(pause_s)
        try:
            async with database.transaction() as transaction:
                until = clock.now() + timedelta(seconds=lease_s)
                if not await delivery_store.renew(transaction, leased.row, until):
                    return
        except Exception as failure:
            if pause_s == lease_s / 3:
                log.warning("lease_not_renewed", delivery=leased.row.id, why=type(failure).__name__)
            pause_s = lease_s / 10
        else:
            pause_s = lease_s / 3
