"""Posts and deliveries in the database: made whole, read, listed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, literal, select, tuple_

from araldo.errors import NotFound, PostInvalid, Problem, Sentence
from araldo.posts.models import Delivery, PictureState, Post, PostView, State
from araldo.storage.database import Transaction
from araldo.storage.schema import deliveries, posts

_POST_FIELDS = tuple(Post.__dataclass_fields__)


async def add(transaction: Transaction, post: Post, rows: Sequence[Delivery]) -> None:
    """The post and its deliveries, or nothing."""
    await transaction.execute(insert(posts).values(**asdict(post)))
    await transaction.execute(insert(deliveries), [asdict(row) for row in rows])


async def get(transaction: Transaction, workspace_id: str, post_id: str) -> PostView:
    """Raises NotFound, also for another workspace's post."""
    found = await transaction.execute(
        select(posts).where(posts.c.id == post_id, posts.c.workspace_id == workspace_id, posts.c.deleted_at.is_(None))
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound(Sentence("There is no such post.", "Questo post non esiste."))
    return (await _with_deliveries(transaction, [row]))[0]


async def page(
    transaction: Transaction, workspace_id: str, *, limit: int, cursor: str | None
) -> tuple[list[PostView], str | None]:
    """The newest first, and the cursor of the next page, None on the last."""
    wanted = select(posts).where(posts.c.workspace_id == workspace_id, posts.c.deleted_at.is_(None))
    if cursor is not None:
        wanted = wanted.where(tuple_(posts.c.created_at, posts.c.id) < tuple_(*_position(cursor)))
    wanted = wanted.order_by(posts.c.created_at.desc(), posts.c.id.desc()).limit(limit + 1)
    rows = list(await transaction.execute(wanted))
    more = len(rows) > limit
    views = await _with_deliveries(transaction, rows[:limit])
    return views, _cursor(views[-1].post) if more else None


def _cursor(post: Post) -> str:
    return base64.urlsafe_b64encode(f"{post.created_at.isoformat()}|{post.id}".encode()).decode()


def _position(cursor: str) -> tuple[Any, str]:
    try:
        moment, _, post_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        instant = datetime.fromisoformat(moment)
        if instant.tzinfo is None:
            raise ValueError(moment)
    except (ValueError, binascii.Error) as broken:
        sentence = Sentence("This cursor is not one of ours.", "Questo cursore non è valido.")
        raise PostInvalid([Problem("/cursor", "cursor_invalid", sentence)]) from broken
    # Bound with the column's own type, else SQLite would compare two spellings of a time.
    return literal(instant, posts.c.created_at.type), post_id


async def _with_deliveries(transaction: Transaction, rows: Sequence[Row[Any]]) -> list[PostView]:
    found = await transaction.execute(
        select(deliveries)
        .where(deliveries.c.post_id.in_([row.id for row in rows]))
        .order_by(deliveries.c.post_id, deliveries.c.position)
    )
    by_post: dict[str, list[Delivery]] = {}
    for row in found:
        by_post.setdefault(row.post_id, []).append(delivery_of(row._asdict()))
    return [PostView(post_of(row._asdict()), by_post.get(row.id, [])) for row in rows]


def post_of(row: Mapping[str, Any]) -> Post:
    values = {name: row[name] for name in _POST_FIELDS}
    values["texts"] = values["texts"] or {}
    values["platform_prompts"] = values["platform_prompts"] or {}
    return Post(**values)


def delivery_of(row: Mapping[str, Any]) -> Delivery:
    values = dict(row)
    values["state"] = State(values["state"])
    values["picture_state"] = PictureState(values["picture_state"])
    return Delivery(**values)
