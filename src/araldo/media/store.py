"""Pictures in the database; their bytes are among the blobs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, insert, not_, or_, select, update
from sqlalchemy.orm import aliased

from araldo.media.models import Medium, Use
from araldo.storage import paging
from araldo.storage.database import Transaction
from araldo.storage.schema import deliveries, media, metadata, posts
from araldo.storage.search import folded

_m, _d = media.c, deliveries.c
_FIELDS = tuple(Medium.__dataclass_fields__)
# Of these, nothing will go out any more: what they show is theirs, fitted, and needs no source.
_OVER = ("published", "cancelled")
_ALIKE_MAX = 10
_WORDS_MAX = 20
# At most so many rows in one sweep's statement.
_SWEPT_AT_ONCE = 500


async def add(transaction: Transaction, medium: Medium) -> None:
    words = _words([medium.filename, medium.alt])
    await transaction.execute(insert(media).values(**asdict(medium), search_text=words))


async def find(transaction: Transaction, medium_id: str, workspace_id: str | None = None) -> Medium | None:
    """`workspace_id` None is for a signed URL, whose signature is the permission."""
    wanted = select(media).where(_m.id == medium_id)
    if workspace_id is not None:
        wanted = wanted.where(_m.workspace_id == workspace_id)
    row = (await transaction.execute(wanted)).one_or_none()
    return None if row is None else _medium_of(row._asdict())


async def in_library(transaction: Transaction, workspace_id: str, medium_id: str) -> Medium | None:
    """None for one that was removed, too."""
    found = await find(transaction, medium_id, workspace_id)
    return None if found is None or found.removed_at is not None else found


async def find_all(transaction: Transaction, workspace_id: str, ids: Iterable[str]) -> dict[str, Medium]:
    rows = await transaction.execute(select(media).where(_m.workspace_id == workspace_id, _m.id.in_(list(ids))))
    return {row.id: _medium_of(row._asdict()) for row in rows}


async def page(
    transaction: Transaction,
    workspace_id: str,
    *,
    words: str | None,
    origins: Collection[str],
    limit: int,
    cursor: str | None,
) -> tuple[list[Medium], str | None]:
    """The library, the newest first, without the copies that were fitted from it; and the next page's cursor."""
    wanted = select(media).where(_m.workspace_id == workspace_id, _m.removed_at.is_(None), _m.source_id.is_(None))
    if origins:
        wanted = wanted.where(_m.origin.in_(origins))
    for word in _words([words or ""]).split()[:_WORDS_MAX]:
        wanted = wanted.where(_m.search_text.contains(word, autoescape=True))
    rows = list(await transaction.execute(paging.newest_first(wanted, media, limit=limit, cursor=cursor)))
    found = [_medium_of(row._asdict()) for row in rows[:limit]]
    return found, paging.cursor_of(found[-1].created_at, found[-1].id) if len(rows) > limit else None


async def alike(transaction: Transaction, medium: Medium) -> list[str]:
    """Others of the library that hold the same file or look the same."""
    same = [_m.digest == medium.digest] + ([] if medium.dhash is None else [_m.dhash == medium.dhash])
    rows = await transaction.execute(
        select(_m.id)
        .where(_m.workspace_id == medium.workspace_id, _m.id != medium.id, _m.source_id.is_(None), or_(*same))
        .where(_m.removed_at.is_(None))
        .order_by(_m.created_at)
        .limit(_ALIKE_MAX)
    )
    return list(rows.scalars())


async def uses(transaction: Transaction, medium_id: str) -> list[Use]:
    """By posts that are there, of the medium itself and of what was fitted from it."""
    shown = select(_m.id).where(or_(_m.id == medium_id, _m.source_id == medium_id))
    rows = await transaction.execute(
        select(_d.post_id, _d.platform, _d.state)
        .join(posts, posts.c.id == _d.post_id)
        .where(_d.picture_media_id.in_(shown), posts.c.deleted_at.is_(None))
        .order_by(_d.created_at.desc(), _d.id)
    )
    return [Use(row.post_id, row.platform, row.state, row.state not in _OVER) for row in rows]


async def set_alt(transaction: Transaction, medium: Medium, alt: str) -> None:
    words = _words([medium.filename, alt])
    await transaction.execute(update(media).where(_m.id == medium.id).values(alt=alt, search_text=words))


async def remove(transaction: Transaction, medium: Medium, now: datetime) -> None:
    """For good; or, while something that is out shows this very one, out of the library only."""
    await transaction.execute(update(media).where(_m.id == medium.id).values(removed_at=now, kept=False))
    await transaction.execute(delete(media).where(_m.id == medium.id, not_(_is_named())))


async def sweep(transaction: Transaction, before: datetime) -> int:
    """Delete what nobody keeps and nothing refers to, of what was made before that; how many."""
    copies = aliased(media)
    going_out = exists(
        select(_d.id)
        .join(copies, copies.c.id == _d.picture_media_id)
        .where(copies.c.source_id == _m.id, _d.state.not_in(_OVER))
    )
    lost = select(_m.id).where(_m.kept.is_(False), _m.created_at < before, not_(_is_named()), not_(going_out))
    ids = list((await transaction.execute(lost.limit(_SWEPT_AT_ONCE))).scalars())
    if ids:
        await transaction.execute(delete(media).where(_m.id.in_(ids)))
    return len(ids)


async def digests(transaction: Transaction, asked: Collection[str]) -> set[str]:
    """Those of the asked that some medium still has."""
    return set((await transaction.execute(select(_m.digest).where(_m.digest.in_(list(asked))))).scalars())


def _is_named() -> ColumnElement[bool]:
    """Whether any row refers to it: asked of every table that can."""
    columns = [key.parent for table in metadata.tables.values() for key in table.foreign_keys if key.column is _m.id]
    return or_(*(exists(select(column).where(column == _m.id)) for column in columns))


def _words(parts: Iterable[str]) -> str:
    # In a file's name an underscore is a space.
    return folded(part.replace("_", " ") for part in parts)


def _medium_of(row: Mapping[str, Any]) -> Medium:
    values = {name: row[name] for name in _FIELDS}
    values["notes"] = values["notes"] or []
    return Medium(**values)
