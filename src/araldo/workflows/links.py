"""Ids and links that could not be read when their post went out: asked for again for a day. They fail nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import OutsideError
from araldo.local_faults import is_passing
from araldo.loops import FailureLog, repeat_forever
from araldo.platforms.base import Platform, Published, Ticket
from araldo.posts import delivery_store
from araldo.posts.models import Delivery
from araldo.storage.database import Database
from araldo.storage.events import ChangeSignal
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
        committed: ChangeSignal,
        platforms: Mapping[str, Platform],
        destinations: Destinations,
        every_s: float,
    ) -> None:
        self._database = database
        self._clock = clock
        self._committed = committed
        self._platforms = platforms
        self._destinations = destinations
        self._every_s = every_s
        self._failures = FailureLog(clock)

    async def fill_in(self) -> int:
        """How many were found."""
        async with self._database.reading() as transaction:
            rows = await delivery_store.without_link(transaction, self._clock.now() - _FOR, _AT_ONCE)
        return sum([await self._fill_in_link(row) for row in rows])

    async def _fill_in_link(self, row: Delivery) -> bool:
        """A bug with one link must not keep the others from being read."""
        try:
            return await self._one(row)
        except Exception as failure:
            if is_passing(failure):
                raise
            self._failures.write("link_bug", failure, delivery=row.id)
            return False

    async def _one(self, row: Delivery) -> bool:
        async with self._database.reading() as transaction:
            account = await account_store.find(transaction, row.workspace_id, row.account_id)
        if account is None:
            return False
        try:
            found = await self._found(row, account)
        except OutsideError as failure:
            log.info("link_not_read", delivery=row.id, code=failure.code)
            return False
        async with self._database.transaction() as transaction:
            twin = found.by_text and await delivery_store.has_twin(transaction, row, self._clock.now())
            if twin or (found.remote_id, found.permalink) == (row.remote_id, None):
                return False
            await delivery_store.store_link(transaction, row.id, found.permalink, remote_id=found.remote_id)
        self._committed.notify()
        return True

    async def _found(self, row: Delivery, account: Account) -> Published:
        """Its id by another look where there is none, then its link."""
        platform, to = self._platforms[row.platform], await self._destinations.open(account, row)
        found = Published(row.remote_id)
        if row.remote_id is None and row.ticket is not None:
            finding = await platform.check(to, Ticket.from_json(row.ticket))
            found = finding if isinstance(finding, Published) else found
        if found.remote_id is None or found.permalink is not None:
            return found
        return replace(found, permalink=await platform.link(to, found.remote_id))

    async def run(self) -> None:
        """Until cancelled."""
        await repeat_forever(self.fill_in, every_s=self._every_s, event="links_failed", clock=self._clock)
