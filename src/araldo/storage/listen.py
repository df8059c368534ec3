"""Follow the events of all processes: by NOTIFY on PostgreSQL, and by a read every second."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable

from sqlalchemy import String, bindparam, func, select

from araldo.clock import Clock
from araldo.loops import repeat_forever
from araldo.storage.database import Database, Transaction
from araldo.storage.events import find_horizon
from araldo.storage.signals import ChangeSignal, wait_for

_CHANNEL = "araldo_events"
_NOTIFY = select(func.pg_notify(_CHANNEL, bindparam("payload", type_=String())))
_POLL_S = 1.0
_RECONNECT_S = 2.0
_MIN_PAUSE_S = 0.05


class EventFeed(ChangeSignal):
    """Notified when there are new events; `horizon` is the id up to which they can be read (`find_horizon`)."""

    def __init__(self) -> None:
        super().__init__()
        self.horizon = 0

    def advance(self, horizon: int) -> None:
        """Notify the readers if the horizon has moved. It falls when an older copy of the database was restored."""
        if horizon != self.horizon:
            self.horizon = horizon
            self.notify()


class Listener:
    """One per process: reads the horizon after each commit of any process and advances the feed to it.

    `listening` is set while PostgreSQL's notifications are received, for tests.
    """

    def __init__(self, *, database: Database, feed: EventFeed, clock: Clock) -> None:
        self._database = database
        self._feed = feed
        self._clock = clock
        # Tells this process's notifications from those of others.
        self._token = secrets.token_hex(8)
        self._changed = ChangeSignal()
        # Subscribed before the announcement of the commit before it, so that none is missed.
        self._commit = database.committed.subscribe()
        self.listening = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        # Under load there are a thousand commits a second; after the pause one read serves all of them.
        loops = [self._repeat(self._poll, _MIN_PAUSE_S), self._repeat(self._announce_commits, _MIN_PAUSE_S)]
        if not self._database.is_sqlite:
            loops.append(self._repeat(self._listen, _RECONNECT_S))
        await asyncio.gather(*loops)

    async def _repeat(self, work: Callable[[], Awaitable[None]], every_s: float) -> None:
        await repeat_forever(work, every_s=every_s, event="not_listening", clock=self._clock)

    async def look(self) -> None:
        """Advance the feed to what is committed by now."""
        self._feed.advance(await self._database.read(find_horizon))

    async def _poll(self) -> None:
        change = self._changed.subscribe()
        await self.look()
        await wait_for(change, _POLL_S)

    async def _announce_commits(self) -> None:
        """Let this process and the others look after commits of this one.

        NOTIFY has a transaction of its own, for many commits: PostgreSQL commits those with NOTIFY one after the other.
        """
        if await wait_for(self._commit, _POLL_S):
            self._commit = self._database.committed.subscribe()
            self._changed.notify()
            if not self._database.is_sqlite:
                await self._database.write(self._notify_processes)

    def _notify_processes(self, transaction: Transaction) -> None:
        transaction.execute(_NOTIFY, {"payload": self._token})

    async def _listen(self) -> None:
        """Raises psycopg's errors when the connection is lost; polling finds the events of the meantime."""
        # Imported here, because it takes a tenth of a second, which a start on SQLite need not wait for.
        import psycopg

        connection = await psycopg.AsyncConnection.connect(self._database.conninfo, autocommit=True)
        try:
            await connection.execute(f"LISTEN {_CHANNEL}".encode())
            self.listening.set()
            async for received in connection.notifies():
                if received.payload != self._token:
                    self._changed.notify()
                    self._database.changed.notify()
        finally:
            self.listening.clear()
            await connection.close()
