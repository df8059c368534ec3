"""The outbox: every event is passed on to each teller once, in the transaction that moves the teller's position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from araldo.clock import Clock
from araldo.loops import repeat_forever
from araldo.notify import outbox_store
from araldo.storage import events as event_store
from araldo.storage.database import Database, Transaction
from araldo.storage.events import Bell, Event, rung

_AT_ONCE = 200
_LOOK_S = 1.0


class Teller(Protocol):
    """Who tells somebody. `name` is that of its row; one that is not `awake` is asked nothing."""

    name: str

    @property
    def awake(self) -> bool: ...

    def may_want(self, event: Event) -> bool:
        """As far as the event itself tells."""
        ...

    async def take_in(self, transaction: Transaction, events: Sequence[Event]) -> None:
        """Write down what is to be sent; nothing is sent here."""
        ...


class Outbox:
    """Looks when `news` rings, and rings `wake` when there is something to send."""

    def __init__(self, *, database: Database, clock: Clock, news: Bell, wake: Bell, tellers: Sequence[Teller]) -> None:
        self._database = database
        self._clock = clock
        self._news = news
        self._wake = wake
        self._tellers = tellers
        # Up to where this process has looked and found nothing for a teller: its row need not move for that.
        self._looked: dict[str, int] = {}
        self._begun = False

    async def pass_on(self) -> int:
        """How many events were passed on, over all tellers."""
        if not self._begun:
            await self._begin()
        count = 0
        for teller in self._tellers:
            while teller.awake and (moved := await self._some(teller)):
                count += moved
        return count

    async def _begin(self) -> None:
        async with self._database.transaction() as transaction:
            for teller in self._tellers:
                await (outbox_store.wake if teller.awake else outbox_store.sleep)(transaction, teller.name)
        self._begun = True

    async def _some(self, teller: Teller) -> int:
        """A look first: most of what happens is for nobody outside, and a write would keep others waiting."""
        async with self._database.reading() as transaction:
            before = await outbox_store.position(transaction, teller.name)
            start = max(before, self._looked.get(teller.name, 0))
            found = await event_store.after(transaction, start, limit=_AT_ONCE)
        if not found:
            return 0
        wanted = [event for event in found if teller.may_want(event)]
        if wanted:
            async with self._database.transaction() as transaction:
                if not await outbox_store.move(transaction, teller.name, before, found[-1].id):
                    # Another process has passed them on; look where it has come to.
                    return len(found)
                await teller.take_in(transaction, wanted)
            self._wake.ring()
        self._looked[teller.name] = found[-1].id
        return len(found)

    async def run(self) -> None:
        """Until cancelled. After a failure the position stays where it was."""
        await repeat_forever(self._round, every_s=0, event="outbox_failed", clock=self._clock)

    async def _round(self) -> None:
        news = self._news.listen()
        await self.pass_on()
        await rung(news, _LOOK_S)
