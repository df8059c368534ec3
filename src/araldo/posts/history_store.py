"""Store of a delivery's last pictures, so that an earlier one can be selected again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select, update

from araldo.posts.models import Delivery, SlidePicture, State
from araldo.posts.pictures import HISTORY_KEPT, PictureVersion
from araldo.storage.database import Transaction
from araldo.storage.picture_tables import picture_history, slide_media
from araldo.storage.schema import deliveries

_h = picture_history.c


def of_delivery(transaction: Transaction, delivery_id: str) -> list[PictureVersion]:
    """Return the delivery's versions, the newest first."""
    found = transaction.execute(
        select(picture_history).where(_h.delivery_id == delivery_id).order_by(_h.made_at.desc(), _h.medium_id)
    )
    return [_version_from_row(row._asdict()) for row in found]


def last_shown(transaction: Transaction, delivery_id: str) -> PictureVersion | None:
    """Return the version that the delivery showed last."""
    found = transaction.execute(
        select(picture_history)
        .where(_h.delivery_id == delivery_id)
        .order_by(_h.shown_at.desc(), _h.made_at.desc())
        .limit(1)
    )
    row = found.one_or_none()
    return None if row is None else _version_from_row(row._asdict())


def add(transaction: Transaction, delivery: Delivery, version: PictureVersion) -> None:
    """Add a version, or update its alt text and time; keep only the `HISTORY_KEPT` versions that were shown last."""
    this = (_h.delivery_id == delivery.id, _h.medium_id == version.medium_id)
    changes = {"alt": version.alt, "pictures": version.pictures, "shown_at": version.shown_at}
    known = transaction.execute(update(picture_history).where(*this).values(**changes))
    if not known.rowcount:
        values = asdict(version) | {"delivery_id": delivery.id, "workspace_id": delivery.workspace_id}
        transaction.execute(insert(picture_history).values(**values))
    versions = of_delivery(transaction, delivery.id)
    kept = sorted(versions, key=lambda kept: (kept.shown_at, kept.made_at), reverse=True)[:HISTORY_KEPT]
    transaction.execute(
        delete(picture_history).where(
            _h.delivery_id == delivery.id, _h.medium_id.not_in([version.medium_id for version in kept])
        )
    )
    referenced = [delivery.pictures or [], *(version.pictures or [] for version in kept)]
    _drop_other_references(transaction, delivery.id, referenced)


def forget_published(transaction: Transaction, before: datetime) -> None:
    """Delete the versions of published deliveries last shown before `before`: no other can be selected any more."""
    _d = deliveries.c
    published = exists(select(_d.id).where(_d.id == _h.delivery_id, _d.state == State.PUBLISHED))
    transaction.execute(delete(picture_history).where(_h.shown_at < before, published))


def _drop_other_references(
    transaction: Transaction, delivery_id: str, carousels: Iterable[Iterable[SlidePicture]]
) -> None:
    """Delete the delivery's references to slide media that are in none of `carousels`."""
    used = {picture["medium_id"] for pictures in carousels for picture in pictures if "medium_id" in picture}
    of_delivery = slide_media.c.delivery_id == delivery_id
    transaction.execute(delete(slide_media).where(of_delivery, slide_media.c.medium_id.not_in(used)))


def _version_from_row(row: Mapping[str, Any]) -> PictureVersion:
    return PictureVersion(**{name: row[name] for name in PictureVersion.__dataclass_fields__})
