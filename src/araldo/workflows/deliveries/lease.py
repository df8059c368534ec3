"""Lease a delivery: renew the lease while the work runs, and refuse writes once another worker has taken over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial

import structlog

from araldo.clock import Clock
from araldo.messages import message_in
from araldo.posts import claim_store, delivery_store
from araldo.posts.delivery_changes import DeliveryChanges
from araldo.posts.models import Delivery
from araldo.storage.database import Database, Transaction
from araldo.storage.events import record_event

log = structlog.get_logger()


class LeaseLost(Exception):
    """A compare-and-set found another rev or fence: the holder must stop and write nothing more."""


class LeasedDelivery:
    """A delivery that this worker has leased; `row` is as it was last read or written.

    `since`: when it was claimed, and its account read. `late_at`: the late limit as a moment; None: no due time.
    """

    def __init__(self, row: Delivery, database: Database, *, since: datetime, late_at: datetime | None = None) -> None:
        self.row = row
        self.since = since
        self.late_at = late_at
        self._database = database

    async def save(self, changes: DeliveryChanges) -> None:
        """Write under the fence; record an event when the state, or the reason for it, changes. Raises LeaseLost."""
        await self.write(lambda transaction, row: save_leased(transaction, row, changes))

    async def write(self, function: Callable[[Transaction, Delivery], Delivery]) -> None:
        """Run `function` on the row in a transaction, and keep the row that it returns once it is committed."""
        row = self.row
        self.row = await self._database.write(lambda transaction: function(transaction, row))


def save_leased(transaction: Transaction, row: Delivery, changes: DeliveryChanges) -> Delivery:
    """Write as `LeasedDelivery.save` does, in the caller's transaction; return the changed row. Raises LeaseLost."""
    saved = delivery_store.save(transaction, row, transaction.now, changes)
    if saved is None:
        raise LeaseLost
    if _visible_state(saved) != _visible_state(row):
        record_delivery_event(transaction, saved)
    return saved


def _visible_state(row: Delivery) -> tuple[object, ...]:
    """Return the values whose change is an event."""
    return row.state, row.picture.state, message_in(row.error)


def record_delivery_event(transaction: Transaction, row: Delivery) -> None:
    """Record a `delivery.<state>` event in the transaction that changes the delivery."""
    data = {
        "platform": row.platform,
        "state": row.state,
        "picture_state": row.picture.state,
        "error": row.error,
        "next_at": None if row.next_at is None else row.next_at.isoformat(),
    }
    record_event(
        transaction,
        f"delivery.{row.state}",
        workspace_id=row.workspace_id,
        at=transaction.now,
        post_id=row.post_id,
        delivery_id=row.id,
        data=data,
    )


@asynccontextmanager
async def hold_lease(
    leased: LeasedDelivery, database: Database, clock: Clock, *, lease_s: float
) -> AsyncIterator[None]:
    """Renew the lease of a claimed delivery while the block runs; release it at the end, unless a write has."""
    renewal = asyncio.create_task(_renew_lease(leased, database, clock, lease_s))
    try:
        yield
    finally:
        renewal.cancel()
        with suppress(asyncio.CancelledError):
            await renewal
        if leased.row.lease_owner is not None:
            # When this fails, the lease expires by itself.
            await database.write(lambda transaction: claim_store.release(transaction, leased.row))


async def _renew_lease(leased: LeasedDelivery, database: Database, clock: Clock, lease_s: float) -> None:
    """Renew every third of `lease_s` until cancelled, or until another worker has the delivery.

    Losing the lease does not cancel the work; the next fenced write fails instead. A renewal that fails is tried again
    more often, even after the lease has expired, because no other worker need have claimed the delivery. One that does
    not find the row is tried again too: a write of this worker may be committed and not be in `leased.row` yet.
    """
    pause_s, missed = lease_s / 3, None
    while True:
        await clock.sleep(pause_s)
        row = leased.row
        try:
            renewed = await database.write(partial(_renew, row=row, lease_s=lease_s), urgent=True)
        except Exception as failure:
            if pause_s == lease_s / 3:
                log.warning("lease_not_renewed", why=type(failure).__name__)
            pause_s = lease_s / 10
        else:
            if not renewed and row is missed:
                return
            pause_s, missed = (lease_s / 3, None) if renewed else (lease_s / 10, row)


def _renew(transaction: Transaction, *, row: Delivery, lease_s: float) -> bool:
    return claim_store.renew(transaction, row, transaction.now + timedelta(seconds=lease_s))
