"""Mails in the database: collected per post, account or webhook, then sent under a lease."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert, select, update

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
    open_still = (_m.about == about, _m.state == "pending", _m.attempts == 0, _m.lease_owner.is_(None))
    waiting = (
        transaction.execute(select(_m.id, _m.event_ids).where(*open_still, _m.workspace_id == workspace_id).limit(1))
    ).one_or_none()
    if waiting is not None:
        joined = transaction.execute(
            update(mails)
            .where(_m.id == waiting.id, *open_still)
            .values(event_ids=[*waiting.event_ids, event_id], updated_at=now)
        )
        if joined.rowcount:
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
