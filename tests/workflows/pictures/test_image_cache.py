"""The image cache: one workspace never gets another's picture, a lost file is a miss, and spending is added up."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from araldo.images.providers.cache import CacheKey, FinishedPicture, GenerationRecord, Price
from araldo.images.spec import ImageSpec
from araldo.media import spend_store
from araldo.storage.database import Database
from araldo.storage.local_blobs import LocalBlobs
from araldo.workflows.pictures.image_cache import ImageCaches
from araldo.workspaces import store as workspace_store
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction

QUESTION = CacheKey("openai", "http://one.example", "m-1", "a horn", 0, ImageSpec(60, 40))
PICTURE = FinishedPicture(b"bytes", 60, 40, "openai", (), None, "data:x", model="m-1")
MADE = GenerationRecord(QUESTION, "made", 2.5, Price(40_000, "USD"))


@pytest.fixture
async def caches(database: Database, clock: FakeClock, tmp_path: Path) -> ImageCaches:
    return ImageCaches(database, clock, LocalBlobs(tmp_path / "blobs"))


async def workspace(caches: ImageCaches, name: str) -> str:
    with open_transaction(caches.database) as transaction:
        return workspace_store.add(transaction, name, caches.clock.now()).id


async def spent(
    caches: ImageCaches, workspace_id: str, since: datetime | None = None, until: datetime | None = None
) -> list[spend_store.ModelSpend]:
    with open_reading(caches.database) as transaction:
        return spend_store.summarize(transaction, workspace_id, since, until)


async def test_a_picture_is_cached_for_one_workspace_while_its_file_exists(caches: ImageCaches, tmp_path: Path) -> None:
    mine, others = await workspace(caches, "mine"), await workspace(caches, "others")
    cache = caches.of(mine)
    assert await cache.get(QUESTION) is None
    await cache.put(MADE, PICTURE)
    known = await cache.get(QUESTION)
    assert known is not None
    assert (known.data, known.cached, known.model, known.placeholder) == (b"bytes", True, "m-1", "data:x")
    assert await caches.of(others).get(QUESTION) is None
    (blob,) = (tmp_path / "blobs").glob("??/*")
    blob.unlink()
    assert await cache.get(QUESTION) is None
    await cache.put(MADE, PICTURE)
    assert await cache.get(QUESTION) is not None


async def test_a_re_roll_ignores_older_pictures(caches: ImageCaches, clock: FakeClock) -> None:
    mine = await workspace(caches, "mine")
    await caches.of(mine).put(MADE, PICTURE)
    clock.advance(1)
    asked_at = clock.now()
    assert await caches.of(mine, asked_at).get(QUESTION) is None
    clock.advance(1)
    await caches.of(mine).put(MADE, FinishedPicture(b"newer", 60, 40, "openai", (), None, "data:y"))
    for cache in (caches.of(mine, asked_at), caches.of(mine)):
        known = await cache.get(QUESTION)
        assert known is not None
        assert known.data == b"newer"


async def test_spending_is_added_up_by_provider_and_period(caches: ImageCaches, clock: FakeClock) -> None:
    mine, others = await workspace(caches, "mine"), await workspace(caches, "others")
    cache, began = caches.of(mine), clock.now()
    await cache.put(MADE, PICTURE)
    await cache.get(QUESTION)
    await cache.put(MADE, PICTURE)
    await cache.put(GenerationRecord(QUESTION, "rate_limited", 0.1), None)
    await caches.of(others).put(MADE, PICTURE)
    clock.advance(60)
    other = CacheKey("google", "http://g.example", "g-1", "a horn", 0, ImageSpec(60, 40))
    await cache.put(GenerationRecord(other, "made", 1.0), PICTURE)
    found = await spent(caches, mine)
    google, openai = found
    assert (openai.provider, openai.model, openai.made, openai.recalled, openai.failed) == ("openai", "m-1", 2, 1, 1)
    assert (openai.seconds, openai.totals) == (5.1, [spend_store.PriceTotal("USD", 2, 80_000)])
    assert (google.provider, google.made, google.totals) == ("google", 1, [])
    assert [one.provider for one in await spent(caches, mine, since=began + timedelta(seconds=30))] == ["google"]
    assert {one.provider for one in await spent(caches, mine, until=began + timedelta(seconds=30))} == {"openai"}
