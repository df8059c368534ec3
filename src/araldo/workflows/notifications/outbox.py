"""The outbox: give every event to each consumer once, in the transaction that advances the consumer's position."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from araldo.clock import Clock
from araldo.loops import repeat_forever
from araldo.notify import outbox_store
from araldo.storage import events as event_store
from araldo.storage.database import Database, Transaction
from araldo.storage.events import Event
from araldo.storage.signals import ChangeSignal, wait_for

_BATCH = 200
_POLL_S = 1.0


class OutboxConsumer(Protocol):
    """Turns events into messages to send. `name`: of its row with the position; only an `enabled` one is called."""

    name: str

    @property
    def enabled(self) -> bool: ...

    def matches(self, event: Event) -> bool:
        """Return whether the event may have to be notified, judged by the event alone."""
        ...

    def enqueue(self, transaction: Transaction, events: Sequence[Event]) -> None:
        """Store the messages to send for these events; send nothing."""
        ...


class Outbox:
    """Reads new events when `event_feed` is notified; calls `on_enqueued` when messages have been enqueued."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        event_feed: ChangeSignal,
        on_enqueued: Callable[[], None],
        consumers: Sequence[OutboxConsumer],
    ) -> None:
        self._database = database
        self._clock = clock
        self._event_feed = event_feed
        self._on_enqueued = on_enqueued
        self._consumers = consumers
        # By consumer, the last event that this process has read; the stored position advances only for a match.
        self._searched_to: dict[str, int] = {}
        self._enabled = False

    async def enqueue_events(self) -> int:
        """Give the consumers all events that are new now; return how many were read, over all consumers."""
        if not self._enabled:
            await self._enable_consumers()
        # In a transaction of its own, before the events are read: see `find_horizon`.
        horizon = await self._database.read(event_store.find_horizon)
        count = 0
        for consumer in self._consumers:
            while consumer.enabled and (moved := await self._enqueue_batch(consumer, horizon)):
                count += moved
        return count

    async def _enable_consumers(self) -> None:
        def in_transaction(transaction: Transaction) -> None:
            for consumer in self._consumers:
                (outbox_store.enable if consumer.enabled else outbox_store.disable)(transaction, consumer.name)

        await self._database.write(in_transaction)
        self._enabled = True

    async def _enqueue_batch(self, consumer: OutboxConsumer, horizon: int) -> int:
        """Read the next events up to the horizon and enqueue those that match; return how many were read.

        The write transaction is opened only for a match, because most events cause no notification.
        """

        def in_transaction(transaction: Transaction) -> tuple[int, list[Event]]:
            before = outbox_store.get_position(transaction, consumer.name)
            start = max(before, self._searched_to.get(consumer.name, 0))
            return before, event_store.list_after(transaction, start, limit=_BATCH, until=horizon)

        before, found = await self._database.read(in_transaction)
        if before == outbox_store.DISABLED:
            # By a process with other settings that started later. The events since then are not sent.
            await self._enable_consumers()
            return 0
        if not found:
            return 0
        wanted = [event for event in found if consumer.matches(event)]
        if wanted:

            def enqueue(transaction: Transaction) -> bool:
                advanced = outbox_store.advance(transaction, consumer.name, before, found[-1].id)
                if advanced:
                    consumer.enqueue(transaction, wanted)
                return advanced

            if not await self._database.write(enqueue):
                # Another process has enqueued them; read the new position in the next round.
                return len(found)
            self._on_enqueued()
        self._searched_to[consumer.name] = found[-1].id
        return len(found)

    async def run(self) -> None:
        """Enqueue events as they come until cancelled. After a failure the position is unchanged."""
        await repeat_forever(self._run_once, every_s=0, event="outbox_failed", clock=self._clock)

    async def _run_once(self) -> None:
        change = self._event_feed.subscribe()
        await self.enqueue_events()
        await wait_for(change, _POLL_S)
