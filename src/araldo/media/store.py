"""Media in the database; their bytes are stored as blobs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    exists,
    insert,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from araldo.media.models import Medium, MediumUsage
from araldo.media.tag_store import has_tag, remove_tags, set_tags, tags_of
from araldo.storage import paging
from araldo.storage.brand_tables import metadata
from araldo.storage.database import Transaction
from araldo.storage.picture_tables import delivery_pictures, picture_history, slide_pictures
from araldo.storage.schema import deliveries, media, posts
from araldo.storage.search import fold_text

_m, _d, _h = media.c, deliveries.c, picture_history.c
_p, _s = delivery_pictures.c, slide_pictures.c
_SELECT_BY_IDS = select(media).where(_m.id.in_(bindparam("b_ids", expanding=True)))
_FIELDS = tuple(Medium.__dataclass_fields__)
# In these states nothing more is published, so a fitted copy no longer needs its source.
_FINISHED = ("published", "cancelled")
_SIMILAR_MAX = 10
_WORDS_MAX = 20
# Most rows that one statement deletes.
_DELETE_BATCH = 500


def add(transaction: Transaction, medium: Medium, tags: Iterable[str] = ()) -> None:
    words = _search_text([medium.filename, medium.alt, *tags])
    transaction.execute(insert(media).values(**asdict(medium), search_text=words))
    set_tags(transaction, medium, tags)


def find(transaction: Transaction, medium_id: str, workspace_id: str | None = None) -> Medium | None:
    """Return a medium, or None. `workspace_id` None: for a signed URL, whose signature grants the access."""
    wanted = select(media).where(_m.id == medium_id)
    if workspace_id is not None:
        wanted = wanted.where(_m.workspace_id == workspace_id)
    row = transaction.execute(wanted).one_or_none()
    return None if row is None else _medium_of(row._asdict())


def find_in_library(transaction: Transaction, workspace_id: str, medium_id: str) -> Medium | None:
    """Return a medium of the library; None when there is none or it was removed."""
    found = find(transaction, medium_id, workspace_id)
    return None if found is None or found.removed_at is not None else found


def find_all(transaction: Transaction, workspace_id: str, ids: Iterable[str]) -> dict[str, Medium]:
    rows = transaction.execute(select(media).where(_m.workspace_id == workspace_id, _m.id.in_(list(ids))))
    return {row.id: _medium_of(row._asdict()) for row in rows}


def find_by_names(transaction: Transaction, workspace_id: str, names: Collection[str]) -> dict[str, list[Medium]]:
    """Return the library's media by their file names and ids, as far as they are among `names`."""
    wanted = select(media).where(_m.workspace_id == workspace_id, _m.removed_at.is_(None), _m.source_id.is_(None))
    found: dict[str, list[Medium]] = {}
    for row in transaction.execute(wanted.where(or_(_m.filename.in_(names), _m.id.in_(names)))) if names else ():
        medium = _medium_of(row._asdict())
        for name in {medium.filename, medium.id}.intersection(names):
            found.setdefault(name, []).append(medium)
    return found


def find_by_ids(transaction: Transaction, ids: Collection[str]) -> dict[str, Medium]:
    """Return these media by id, of all workspaces: for the publisher."""
    if not ids:
        return {}
    return {row.id: _medium_of(row._asdict()) for row in transaction.execute(_SELECT_BY_IDS, {"b_ids": list(ids)})}


def list_library(
    transaction: Transaction,
    workspace_id: str,
    *,
    words: str | None,
    origins: Collection[str],
    tags: Collection[str] = (),
    limit: int,
    cursor: str | None,
) -> tuple[list[Medium], str | None]:
    """Return the library's media with all of the tags, newest first, without fitted copies; and the next cursor."""
    wanted = select(media).where(_m.workspace_id == workspace_id, _m.removed_at.is_(None), _m.source_id.is_(None))
    if origins:
        wanted = wanted.where(_m.origin.in_(origins))
    for tag in tags:
        wanted = wanted.where(has_tag(tag))
    for word in _search_text([words or ""]).split()[:_WORDS_MAX]:
        wanted = wanted.where(_m.search_text.contains(word, autoescape=True))
    rows = transaction.execute(paging.newest_first(wanted, media, limit=limit, cursor=cursor)).all()
    shown, following = paging.split(rows, limit)
    return [_medium_of(row._asdict()) for row in shown], following


def find_similar(transaction: Transaction, medium: Medium) -> list[str]:
    """Return ids of other media in the library with the same bytes or the same perceptual hash."""
    same = [_m.digest == medium.digest] + ([] if medium.dhash is None else [_m.dhash == medium.dhash])
    rows = transaction.execute(
        select(_m.id)
        .where(_m.workspace_id == medium.workspace_id, _m.id != medium.id, _m.source_id.is_(None), or_(*same))
        .where(_m.removed_at.is_(None))
        .order_by(_m.created_at)
        .limit(_SIMILAR_MAX)
    )
    return list(rows.scalars())


