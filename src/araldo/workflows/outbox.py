"""The outbox: every event is passed on to each teller once, in the transaction that moves the teller's position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import structlog

from araldo.notify import outbox_store
from araldo.storage import events as event_store
from araldo.storage.database import Database, Transaction
from araldo.storage.events import Bell, Event, rung

log = structlog.get_logger()

_AT_ONCE = 200
_LOOK_S = 1.0


class Teller(Protocol):
    """Who tells somebody. `name` is that of its row."""

    name: str

    async def take_in(self, transaction: Transaction, events: Sequence[Event]) -> None:
        """Write down what is to be sent; nothing is sent here."""
        ...


class Outbox:
    def __init__(self, *, database: Database, bell: Bell, tellers: Sequence[Teller]) -> None:
        self._database = database
        self._bell = bell
        self._tellers = tellers

    async def pass_on(self) -> int:
        """How many events were passed on, over all tellers."""
        count = 0
        for teller in self._tellers:
            while moved := await self._some(teller):
                count += moved
        return count

    async def _some(self, teller: Teller) -> int:
        """A look first: most of the times there is nothing, and a write would keep others waiting."""
        async with self._database.reading() as transaction:
            before = await outbox_store.position(transaction, teller.name)
            found = await event_store.after(transaction, before, limit=_AT_ONCE)
        if not found:
            return 0
        async with self._database.transaction() as transaction:
            if not await outbox_store.move(transaction, teller.name, before, found[-1].id):
                # Another process has passed them on; look where it has come to.
                return len(found)
            await teller.take_in(transaction, found)
        self._bell.ring()
        return len(found)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            bell = self._bell.listen()
            try:
                await self.pass_on()
            except Exception:
                # The database may be away for a moment; the position stays where it was.
                log.exception("outbox_failed")
            await rung(bell, _LOOK_S)
