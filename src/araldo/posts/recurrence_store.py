"""Store of recurrences, advanced by compare-and-set, and of the posts that they created."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from araldo.errors import Conflict, NotFound
from araldo.messages import Message
from araldo.posts.models import Delivery, State
from araldo.posts.store import deliveries_of
from araldo.storage.database import Transaction
from araldo.storage.schema import deliveries, posts, recurrences

_r = recurrences.c


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A post that recurs. `start`: wall time in `zone`; `next_at`: the next occurrence that has no post yet."""

    id: str
    workspace_id: str
    post_id: str
    rrule: str
    zone: str
    start: str
    next_at: datetime | None
    last_made_at: datetime | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class CreatedPost:
    """A post that is an occurrence. `status`: of the post, or `deleted`; `changed`: a person has changed it since."""

    id: str
    status: str
    changed: bool
    due_at: datetime | None


def add(transaction: Transaction, recurrence: Recurrence) -> None:
    """Store a recurrence. Raises Conflict when the post has an active one."""
    try:
        transaction.execute(insert(recurrences).values(**asdict(recurrence)))
    except IntegrityError as second:
        raise Conflict(Message("recurrence.exists_already"), code="recurrence_exists") from second


def latest_of(transaction: Transaction, workspace_id: str, post_id: str) -> Recurrence:
    """Return the post's active recurrence, else its last, else the one that created the post. Raises NotFound."""
    creator = select(posts.c.recurrence_id).where(posts.c.id == post_id).scalar_subquery()
    rows = transaction.execute(
        select(recurrences)
        .where(_r.workspace_id == workspace_id, or_(_r.post_id == post_id, _r.id == creator))
        .order_by((_r.post_id == post_id).desc(), _r.ended_at.is_(None).desc(), _r.created_at.desc(), _r.id)
        .limit(1)
    )
    row = rows.one_or_none()
    if row is None:
        raise NotFound(Message("recurrence.not_found"))
    return _recurrence_of(row._asdict())


def is_active(transaction: Transaction, post_id: str) -> bool:
    """Return whether the post has a recurrence that has not ended."""
    rows = transaction.execute(select(_r.id).where(_r.post_id == post_id, _r.ended_at.is_(None)).limit(1))
    return rows.first() is not None


def find(transaction: Transaction, recurrence_id: str) -> Recurrence | None:
    row = transaction.execute(select(recurrences).where(_r.id == recurrence_id)).one_or_none()
    return None if row is None else _recurrence_of(row._asdict())


def find_due(transaction: Transaction, now: datetime, ahead: datetime, limit: int) -> list[Recurrence]:
    """Return the recurrences of all workspaces with an occurrence before `ahead`, or without a post after `now`."""
    none_made = or_(_r.last_made_at.is_(None), _r.last_made_at <= now)
    rows = transaction.execute(
        select(recurrences)
        .where(_r.ended_at.is_(None), or_(_r.next_at <= ahead, none_made))
        .order_by(_r.next_at, _r.id)
        .limit(limit)
    )
    return [_recurrence_of(row._asdict()) for row in rows]


def advance(
    transaction: Transaction, seen: Recurrence, *, next_at: datetime | None, last_made_at: datetime | None
) -> bool:
    """Set the next occurrence; False when another process has advanced or ended the recurrence since it was read."""
    done = transaction.execute(
        update(recurrences)
        .where(_r.id == seen.id, _r.ended_at.is_(None), _r.next_at == seen.next_at)
        .values(next_at=next_at, last_made_at=last_made_at)
    )
    return bool(done.rowcount)


def lock_active(transaction: Transaction, recurrence_id: str) -> bool:
    """Keep the recurrence from being ended or advanced until the transaction ends; False when it has ended."""
    done = transaction.execute(
        update(recurrences).where(_r.id == recurrence_id, _r.ended_at.is_(None)).values(rrule=_r.rrule)
    )
    return bool(done.rowcount)


def end(transaction: Transaction, recurrence_id: str, now: datetime) -> None:
    transaction.execute(
        update(recurrences).where(_r.id == recurrence_id, _r.ended_at.is_(None)).values(ended_at=now, next_at=None)
    )


def created_posts(transaction: Transaction, recurrence_id: str, since: datetime) -> dict[datetime, CreatedPost]:
    """Return the recurrence's posts from `since` on, deleted ones too, by occurrence."""
    columns = (posts.c.occurrence_at, posts.c.id, posts.c.status, posts.c.rev, posts.c.due_at, posts.c.deleted_at)
    rows = transaction.execute(
        select(*columns).where(posts.c.recurrence_id == recurrence_id, posts.c.occurrence_at >= since)
    )
    return {
        row.occurrence_at: CreatedPost(
            row.id, row.status if row.deleted_at is None else "deleted", row.rev > 1, row.due_at
        )
        for row in rows
    }


def cancel_scheduled(transaction: Transaction, recurrence_id: str, now: datetime) -> list[Delivery]:
    """Cancel the recurrence's deliveries that are still scheduled for later, and return them."""
    rows = transaction.execute(
        update(deliveries)
        .where(*_scheduled_for_later(recurrence_id, now))
        .values(state=State.CANCELLED, rev=deliveries.c.rev + 1, updated_at=now)
        .returning(*deliveries.c)
    )
    return deliveries_of(transaction, rows)


def count_scheduled(transaction: Transaction, recurrence_id: str, now: datetime) -> int:
    """Return how many of the recurrence's posts `cancel_scheduled` would cancel, in whole or in part."""
    count = select(func.count(deliveries.c.post_id.distinct())).where(*_scheduled_for_later(recurrence_id, now))
    return transaction.execute(count).scalar_one()


def _scheduled_for_later(recurrence_id: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    created = select(posts.c.id).where(posts.c.recurrence_id == recurrence_id)
    return deliveries.c.post_id.in_(created), deliveries.c.state == State.SCHEDULED, deliveries.c.due_at > now


def _recurrence_of(row: Mapping[str, Any]) -> Recurrence:
    return Recurrence(**{name: row[name] for name in Recurrence.__dataclass_fields__})
