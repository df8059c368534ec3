"""Slots taken for posts: on both databases, and by several requests at once."""

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
from araldo.workflows.posts.create import PostCreator
from araldo.workflows.posts.slots import find_next_slots
from araldo.workflows.posts.validation import Validator
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.made_up_platforms import DECLARATIONS, WALL
from tests.support.publisher_harness import PublisherHarness

AT_THE_NEXT = NewPost(
    content="Ciao", platforms=[WALL.name], intent="schedule", next_free_slot=True, makes_pictures=False
)


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.create(database, clock, tmp_path)


def post_creator_of(harness: PublisherHarness) -> PostCreator:
    checks = Validator(DECLARATIONS, [])
    return PostCreator(database=harness.database, clock=harness.clock, validator=checks, nudge=lambda: None)


async def set_times(harness: PublisherHarness, **week: list[str]) -> None:
    times = parse_posting_times("Europe/Rome", week)
    assert isinstance(times, PostingTimes)
    with open_transaction(harness.database) as transaction:
        account = account_store.get(transaction, harness.workspace.id, harness.account_id)
        account_store.save(transaction, account, replace(account, posting_times=times.as_json()))


async def slots_of(harness: PublisherHarness, count: int = 3) -> list[str]:
    with open_reading(harness.database) as transaction:
        account = account_store.get(transaction, harness.workspace.id, harness.account_id)
        found = find_next_slots(transaction, harness.workspace, account, harness.clock.now(), count)
    return [slot.wall_time for slot in found]


async def when_of(harness: PublisherHarness, post_id: str) -> When:
    with open_reading(harness.database) as transaction:
        view = post_store.get(transaction, harness.workspace.id, post_id)
    assert view.post.due_at is not None
    assert view.deliveries[0].due_at == view.post.due_at
    assert view.deliveries[0].state is State.SCHEDULED
    return When(view.post.due_at, str(view.post.zone), str(view.post.wall_time))


async def test_concurrent_requests_get_a_slot_each(harness: PublisherHarness) -> None:
    """The clock stands at Thursday 31 January 2030, ten o'clock in Rome."""
    await set_times(harness, thu=["10:00", "12:00"], fri=["09:00"])
    post_creator = post_creator_of(harness)
    ids = await asyncio.gather(*(post_creator.create(harness.workspace, AT_THE_NEXT) for _ in range(5)))
    taken = [await when_of(harness, post_id) for post_id in ids]
    assert sorted(slot.wall_time for slot in taken) == [
        "2030-01-31T12:00:00",
        "2030-02-01T09:00:00",
        "2030-02-07T10:00:00",
        "2030-02-07T12:00:00",
        "2030-02-08T09:00:00",
    ]
    assert {slot.zone for slot in taken} == {"Europe/Rome"}
    assert await slots_of(harness, 1) == ["2030-02-14T10:00:00"]


async def test_a_slot_is_taken_while_a_post_is_scheduled_in_it(harness: PublisherHarness) -> None:
    await set_times(harness, fri=["09:00"])
    due_at = datetime(2030, 2, 1, 8, 0, 30, tzinfo=UTC)
    delivery_id = await harness.add(replace(AT_THE_NEXT, due_at=due_at, next_free_slot=False))
    assert await slots_of(harness, 1) == ["2030-02-08T09:00:00"]
    await harness.person_changes(delivery_id, State.CANCELLED)
    assert await slots_of(harness, 1) == ["2030-02-01T09:00:00"]


async def test_default_times_apply_until_set_and_empty_times_give_no_slot(harness: PublisherHarness) -> None:
    assert await slots_of(harness) == ["2030-01-31T18:00:00", "2030-02-01T09:00:00", "2030-02-01T18:00:00"]
    await set_times(harness)
    with pytest.raises(PostInvalid) as refused:
        await post_creator_of(harness).create(harness.workspace, AT_THE_NEXT)
    assert [problem.code for problem in refused.value.problems] == ["no_free_slot"]


async def test_a_slot_in_a_repeated_hour_keeps_its_instant(harness: PublisherHarness) -> None:
    """A slot in the hour that repeats: its instant is stored, not derived again from its wall time."""
    await set_times(harness, sun=["02:30"])
    harness.clock.advance((datetime(2030, 10, 26, 12, 0, tzinfo=UTC) - harness.clock.now()).total_seconds())
    slot = await when_of(harness, await post_creator_of(harness).create(harness.workspace, AT_THE_NEXT))
    assert slot == When(datetime(2030, 10, 27, 0, 30, tzinfo=UTC), "Europe/Rome", "2030-10-27T02:30:00")
