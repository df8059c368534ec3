"""Store of posts with their deliveries: add and read them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, bindparam, insert, select

from araldo.errors import NotFound
from araldo.messages import Message
from araldo.pictures import store as picture_store
from araldo.posts.models import AccountName, Delivery, Post, PostView, State
from araldo.storage.database import Transaction
from araldo.storage.picture_tables import slide_media
from araldo.storage.schema import accounts, deliveries, posts
from araldo.storage.search import fold_text

_POST_FIELDS = tuple(Post.__dataclass_fields__)
_DELIVERY_FIELDS = tuple(name for name in Delivery.__dataclass_fields__ if name != "picture")
_SELECT_BY_IDS = select(posts).where(posts.c.id.in_(bindparam("b_ids", expanding=True)))


def add(transaction: Transaction, post: Post, rows: Sequence[Delivery]) -> None:
    """Store a post with its deliveries."""
    transaction.execute(insert(posts).values(**asdict(post), search_text=search_text(post)))
    add_deliveries(transaction, rows)


def add_deliveries(transaction: Transaction, rows: Sequence[Delivery]) -> None:
    """Store new deliveries with their pictures."""
    if rows:
        transaction.execute(insert(deliveries), [columns_of(row) for row in rows])
    for row in rows:
        slides = row.picture.slides or ()
        add_media_references(transaction, row.id, [slide.medium_id for slide in slides if slide.medium_id is not None])


def columns_of(row: Delivery) -> dict[str, Any]:
    """Return the columns of a delivery."""
    values = {name: getattr(row, name) for name in _DELIVERY_FIELDS}
    return values | picture_store.columns_of(row.picture)


def changed_columns(delivery: Delivery, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of changes to a delivery; of its picture those alone that differ from what was read.

    A worker may have written the others since.
    """
    values = dict(changes)
    picture = values.pop("picture", delivery.picture)
    before = picture_store.columns_of(delivery.picture)
    return values | {name: value for name, value in picture_store.columns_of(picture).items() if value != before[name]}


def add_media_references(transaction: Transaction, delivery_id: str, medium_ids: Iterable[str]) -> None:
    """Record that a delivery uses these media too, so that housekeeping keeps them while the delivery exists."""
    wanted = dict.fromkeys(medium_ids)
    if not wanted:
        return
    known = transaction.execute(select(slide_media.c.medium_id).where(slide_media.c.delivery_id == delivery_id))
    recorded = set(known.scalars())
    links = [{"delivery_id": delivery_id, "medium_id": medium_id} for medium_id in wanted if medium_id not in recorded]
    if links:
        transaction.execute(insert(slide_media), links)


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
    for row in found:
        by_post.setdefault(row.post_id, []).append(delivery_of(row._asdict()))
    names = _account_names(transaction, [delivery for found in by_post.values() for delivery in found])
    return [PostView(post_of(row._asdict()), by_post.get(row.id, []), names) for row in rows]


def _account_names(transaction: Transaction, rows: Iterable[Delivery]) -> dict[str, AccountName]:
    ids = {row.account_id for row in rows if row.account_id is not None}
    if not ids:
        return {}
    columns = (accounts.c.id, accounts.c.name, accounts.c.username)
    found = transaction.execute(select(*columns).where(accounts.c.id.in_(ids)))
    return {row.id: AccountName(row.id, row.name, row.username) for row in found}


def search_text(post: Post) -> str:
    """Return the folded text of the post that the search looks through."""
    tags = " ".join(post.hashtags)
    return fold_text([post.content, post.cta or "", tags, *post.texts.values()])


def post_of(row: Mapping[str, Any]) -> Post:
    values = {name: row[name] for name in _POST_FIELDS}
    values["texts"] = values["texts"] or {}
    values["platform_prompts"] = values["platform_prompts"] or {}
    values["shapes"] = values["shapes"] or {}
    values["slides"] = values["slides"] or []
    return Post(**values)


def delivery_of(row: Mapping[str, Any]) -> Delivery:
    values = {name: row[name] for name in _DELIVERY_FIELDS}
    values["state"] = State(values["state"])
    values["picture"] = picture_store.picture_of(row)
    return Delivery(**values)
