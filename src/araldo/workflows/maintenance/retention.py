"""How long each kind of row is kept, and the deletion of older ones in slices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from araldo.clock import Clock
from araldo.notify import mail_store, push_store, webhook_store
from araldo.posts import prune_store
from araldo.storage import idempotency
from araldo.storage.database import Database, Transaction
from araldo.workspaces import audit_store, session_store

# A transaction that deletes more would hold up the others.
_SLICE = 500
_PruneSlice = Callable[[Transaction, datetime, int], int]


@dataclass(frozen=True, slots=True)
class Retention:
    """How long rows are kept. Events and attempts: of settled deliveries; messages: webhooks', mails and
    push messages, once finished; pictures: those that nothing refers to.
    """

    audit: timedelta = timedelta(days=365)
    events: timedelta = timedelta(days=365)
    attempts: timedelta = timedelta(days=365)
    messages: timedelta = timedelta(days=30)
    idempotency_keys: timedelta = timedelta(hours=24)
    # A file is written before its row, and the row before the post that shows it.
    pictures: timedelta = timedelta(days=1)


class Pruner:
    """Deletes what is older than its retention, a slice a transaction."""

    def __init__(self, database: Database, clock: Clock, retention: Retention) -> None:
        self._database = database
        self._clock = clock
        self._retention = retention

    async def prune(self) -> None:
        kept, now = self._retention, self._clock.now()
        slices: Sequence[tuple[_PruneSlice, timedelta]] = (
            (audit_store.prune, kept.audit),
            (prune_store.prune_attempts, kept.attempts),
            (webhook_store.queue.prune_finished, kept.messages),
            (mail_store.queue.prune_finished, kept.messages),
            (push_store.queue.prune_finished, kept.messages),
            (idempotency.prune, kept.idempotency_keys),
            (session_store.prune_expired, timedelta(0)),
        )
        for prune_slice, age in slices:
            while await self._database.write(partial(_prune, prune_slice=prune_slice, before=now - age)) == _SLICE:
                pass
        await self._prune_events(now - kept.events)

    async def _prune_events(self, before: datetime) -> None:
        after_id: int | None = 0
        while after_id is not None:
            _, after_id = await self._database.write(
                partial(prune_store.prune_events, before=before, after_id=after_id, limit=_SLICE)
            )


def _prune(transaction: Transaction, *, prune_slice: _PruneSlice, before: datetime) -> int:
    return prune_slice(transaction, before, _SLICE)
