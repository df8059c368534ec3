"""Mails in the database: collected per post, account or webhook, then sent under a lease."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert, select

from araldo.notify.models import Mail
from araldo.notify.queue_store import MessageQueue
from araldo.storage.database import Transaction, new_id
from araldo.storage.schema import mails

_m = mails.c

queue = MessageQueue(mails, Mail)


def add_event(
    transaction: Transaction, workspace_id: str, about: str, event_id: int, *, now: datetime, send_at: datetime
) -> None:
    """Add the event to the unsent mail about the same object, or to a new mail due at `send_at`."""
    if queue.join(transaction, event_id, _m.about == about, _m.workspace_id == workspace_id):
        return
    new = Mail(
        id=new_id("mail"),
        workspace_id=workspace_id,
        about=about,
        event_ids=[event_id],
        next_at=send_at,
        created_at=now,
        updated_at=now,
    )
    transaction.execute(insert(mails).values(asdict(new)))


def list_due(transaction: Transaction, limit: int) -> list[str]:
    """Return the ids of the mails to send now, the longest due first."""
    due = select(_m.id).where(queue.is_due(transaction.now))
    rows = transaction.execute(due.order_by(_m.next_at, _m.id).limit(limit))
    return list(rows.scalars())
