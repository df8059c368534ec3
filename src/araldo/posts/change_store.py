"""Store of a person's changes to posts and deliveries: by compare-and-set, and only until the worker's intent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, or_, select, true, update

from araldo.pictures import history_store
from araldo.pictures import store as picture_store
from araldo.posts import approval_store
from araldo.posts.delivery_changes import DeliveryChanges
from araldo.posts.models import CHANGEABLE, Delivery, DesignSeed, Post, PostView, State, may_move
from araldo.posts.store import changed_columns, get, post_of, search_text
from araldo.storage.changed_fields import changed_fields
from araldo.storage.database import Transaction
from araldo.storage.schema import attempts, deliveries, posts

_d, _p = deliveries.c, posts.c


def change_delivery(
    transaction: Transaction,
    delivery: Delivery,
    now: datetime,
    changes: DeliveryChanges,
    *,
    only: Collection[State] = CHANGEABLE,
    allow_open_attempts: bool = False,
) -> bool:
    """Write `changes`, raise `rev` and end any lease; False when the delivery was changed or sent since it was read.

    Allowed from the states in `only` without an open attempt. A worker that had the lease finds another rev and stops.
    Without a new `next_at` it becomes None: a worker looks at the delivery at once.
    `allow_open_attempts` is for changes that lead to a check and leave ticket and attempts as they are.
    """
    after = changes.apply_to(delivery)
    if not may_move(delivery.state, after.state):
        raise ValueError(f"a delivery does not go from {delivery.state} to {after.state}")
    done = transaction.execute(
        update(deliveries)
        .where(
            _d.id == delivery.id,
            _d.rev == delivery.rev,
            _d.state.in_(only),
            true() if allow_open_attempts else _d.open_attempts == 0,
        )
        .values(
            rev=_d.rev + 1,
            fence=_d.fence + 1,
            lease_owner=None,
            lease_until=None,
            updated_at=now,
            **{"next_at": None, **changed_columns(delivery, changes.values())},
        )
    )
    if done.rowcount and after.picture != delivery.picture:
        picture_store.save(transaction, delivery.id, delivery.picture, after.picture)
    _withdraw_approval_if_changed(transaction, delivery.workspace_id, delivery.post_id)
    return bool(done.rowcount)


def delete_unsent_delivery(transaction: Transaction, delivery: Delivery) -> bool:
    """Delete a delivery that was never sent; False when it has an attempt or has changed since it was read."""
    sent = exists(select(attempts.c.id).where(attempts.c.delivery_id == delivery.id))
    done = transaction.execute(delete(deliveries).where(_d.id == delivery.id, _d.rev == delivery.rev, ~sent))
    return bool(done.rowcount)


def find_deleted(transaction: Transaction, workspace_id: str, post_id: str) -> Post | None:
    """Return a post that is deleted and not purged yet."""
    found = transaction.execute(
        select(posts).where(_p.id == post_id, _p.workspace_id == workspace_id, _p.deleted_at.is_not(None))
    )
    row = found.one_or_none()
    return None if row is None else post_of(row._asdict())


def restore(transaction: Transaction, post: Post, now: datetime) -> None:
    """Undo the deletion; cancelled deliveries become drafts, published ones stay published."""
    _lock_deliveries(transaction, post.id, post.workspace_id)
    _withdraw_approval_if_changed(transaction, post.workspace_id, post.id)
    transaction.execute(update(posts).where(_p.id == post.id).values(deleted_at=None, rev=_p.rev + 1))
    transaction.execute(
        update(deliveries)
        .where(_d.post_id == post.id, _d.state == State.CANCELLED)
        .values(state=State.DRAFT, rev=_d.rev + 1, updated_at=now)
    )


def save_post(transaction: Transaction, before: Post, after: Post, now: datetime) -> bool:
    """Write what differs and raise `rev`; False when the post was changed or deleted since `before` was read."""
    return _update_post(transaction, before, now, search_text=search_text(after), **changed_fields(before, after))


def delete_post(transaction: Transaction, post: Post, now: datetime) -> bool:
    """Delete the post, which `restore` can undo; False when it was changed or deleted since it was read."""
    return _update_post(transaction, post, now, deleted_at=now)


def _update_post(transaction: Transaction, post: Post, now: datetime, **columns: Any) -> bool:
    _lock_deliveries(transaction, post.id, post.workspace_id)
    unchanged = (_p.id == post.id, _p.rev == post.rev, _p.deleted_at.is_(None))
    done = transaction.execute(update(posts).where(*unchanged).values(rev=_p.rev + 1, updated_at=now, **columns))
    _withdraw_approval_if_changed(transaction, post.workspace_id, post.id)
    return bool(done.rowcount)


def _withdraw_approval_if_changed(transaction: Transaction, workspace_id: str, post_id: str) -> None:
    """Compare the post with what was approved once all changes of the transaction are written."""
    transaction.before_commit(approval_store.withdraw_if_changed, (workspace_id, post_id))


def get_for_change(transaction: Transaction, workspace_id: str, post_id: str) -> PostView:
    """Return a post whose deliveries no worker changes until the transaction ends. Raises NotFound.

    A worker may draw and store a picture between a person's read and write: that raises neither `rev`.
    """
    # Before anything is read: each statement sees what is committed by then, so a delivery that somebody else deletes
    # between two of them would be read without its picture.
    _lock_deliveries(transaction, post_id, workspace_id)
    return get(transaction, workspace_id, post_id)


def _lock_deliveries(transaction: Transaction, post_id: str, workspace_id: str) -> None:
    """Lock the post's deliveries before the post, as a worker does: its change of a delivery changes the status."""
    if transaction.is_postgresql:
        mine = (_d.post_id == post_id, _d.workspace_id == workspace_id)
        transaction.execute(select(_d.id).where(*mine).order_by(_d.id).with_for_update())


def store_design_seed(transaction: Transaction, post: Post, seed: DesignSeed) -> None:
    """Store the seed of a post that has none. It is no change of the post by a person, so `rev` stays."""
    transaction.execute(update(posts).where(_p.id == post.id, _p.design_seed.is_(None)).values(design_seed=seed))


def forget_versions_of_published(transaction: Transaction, before: datetime, limit: int) -> int:
    """Delete at most `limit` versions of published deliveries last shown before `before`; return how many.

    No other version of them can be selected any more.
    """
    return history_store.forget_of(transaction, select(_d.id).where(_d.state == State.PUBLISHED), before, limit)


def purge_deleted(transaction: Transaction, deleted_before: datetime) -> int:
    """Delete for good, with deliveries, attempts and events, what was deleted before `deleted_before`.

    Not an occurrence that was still to come: without its row a recurrence would create the deleted post again.
    """
    was_past = or_(_p.occurrence_at.is_(None), _p.occurrence_at < deleted_before)
    done = transaction.execute(delete(posts).where(_p.deleted_at < deleted_before, was_past))
    return done.rowcount
