"""Claims: many deliveries at once, each once, and none that keeps the others waiting."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from araldo.pictures.models import DeliveryPicture, PictureState, SlidePicture
from araldo.posts.models import State
from araldo.storage.database import Database
from araldo.workflows.deliveries.claims import Claims
from tests.support.clock import FakeClock
from tests.support.publisher_harness import PublisherHarness

# Contradicts itself: ready as a whole, with a slide that is not.
TORN = DeliveryPicture(
    PictureState.READY,
    slides=(SlidePicture(PictureState.MAKING, None), SlidePicture(PictureState.MAKING, None)),
)


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.create(database, clock, tmp_path)


async def test_workers_that_claim_at_once_share_what_is_due(harness: PublisherHarness) -> None:
    ids = [await harness.add() for _ in range(20)]
    workers = [Claims(harness.database, lease_s=15) for _ in range(4)]
    found = await asyncio.gather(*(worker.claim_due(7) for worker in workers))
    claimed = [one.row.id for batch, _ in found for one in batch]
    assert len(claimed) == len(set(claimed))
    assert max(len(batch) for batch, _ in found) <= 7
    rest, _ = await workers[0].claim_due(64)
    assert sorted([*claimed, *(one.row.id for one in rest)]) == sorted(ids)
    assert (await workers[0].claim_due(64))[0] == []


async def test_a_delivery_without_obstacles_begins_with_its_claim(harness: PublisherHarness) -> None:
    await harness.add()
    ((claimed,), _) = await harness.claims.claim_due(9)
    assert (claimed.row.state, claimed.row.fence) == (State.PREPARING, 1)
    assert (await harness.row(claimed.row.id)).state is State.PREPARING


async def test_a_row_that_contradicts_itself_keeps_no_other_from_being_claimed(harness: PublisherHarness) -> None:
    torn, sound = await harness.add(picture=TORN), await harness.add()
    found, _ = await harness.claims.claim_due(9)
    assert {one.row.id for one in found} == {torn, sound}
    for one in found:
        await harness.publisher.work(one)
    assert (await harness.row(sound)).state is State.PUBLISHED
    assert (await harness.row(torn)).state is State.WAITING
    assert len(harness.platform.published) == 1
