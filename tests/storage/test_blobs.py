"""The contract of every blob store, on a local folder and on an S3 server."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from araldo.storage import blobs as contract
from araldo.storage.blobs import BlobMissing, Blobs
from araldo.storage.local_blobs import LocalBlobs
from tests.support.s3 import S3Server

DATA = b"a picture"
LATER = timedelta(hours=1)


@pytest.fixture(params=["folder", "s3"])
def open_blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Blobs]:
    """Return a function that opens the same store each time, as several processes do."""
    if request.param == "folder":
        return lambda: LocalBlobs(tmp_path / "blobs")
    server: S3Server = request.getfixturevalue("s3")
    prefix = f"of/{secrets.token_hex(4)}"
    return lambda: server.open(prefix)


@pytest.fixture
def blobs(open_blobs: Callable[[], Blobs]) -> Blobs:
    return open_blobs()


async def listed(blobs: Blobs, before: datetime) -> list[str]:
    return [digest async for page in blobs.list_older_than(before) for digest in page]


async def test_what_is_stored_is_returned_by_every_process(open_blobs: Callable[[], Blobs]) -> None:
    picture = secrets.token_bytes(6_000_000)
    digest = await open_blobs().put(picture)
    assert await open_blobs().get(digest) == picture
    await open_blobs().require(digest)
    assert await open_blobs().put(picture) == digest


async def test_what_was_never_stored_is_missing(blobs: Blobs) -> None:
    await blobs.put(DATA)
    with pytest.raises(BlobMissing):
        await blobs.get("0" * 64)
    with pytest.raises(BlobMissing):
        await blobs.require("0" * 64)


@pytest.mark.parametrize("name", ["../secret.key", "0" * 63, "G" * 64, "0" * 64 + "\n", ""])
async def test_only_a_digest_is_a_name(blobs: Blobs, name: str) -> None:
    with pytest.raises(ValueError, match="not a digest"):
        await blobs.get(name)
    with pytest.raises(ValueError, match="not a digest"):
        await blobs.require(name)
    with pytest.raises(ValueError, match="not a digest"):
        await blobs.delete_if_older(name, datetime.now(UTC))


async def test_old_blobs_are_listed_in_pages(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("local_blobs", "s3_blobs"):
        monkeypatch.setattr(f"araldo.storage.{module}.PAGE_MAX", 3)
    assert contract.PAGE_MAX > 3
    stored = await asyncio.gather(*(blobs.put(bytes([number])) for number in range(8)))
    pages = [page async for page in blobs.list_older_than(datetime.now(UTC) + LATER)]
    assert sorted(digest for page in pages for digest in page) == sorted(stored)
    assert len(pages) >= 3
    assert max(map(len, pages)) == 3
    assert await listed(blobs, datetime.now(UTC) - LATER) == []


async def test_a_blob_is_deleted_once_it_is_old(blobs: Blobs) -> None:
    old, kept = await blobs.put(DATA), await blobs.put(b"another")
    assert not await blobs.delete_if_older(old, datetime.now(UTC) - LATER)
    assert await blobs.get(old) == DATA
    assert await blobs.delete_if_older(old, datetime.now(UTC) + LATER)
    with pytest.raises(BlobMissing):
        await blobs.get(old)
    assert not await blobs.delete_if_older(old, datetime.now(UTC) + LATER)
    assert await listed(blobs, datetime.now(UTC) + LATER) == [kept]


async def test_several_processes_delete_the_same_blob(open_blobs: Callable[[], Blobs]) -> None:
    digest = await open_blobs().put(DATA)
    later = datetime.now(UTC) + LATER
    assert any(await asyncio.gather(*(open_blobs().delete_if_older(digest, later) for _ in range(5))))
    await open_blobs().delete_if_older(digest, later)
    with pytest.raises(BlobMissing):
        await open_blobs().get(digest)


async def test_storing_again_renews_the_time(open_blobs: Callable[[], Blobs]) -> None:
    digest = await open_blobs().put(DATA)
    # S3 counts in whole seconds.
    await asyncio.sleep(2.1)
    between = datetime.now(UTC) - timedelta(seconds=1)
    assert await listed(open_blobs(), between) == [digest]
    await open_blobs().put(DATA)
    assert await listed(open_blobs(), between) == []
    assert not await open_blobs().delete_if_older(digest, between)
    assert await open_blobs().get(digest) == DATA


async def test_discarding_loses_no_blob_of_another_writer(open_blobs: Callable[[], Blobs]) -> None:
    ours, theirs = open_blobs(), open_blobs()
    digest = await ours.put(DATA)
    await theirs.put(DATA)
    await ours.discard(digest)
    assert await theirs.get(digest) == DATA


async def test_a_check_leaves_nothing(blobs: Blobs) -> None:
    await blobs.check()
    assert await listed(blobs, datetime.now(UTC) + LATER) == []


async def test_blobs_are_counted_with_their_bytes(blobs: Blobs) -> None:
    assert await blobs.measure() == (0, 0)
    for size in (10, 300):
        await blobs.put(bytes(size))
    assert await blobs.measure() == (2, 310)
