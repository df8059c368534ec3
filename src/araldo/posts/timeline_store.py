"""Read a post's attempts for its timeline, with their requests and answers."""

from __future__ import annotations

from sqlalchemy import select

from araldo.posts.timeline import Attempt
from araldo.storage.database import Transaction
from araldo.storage.schema import attempts, deliveries


def attempts_of(transaction: Transaction, workspace_id: str, post_id: str) -> list[Attempt]:
    rows = transaction.execute(
        select(attempts, deliveries.c.platform)
        .join(deliveries, attempts.c.delivery_id == deliveries.c.id)
        .where(deliveries.c.post_id == post_id, deliveries.c.workspace_id == workspace_id)
        .order_by(attempts.c.opened_at, attempts.c.number)
    )
    names = Attempt.__dataclass_fields__
    return [Attempt(**{name: row._asdict()[name] for name in names}) for row in rows]
