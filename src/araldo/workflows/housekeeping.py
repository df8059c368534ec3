"""What is swept away in time: posts that were deleted long ago."""

from __future__ import annotations

from datetime import timedelta

import structlog

from araldo.clock import Clock
from araldo.posts import change_store
from araldo.storage.database import Database

log = structlog.get_logger()

DELETED_KEPT = timedelta(days=30)
_ROUND_S = 3600.0


class Housekeeping:
    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def sweep(self) -> int:
        """How many posts are gone for good."""
        async with self._database.transaction() as transaction:
            return await change_store.sweep_away(transaction, self._clock.now() - DELETED_KEPT)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.sweep()
            except Exception:
                # The database may be away for a moment; the next round finds the same rows.
                log.exception("housekeeping_failed")
            await self._clock.sleep(_ROUND_S)
