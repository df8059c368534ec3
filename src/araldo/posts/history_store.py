"""The last pictures of a delivery in the database, so that an earlier one can be chosen again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert, select

from araldo.posts.models import Delivery
from araldo.posts.pictures import HISTORY_KEPT, PastPicture
from araldo.storage.database import Transaction
from araldo.storage.picture_schema import picture_history

_h = picture_history.c


async def of_delivery(transaction: Transaction, delivery_id: str) -> list[PastPicture]:
    """The newest first."""
    found = await transaction.execute(
        select(picture_history)
        .where(_h.delivery_id == delivery_id)
        .order_by(_h.made_at.desc(), _h.medium_id)
        .limit(HISTORY_KEPT)
    )
    return [_past(row._asdict()) for row in found]


async def keep(transaction: Transaction, delivery: Delivery, past: PastPicture) -> None:
    """Remembered, unless it is already; of more than the last few the oldest is let go."""
    known = [one.medium_id for one in await of_delivery(transaction, delivery.id)]
    if past.medium_id in known:
        return
    await transaction.execute(
        insert(picture_history).values(delivery_id=delivery.id, workspace_id=delivery.workspace_id, **asdict(past))
    )
    newest = [one.medium_id for one in await of_delivery(transaction, delivery.id)]
    await transaction.execute(delete(picture_history).where(_h.delivery_id == delivery.id, _h.medium_id.not_in(newest)))


def _past(row: Mapping[str, Any]) -> PastPicture:
    return PastPicture(**{name: row[name] for name in PastPicture.__dataclass_fields__})
