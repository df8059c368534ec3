"""Which minutes are taken: what is scheduled to go out through an account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from araldo.posts.models import State
from araldo.posts.slots import minute_of
from araldo.storage.database import Transaction
from araldo.storage.schema import deliveries

_d = deliveries.c


async def taken_minutes(transaction: Transaction, account_ids: Iterable[str], since: datetime) -> frozenset[datetime]:
    """Of all these accounts together, in UTC, from the minute of `since` on."""
    rows = await transaction.execute(
        select(_d.due_at).where(
            _d.account_id.in_(list(account_ids)), _d.state == State.SCHEDULED, _d.due_at >= minute_of(since)
        )
    )
    return frozenset(minute_of(due_at) for due_at in rows.scalars())
