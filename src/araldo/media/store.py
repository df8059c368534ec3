"""Pictures in the database; their bytes are among the blobs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Text, cast, delete, exists, insert, not_, or_, select, update
from sqlalchemy.orm import aliased

from araldo.media.models import Medium, MediumUsage
from araldo.storage import paging
from araldo.storage.brand_tables import metadata
from araldo.storage.database import Transaction
from araldo.storage.picture_tables import picture_history, slide_media
from araldo.storage.schema import deliveries, media, posts
from araldo.storage.search import fold_text

_m, _d, _h, _s = media.c, deliveries.c, picture_history.c, slide_media.c
_FIELDS = tuple(Medium.__dataclass_fields__)
# Of these, nothing will go out any more: what they show is theirs, fitted, and needs no source.
_FINISHED = ("published", "cancelled")
_SIMILAR_MAX = 10
_WORDS_MAX = 20
# At most so many rows in one sweep's statement.
_DELETE_BATCH = 500


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


async def find_in_library(transaction: Transaction, workspace_id: str, medium_id: str) -> Medium | None:
    """None for one that was removed, too."""
    found = await find(transaction, medium_id, workspace_id)
    return None if found is None or found.removed_at is not None else found


async def find_all(transaction: Transaction, workspace_id: str, ids: Iterable[str]) -> dict[str, Medium]:
    rows = await transaction.execute(select(media).where(_m.workspace_id == workspace_id, _m.id.in_(list(ids))))
    return {row.id: _medium_of(row._asdict()) for row in rows}


async def list_library(
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
    return found, paging.encode_cursor(found[-1].created_at, found[-1].id) if len(rows) > limit else None


async def find_similar(transaction: Transaction, medium: Medium) -> list[str]:
    """Others of the library that hold the same file or look the same."""
    same = [_m.digest == medium.digest] + ([] if medium.dhash is None else [_m.dhash == medium.dhash])
    rows = await transaction.execute(
        select(_m.id)
        .where(_m.workspace_id == medium.workspace_id, _m.id != medium.id, _m.source_id.is_(None), or_(*same))
        .where(_m.removed_at.is_(None))
        .order_by(_m.created_at)
        .limit(_SIMILAR_MAX)
    )
    return list(rows.scalars())


async def list_usages(transaction: Transaction, medium: Medium) -> list[MediumUsage]:
    """By posts that are there: of the medium itself, of what was fitted from it, and of slides that name it.

    What a post showed before and could show again is no use: it goes with the medium.
    """
    shown = _with_copies(medium.id)
    several = (
        select(_s.delivery_id)
        .join(deliveries, _d.id == _s.delivery_id)
        .where(_s.medium_id.in_(shown), _text(_d.pictures).contains(_s.medium_id))
    )
    named = (
        select(_d.id)
        .join(posts, posts.c.id == _d.post_id)
        .where(posts.c.workspace_id == medium.workspace_id, _text(posts.c.slides).contains(medium.id))
    )
    rows = await transaction.execute(
        select(_d.post_id, _d.platform, _d.state)
        .join(posts, posts.c.id == _d.post_id)
        .where(or_(_d.picture_media_id.in_(shown), _d.id.in_(several), _d.id.in_(named)))
        .where(posts.c.deleted_at.is_(None))
        .order_by(_d.created_at.desc(), _d.id)
    )
    return [MediumUsage(row.post_id, row.platform, row.state, row.state not in _FINISHED) for row in rows]


async def set_alt(transaction: Transaction, medium: Medium, alt: str) -> None:
    words = _words([medium.filename, alt])
    await transaction.execute(update(media).where(_m.id == medium.id).values(alt=alt, search_text=words))


async def remove(transaction: Transaction, medium: Medium, now: datetime) -> None:
    """For good, with what posts could go back to of it; or, while it is shown, out of the library only."""
    await transaction.execute(update(media).where(_m.id == medium.id).values(removed_at=now, kept=False))
    shows = exists(select(_d.id).where(_d.id == _h.delivery_id, _d.picture_media_id == _h.medium_id))
    of_it = or_(_h.medium_id.in_(_with_copies(medium.id)), _text(_h.pictures).contains(medium.id))
    await transaction.execute(delete(picture_history).where(of_it, not_(shows)))
    await transaction.execute(delete(media).where(_m.id == medium.id, not_(_is_referenced())))


async def delete_unreferenced(transaction: Transaction, before: datetime) -> int:
    """Delete what nobody keeps and nothing refers to, of what was made before that; how many."""
    lost = select(_m.id).where(
        _m.kept.is_(False), _m.created_at < before, not_(_is_referenced()), not_(_may_be_fitted_again())
    )
    ids = list((await transaction.execute(lost.limit(_DELETE_BATCH))).scalars())
    if ids:
        await transaction.execute(delete(media).where(_m.id.in_(ids)))
    return len(ids)


async def existing_digests(transaction: Transaction, asked: Collection[str]) -> set[str]:
    """Those of the asked that some medium still has."""
    return set((await transaction.execute(select(_m.digest).where(_m.digest.in_(list(asked))))).scalars())


def _is_referenced() -> ColumnElement[bool]:
    """Whether any row refers to it: asked of every table that can."""
    columns = [key.parent for table in metadata.tables.values() for key in table.foreign_keys if key.column is _m.id]
    return or_(*(exists(select(column).where(column == _m.id)) for column in columns))


def _may_be_fitted_again() -> ColumnElement[bool]:
    """Whether something that may still go out was fitted from it, and may be fitted from it again."""
    copies = aliased(media)
    may_go_out = _d.state.not_in(_FINISHED)
    shown = select(_d.id).join(copies, copies.c.id == _d.picture_media_id)
    shown_before = (
        select(_d.id).join(picture_history, _h.delivery_id == _d.id).join(copies, copies.c.id == _h.medium_id)
    )
    # A draft may go nowhere yet.
    open_post = or_(
        exists(select(_d.id).where(_d.post_id == posts.c.id, may_go_out)),
        not_(exists(select(_d.id).where(_d.post_id == posts.c.id))),
    )
    named = select(posts.c.id).where(posts.c.workspace_id == _m.workspace_id, _text(posts.c.slides).contains(_m.id))
    return or_(
        exists(shown.where(copies.c.source_id == _m.id, may_go_out)),
        exists(shown_before.where(copies.c.source_id == _m.id, may_go_out)),
        exists(named.where(open_post)),
    )


def _with_copies(medium_id: str) -> Select[tuple[str]]:
    return select(_m.id).where(or_(_m.id == medium_id, _m.source_id == medium_id))


def _text(column: Column[Any]) -> ColumnElement[str]:
    """A JSON column as it is written: ids are long and random, so one that is found in it is in it."""
    return cast(column, Text)


def _words(parts: Iterable[str]) -> str:
    # In a file's name an underscore is a space.
    return fold_text(part.replace("_", " ") for part in parts)


def _medium_of(row: Mapping[str, Any]) -> Medium:
    values = {name: row[name] for name in _FIELDS}
    values["notes"] = values["notes"] or []
    return Medium(**values)