def list_usages(transaction: Transaction, medium: Medium) -> list[MediumUsage]:
    """Return the deliveries of existing posts that show the medium, a fitted copy of it, or name it in a slide.

    A post's picture history does not count: it is deleted with the medium.
    """
    shown = _with_copies(medium.id)
    alone = select(_p.delivery_id).where(_p.medium_id.in_(shown))
    several = select(_s.delivery_id).where(_s.medium_id.in_(shown))
    named = (
        select(_d.id)
        .join(posts, posts.c.id == _d.post_id)
        .where(posts.c.workspace_id == medium.workspace_id, _as_text(posts.c.slides).contains(medium.id))
    )
    rows = transaction.execute(
        select(_d.post_id, _d.platform, _d.state)
        .join(posts, posts.c.id == _d.post_id)
        .where(or_(_d.id.in_(alone), _d.id.in_(several), _d.id.in_(named)))
        .where(posts.c.deleted_at.is_(None))
        .order_by(_d.created_at.desc(), _d.id)
    )
    return [MediumUsage(row.post_id, row.platform, row.state, row.state not in _FINISHED) for row in rows]


def describe(transaction: Transaction, medium: Medium, *, alt: str | None, tags: Iterable[str] | None) -> None:
    """Set the alt text and the tags; None leaves them unchanged."""
    text = medium.alt if alt is None else alt
    labels = tags_of(transaction, [medium.id])[medium.id] if tags is None else set_tags(transaction, medium, tags)
    words = _search_text([medium.filename, text, *labels])
    transaction.execute(update(media).where(_m.id == medium.id).values(alt=text, search_text=words))


def remove(transaction: Transaction, medium: Medium, now: datetime) -> None:
    """Delete a medium and its versions in picture histories; while a post shows it, only take it out of the library."""
    transaction.execute(update(media).where(_m.id == medium.id).values(removed_at=now, kept=False))
    remove_tags(transaction, medium)
    shows = exists(select(_p.delivery_id).where(_p.delivery_id == _h.delivery_id, _p.medium_id == _h.medium_id))
    of_it = or_(_h.medium_id.in_(_with_copies(medium.id)), _as_text(_h.pictures).contains(medium.id))
    transaction.execute(delete(picture_history).where(of_it, not_(shows)))
    transaction.execute(delete(media).where(_m.id == medium.id, not_(_is_referenced())))


def delete_unreferenced(transaction: Transaction, before: datetime) -> int:
    """Delete unreferenced media from before `before` that are not kept; return how many (at most 500)."""
    lost = select(_m.id).where(
        _m.kept.is_(False), _m.created_at < before, not_(_is_referenced()), not_(_may_be_fitted_again())
    )
    ids = list(transaction.execute(lost.limit(_DELETE_BATCH)).scalars())
    if ids:
        transaction.execute(delete(media).where(_m.id.in_(ids)))
    return len(ids)


def existing_digests(transaction: Transaction, asked: Collection[str]) -> set[str]:
    """Return those of the digests that a medium still has."""
    return set(transaction.execute(select(_m.digest).where(_m.digest.in_(list(asked)))).scalars())


def _is_referenced() -> ColumnElement[bool]:
    """Return a condition: a row of any table with a foreign key to media refers to it."""
    columns = [key.parent for table in metadata.tables.values() for key in table.foreign_keys if key.column is _m.id]
    return or_(*(exists(select(column).where(column == _m.id)) for column in columns))


def _may_be_fitted_again() -> ColumnElement[bool]:
    """Return a condition: a delivery that may still be published shows, or could show, a copy fitted from it."""
    copies = aliased(media)
    may_go_out = _d.state.not_in(_FINISHED)
    shown = select(_d.id).join(delivery_pictures, _p.delivery_id == _d.id).join(copies, copies.c.id == _p.medium_id)
    shown_before = (
        select(_d.id).join(picture_history, _h.delivery_id == _d.id).join(copies, copies.c.id == _h.medium_id)
    )
    # A draft may have no deliveries yet.
    open_post = or_(
        exists(select(_d.id).where(_d.post_id == posts.c.id, may_go_out)),
        not_(exists(select(_d.id).where(_d.post_id == posts.c.id))),
    )
    named = select(posts.c.id).where(posts.c.workspace_id == _m.workspace_id, _as_text(posts.c.slides).contains(_m.id))
    return or_(
        exists(shown.where(copies.c.source_id == _m.id, may_go_out)),
        exists(shown_before.where(copies.c.source_id == _m.id, may_go_out)),
        exists(named.where(open_post)),
    )


def _with_copies(medium_id: str) -> Select[tuple[str]]:
    return select(_m.id).where(or_(_m.id == medium_id, _m.source_id == medium_id))


def _as_text(column: Column[Any]) -> ColumnElement[str]:
    """Return a JSON column as text, to search it for an id: ids are long and random, so a match is no accident."""
    return cast(column, Text)


def _search_text(parts: Iterable[str]) -> str:
    # File names have underscores for spaces.
    return fold_text(part.replace("_", " ") for part in parts)


def _medium_of(row: Mapping[str, Any]) -> Medium:
    values = {name: row[name] for name in _FIELDS}
    values["notes"] = values["notes"] or []
    return Medium(**values)
