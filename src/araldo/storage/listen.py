"""Signal new events, whichever process recorded them: by NOTIFY on PostgreSQL, and by a read every second."""

from __future__ import annotations

import asyncio

from araldo.clock import Clock
from araldo.loops import repeat_forever
from araldo.storage.database import Database
from araldo.storage.events import CHANNEL, newest_id
from araldo.storage.signals import ChangeSignal, wait_for

_POLL_S = 1.0
_RECONNECT_S = 2.0
_MIN_PAUSE_S = 0.05


class Listener:
    """One per process: reads the newest id after each commit, and notifies `events_available` when it has changed.

    `listening` is set while PostgreSQL's notifications are received, for tests.
    """

    def __init__(self, *, database: Database, events_available: ChangeSignal, clock: Clock) -> None:
        self._database = database
        self._events_available = events_available
        self._clock = clock
        self.listening = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.gather(
            repeat_forever(self._poll, every_s=_POLL_S, event="not_listening", clock=self._clock),
            *([] if self._database.is_sqlite else [self._listen_forever()]),
        )

    async def _listen_forever(self) -> None:
        """Reconnect after failures. Polling finds the events of the meantime."""
        await repeat_forever(self._listen, every_s=_RECONNECT_S, event="not_listening", clock=self._clock)

    async def _poll(self) -> None:
        seen = -1
        while True:
            change = self._database.committed.subscribe()
            found = await self._newest()
            if found != seen:
                seen = found
                self._events_available.notify()
            await wait_for(change, _POLL_S)
            # Under load there are a thousand commits a second; one read serves all of them.
            await self._clock.sleep(_MIN_PAUSE_S)

    async def _newest(self) -> int:
        return await self._database.read(lambda transaction: newest_id(transaction))

    async def _listen(self) -> None:
        # Imported here, because it takes a tenth of a second, which a start on SQLite need not wait for.
        import psycopg

        connection = await psycopg.AsyncConnection.connect(self._database.conninfo, autocommit=True)
        try:
            await connection.execute(f"LISTEN {CHANNEL}".encode())
            self.listening.set()
            async for _ in connection.notifies():
                self._database.committed.notify()
        finally:
            self.listening.clear()
            await connection.close()
