"""What a person changes in the database: legal until the intent, and by compare-and-set against the worker's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select, true, update

from araldo.posts.models import CHANGEABLE, Delivery, Post, State, may_move
from araldo.posts.store import post_of, search_text
from araldo.storage.database import Transaction
from araldo.storage.schema import attempts, deliveries, posts

_d, _p = deliveries.c, posts.c


async def change(
    transaction: Transaction,
    delivery: Delivery,
    now: datetime,
    *,
    only: Collection[State] = CHANGEABLE,
    may_be_open: bool = False,
    **changes: Any,
) -> bool:
    """Raise `rev` and take it from whoever holds it. False when it has changed since it was read, or was sent first.

    Legal from the states in `only`, without an open attempt; whoever held it meets another rev and stops.
    `may_be_open` is for changes that lead to a look and touch neither ticket nor attempts.
    """
    state = State(changes.get("state", delivery.state))
    if not may_move(delivery.state, state):
        raise ValueError(f"a delivery does not go from {delivery.state} to {state}")
    done = await transaction.execute(
        update(deliveries)
        .where(
            _d.id == delivery.id,
            _d.rev == delivery.rev,
            _d.state.in_(only),
            true() if may_be_open else _d.open_attempts == 0,
        )
        .values(
            rev=_d.rev + 1,
            fence=_d.fence + 1,
            lease_owner=None,
            lease_until=None,
            updated_at=now,
            **{"next_at": None, **changes},
        )
    )
    return bool(done.rowcount)


async def add_delivery(transaction: Transaction, delivery: Delivery) -> None:
    await transaction.execute(insert(deliveries).values(**asdict(delivery)))


async def drop_delivery(transaction: Transaction, delivery: Delivery) -> bool:
    """Without a trace, where there is none: one that was ever sent stays, to be cancelled."""
    sent = exists(select(attempts.c.id).where(attempts.c.delivery_id == delivery.id))
    done = await transaction.execute(delete(deliveries).where(_d.id == delivery.id, _d.rev == delivery.rev, ~sent))
    return bool(done.rowcount)


async def find_deleted(transaction: Transaction, workspace_id: str, post_id: str) -> Post | None:
    """A post that was deleted and is still kept."""
    found = await transaction.execute(
        select(posts).where(_p.id == post_id, _p.workspace_id == workspace_id, _p.deleted_at.is_not(None))
    )
    row = found.one_or_none()
    return None if row is None else post_of(row._asdict())


async def restore(transaction: Transaction, post: Post, now: datetime) -> None:
    """Seen again, its deliveries drafts; what is out stays so."""
    await transaction.execute(update(posts).where(_p.id == post.id).values(deleted_at=None, rev=_p.rev + 1))
    await transaction.execute(
        update(deliveries)
        .where(_d.post_id == post.id, _d.state == State.CANCELLED)
        .values(state=State.DRAFT, rev=_d.rev + 1, updated_at=now)
    )


async def save_post(transaction: Transaction, post: Post, now: datetime, **changes: Any) -> bool:
    """Under a new `rev`; False when somebody else has changed it since it was read."""
    words = {name: value for name, value in changes.items() if name in Post.__dataclass_fields__}
    done = await transaction.execute(
        update(posts)
        .where(_p.id == post.id, _p.rev == post.rev, _p.deleted_at.is_(None))
        .values(rev=_p.rev + 1, updated_at=now, search_text=search_text(replace(post, **words)), **changes)
    )
    return bool(done.rowcount)


async def purge_deleted(transaction: Transaction, deleted_before: datetime) -> int:
    """Deletes for good, with deliveries, attempts and events, what was find_deleted so long ago."""
    done = await transaction.execute(delete(posts).where(_p.deleted_at < deleted_before))
    return done.rowcount
