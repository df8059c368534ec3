"""Store of a delivery's last pictures, so that an earlier one can be selected again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, insert, select, tuple_, update

from araldo.pictures.models import HISTORY_KEPT, PictureVersion
from araldo.pictures.store import options_of, slide_of, source_of
from araldo.storage.database import Transaction
from araldo.storage.picture_tables import picture_history, slide_media

_h = picture_history.c
_COLUMNS = ("medium_id", "digest", "origin", "notes", "alt", "made_at", "shown_at")


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


def add(transaction: Transaction, delivery_id: str, workspace_id: str, version: PictureVersion) -> None:
    """Add a version, or update its alt text and time; keep only the `HISTORY_KEPT` versions that were shown last."""
    this = (_h.delivery_id == delivery_id, _h.medium_id == version.medium_id)
    values = _values_of(version)
    changes = {name: values[name] for name in ("alt", "pictures", "shown_at")}
    known = transaction.execute(update(picture_history).where(*this).values(**changes))
    if not known.rowcount:
        owner = {"delivery_id": delivery_id, "workspace_id": workspace_id}
        transaction.execute(insert(picture_history).values(**values, **owner))
    versions = of_delivery(transaction, delivery_id)
    kept = sorted(versions, key=lambda kept: (kept.shown_at, kept.made_at), reverse=True)[:HISTORY_KEPT]
    transaction.execute(
        delete(picture_history).where(
            _h.delivery_id == delivery_id, _h.medium_id.not_in([version.medium_id for version in kept])
        )
    )
    _refer_to_slides(transaction, delivery_id, kept)


def forget_of(transaction: Transaction, delivery_ids: Select[Any], before: datetime, limit: int) -> int:
    """Delete at most `limit` of these deliveries' versions last shown before `before`; return how many.

    References to slides go with a delivery's last version; what it shows now, it refers to by other rows.
    """
    # One look-up for each old version, not a read of all those deliveries.
    (delivery_id,) = delivery_ids.selected_columns
    is_one = exists(delivery_ids.where(delivery_id == _h.delivery_id))
    found = select(_h.delivery_id, _h.medium_id).where(_h.shown_at < before, is_one).limit(limit)
    old = [(row.delivery_id, row.medium_id) for row in transaction.execute(found)]
    if old:
        transaction.execute(delete(picture_history).where(tuple_(_h.delivery_id, _h.medium_id).in_(old)))
        has_version = exists(select(_h.medium_id).where(_h.delivery_id == slide_media.c.delivery_id))
        concerned = slide_media.c.delivery_id.in_({delivery_id for delivery_id, _ in old})
        transaction.execute(delete(slide_media).where(concerned, ~has_version))
    return len(old)


def _refer_to_slides(transaction: Transaction, delivery_id: str, versions: Iterable[PictureVersion]) -> None:
    """Let the delivery refer to the media of these versions' slides, and to no others, so that they are kept."""
    named = {slide.medium_id for version in versions for slide in version.slides or () if slide.medium_id is not None}
    of_delivery = slide_media.c.delivery_id == delivery_id
    transaction.execute(delete(slide_media).where(of_delivery, slide_media.c.medium_id.not_in(named)))
    if named:
        known = set(transaction.execute(select(slide_media.c.medium_id).where(of_delivery)).scalars())
        links = [{"delivery_id": delivery_id, "medium_id": medium_id} for medium_id in sorted(named - known)]
        if links:
            transaction.execute(insert(slide_media), links)


def _values_of(version: PictureVersion) -> dict[str, Any]:
    return {
        **{name: getattr(version, name) for name in _COLUMNS},
        "wish": None if version.wish is None else version.wish.as_json(),
        "source": None if version.source is None else asdict(version.source),
        "pictures": None if version.slides is None else [asdict(slide) for slide in version.slides],
    }


def _version_from_row(row: Mapping[str, Any]) -> PictureVersion:
    stored = row["pictures"]
    return PictureVersion(
        **{name: row[name] for name in _COLUMNS},
        wish=options_of(row["wish"]),
        source=source_of(row["source"]),
        slides=None if stored is None else tuple(map(slide_of, stored)),
    )
