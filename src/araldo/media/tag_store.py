"""Tags of the library's pictures in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, exists, func, insert, select

from araldo.media.models import Medium
from araldo.media.tags import tag_key
from araldo.storage.database import Transaction
from araldo.storage.picture_tables import media_tags
from araldo.storage.schema import media

_t = media_tags.c
# Most tags that a list returns: those of most pictures.
_LISTED_MAX = 500


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag, and how many pictures have it."""

    tag: str
    count: int


def list_tags(transaction: Transaction, workspace_id: str) -> list[TagCount]:
    """Return the workspace's tags in alphabetical order; of more than 500, those of most pictures."""
    count = func.count()
    rows = transaction.execute(
        select(func.min(_t.tag).label("tag"), count.label("pictures"))
        .where(_t.workspace_id == workspace_id)
        .group_by(_t.key)
        .order_by(count.desc(), _t.key)
        .limit(_LISTED_MAX)
    )
    found = [TagCount(row.tag, row.pictures) for row in rows]
    return sorted(found, key=lambda tag: tag_key(tag.tag))


def tags_of(transaction: Transaction, ids: Collection[str]) -> dict[str, list[str]]:
    """Return the tags of these media by id, in alphabetical order."""
    found: dict[str, list[str]] = {medium_id: [] for medium_id in ids}
    rows = transaction.execute(select(_t.medium_id, _t.tag).where(_t.medium_id.in_(list(ids))).order_by(_t.key))
    for row in rows if ids else ():
        found[row.medium_id].append(row.tag)
    return found


def set_tags(transaction: Transaction, medium: Medium, tags: Iterable[str]) -> list[str]:
    """Replace the medium's tags, which are unique, and return them in the spelling that the workspace already has."""
    by_key = {tag_key(tag): tag for tag in tags}
    known = transaction.execute(
        select(_t.key, func.min(_t.tag).label("tag"))
        .where(_t.workspace_id == medium.workspace_id, _t.key.in_(list(by_key)))
        .group_by(_t.key)
    )
    by_key |= {row.key: row.tag for row in known}
    remove_tags(transaction, medium)
    rows = [
        {"medium_id": medium.id, "key": key, "workspace_id": medium.workspace_id, "tag": tag}
        for key, tag in by_key.items()
    ]
    if rows:
        transaction.execute(insert(media_tags), rows)
    return [by_key[key] for key in sorted(by_key)]


def remove_tags(transaction: Transaction, medium: Medium) -> None:
    transaction.execute(delete(media_tags).where(_t.medium_id == medium.id))


def has_tag(tag: str) -> ColumnElement[bool]:
    """Return a condition: the row of `media` has this tag, in any spelling."""
    return exists(select(_t.medium_id).where(_t.medium_id == media.c.id, _t.key == tag_key(tag)))
