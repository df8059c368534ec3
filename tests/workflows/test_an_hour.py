"""An hour of scheduled posts through the real engine, the clock moved by the test: each once, at its second."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from araldo.posts import delivery_store
from araldo.posts.models import State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database
from araldo.workflows.engine import Engine
from tests.support.clock import FakeClock
from tests.support.publisher_harness import PublisherHarness

_POSTS = 60


class ScheduledHour:
    def __init__(self, stage: PublisherHarness) -> None:
        self.stage = stage
        self.engine = Engine(work=stage.publisher.work, find_due=self.find_due, clock=stage.clock, sweep_s=2)

    async def find_due(self, limit: int) -> tuple[list[tuple[str, int]], datetime | None]:
        now = self.stage.clock.now()
        async with self.stage.database.reading() as transaction:
            return (
                await delivery_store.find_due(transaction, now, limit),
                await delivery_store.next_due_at(transaction, now),
            )

    async def plan(self, due_at: datetime) -> str:
        new = NewPost(content="Ciao", platforms=["wall"], intent="schedule", due_at=due_at, makes_pictures=False)
        return await self.stage.add(new)

    async def move_to(self, moment: datetime) -> None:
        """And let whatever is due be done."""
        self.stage.clock.advance(max(0.0, (moment - self.stage.clock.now()).total_seconds()))
        while True:
            # The engine looks by itself: only its own wake-ups make it work.
            await asyncio.sleep(0.005)
            due, _ = await self.find_due(1)
            # Asleep again: a clock that is moved while the engine counts its seconds would be moved behind its back.
            if not due and not self.engine._jobs and self.stage.clock.sleepers == 1:
                return


@pytest.fixture
async def hour(database: Database, tmp_path: Path) -> ScheduledHour:
    return ScheduledHour(await PublisherHarness.set(database, FakeClock(short_s=0), tmp_path))


async def test_each_fires_once_at_its_second(hour: ScheduledHour) -> None:
    start, lot = hour.stage.clock.now(), random.Random(11)
    seconds = sorted(lot.sample(range(60, 3_600), _POSTS - 10) + [1_800] * 10)
    planned = [(await hour.plan(start + timedelta(seconds=second)), second) for second in seconds]
    engine = asyncio.create_task(hour.engine.run())
    try:
        for second in sorted(set(seconds)):
            await hour.move_to(start + timedelta(seconds=second - 1))
            assert len(hour.stage.platform.world) == sum(other < second for other in seconds)
            await hour.move_to(start + timedelta(seconds=second))
            assert len(hour.stage.platform.world) == sum(other <= second for other in seconds)
        await hour.move_to(start + timedelta(hours=2))
    finally:
        engine.cancel()
        await asyncio.gather(engine, return_exceptions=True)
    assert len(hour.stage.platform.tickets) == len(set(hour.stage.platform.world)) == _POSTS
    for delivery_id, second in planned:
        row = await hour.stage.row(delivery_id)
        assert (row.state, row.published_at) == (State.PUBLISHED, start + timedelta(seconds=second))


async def test_what_was_due_while_nothing_ran_is_caught_up_oldest_first(hour: ScheduledHour) -> None:
    start = hour.stage.clock.now()
    hours = [7.5, 1, 0.2, 5, 3, 7]
    planned = {(await hour.plan(start + timedelta(hours=ahead))): ahead for ahead in hours}
    hour.stage.clock.advance(8 * 3_600)
    engine = asyncio.create_task(hour.engine.run())
    try:
        await hour.move_to(start + timedelta(hours=8))
    finally:
        engine.cancel()
        await asyncio.gather(engine, return_exceptions=True)
    states = {ahead: (await hour.stage.row(delivery_id)).state for delivery_id, ahead in planned.items()}
    late = {ahead for ahead, state in states.items() if state is State.MISSED}
    assert late == {1, 0.2}
    assert {state for ahead, state in states.items() if ahead not in late} == {State.PUBLISHED}
    due, _ = await hour.find_due(9)
    assert due == []
