"""A workspace's memory of pictures that cost something: each is kept once, and every asking is written down."""

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
    """What a `WorkspaceImageCache` is made with."""

    database: Database
    clock: Clock
    blobs: Blobs

    def of(self, workspace_id: str, not_before: datetime | None = None) -> WorkspaceImageCache:
        """`not_before`: nothing older is good enough."""
        return WorkspaceImageCache(workspace_id, self, not_before)


class WorkspaceImageCache:
    """Nothing crosses from one workspace to another."""

    def __init__(self, workspace_id: str, kept: ImageCaches, not_before: datetime | None) -> None:
        self.owner = workspace_id
        self._kept = kept
        self._not_before = not_before

    async def get(self, question: CacheKey) -> FinishedPicture | None:
        async with self._kept.database.reading() as transaction:
            found = await spend_store.find_cached(transaction, self.owner, question.digest, self._not_before)
        if found is None:
            return None
        try:
            data = await self._kept.blobs.get(found["blob"])
        except BlobMissing:
            async with self._kept.database.transaction() as transaction:
                await spend_store.delete_cached(transaction, self.owner, question.digest, found["blob"])
            return None
        async with self._kept.database.transaction() as transaction:
            await self._note(transaction, GenerationRecord(question, spend_store.RECALLED, 0.0))
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

    async def put(self, asked: GenerationRecord, finished: FinishedPicture | None) -> None:
        blob = None if finished is None else await self._kept.blobs.put(finished.data)
        async with self._kept.database.transaction() as transaction:
            await self._note(transaction, asked)
            if finished is not None:
                await spend_store.put_cached(
                    transaction,
                    self.owner,
                    asked.question.digest,
                    blob=blob,
                    width=finished.width,
                    height=finished.height,
                    placeholder=finished.placeholder,
                    provider=finished.provider,
                    model=finished.model,
                    made_at=self._kept.clock.now(),
                )

    async def _note(self, transaction: Transaction, asked: GenerationRecord) -> None:
        question, price = asked.question, asked.price
        await spend_store.record_request(
            transaction,
            self.owner,
            self._kept.clock.now(),
            provider=question.provider,
            model=question.model[:200],
            width=question.spec.width,
            height=question.spec.height,
            outcome=asked.outcome,
            seconds=asked.seconds,
            price_micros=None if price is None else price.micros,
            currency=None if price is None else price.currency,
        )
