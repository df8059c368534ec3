"""Read the remote ids and permalinks that could not be read at publishing, for up to a day. Best effort."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import OutsideError
from araldo.local_faults import is_transient
from araldo.loops import FailureLog
from araldo.platforms.base import Platform, Published, Ticket
from araldo.posts import delivery_store
from araldo.posts.models import Delivery
from araldo.storage.database import Database, Transaction
from araldo.workflows.publishing.destinations import Destinations

log = structlog.get_logger()

_RETRY_FOR = timedelta(days=1)
_BATCH = 20


class PermalinkReader:
    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        destinations: Destinations,
    ) -> None:
        self._database = database
        self._clock = clock
        self._platforms = platforms
        self._destinations = destinations
        self._failures = FailureLog(clock)

    async def fill_in_missing(self) -> int:
        """Read what is missing; return for how many deliveries something was found."""
        rows = await self._database.read(
            lambda transaction: delivery_store.find_without_permalink(
                transaction, self._clock.now() - _RETRY_FOR, _BATCH
            )
        )
        return sum([await self._fill_in_isolated(row) for row in rows])

    async def _fill_in_isolated(self, row: Delivery) -> bool:
        """Fill in one delivery. A bug with one must not keep the others from being read."""
        try:
            return await self._fill_in_delivery(row)
        except Exception as failure:
            if is_transient(failure):
                raise
            self._failures.write("link_bug", failure, delivery_id=row.id, post_id=row.post_id)
            return False

    async def _fill_in_delivery(self, row: Delivery) -> bool:
        account = await self._database.read(
            lambda transaction: account_store.find(transaction, row.workspace_id, row.account_id)
        )
        if account is None:
            return False
        try:
            found = await self._read_published(row, account)
        except OutsideError as failure:
            log.info("link_not_read", delivery_id=row.id, post_id=row.post_id, code=failure.code)
            return False

        def in_transaction(transaction: Transaction) -> bool:
            ambiguous = found.matched_by_text and delivery_store.has_identical_text(transaction, row, self._clock.now())
            if ambiguous or (found.remote_id, found.permalink) == (row.remote_id, None):
                return False
            delivery_store.store_permalink(transaction, row.id, found.permalink, remote_id=found.remote_id)
            return True

        return await self._database.write(in_transaction)

    async def _read_published(self, row: Delivery, account: Account) -> Published:
        """Read the remote id by another check where it is unknown, then the permalink. Raises OutsideError."""
        platform = self._platforms[row.platform]
        to = await self._destinations.for_check(await self._destinations.open(account), row)
        found = Published(row.remote_id)
        if row.remote_id is None and row.ticket is not None:
            finding = await platform.check(to, Ticket.from_json(row.ticket))
            found = finding if isinstance(finding, Published) else found
        if found.remote_id is None or found.permalink is not None:
            return found
        return replace(found, permalink=await platform.read_permalink(to, found.remote_id))
