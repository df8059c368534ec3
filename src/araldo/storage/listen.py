"""Ringing for news: once there are new events, whoever told them; NOTIFY on PostgreSQL, and a look every second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import psycopg
import structlog

from araldo.clock import Clock
from araldo.storage.database import Database
from araldo.storage.events import CHANNEL, Bell, newest, rung

log = structlog.get_logger()

_LOOK_S = 1.0
_AGAIN_S = 2.0
_BREATH_S = 0.05


class Listener:
    """One for a process: it looks whenever `bell` rings, so that those who wait for `news` need not.

    `listening` is set while PostgreSQL's own notices come in, for tests.
    """

    def __init__(self, *, database: Database, bell: Bell, news: Bell, clock: Clock) -> None:
        self._database = database
        self._bell = bell
        self._news = news
        self._clock = clock
        self.listening = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.gather(
            self._for_ever(self._look, _LOOK_S),
            *([] if self._database.is_sqlite else [self._for_ever(self._hear, _AGAIN_S)]),
        )

    async def _for_ever(self, work: Callable[[], Awaitable[None]], again_s: float) -> None:
        while True:
            try:
                await work()
            except Exception as failure:
                # The database may be away for a moment; what was told meanwhile is found by looking.
                log.warning("not_listening", why=type(failure).__name__)
            await self._clock.sleep(again_s)

    async def _look(self) -> None:
        seen = -1
        while True:
            bell = self._bell.listen()
            found = await self._newest()
            if found != seen:
                seen = found
                self._news.ring()
            await rung(bell, _LOOK_S)
            # Under load the bell rings a thousand times a second; one look serves them all.
            await self._clock.sleep(_BREATH_S)

    async def _newest(self) -> int:
        async with self._database.reading() as transaction:
            return await newest(transaction)

    async def _hear(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self._database.conninfo, autocommit=True)
        try:
            await connection.execute(f"LISTEN {CHANNEL}".encode())
            self.listening.set()
            async for _ in connection.notifies():
                self._bell.ring()
        finally:
            self.listening.clear()
            await connection.close()
