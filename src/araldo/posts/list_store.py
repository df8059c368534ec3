"""Lists of posts, filtered by status, platform, time and text, with a cursor."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select, tuple_

from araldo.posts.models import WORKING, PostView, State
from araldo.posts.store import decode_cursor, encode_cursor, with_deliveries
from araldo.storage.database import Transaction
from araldo.storage.schema import deliveries, posts
from araldo.storage.search import search_condition

_d, _p = deliveries.c, posts.c
_EARLY = {State.DRAFT, State.SCHEDULED}
_NOT_PUBLISHED = {State.FAILED, State.NEEDS_RECONNECT, State.MISSED}
STATUSES = (
    "draft",
    "scheduled",
    "publishing",
    "published",
    "partial",
    "unconfirmed",
    "needs_reconnect",
    "failed",
    "cancelled",
)


@dataclass(frozen=True, slots=True)
class PostFilter:
    """Conditions that all have to hold. `since` (inclusive) and `until` (exclusive): of `due_at`, else `created_at`."""

    statuses: Collection[str] = ()
    platform: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str | None = None


def list_posts(
    transaction: Transaction, workspace_id: str, wanted: PostFilter, *, limit: int, cursor: str | None
) -> tuple[list[PostView], str | None]:
    """Return posts, the newest first, and the cursor of the rest; None when there is no rest."""
    query = select(posts).where(_p.workspace_id == workspace_id, _p.deleted_at.is_(None))
    query = query.where(*_conditions(transaction, wanted))
    if cursor is not None:
        query = query.where(tuple_(_p.created_at, _p.id) < tuple_(*decode_cursor(cursor)))
    rows = list(transaction.execute(query.order_by(_p.created_at.desc(), _p.id.desc()).limit(limit + 1)))
    more = len(rows) > limit
    views = with_deliveries(transaction, rows[:limit])
    return views, encode_cursor(views[-1].post) if more else None


def _conditions(transaction: Transaction, wanted: PostFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.statuses:
        found.append(or_(*(_has_status(status) for status in wanted.statuses)))
    if wanted.platform is not None:
        found.append(exists(select(_d.id).where(_d.post_id == _p.id, _d.platform == wanted.platform)))
    if wanted.since is not None:
        found.append(or_(_p.due_at >= wanted.since, and_(_p.due_at.is_(None), _p.created_at >= wanted.since)))
    if wanted.until is not None:
        found.append(or_(_p.due_at < wanted.until, and_(_p.due_at.is_(None), _p.created_at < wanted.until)))
    if wanted.words is not None:
        matching = search_condition(transaction, wanted.words)
        if matching is not None:
            found.append(matching)
    return found


def _has_status(status: str) -> ColumnElement[bool]:
    """Match posts with that status; `posts.models.status_of` as SQL, which a test compares."""
    busy = {*WORKING, *_EARLY}
    if status == "publishing":
        return _any(WORKING)
    if status == "draft":
        without_delivery = not_(exists(select(_d.id).where(_d.post_id == _p.id)))
        return or_(without_delivery, and_(_any({State.DRAFT}), not_(_any(WORKING))))
    if status == "scheduled":
        return and_(_any({State.SCHEDULED}), not_(_any({*WORKING, State.DRAFT})))
    if status == "cancelled":
        return and_(_any({State.CANCELLED}), not_(_any(set(State) - {State.CANCELLED})))
    ended = not_(_any(busy))
    unpublished, published = {*_NOT_PUBLISHED, State.UNCONFIRMED}, {State.PUBLISHED}
    if status == "published":
        return and_(_any(published), not_(_any({*busy, *unpublished})))
    if status == "partial":
        return and_(ended, _any(published), _any(unpublished))
    if status == "unconfirmed":
        return and_(ended, not_(_any(published)), _any({State.UNCONFIRMED}))
    waiting = _any({State.NEEDS_RECONNECT})
    return and_(
        ended,
        not_(_any({*published, State.UNCONFIRMED})),
        waiting if status == "needs_reconnect" else not_(waiting),
        _any(_NOT_PUBLISHED),
    )


def _any(states: Collection[State]) -> ColumnElement[bool]:
    return exists(select(_d.id).where(_d.post_id == _p.id, _d.state.in_(states)))
