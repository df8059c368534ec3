"""The last pictures of a delivery in the database, so that an earlier one can be chosen again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from araldo.posts.models import Delivery, SlidePicture, State
from araldo.posts.pictures import HISTORY_KEPT, PictureVersion
from araldo.storage.database import Transaction
from araldo.storage.picture_tables import picture_history, slide_media
from araldo.storage.schema import deliveries

_h = picture_history.c


async def of_delivery(transaction: Transaction, delivery_id: str) -> list[PictureVersion]:
    """Those made last first."""
    found = await transaction.execute(
        select(picture_history).where(_h.delivery_id == delivery_id).order_by(_h.made_at.desc(), _h.medium_id)
    )
    return [_past(row._asdict()) for row in found]


async def keep(transaction: Transaction, delivery: Delivery, past: PictureVersion) -> None:
    """Remembered, with its words as they are now; of more than the last few that were shown the oldest is let go."""
    this = (_h.delivery_id == delivery.id, _h.medium_id == past.medium_id)
    changes = {"alt": past.alt, "pictures": past.pictures, "shown_at": past.shown_at}
    known = await transaction.execute(update(picture_history).where(*this).values(**changes))
    if not known.rowcount:
        values = asdict(past) | {"delivery_id": delivery.id, "workspace_id": delivery.workspace_id}
        await transaction.execute(insert(picture_history).values(**values))
    all_of_it = await of_delivery(transaction, delivery.id)
    kept = sorted(all_of_it, key=lambda one: (one.shown_at, one.made_at), reverse=True)[:HISTORY_KEPT]
    await transaction.execute(
        delete(picture_history).where(
            _h.delivery_id == delivery.id, _h.medium_id.not_in([one.medium_id for one in kept])
        )
    )
    await _refer_only(transaction, delivery.id, [delivery.pictures or [], *(one.pictures or [] for one in kept)])


async def show(transaction: Transaction, delivery_id: str, medium_id: str, now: datetime) -> None:
    """It is the one that is shown from now on."""
    await transaction.execute(
        update(picture_history).where(_h.delivery_id == delivery_id, _h.medium_id == medium_id).values(shown_at=now)
    )


async def forget_published(transaction: Transaction, before: datetime) -> None:
    """What is out shows what it shows: there is nothing to go back to."""
    out = select(deliveries.c.id).where(deliveries.c.state == State.PUBLISHED)
    await transaction.execute(delete(picture_history).where(_h.shown_at < before, _h.delivery_id.in_(out)))


async def _refer_only(transaction: Transaction, delivery_id: str, shown: Iterable[Iterable[SlidePicture]]) -> None:
    """No more media of several pictures are this delivery's than it shows, or could show again."""
    named = {one["medium_id"] for pictures in shown for one in pictures if "medium_id" in one}
    of_it = slide_media.c.delivery_id == delivery_id
    await transaction.execute(delete(slide_media).where(of_it, slide_media.c.medium_id.not_in(named)))


def _past(row: Mapping[str, Any]) -> PictureVersion:
    return PictureVersion(**{name: row[name] for name in PictureVersion.__dataclass_fields__})
