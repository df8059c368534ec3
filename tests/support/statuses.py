"""The status beside each post against the rule that derives it."""

from __future__ import annotations

from sqlalchemy import select

from araldo.posts.models import State, status_of
from araldo.storage.schema import deliveries, posts
from araldo.storage.transaction import Transaction


def wrong_statuses(transaction: Transaction) -> dict[str, tuple[str, str]]:
    """Return by id the posts whose stored status is not the derived one: both, the stored one first."""
    states: dict[str, list[State]] = {}
    for row in transaction.execute(select(deliveries.c.post_id, deliveries.c.state)):
        states.setdefault(row.post_id, []).append(State(row.state))
    found = transaction.execute(select(posts.c.id, posts.c.status)).all()
    pairs = {row.id: (row.status, status_of(states.get(row.id, []))) for row in found}
    return {post_id: (stored, derived) for post_id, (stored, derived) in pairs.items() if stored != derived}
