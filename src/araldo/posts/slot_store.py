"""Read the minutes in which something is scheduled on an account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from araldo.posts.models import State
from araldo.posts.slots import minute_of
from araldo.storage.database import Transaction
from araldo.storage.schema import deliveries

_d = deliveries.c


def find_taken_minutes(transaction: Transaction, account_ids: Iterable[str], since: datetime) -> frozenset[datetime]:
    """Return the minutes (UTC), from that of `since` on, in which something is due on any of the accounts."""
    rows = transaction.execute(
        select(_d.due_at).where(
            _d.account_id.in_(list(account_ids)), _d.state == State.SCHEDULED, _d.due_at >= minute_of(since)
        )
    )
    return frozenset(minute_of(due_at) for due_at in rows.scalars())
