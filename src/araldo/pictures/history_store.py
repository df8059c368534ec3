"""Store of a delivery's last pictures, so that an earlier one can be selected again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, insert, select, update

from araldo.pictures.models import HISTORY_KEPT, CustomSource, DeliveryPicture, PictureVersion, SlidePicture
from araldo.pictures.store import options_of, slides_as_json, slides_of
from araldo.storage.database import Transaction
from araldo.storage.picture_tables import picture_history, slide_media

_h = picture_history.c
_COLUMNS = ("medium_id", "digest", "origin", "alt", "made_at", "shown_at")


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


def add(
    transaction: Transaction, delivery_id: str, workspace_id: str, shown: DeliveryPicture, version: PictureVersion
) -> None:
    """Add a version, or update its alt text and time; keep only the `HISTORY_KEPT` versions that were shown last.

    `shown`: what the delivery shows now, whose slides keep their references.
    """
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
    referenced = [shown.slides or (), *(version.slides or () for version in kept)]
    _drop_other_references(transaction, delivery_id, referenced)


def forget_of(transaction: Transaction, delivery_ids: Select[Any], before: datetime) -> None:
    """Delete these deliveries' versions last shown before `before`."""
    # One look-up for each old version, not a read of all those deliveries.
    (delivery_id,) = delivery_ids.selected_columns
    is_one = exists(delivery_ids.where(delivery_id == _h.delivery_id))
    transaction.execute(delete(picture_history).where(_h.shown_at < before, is_one))


def _drop_other_references(
    transaction: Transaction, delivery_id: str, carousels: Iterable[Iterable[SlidePicture]]
) -> None:
    """Delete the delivery's references to slide media that are in none of `carousels`."""
    used = {slide.medium_id for slides in carousels for slide in slides if slide.medium_id is not None}
    of_delivery = slide_media.c.delivery_id == delivery_id
    transaction.execute(delete(slide_media).where(of_delivery, slide_media.c.medium_id.not_in(used)))


def _values_of(version: PictureVersion) -> dict[str, Any]:
    notes = version.notes
    if version.source is not None:
        notes = {**(notes or {}), "given": asdict(version.source)}
    return {
        **{name: getattr(version, name) for name in _COLUMNS},
        "wish": None if version.wish is None else version.wish.as_json(),
        "notes": notes,
        "pictures": slides_as_json(version.slides),
    }


def _version_from_row(row: Mapping[str, Any]) -> PictureVersion:
    notes = dict(row["notes"] or {}) or None
    given = None if notes is None else notes.pop("given", None)
    return PictureVersion(
        **{name: row[name] for name in _COLUMNS},
        wish=options_of(row["wish"]),
        source=None if given is None else CustomSource(**given),
        notes=notes,
        slides=slides_of(row["pictures"]),
    )
