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
from araldo.posts import delivery_store
from araldo.posts.models import Delivery
from araldo.storage.database import Database, Transaction
from araldo.storage.events import Bell, tell

log = structlog.get_logger()


class Lost(Exception):
    """The holder's compare-and-set met another rev or fence: stop, and touch nothing more."""


class Held:
    """A delivery under our lease, held since then; `row` is as we last wrote or read it.

    `late_at`: when it is too late to be welcome.
    """

    def __init__(self, row: Delivery, database: Database, clock: Clock, bell: Bell) -> None:
        self.row = row
        self.since = clock.now()
        self.late_at: datetime | None = None
        self._database = database
        self._clock = clock
        self._bell = bell

    async def save(self, **changes: Any) -> None:
        """Write under the fence, and tell when the state changes, or the reason for it. Raises Lost."""
        async with self._database.transaction() as transaction:
            await self.save_in(transaction, **changes)
        self._bell.ring()

    async def save_in(self, transaction: Transaction, **changes: Any) -> None:
        before, now = self.row, self._clock.now()
        saved = await delivery_store.save(transaction, before, now, **changes)
        if saved is None:
            raise Lost
        if _seen(saved) != _seen(before):
            await tell_of(transaction, saved, self._clock)
        self.row = saved


def _seen(row: Delivery) -> tuple[object, ...]:
    """What people see of it; a reason that is taken back is no news of its own."""
    return row.state, row.picture_state, row.error and row.error["sentence"]


async def tell_of(transaction: Transaction, row: Delivery, clock: Clock) -> None:
    """The event of a delivery's change, in the transaction that changes it."""
    data = {
        "platform": row.platform,
        "state": row.state,
        "picture_state": row.picture_state,
        "error": row.error,
        "next_at": None if row.next_at is None else row.next_at.isoformat(),
    }
    await tell(
        transaction,
        f"delivery.{row.state}",
        workspace_id=row.workspace_id,
        at=clock.now(),
        post_id=row.post_id,
        delivery_id=row.id,
        data=data,
    )


@asynccontextmanager
async def holding(
    delivery_id: str, rev: int, *, database: Database, clock: Clock, bell: Bell, lease_s: float
) -> AsyncIterator[Held | None]:
    """Claim, renew while the block runs, let go at its end; None when there is nothing to claim."""
    owner = secrets.token_hex(8)
    async with database.transaction() as transaction:
        until = clock.now() + timedelta(seconds=lease_s)
        row = await delivery_store.claim(transaction, delivery_id, rev, owner=owner, now=clock.now(), until=until)
    if row is None:
        yield None
        return
    held = Held(row, database, clock, bell)
    renewing = asyncio.create_task(_renew(held, database, clock, lease_s))
    try:
        yield held
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing
        # Where this fails, the lease runs out by itself.
        async with database.transaction() as transaction:
            await delivery_store.let_go(transaction, held.row)
        bell.ring()


async def _renew(held: Held, database: Database, clock: Clock, lease_s: float) -> None:
    """Renew until cancelled or lost. Losing the lease does not stop the work; the next fenced write fails instead.

    A renewal that fails is tried again while the lease still runs, and after it: nobody else may have come.
    """
    pause_s = lease_s / 3
    while True:
        await clock.sleep(pause_s)
        try:
            async with database.transaction() as transaction:
                until = clock.now() + timedelta(seconds=lease_s)
                if not await delivery_store.renew(transaction, held.row, until):
                    return
        except Exception as failure:
            if pause_s == lease_s / 3:
                log.warning("lease_not_renewed", delivery=held.row.id, why=type(failure).__name__)
            pause_s = lease_s / 10
        else:
            pause_s = lease_s / 3
