"""Store of posts with their deliveries: add and read them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, fields
from typing import Any

from sqlalchemy import Row, bindparam, insert, or_, select

from araldo.errors import NotFound
from araldo.messages import Message
from araldo.pictures import store as picture_store
from araldo.pictures.models import DeliveryPicture
from araldo.posts.models import AccountName, Delivery, Post, PostView, Series, State
from araldo.storage.approval_tables import approvals
from araldo.storage.database import Transaction
from araldo.storage.schema import accounts, deliveries, posts, recurrences
from araldo.storage.search import fold_text

_POST_FIELDS = tuple(Post.__dataclass_fields__)
# What makes the empty value of the fields that have one.
_EMPTY: dict[str, Callable[[], Any]] = {
    field.name: field.default_factory for field in fields(Post) if field.default_factory is not MISSING
}
# The picture is stored beside the delivery, but for its state: a worker looks for that.
_OWN_FIELDS = tuple(name for name in Delivery.__dataclass_fields__ if name != "picture")
_SELECT_BY_IDS = select(posts).where(posts.c.id.in_(bindparam("b_ids", expanding=True)))


def add(transaction: Transaction, post: Post, rows: Sequence[Delivery]) -> None:
    """Store a post with its deliveries."""
    transaction.execute(insert(posts).values(**asdict(post), search_text=search_text(post)))
    add_deliveries(transaction, rows)


def add_deliveries(transaction: Transaction, rows: Sequence[Delivery]) -> None:
    """Store new deliveries of one workspace with their pictures."""
    if rows:
        transaction.execute(insert(deliveries), [columns_of(row) for row in rows])
        picture_store.add_all(transaction, rows[0].workspace_id, {row.id: row.picture for row in rows})


def columns_of(row: Delivery) -> dict[str, Any]:
    """Return the columns of a delivery's own row."""
    return {name: getattr(row, name) for name in _OWN_FIELDS} | {"picture_state": row.picture.state}


def changed_columns(delivery: Delivery, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of the delivery's own row that changes to it write; `picture_state` if it differs."""
    values = {name: value for name, value in changes.items() if name != "picture"}
    state = changes.get("picture", delivery.picture).state
    return values if state is delivery.picture.state else values | {"picture_state": state}


def get(transaction: Transaction, workspace_id: str, post_id: str) -> PostView:
    """Return a post with its deliveries. Raises NotFound, also for a post of another workspace."""
    found = transaction.execute(
        select(posts).where(posts.c.id == post_id, posts.c.workspace_id == workspace_id, posts.c.deleted_at.is_(None))
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound(Message("posts.not_found"))
    return (with_deliveries(transaction, [row]))[0]


def find_all(transaction: Transaction, ids: Collection[str]) -> dict[str, Post]:
    """Return these posts by id without their deliveries, of all workspaces: for the publisher."""
    rows = transaction.execute(_SELECT_BY_IDS, {"b_ids": list(ids)})
    return {row.id: post_of(row._asdict()) for row in rows}


def find_rows(transaction: Transaction, ids: Sequence[str]) -> list[Row[Any]]:
    """Return the rows of these posts, in the order of the ids."""
    rows = {row.id: row for row in transaction.execute(_SELECT_BY_IDS, {"b_ids": list(ids)})}
    return [rows[post_id] for post_id in ids]


def with_deliveries(transaction: Transaction, rows: Sequence[Row[Any]]) -> list[PostView]:
    found = transaction.execute(
        select(deliveries)
        .where(deliveries.c.post_id.in_([row.id for row in rows]))
        .order_by(deliveries.c.post_id, deliveries.c.position)
    )
    by_post: dict[str, list[Delivery]] = {}
    for delivery in deliveries_of(transaction, found):
        by_post.setdefault(delivery.post_id, []).append(delivery)
    names = _account_names(transaction, [delivery for found in by_post.values() for delivery in found])
    states = _approval_states(transaction, [row.id for row in rows])
    series = _series_of(transaction, rows)
    return [
        PostView(post_of(row._asdict()), by_post.get(row.id, []), names, states.get(row.id), series.get(row.id))
        for row in rows
    ]


def _approval_states(transaction: Transaction, post_ids: Sequence[str]) -> dict[str, str]:
    found = transaction.execute(select(approvals.c.post_id, approvals.c.state).where(approvals.c.post_id.in_(post_ids)))
    return {row.post_id: row.state for row in found}


def _series_of(transaction: Transaction, rows: Sequence[Row[Any]]) -> dict[str, Series]:
    """Return the recurrence that each of these posts belongs to, by the post's id; its own before its creator."""
    ids = [row.id for row in rows]
    creators = {row.recurrence_id: None for row in rows if row.recurrence_id is not None}
    found = transaction.execute(
        select(recurrences.c.id, recurrences.c.post_id, recurrences.c.ended_at)
        .where(or_(recurrences.c.post_id.in_(ids), recurrences.c.id.in_(list(creators))))
        # The last of one post's is kept below: the active one, else the newest.
        .order_by(recurrences.c.ended_at.is_(None), recurrences.c.created_at, recurrences.c.id)
    ).all()
    by_id = {row.id: Series(row.post_id, ended=row.ended_at is not None) for row in found}
    created = {row.id: by_id[row.recurrence_id] for row in rows if row.recurrence_id in by_id}
    return created | {row.post_id: by_id[row.id] for row in found}


def _account_names(transaction: Transaction, rows: Iterable[Delivery]) -> dict[str, AccountName]:
    ids = {row.account_id for row in rows if row.account_id is not None}
    if not ids:
        return {}
    columns = (accounts.c.id, accounts.c.name, accounts.c.username)
    found = transaction.execute(select(*columns).where(accounts.c.id.in_(ids)))
    return {row.id: AccountName(row.id, row.name, row.username) for row in found}


def search_text(post: Post) -> str:
    """Return the folded text of the post that the search looks through."""
    return fold_text(post.searched_texts)


def post_of(row: Mapping[str, Any]) -> Post:
    """Return the post of a row; NULL stands for an empty list or object."""
    values = {name: row[name] for name in _POST_FIELDS}
    return Post(**values | {name: make() for name, make in _EMPTY.items() if values[name] is None})


def deliveries_of(transaction: Transaction, rows: Iterable[Row[Any]]) -> list[Delivery]:
    """Return the deliveries of these rows, their pictures read in one statement."""
    found = [row._asdict() for row in rows]
    pictures = picture_store.find_all(transaction, {row["id"]: row["picture_state"] for row in found})
    return [_delivery_of(row, pictures[row["id"]]) for row in found]


def _delivery_of(row: Mapping[str, Any], picture: DeliveryPicture) -> Delivery:
    values = {name: row[name] for name in _OWN_FIELDS}
    values["state"] = State(values["state"])
    return Delivery(**values, picture=picture)
