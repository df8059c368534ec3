"""A queue of messages in a table: claim due ones under a lease, and store the result of an attempt."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Table, and_, delete, select, update

from araldo.notify.models import QueuedMessage
from araldo.storage.database import Transaction
from araldo.storage.leases import is_unleased

M = TypeVar("M", bound=QueuedMessage)


class MessageQueue(Generic[M]):
    """The messages of one table, which has a column for each field of `message_type`."""

    def __init__(self, table: Table, message_type: type[M]) -> None:
        self._table = table
        self._message_type = message_type

    def is_due(self, now: datetime) -> ColumnElement[bool]:
        c = self._table.c
        return and_(c.state == "pending", c.next_at <= now, is_unleased(self._table, now))

    def claim(self, transaction: Transaction, ids: Collection[str], until: datetime) -> list[M]:
        """Lease those of the messages that are still due; return them, the longest due first."""
        taken = transaction.execute(
            update(self._table)
            .where(self._table.c.id.in_(ids), self.is_due(transaction.now))
            .values(lease_owner=secrets.token_hex(8), lease_until=until)
            .returning(*self._table.c)
        )
        messages = [self._message_type(**row._asdict()) for row in taken]
        return sorted(messages, key=lambda message: (message.next_at or until, message.id))

    def join(self, transaction: Transaction, event_id: int, *of_whom: ColumnElement[bool]) -> bool:
        """Add the event to an unsent message that matches `of_whom`; False when there is none. For `event_ids`."""
        c = self._table.c
        untouched = (c.state == "pending", c.attempts == 0, c.lease_owner.is_(None))
        waiting = transaction.execute(select(c.id, c.event_ids).where(*of_whom, *untouched).limit(1)).one_or_none()
        if waiting is None:
            return False
        joined = transaction.execute(
            update(self._table)
            .where(c.id == waiting.id, *untouched)
            .values(event_ids=[*waiting.event_ids, event_id], updated_at=transaction.now)
        )
        return bool(joined.rowcount)

    def next_due_at(self, transaction: Transaction) -> datetime | None:
        """Return when the next pending message falls due that is not due yet; None when none is planned."""
        c = self._table.c
        planned = select(c.next_at).where(c.state == "pending", c.next_at > transaction.now)
        return transaction.execute(planned.order_by(c.next_at).limit(1)).scalar()

    def finish(self, transaction: Transaction, attempted: M) -> bool:
        """Store the message as it is after an attempt and release its lease.

        Write nothing and return False when another owner has taken the lease over.
        """
        c, result = self._table.c, replace(attempted, lease_owner=None, lease_until=None)
        own = (c.id == attempted.id, c.lease_owner == attempted.lease_owner)
        return bool(transaction.execute(update(self._table).where(*own).values(asdict(result))).rowcount)

    def prune_finished(self, transaction: Transaction, before: datetime, limit: int) -> int:
        """Delete at most `limit` messages that were finished before `before`; return how many."""
        c = self._table.c
        old = select(c.id).where(c.state != "pending", c.updated_at < before).limit(limit)
        return transaction.execute(delete(self._table).where(c.id.in_(old))).rowcount
