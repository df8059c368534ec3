"""Thumbnails are made once, kept within a limit of memory, and never missing while the picture is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from araldo.images.process import ThreadImageRunner
from araldo.images.thumbnail import shrink_to_thumbnail
from araldo.images.unusable import UnusablePicture
from araldo.local_faults import TransientFault
from araldo.media.models import Medium
from araldo.storage.blobs import BlobMissing
from araldo.storage.local_blobs import LocalBlobs
from araldo.workflows.pictures.thumbnails import Thumbnails
from tests.images.pictures import encode_picture, noise
from tests.support.clock import FakeClock


class CountingRunner(ThreadImageRunner):
    def __init__(self, failure: Exception | None = None) -> None:
        self.runs = 0
        self.failure = failure

    async def run(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        self.runs += 1
        if self.failure is not None:
            raise self.failure
        return await super().run(function, *arguments, **options)


def make_picture(seed: int, size: tuple[int, int] = (600, 400)) -> bytes:
    return encode_picture(noise("RGB", size, seed))


async def store(blobs: LocalBlobs, data: bytes, size: tuple[int, int] = (600, 400)) -> Medium:
    digest = await blobs.put(data)
    return Medium(
        id=f"med_{digest[:8]}",
        workspace_id="ws_1",
        digest=digest,
        mime="image/png",
        width=size[0],
        height=size[1],
        bytes=len(data),
        origin="uploaded",
        provider=None,
        alt="",
        placeholder=None,
        created_at=FakeClock().now(),
    )


async def test_a_thumbnail_is_made_once(tmp_path: Path) -> None:
    blobs, images = LocalBlobs(tmp_path), CountingRunner()
    medium = await store(blobs, make_picture(1))
    thumbnails = Thumbnails(blobs=blobs, images=images)
    made = await thumbnails.get(medium)
    assert made == (shrink_to_thumbnail(make_picture(1)), "image/jpeg")
    assert (await thumbnails.get(medium), images.runs) == (made, 1)


async def test_the_ones_used_last_are_kept(tmp_path: Path) -> None:
    blobs, images = LocalBlobs(tmp_path), CountingRunner()
    media = [await store(blobs, make_picture(seed)) for seed in range(3)]
    room = sum(len(shrink_to_thumbnail(make_picture(seed))) for seed in (0, 1))
    thumbnails = Thumbnails(blobs=blobs, images=images, cache_bytes=room + 1000)
    for medium in (media[0], media[1], media[0], media[2]):
        await thumbnails.get(medium)
    assert images.runs == 3
    await thumbnails.get(media[0])
    assert images.runs == 3
    await thumbnails.get(media[1])
    assert images.runs == 4


async def test_a_small_picture_is_its_own_thumbnail(tmp_path: Path) -> None:
    blobs, images = LocalBlobs(tmp_path), CountingRunner()
    data = make_picture(1, (480, 20))
    medium = await store(blobs, data, (480, 20))
    assert await Thumbnails(blobs=blobs, images=images).get(medium) == (data, "image/png")
    assert images.runs == 0


@pytest.mark.parametrize("failure", [UnusablePicture("damaged"), TransientFault("no process")])
async def test_what_cannot_be_shrunk_is_shown_whole(tmp_path: Path, failure: Exception) -> None:
    blobs, images = LocalBlobs(tmp_path), CountingRunner(failure)
    medium = await store(blobs, make_picture(1))
    thumbnails = Thumbnails(blobs=blobs, images=images)
    assert await thumbnails.get(medium) == (make_picture(1), "image/png")
    images.failure = None
    assert (await thumbnails.get(medium))[1] == "image/jpeg"


async def test_a_lost_picture_is_told(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path)
    medium = await store(blobs, make_picture(1))
    await blobs.discard(medium.digest)
    with pytest.raises(BlobMissing):
        await Thumbnails(blobs=blobs, images=CountingRunner()).get(medium)
