"""Purge what is old enough: deleted posts, rows beyond their retention, expired ones, and unreferenced media."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from araldo.clock import Clock
from araldo.media import generation_claim_store
from araldo.media import store as media_store
from araldo.posts import change_store
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database, Transaction
from araldo.workflows.maintenance.retention import Pruner, Retention
from araldo.workspaces import throttle_store

DELETED_KEPT = timedelta(days=30)
# Most rows that one transaction deletes, so that others do not wait long.
_ROWS_AT_ONCE = 1_000


class Housekeeping:
    def __init__(self, *, database: Database, clock: Clock, blobs: Blobs, retention: Retention | None = None) -> None:
        self._retention = retention or Retention()
        self._pruner = Pruner(database, clock, self._retention)
        self._database = database
        self._clock = clock
        self._blobs = blobs

    async def purge(self) -> int:
        """Purge all that is old enough; return how many posts were."""

        def in_transaction(transaction: Transaction) -> int:
            return change_store.purge_deleted(transaction, self._clock.now() - DELETED_KEPT)

        gone = await self._database.write(in_transaction)
        await self._pruner.prune()
        for delete_expired in (throttle_store.delete_expired, generation_claim_store.delete_expired):
            while await self._database.write(partial(delete_expired, limit=_ROWS_AT_ONCE)):
                pass
        await self.purge_unused_files()
        return gone

    async def purge_unused_files(self) -> int:
        """Delete unused media and return how many files were. Rows go first: files left by a crash are found later."""
        before = self._clock.now() - self._retention.pictures
        forget = partial(change_store.forget_versions_of_published, before=before, limit=_ROWS_AT_ONCE)
        while await self._database.write(forget):
            pass
        while await self._database.write(lambda transaction: media_store.delete_unreferenced(transaction, before)):
            pass
        dropped = 0
        async for page in self._blobs.list_older_than(before):
            wanted = await self._database.read(partial(media_store.existing_digests, asked=page))
            for digest in set(page) - wanted:
                dropped += await self._blobs.delete_if_older(digest, before)
        return dropped
