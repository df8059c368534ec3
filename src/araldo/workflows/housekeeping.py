"""What is swept away in time: posts that were deleted long ago, and pictures that nothing refers to."""

from __future__ import annotations

from datetime import timedelta

from araldo.clock import Clock
from araldo.loops import repeat_forever
from araldo.media import store as media_store
from araldo.posts import change_store, history_store
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database
from araldo.workspaces import audit_store

DELETED_KEPT = timedelta(days=30)
AUDIT_KEPT = timedelta(days=365)
# So long a picture may lie about: its file is there before its row, and its row before the post that shows it.
UNUSED_KEPT = timedelta(days=1)
_ROUND_S = 3600.0
_DIGESTS_AT_ONCE = 500


class Housekeeping:
    def __init__(self, *, database: Database, clock: Clock, blobs: Blobs, audit_kept: timedelta = AUDIT_KEPT) -> None:
        self._audit_kept = audit_kept
        self._database = database
        self._clock = clock
        self._blobs = blobs

    async def sweep(self) -> int:
        """How many posts are gone for good."""
        async with self._database.transaction() as transaction:
            gone = await change_store.purge_deleted(transaction, self._clock.now() - DELETED_KEPT)
            await audit_store.prune(transaction, self._clock.now() - self._audit_kept)
        await self.sweep_pictures()
        return gone

    async def sweep_pictures(self) -> int:
        """How many files are gone. Rows first: a crash in between leaves files, which the next round finds."""
        before = self._clock.now() - UNUSED_KEPT
        async with self._database.transaction() as transaction:
            await history_store.forget_published(transaction, before)
        swept = True
        while swept:
            async with self._database.transaction() as transaction:
                swept = bool(await media_store.delete_unreferenced(transaction, before))
        old, dropped = await self._blobs.list_older_than(before), 0
        for start in range(0, len(old), _DIGESTS_AT_ONCE):
            some = old[start : start + _DIGESTS_AT_ONCE]
            async with self._database.reading() as transaction:
                wanted = await media_store.existing_digests(transaction, some)
            for digest in set(some) - wanted:
                dropped += await self._blobs.delete_if_older(digest, before)
        return dropped

    async def run(self) -> None:
        """Until cancelled."""
        await repeat_forever(self.sweep, every_s=_ROUND_S, event="housekeeping_failed", clock=self._clock)
