"""Store of delivery pictures: a row for each delivery, and one for each slide of a carousel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update

from araldo.pictures.models import CustomSource, DeliveryPicture, PictureOptions, PictureState, SlidePicture
from araldo.storage.database import Transaction
from araldo.storage.picture_tables import delivery_pictures, slide_pictures

_p, _s = delivery_pictures.c, slide_pictures.c
_COLUMNS = ("medium_id", "digest", "origin", "error", "notes", "alt", "locked", "remade")
_SLIDE_COLUMNS = ("state", "digest", "medium_id", "error", "notes")
# With the slides, so that the claim of many deliveries reads all their pictures in one statement.
_FIND = (
    select(delivery_pictures, _s.position, *(_s[name].label(f"slide_{name}") for name in _SLIDE_COLUMNS))
    .select_from(delivery_pictures.outerjoin(slide_pictures, _s.delivery_id == _p.delivery_id))
    .where(_p.delivery_id.in_(bindparam("b_ids", expanding=True)))
    .order_by(_p.delivery_id, _s.position)
)


def find_all(transaction: Transaction, states: Mapping[str, str]) -> dict[str, DeliveryPicture]:
    """Return the pictures of these deliveries by delivery id. `states`: theirs, from the deliveries' rows."""
    if not states:
        return {}
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in transaction.execute(_FIND, {"b_ids": list(states)}):
        rows.setdefault(row.delivery_id, []).append(row._asdict())
    return {delivery_id: _picture_of(states[delivery_id], found) for delivery_id, found in rows.items()}


def add_all(transaction: Transaction, workspace_id: str, pictures: Mapping[str, DeliveryPicture]) -> None:
    """Store the pictures of new deliveries, by delivery id."""
    if not pictures:
        return
    rows = [
        {"delivery_id": delivery_id, "workspace_id": workspace_id, **_values_of(picture)}
        for delivery_id, picture in pictures.items()
    ]
    transaction.execute(insert(delivery_pictures), rows)
    for delivery_id, picture in pictures.items():
        _add_slides(transaction, delivery_id, dict(enumerate(picture.slides or ())))


def save_leased(transaction: Transaction, delivery_id: str, before: DeliveryPicture, after: DeliveryPicture) -> None:
    """Write what differs, under the delivery's fence: nobody else has written since `before` was read.

    The caller has written the delivery by compare-and-set in this transaction, and so has its row locked.
    """
    _save_fields(transaction, delivery_id, before, after)
    old, new = before.slides or (), after.slides or ()
    changed = [number for number, slide in enumerate(new) if number >= len(old) or slide != old[number]]
    if changed or len(old) > len(new):
        stale = or_(_s.position.in_(changed), _s.position >= len(new))
        transaction.execute(delete(slide_pictures).where(_s.delivery_id == delivery_id, stale))
        _add_slides(transaction, delivery_id, {number: new[number] for number in changed})


def save(transaction: Transaction, delivery_id: str, before: DeliveryPicture, after: DeliveryPicture) -> None:
    """Write a person's change: the fields that differ alone, and the slides as a whole.

    A worker may have written since `before` was read. The delivery is written first, as for `save_leased`.
    """
    _save_fields(transaction, delivery_id, before, after)
    if before.slides != after.slides:
        transaction.execute(delete(slide_pictures).where(_s.delivery_id == delivery_id))
        _add_slides(transaction, delivery_id, dict(enumerate(after.slides or ())))


def options_of(stored: Mapping[str, Any] | None) -> PictureOptions | None:
    """Return stored options; fields of a later release are ignored."""
    if stored is None:
        return None
    return PictureOptions(
        **{name: value for name, value in stored.items() if name in PictureOptions.__dataclass_fields__}
    )


def source_of(stored: Mapping[str, Any] | None) -> CustomSource | None:
    return None if stored is None else CustomSource(**stored)


def slide_of(values: Mapping[str, Any]) -> SlidePicture:
    return SlidePicture(**{**values, "state": PictureState(values["state"])})


def _save_fields(transaction: Transaction, delivery_id: str, before: DeliveryPicture, after: DeliveryPicture) -> None:
    old = _values_of(before)
    changes = {name: value for name, value in _values_of(after).items() if value != old[name]}
    if changes:
        transaction.execute(update(delivery_pictures).where(_p.delivery_id == delivery_id).values(changes))


def _add_slides(transaction: Transaction, delivery_id: str, slides: Mapping[int, SlidePicture]) -> None:
    rows = [{"delivery_id": delivery_id, "position": number, **asdict(slide)} for number, slide in slides.items()]
    if rows:
        transaction.execute(insert(slide_pictures), rows)


def _values_of(picture: DeliveryPicture) -> dict[str, Any]:
    """Return the columns of a picture, without its slides; its state is in the delivery's row."""
    return {
        **{name: getattr(picture, name) for name in _COLUMNS},
        "source": None if picture.source is None else asdict(picture.source),
        "wish": None if picture.wish is None else picture.wish.as_json(),
    }


def _picture_of(state: str, rows: Sequence[Mapping[str, Any]]) -> DeliveryPicture:
    """Return the picture of one delivery's rows, one for each slide."""
    row = rows[0]
    slides = None
    if row["position"] is not None:
        slides = tuple(slide_of({name: slide[f"slide_{name}"] for name in _SLIDE_COLUMNS}) for slide in rows)
    return DeliveryPicture(
        **{name: row[name] for name in _COLUMNS},
        state=PictureState(state),
        source=source_of(row["source"]),
        wish=options_of(row["wish"]),
        slides=slides,
    )
