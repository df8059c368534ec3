"""The outbox: every event is passed on to each consumer once, in the transaction that moves the consumer's position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from araldo.clock import Clock
from araldo.loops import repeat_forever
from araldo.notify import outbox_store
from araldo.storage import events as event_store
from araldo.storage.database import Database, Transaction
from araldo.storage.events import ChangeSignal, Event, wait_for

_AT_ONCE = 200
_LOOK_S = 1.0


class OutboxConsumer(Protocol):
    """Who tells somebody. `name` is that of its row; one that is not `enabled` is asked nothing."""

    name: str

    @property
    def enabled(self) -> bool: ...

    def matches(self, event: Event) -> bool:
        """As far as the event itself tells."""
        ...

    async def enqueue(self, transaction: Transaction, events: Sequence[Event]) -> None:
        """Write down what is to be sent; nothing is sent here."""
        ...


class Outbox:
    """Looks when `news` rings, and rings `messages_queued` when there is something to send."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        events_available: ChangeSignal,
        messages_queued: ChangeSignal,
        consumers: Sequence[OutboxConsumer],
    ) -> None:
        self._database = database
        self._clock = clock
        self._events_available = events_available
        self._messages_queued = messages_queued
        self._consumers = consumers
        # Up to where this process has looked and found nothing for a consumer: its row need not move for that.
        self._looked: dict[str, int] = {}
        self._begun = False

    async def pass_on(self) -> int:
        """How many events were passed on, over all consumers."""
        if not self._begun:
            await self._begin()
        count = 0
        for consumer in self._consumers:
            while consumer.enabled and (moved := await self._some(consumer)):
                count += moved
        return count

    async def _begin(self) -> None:
        async with self._database.transaction() as transaction:
            for consumer in self._consumers:
                await (outbox_store.enable if consumer.enabled else outbox_store.disable)(transaction, consumer.name)
        self._begun = True

    async def _some(self, consumer: OutboxConsumer) -> int:
        """A look first: most of what happens is for nobody outside, and a write would keep others waiting."""
        async with self._database.reading() as transaction:
            before = await outbox_store.get_position(transaction, consumer.name)
            start = max(before, self._looked.get(consumer.name, 0))
            found = await event_store.list_after(transaction, start, limit=_AT_ONCE)
        if not found:
            return 0
        wanted = [event for event in found if consumer.matches(event)]
        if wanted:
            async with self._database.transaction() as transaction:
                if not await outbox_store.advance(transaction, consumer.name, before, found[-1].id):
                    # Another process has passed them on; look where it has come to.
                    return len(found)
                await consumer.enqueue(transaction, wanted)
            self._messages_queued.notify()
        self._looked[consumer.name] = found[-1].id
        return len(found)

    async def run(self) -> None:
        """Until cancelled. After a failure the position stays where it was."""
        await repeat_forever(self._round, every_s=0, event="outbox_failed", clock=self._clock)

    async def _round(self) -> None:
        change = self._events_available.subscribe()
        await self.pass_on()
        await wait_for(change, _LOOK_S)
