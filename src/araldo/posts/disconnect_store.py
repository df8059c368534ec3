"""What is to be published on one account, and its suspension when the account is disconnected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from araldo.posts.models import WORKING, Delivery, State
from araldo.posts.store import deliveries_of
from araldo.storage.database import Transaction
from araldo.storage.leases import is_unleased
from araldo.storage.schema import deliveries, posts

_d = deliveries.c
_OPEN = sorted({State.SCHEDULED, State.NEEDS_RECONNECT, *WORKING})
# A request may be in flight while it is `publishing`; its worker finds out by itself that the account is gone.
_SUSPENDED = sorted({State.SCHEDULED, State.QUEUED, State.PREPARING, State.WAITING})


@dataclass(frozen=True, slots=True)
class OpenDelivery:
    """One delivery that is not published yet. `open_attempts`: sent, and it is not known whether it was published."""

    post_id: str
    delivery_id: str
    platform: str
    text: str
    state: State
    due_at: datetime | None
    open_attempts: int


def list_open(transaction: Transaction, account_id: str, limit: int) -> list[OpenDelivery]:
    """Return what is to be published on the account, the next due first."""
    rows = transaction.execute(
        select(_d.post_id, _d.id, _d.platform, posts.c.content, _d.state, _d.due_at, _d.open_attempts)
        .join(posts, posts.c.id == _d.post_id)
        .where(_d.account_id == account_id, _d.state.in_(_OPEN))
        .order_by(_d.due_at, _d.id)
        .limit(limit)
    )
    return [
        OpenDelivery(row.post_id, row.id, row.platform, row.content, State(row.state), row.due_at, row.open_attempts)
        for row in rows
    ]


def count_open(transaction: Transaction, account_id: str) -> int:
    counted = select(func.count()).where(_d.account_id == account_id, _d.state.in_(_OPEN))
    return int(transaction.execute(counted).scalar_one())


def suspend(transaction: Transaction, account_id: str, error: dict[str, Any]) -> list[Delivery]:
    """Let what is to be published on the account wait until it is connected again; return those that changed.

    Open attempts stay open. What a worker has leased comes to the same state through that worker.
    """
    suspended = transaction.execute(
        update(deliveries)
        .where(_d.account_id == account_id, _d.state.in_(_SUSPENDED), is_unleased(deliveries, transaction.now))
        .values(
            state=State.NEEDS_RECONNECT,
            rev=_d.rev + 1,
            next_at=None,
            tries=0,
            error=error,
            updated_at=transaction.now,
        )
        .returning(*deliveries.c)
    )
    return deliveries_of(transaction, suspended)
