"""A workspace's cache of pictures from paid providers, and the record of every generation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from araldo.clock import Clock
from araldo.images.providers.cache import CacheKey, FinishedPicture, GenerationRecord
from araldo.media import spend_store
from araldo.storage.blobs import BlobMissing, Blobs
from araldo.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class ImageCaches:
    """Makes a `WorkspaceImageCache` for each workspace."""

    database: Database
    clock: Clock
    blobs: Blobs

    def of(self, workspace_id: str, not_before: datetime | None = None) -> WorkspaceImageCache:
        """Return the workspace's cache. `not_before`: it returns nothing older."""
        return WorkspaceImageCache(workspace_id, self, not_before)


class WorkspaceImageCache:
    """The cache of one workspace; it never returns another workspace's picture."""

    def __init__(self, workspace_id: str, kept: ImageCaches, not_before: datetime | None) -> None:
        self.owner = workspace_id
        self._caches = kept
        self._not_before = not_before

    async def get(self, cache_key: CacheKey) -> FinishedPicture | None:
        found = await self._caches.database.read(
            lambda transaction: spend_store.find_cached(transaction, self.owner, cache_key.digest, self._not_before)
        )
        if found is None:
            return None
        try:
            data = await self._caches.blobs.get(found["blob"])
        except BlobMissing:
            await self._caches.database.write(
                lambda transaction: spend_store.delete_cached(transaction, self.owner, cache_key.digest, found["blob"])
            )
            return None
        await self._caches.database.write(
            lambda transaction: self._record_generation(
                transaction, GenerationRecord(cache_key, spend_store.RECALLED, 0.0)
            )
        )
        return FinishedPicture(
            data,
            found["width"],
            found["height"],
            found["provider"],
            (),
            None,
            found["placeholder"],
            model=found["model"],
            cached=True,
        )

    async def put(self, record: GenerationRecord, finished: FinishedPicture | None) -> None:
        blob = None if finished is None else await self._caches.blobs.put(finished.data)

        def in_transaction(transaction: Transaction) -> None:
            self._record_generation(transaction, record)
            if finished is not None:
                spend_store.put_cached(
                    transaction,
                    self.owner,
                    record.cache_key.digest,
                    blob=blob,
                    width=finished.width,
                    height=finished.height,
                    placeholder=finished.placeholder,
                    provider=finished.provider,
                    model=finished.model,
                    made_at=self._caches.clock.now(),
                )

        await self._caches.database.write(in_transaction)

    def _record_generation(self, transaction: Transaction, record: GenerationRecord) -> None:
        cache_key, price = record.cache_key, record.price
        spend_store.record_request(
            transaction,
            self.owner,
            self._caches.clock.now(),
            provider=cache_key.provider,
            model=cache_key.model[:200],
            width=cache_key.spec.width,
            height=cache_key.spec.height,
            outcome=record.outcome,
            seconds=record.seconds,
            price_micros=None if price is None else price.micros,
            currency=None if price is None else price.currency,
        )
