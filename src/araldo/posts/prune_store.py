"""Store of pruning: old events and attempts of deliveries whose outcome is known and that nothing more happens to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, func, or_, select

from araldo.posts.models import State
from araldo.storage.database import Transaction
from araldo.storage.schema import attempts, deliveries, events, outbox_consumers

_d, _e, _a = deliveries.c, events.c, attempts.c
_SETTLED = (State.PUBLISHED, State.CANCELLED, State.FAILED, State.MISSED)
_IS_OPEN = or_(_d.state.not_in(_SETTLED), _d.open_attempts > 0)


def prune_events(transaction: Transaction, before: datetime, after_id: int, limit: int) -> tuple[int, int | None]:
    """Delete old events among the next `limit` after an id; return how many, and the id to go on from.

    None: there are no older ones. Those of a post with a delivery that is not settled stay, and those that a consumer
    of the outbox has not read.
    """
    rows = transaction.execute(select(_e.id, _e.at).where(_e.id > after_id).order_by(_e.id).limit(limit)).all()
    # Ids rise with time, so that everything after the first young one is young, too.
    old = [row.id for row in rows if row.at < before]
    if not old:
        return 0, None
    of_open_post = exists(select(_d.id).where(_d.post_id == _e.post_id, _IS_OPEN))
    read_by_all = select(func.min(outbox_consumers.c.position)).where(outbox_consumers.c.position >= 0)
    done = transaction.execute(
        delete(events).where(_e.id.in_(old), _e.id <= read_by_all.scalar_subquery(), ~of_open_post)
    )
    return done.rowcount, old[-1] if len(old) == limit else None


def prune_attempts(transaction: Transaction, before: datetime, limit: int) -> int:
    """Delete at most `limit` attempts that were closed before `before`, of settled deliveries; return how many."""
    old = (_a.opened_at < before, _a.closed_at < before, _a.outcome.is_not(None))
    of_open_delivery = exists(select(_d.id).where(_d.id == _a.delivery_id, _IS_OPEN))
    found = select(_a.id).where(*old, ~of_open_delivery).order_by(_a.opened_at).limit(limit)
    return transaction.execute(delete(attempts).where(_a.id.in_(found))).rowcount
