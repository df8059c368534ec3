"""The wall clock is set forwards or back by an hour while posts wait and are sent: none too early, none twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from araldo.clock import ClockSteps
from araldo.errors import OutcomeUnknown
from araldo.platforms.base import Destination, Publication, Published, Ticket
from araldo.posts.models import State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database
from araldo.workflows.engine import Engine
from tests.support.clock import FakeClock
from tests.support.publisher_harness import SAD, PublisherHarness

_HOUR_S = 3600


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.create(database, clock, tmp_path)


class RequestInFlight:
    """Replaces the platform's `publish`: a request becomes visible only when `landed` is set."""

    def __init__(self, harness: PublisherHarness) -> None:
        self.landed = asyncio.Event()
        self.sent = asyncio.Event()
        self._published = harness.platform.published
        harness.platform.publish = self._publish  # type: ignore[method-assign]  # one call of a fake

    async def _publish(self, to: Destination, ticket: Ticket, publication: Publication) -> Published:
        self.sent.set()
        await self.landed.wait()
        self._published.append(ticket.ids[0])
        return Published(f"remote-{len(self._published)}")


async def scheduled(harness: PublisherHarness, in_s: float) -> str:
    due_at = harness.clock.now() + timedelta(seconds=in_s)
    new = NewPost(content="Ciao", platforms=["wall"], intent="schedule", due_at=due_at, makes_pictures=False)
    return await harness.add(new)


async def test_a_request_in_flight_is_not_repeated_when_the_clock_is_set_forwards(harness: PublisherHarness) -> None:
    """Its lease ends and its send window is long past by the wall clock, but it left a moment ago."""
    flight, delivery_id = RequestInFlight(harness), await harness.add()
    first = asyncio.create_task(harness.work(delivery_id))
    await flight.sent.wait()
    harness.clock.step(_HOUR_S)
    second = await harness.work(delivery_id)
    assert (second.state, second.open_attempts) == (State.WAITING, 1)
    flight.landed.set()
    assert (await first).state is State.PUBLISHED
    assert harness.platform.published == ["h1"]
    assert await harness.attempts(delivery_id) == ["published"]


async def test_another_process_does_not_repeat_a_request_in_flight_when_the_clock_is_set_forwards(
    harness: PublisherHarness, tmp_path: Path
) -> None:
    flight, delivery_id = RequestInFlight(harness), await harness.add()
    first = asyncio.create_task(harness.work(delivery_id))
    await flight.sent.wait()
    other = await PublisherHarness.create(harness.database, harness.clock, tmp_path)
    harness.clock.step(_HOUR_S)
    second = await other.work(delivery_id)
    assert (second.state, second.open_attempts) == (State.WAITING, 1)
    assert other.platform.published == []
    flight.landed.set()
    assert (await first).state is State.PUBLISHED


async def test_a_request_that_was_lost_is_repeated_once_it_cannot_arrive_any_more(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, OutcomeUnknown(SAD, service="made_up", code="timeout"))]
    delivery_id = await harness.add()
    sent_at = harness.clock.running()
    await harness.work(delivery_id)
    harness.clock.step(_HOUR_S)
    assert (await harness.work(delivery_id)).state is State.WAITING
    assert harness.platform.calls.count("publish") == 1
    row = await harness.work_until_settled(delivery_id)
    assert row.state is State.PUBLISHED
    assert harness.platform.published == ["h1"]
    assert harness.clock.running() - sent_at >= 20


async def test_a_scheduled_post_waits_for_its_time_on_a_clock_that_was_set_back(harness: PublisherHarness) -> None:
    delivery_id = await scheduled(harness, 60)
    harness.clock.step(-_HOUR_S)
    harness.clock.advance(120)
    assert await harness.claims.claim_due(10) != ([], None)
    assert (await harness.work(delivery_id)).state is State.SCHEDULED
    harness.clock.advance(_HOUR_S - 61)
    assert (await harness.work(delivery_id)).state is State.SCHEDULED
    harness.clock.advance(1)
    assert (await harness.work(delivery_id)).state is State.PUBLISHED
    assert len(harness.platform.published) == 1


async def test_what_was_published_stays_published_when_the_clock_is_set_back(harness: PublisherHarness) -> None:
    delivery_id = await scheduled(harness, 60)
    harness.clock.advance(60)
    assert (await harness.work(delivery_id)).state is State.PUBLISHED
    harness.clock.step(-_HOUR_S)
    harness.clock.advance(_HOUR_S + 120)
    assert await harness.claims.claim_due(10) == ([], None)
    assert len(harness.platform.published) == 1


async def test_an_open_attempt_is_checked_and_not_repeated_when_the_clock_is_set_back(
    harness: PublisherHarness,
) -> None:
    harness.platform.publish_plan = [(True, OutcomeUnknown(SAD, service="made_up", code="timeout"))]
    delivery_id = await harness.add()
    harness.platform.before_publish = lambda: harness.clock.step(-_HOUR_S)
    row = await harness.work_until_settled(delivery_id)
    assert row.state is State.PUBLISHED
    assert harness.platform.calls.count("publish") == len(harness.platform.published) == 1


async def test_a_lease_is_renewed_from_the_present_time_of_a_clock_that_was_set_back(
    harness: PublisherHarness,
) -> None:
    """So a worker that dies later is replaced after its lease, not after an hour."""
    flight, delivery_id = RequestInFlight(harness), await harness.add()
    job = asyncio.create_task(harness.work(delivery_id))
    await flight.sent.wait()
    harness.clock.step(-_HOUR_S)
    harness.clock.advance(5)

    async def until_renewed() -> None:
        while True:
            lease_until = (await harness.row(delivery_id)).lease_until
            if lease_until is not None and lease_until <= harness.clock.now() + timedelta(seconds=15):
                return
            await asyncio.sleep(0)

    await asyncio.wait_for(until_renewed(), 20)
    flight.landed.set()
    assert (await job).state is State.PUBLISHED


async def test_a_post_is_missed_by_its_late_limit_and_not_before(harness: PublisherHarness) -> None:
    within, beyond = await scheduled(harness, 60), await scheduled(harness, 60)
    harness.clock.step(_HOUR_S)
    assert (await harness.work(within)).state is State.PUBLISHED
    harness.clock.step(6 * _HOUR_S)
    assert (await harness.work(beyond)).state is State.MISSED
    assert len(harness.platform.published) == 1


async def test_a_step_is_one_line_in_the_log_and_work_continues(harness: PublisherHarness) -> None:
    clock = harness.clock
    clock.short_s = 0
    engine = Engine(
        name="delivery",
        work=harness.publisher.work,
        claim_due=harness.claims.claim_due,
        clock=clock,
        sweep_s=2,
        steps=ClockSteps(clock),
    )
    with capture_logs() as lines:
        running = asyncio.create_task(engine.run())
        try:
            for step in (0, _HOUR_S, 0, -_HOUR_S, 0):
                await eventually(lambda: clock.sleepers == 1)
                clock.step(step)
                clock.advance(2)
            await harness.add()
            engine.nudge()
            await eventually(lambda: bool(harness.platform.published))
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    steps = [line["seconds"] for line in lines if line["event"] == "clock_stepped"]
    assert steps == [_HOUR_S, -_HOUR_S]


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds, while the loop runs; 20 s at most."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - a fake clock and a list have no event
            await asyncio.sleep(0.005)
