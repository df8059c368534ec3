"""An hour of scheduled posts through the real engine, its clock moved by the test: each is published once, on time."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from araldo.posts import claim_store
from araldo.posts.models import State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database
from araldo.workflows.engine import Engine
from tests.support.clock import FakeClock
from tests.support.database import open_reading
from tests.support.publisher_harness import PublisherHarness

_POSTS = 60


class ScheduleHarness:
    def __init__(self, harness: PublisherHarness) -> None:
        self.harness = harness
        self.engine = Engine(
            name="delivery",
            work=harness.publisher.work,
            claim_due=harness.claims.claim_due,
            clock=harness.clock,
            sweep_s=2,
        )

    def is_any_due(self) -> bool:
        with open_reading(self.harness.database) as transaction:
            return claim_store.is_any_due(transaction, self.harness.clock.now())

    async def plan(self, due_at: datetime) -> str:
        new = NewPost(content="Ciao", platforms=["wall"], intent="schedule", due_at=due_at, makes_pictures=False)
        return await self.harness.add(new)

    async def move_to(self, moment: datetime) -> None:
        """Advance the clock and wait until all that is due is done."""
        self.harness.clock.advance(max(0.0, (moment - self.harness.clock.now()).total_seconds()))
        while True:
            # The engine looks by itself: only its own wake-ups make it work.
            await asyncio.sleep(0.005)
            # Asleep again: a clock that is moved while the engine counts its seconds would be moved behind its back.
            if not self.is_any_due() and not self.engine._jobs and self.harness.clock.sleepers == 1:
                return


@pytest.fixture
async def schedule_harness(database: Database, clock: FakeClock, tmp_path: Path) -> ScheduleHarness:
    clock.short_s = 0
    return ScheduleHarness(await PublisherHarness.create(database, clock, tmp_path))


async def test_each_post_is_published_once_at_its_second(schedule_harness: ScheduleHarness) -> None:
    start, lot = schedule_harness.harness.clock.now(), random.Random(11)
    seconds = sorted(lot.sample(range(60, 3_600), _POSTS - 10) + [1_800] * 10)
    planned = [(await schedule_harness.plan(start + timedelta(seconds=second)), second) for second in seconds]
    engine = asyncio.create_task(schedule_harness.engine.run())
    try:
        for second in sorted(set(seconds)):
            await schedule_harness.move_to(start + timedelta(seconds=second - 1))
            assert len(schedule_harness.harness.platform.published) == sum(other < second for other in seconds)
            await schedule_harness.move_to(start + timedelta(seconds=second))
            assert len(schedule_harness.harness.platform.published) == sum(other <= second for other in seconds)
        await schedule_harness.move_to(start + timedelta(hours=2))
    finally:
        engine.cancel()
        await asyncio.gather(engine, return_exceptions=True)
    assert (
        len(schedule_harness.harness.platform.tickets)
        == len(set(schedule_harness.harness.platform.published))
        == _POSTS
    )
    for delivery_id, second in planned:
        row = await schedule_harness.harness.row(delivery_id)
        assert (row.state, row.published_at) == (State.PUBLISHED, start + timedelta(seconds=second))


async def test_posts_due_while_nothing_ran_are_published_oldest_first(schedule_harness: ScheduleHarness) -> None:
    start = schedule_harness.harness.clock.now()
    hours = [7.5, 1, 0.2, 5, 3, 7]
    planned = {(await schedule_harness.plan(start + timedelta(hours=ahead))): ahead for ahead in hours}
    schedule_harness.harness.clock.advance(8 * 3_600)
    engine = asyncio.create_task(schedule_harness.engine.run())
    try:
        await schedule_harness.move_to(start + timedelta(hours=8))
    finally:
        engine.cancel()
        await asyncio.gather(engine, return_exceptions=True)
    states = {ahead: (await schedule_harness.harness.row(delivery_id)).state for delivery_id, ahead in planned.items()}
    late = {ahead for ahead, state in states.items() if state is State.MISSED}
    assert late == {1, 0.2}
    assert {state for ahead, state in states.items() if ahead not in late} == {State.PUBLISHED}
    assert not schedule_harness.is_any_due()
