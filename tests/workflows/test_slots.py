"""Slots taken for posts: on both databases, and by several at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from araldo.accounts import store as account_store
from araldo.errors import PostInvalid
from araldo.posts import store as post_store
from araldo.posts.models import State
from araldo.posts.rules import NewPost
from araldo.posts.slots import PostingTimes, parse_posting_times
from araldo.posts.timing import When
from araldo.storage.database import Database
from araldo.storage.events import ChangeSignal
from araldo.workflows.create_post import PostCreator
from araldo.workflows.slots import find_next_slots
from araldo.workflows.validation import Validator
from tests.support.clock import FakeClock
from tests.support.made_up_platforms import DECLARATIONS, WALL
from tests.support.publisher_harness import PublisherHarness

AT_THE_NEXT = NewPost(
    content="Ciao", platforms=[WALL.name], intent="schedule", next_free_slot=True, makes_pictures=False
)


@pytest.fixture
async def stage(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.set(database, clock, tmp_path)


def post_creator_of(stage: PublisherHarness) -> PostCreator:
    checks = Validator(DECLARATIONS, [])
    return PostCreator(
        database=stage.database, clock=stage.clock, validator=checks, nudge=lambda: None, committed=ChangeSignal()
    )


async def set_times(stage: PublisherHarness, **week: list[str]) -> None:
    times = parse_posting_times("Europe/Rome", week)
    assert isinstance(times, PostingTimes)
    async with stage.database.transaction() as transaction:
        await account_store.save(transaction, stage.account_id, posting_times=times.as_json())


async def slots_of(stage: PublisherHarness, count: int = 3) -> list[str]:
    async with stage.database.reading() as transaction:
        account = await account_store.get(transaction, stage.workspace.id, stage.account_id)
        found = await find_next_slots(transaction, stage.workspace, account, stage.clock.now(), count)
    return [slot.wall_time for slot in found]


async def when_of(stage: PublisherHarness, post_id: str) -> When:
    async with stage.database.reading() as transaction:
        view = await post_store.get(transaction, stage.workspace.id, post_id)
    assert view.post.due_at is not None
    assert view.deliveries[0].due_at == view.post.due_at
    assert view.deliveries[0].state is State.SCHEDULED
    return When(view.post.due_at, str(view.post.zone), str(view.post.wall_time))


async def test_requests_at_once_get_a_slot_each(stage: PublisherHarness) -> None:
    """The clock stands at Thursday 31 January 2030, ten o'clock in Rome."""
    await set_times(stage, thu=["10:00", "12:00"], fri=["09:00"])
    post_creator = post_creator_of(stage)
    ids = await asyncio.gather(*(post_creator.create(stage.workspace, AT_THE_NEXT) for _ in range(5)))
    taken = [await when_of(stage, post_id) for post_id in ids]
    assert sorted(slot.wall_time for slot in taken) == [
        "2030-01-31T12:00:00",
        "2030-02-01T09:00:00",
        "2030-02-07T10:00:00",
        "2030-02-07T12:00:00",
        "2030-02-08T09:00:00",
    ]
    assert {slot.zone for slot in taken} == {"Europe/Rome"}
    assert await slots_of(stage, 1) == ["2030-02-14T10:00:00"]


async def test_a_slot_is_taken_by_what_is_scheduled_and_free_again_when_it_is_not(stage: PublisherHarness) -> None:
    await set_times(stage, fri=["09:00"])
    due_at = datetime(2030, 2, 1, 8, 0, 30, tzinfo=UTC)
    delivery_id = await stage.add(replace(AT_THE_NEXT, due_at=due_at, next_free_slot=False))
    assert await slots_of(stage, 1) == ["2030-02-08T09:00:00"]
    await stage.person_changes(delivery_id, State.CANCELLED)
    assert await slots_of(stage, 1) == ["2030-02-01T09:00:00"]


async def test_defaults_serve_until_times_are_set_and_without_any_there_is_no_slot(stage: PublisherHarness) -> None:
    assert await slots_of(stage) == ["2030-01-31T18:00:00", "2030-02-01T09:00:00", "2030-02-01T18:00:00"]
    await set_times(stage)
    with pytest.raises(PostInvalid) as refused:
        await post_creator_of(stage).create(stage.workspace, AT_THE_NEXT)
    assert [problem.code for problem in refused.value.problems] == ["no_free_slot"]


async def test_a_second_choice_of_clocks_is_kept_as_the_first(stage: PublisherHarness) -> None:
    """The slot in the double hour: its instant is kept, not guessed again from its wall time."""
    await set_times(stage, sun=["02:30"])
    stage.clock.advance((datetime(2030, 10, 26, 12, 0, tzinfo=UTC) - stage.clock.now()).total_seconds())
    slot = await when_of(stage, await post_creator_of(stage).create(stage.workspace, AT_THE_NEXT))
    assert slot == When(datetime(2030, 10, 27, 0, 30, tzinfo=UTC), "Europe/Rome", "2030-10-27T02:30:00")
