"""Lists of posts: filtered by status, platform, account, time and text, in either order of time, with a cursor.

Every list walks an index that has its order, and stops where its part is full; or, where few posts match a filter, it
begins with those.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Row, Select, exists, func, select

from araldo.posts.models import PostView
from araldo.posts.store import find_rows, with_deliveries
from araldo.storage import paging
from araldo.storage.approval_tables import approvals
from araldo.storage.database import Transaction
from araldo.storage.schema import deliveries, posts
from araldo.storage.search import PostMatch, search_words

_d, _p = deliveries.c, posts.c
# Up to so many matches of a filter are read whole and sorted here; more are found soon in the order of the list.
_FEW = 2_000
PostStatus = Literal[
    "draft",
    "scheduled",
    "publishing",
    "published",
    "partial",
    "unconfirmed",
    "needs_reconnect",
    "failed",
    "cancelled",
]
STATUSES: tuple[PostStatus, ...] = get_args(PostStatus)


@dataclass(frozen=True, slots=True)
class PostFilter:
    """Conditions that all have to hold. `since` (inclusive) and `until` (exclusive): of `due_at`, else `created_at`.

    `order`: by that time, ascending or descending. None: the last created first, or with `since` or `until` "desc".
    """

    statuses: Collection[str] = ()
    platform: str | None = None
    account_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str | None = None
    order: Literal["asc", "desc"] | None = None
    # States of the approval, of which any matches.
    approvals: Collection[str] = ()

    @property
    def time(self) -> ColumnElement[datetime]:
        """The column that the list is sorted by."""
        by_creation = self.order is None and self.since is None and self.until is None
        return _p.created_at if by_creation else _p.listed_at


def list_posts(
    transaction: Transaction, workspace_id: str, wanted: PostFilter, *, limit: int, cursor: str | None
) -> tuple[list[PostView], str | None]:
    """Return posts in the filter's order, and the cursor of the rest; None when there is no rest."""
    ids, following = paging.split(_find(transaction, workspace_id, wanted, limit, cursor), limit, time="at")
    return with_deliveries(transaction, find_rows(transaction, [row.id for row in ids])), following


def _find(
    transaction: Transaction, workspace_id: str, wanted: PostFilter, limit: int, cursor: str | None
) -> Sequence[Row[Any]]:
    """Return the ids and times of one post more than `limit`, if there are so many."""
    conditions, is_few = _matches(transaction, workspace_id, wanted)
    # SQLite has no statistics: it would take the workspace's index and not begin with the few. An expression has none.
    is_hidden = is_few and not transaction.is_postgresql
    workspace = func.coalesce(_p.workspace_id, "") if is_hidden else _p.workspace_id
    kept = (workspace == workspace_id, _p.deleted_at.is_(None), *_range(wanted), *conditions)
    query, ascending = select(_p.id, wanted.time.label("at")).where(*kept), wanted.order == "asc"
    # A query each, because an index has the order of the time within one status only.
    queries = [query.where(_p.status == status) for status in dict.fromkeys(wanted.statuses)] or [query]
    found: list[Row[Any]] = []
    for one in queries:
        part = paging.ordered_by_time(one, wanted.time, _p.id, limit=limit, cursor=cursor, ascending=ascending)
        found += transaction.execute(part.order_by(None).limit(None) if is_few else part)
    return sorted(found, key=lambda row: (row.at, row.id), reverse=not ascending)[: limit + 1]


def _range(wanted: PostFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.since is not None:
        yield _p.listed_at >= wanted.since
    if wanted.until is not None:
        yield _p.listed_at < wanted.until


def _matches(transaction: Transaction, workspace_id: str, wanted: PostFilter) -> tuple[list[ColumnElement[bool]], bool]:
    """Return the conditions on deliveries and words, and whether few posts fulfil them."""
    matches = [_delivery_match(workspace_id, wanted), _approval_match(workspace_id, wanted)]
    if wanted.words is not None:
        matches.append(search_words(transaction, wanted.words))
    counted = [(_count(transaction, match.matching), match) for match in matches if match is not None]
    counted.sort(key=lambda entry: entry[0])
    is_few = bool(counted) and counted[0][0] <= _FEW
    conditions = [match.chosen if is_few and at == 0 else match.tested for at, (_, match) in enumerate(counted)]
    return conditions, is_few


def _delivery_match(workspace_id: str, wanted: PostFilter) -> PostMatch | None:
    if wanted.platform is None and wanted.account_id is None:
        return None
    on_platform = [] if wanted.platform is None else [_d.platform == wanted.platform]
    # An account belongs to one workspace; without it the index has all that is asked.
    asked = [*on_platform, _d.workspace_id == workspace_id]
    if wanted.account_id is not None:
        asked = [*on_platform, _d.account_id == wanted.account_id]
    matching = select(_d.post_id).where(*asked)
    return PostMatch(matching, _p.id.in_(matching), exists(select(_d.id).where(_d.post_id == _p.id, *asked)))


def _approval_match(workspace_id: str, wanted: PostFilter) -> PostMatch | None:
    if not wanted.approvals:
        return None
    of = approvals.c
    matching = select(of.post_id).where(of.workspace_id == workspace_id, of.state.in_(wanted.approvals))
    tested = exists(select(of.post_id).where(of.post_id == _p.id, of.state.in_(wanted.approvals)))
    return PostMatch(matching, _p.id.in_(matching), tested)


def _count(transaction: Transaction, matching: Select[Any]) -> int:
    """Count the rows, as far as it matters."""
    some = matching.limit(_FEW + 1).subquery()
    return transaction.execute(select(func.count()).select_from(some)).scalar_one()
