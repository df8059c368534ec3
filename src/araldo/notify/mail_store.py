"""Mails in the database: collected per post, account or webhook, then sent under a lease."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, or_, select, update

from araldo.storage.database import Transaction, new_id
from araldo.storage.schema import mails

_m = mails.c


@dataclass(frozen=True, slots=True)
class Mail:
    """`about`: the id of the post, account or webhook. `state`: pending, sent, failed."""

    id: str
    workspace_id: str
    about: str
    event_ids: list[int]
    state: str
    attempts: int
    next_at: datetime | None
    lease_owner: str | None
    lease_until: datetime | None
    error: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None


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
    values = {"id": new_id("mail"), "workspace_id": workspace_id, "about": about, "event_ids": [event_id]}
    times = {"next_at": send_at, "created_at": now, "updated_at": now}
    transaction.execute(insert(mails).values(**values, **times, state="pending", attempts=0))


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (_m.state == "pending", _m.next_at <= now, or_(_m.lease_until.is_(None), _m.lease_until <= now))


def list_due(transaction: Transaction, now: datetime, limit: int) -> list[str]:
    rows = transaction.execute(select(_m.id).where(*_is_due(now)).order_by(_m.next_at, _m.id).limit(limit))
    return list(rows.scalars())


def claim(transaction: Transaction, mail_id: str, *, owner: str, now: datetime, until: datetime) -> Mail | None:
    taken = transaction.execute(
        update(mails).where(_m.id == mail_id, *_is_due(now)).values(lease_owner=owner, lease_until=until).returning(*_m)
    )
    row = taken.one_or_none()
    return None if row is None else Mail(**row._asdict())


def finish(transaction: Transaction, held: Mail, **values: Any) -> bool:
    """Write the result and release the lease; return False when another owner has taken it over."""
    done = transaction.execute(
        update(mails)
        .where(_m.id == held.id, _m.lease_owner == held.lease_owner)
        .values(**values, lease_owner=None, lease_until=None)
    )
    return bool(done.rowcount)


def free_all_leases(transaction: Transaction) -> None:
    """Release every lease, at the start of the only process that may have had one."""
    transaction.execute(update(mails).where(_m.lease_until.is_not(None)).values(lease_owner=None, lease_until=None))


def delete_finished(transaction: Transaction, before: datetime) -> None:
    transaction.execute(delete(mails).where(_m.state != "pending", _m.updated_at < before))
