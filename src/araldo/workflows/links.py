"""Links that could not be read when their post went out: asked for again for a day. They fail nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import structlog

from araldo.accounts import store as account_store
from araldo.clock import Clock
from araldo.errors import OutsideError
from araldo.platforms.base import Platform
from araldo.posts import delivery_store
from araldo.posts.models import Delivery
from araldo.storage.database import Database
from araldo.storage.events import Bell
from araldo.workflows.destinations import Destinations

log = structlog.get_logger()

_FOR = timedelta(days=1)
_AT_ONCE = 20


class Links:
    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        bell: Bell,
        platforms: Mapping[str, Platform],
        destinations: Destinations,
        every_s: float,
    ) -> None:
        self._database = database
        self._clock = clock
        self._bell = bell
        self._platforms = platforms
        self._destinations = destinations
        self._every_s = every_s

    async def fill_in(self) -> int:
        """How many were found."""
        async with self._database.reading() as transaction:
            rows = await delivery_store.without_link(transaction, self._clock.now() - _FOR, _AT_ONCE)
        return sum([await self._one(row) for row in rows])

    async def _one(self, row: Delivery) -> bool:
        async with self._database.reading() as transaction:
            account = await account_store.get(transaction, row.workspace_id, row.account_id)
        try:
            to = await self._destinations.open(account, row)
            link = await self._platforms[row.platform].link(to, str(row.remote_id))
        except OutsideError as failure:
            log.info("link_not_read", delivery=row.id, code=failure.code)
            return False
        if link is None:
            return False
        async with self._database.transaction() as transaction:
            await delivery_store.store_link(transaction, row.id, link)
        self._bell.ring()
        return True

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.fill_in()
            except Exception:
                # The database may be away for a moment; the next round finds the same rows.
                log.exception("links_failed")
            await self._clock.sleep(self._every_s)
