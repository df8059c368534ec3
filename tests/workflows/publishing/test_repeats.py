"""Repeating what cannot be published twice, and sends that no check can find: exactly once in both cases."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from araldo.errors import NotSent, OutcomeUnknown, OutsideError, ReconnectNeeded, Rejected, TryLater
from araldo.messages import message_of
from araldo.platforms.base import Repeatable
from araldo.posts import delivery_store
from araldo.posts.models import State
from araldo.storage.database import Database
from araldo.storage.leases import release_all_leases
from araldo.workflows.deliveries.backoff import compute_backoff_s
from araldo.workflows.publishing.repeats import REPEAT_MARGIN_S, SENDS_MAX
from tests.support.clock import FakeClock
from tests.support.database import open_transaction
from tests.support.examples import examples
from tests.support.made_up_platforms import WALL
from tests.support.migrated import copy_migrated_file
from tests.support.publisher_harness import SAD, PublisherHarness

UNKNOWN = OutcomeUnknown(SAD, service="made_up")
REFUSED = Rejected(SAD, service="made_up", code="no")
LATER = TryLater(SAD, after_s=3, service="made_up")
NOT_SENT = NotSent(SAD, after_s=3, service="made_up")
GONE_TOKEN = ReconnectNeeded(SAD, service="made_up", code="190")
HOUR = timedelta(hours=1)


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    harness = await PublisherHarness.create(database, clock, tmp_path)
    harness.platform.repeatable_for = HOUR
    return harness


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_lost_answer_is_repeated_at_once_with_the_same_ticket(harness: PublisherHarness, arrived: bool) -> None:
    harness.platform.publish_plan = [(arrived, UNKNOWN)]
    before = harness.clock.now()
    row = await harness.work(await harness.add())
    assert (row.state, row.remote_id, harness.platform.published) == (State.PUBLISHED, "remote-h1", ["h1"])
    assert harness.clock.now() == before
    assert [ticket.ids for ticket in harness.platform.tickets] == [("h1",), ("h1",)]
    assert await harness.attempts(row.id) == ["published", "published"]
    assert row.open_attempts == 0


async def test_repeats_back_off_until_they_end_and_a_person_decides(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(True, UNKNOWN)] * 99
    started = harness.clock.now()
    row = await harness.work_until_settled(await harness.add())
    assert (row.state, harness.platform.published) == (State.UNCONFIRMED, ["h1"])
    sent_at = [ticket.send_before for ticket in harness.platform.tickets if ticket.send_before is not None]
    pauses = [(after - before).total_seconds() for before, after in itertools.pairwise(sent_at)]
    jitter = [pause / doubled for pause, doubled in zip(pauses[1:8], [2, 4, 8, 16, 32, 64, 128], strict=True)]
    assert pauses[0] == 0
    assert 1 <= min(jitter) < max(jitter) <= 1.25
    assert max(pauses) <= 375
    assert SENDS_MAX < len(sent_at) < 30
    last = started + HOUR - timedelta(seconds=20 + REPEAT_MARGIN_S)
    assert max(sent_at) <= last
    assert harness.clock.now() == last


async def test_no_repeat_may_leave_close_to_the_end(harness: PublisherHarness) -> None:
    harness.platform.repeatable_for = timedelta(seconds=20 + REPEAT_MARGIN_S + 4)
    harness.platform.publish_plan = [(False, UNKNOWN)] * 9
    harness.platform.before_publish = lambda: harness.clock.advance(1)
    last = harness.clock.now() + timedelta(seconds=4)
    row = await harness.work_until_settled(await harness.add())
    assert (row.state, harness.platform.published) == (State.UNCONFIRMED, [])
    repeats = harness.platform.tickets[1:]
    assert repeats
    assert {ticket.send_before for ticket in repeats} == {last}


@pytest.mark.parametrize("refusal", [REFUSED, LATER, NOT_SENT])
async def test_a_refused_repeat_is_not_final(harness: PublisherHarness, refusal: OutsideError) -> None:
    harness.platform.publish_plan = [(True, UNKNOWN), (False, refusal)]
    row = await harness.work_until_settled(await harness.add())
    assert (row.state, harness.platform.published) == (State.PUBLISHED, ["h1"])
    assert await harness.attempts(row.id) == ["published"] * 3


async def test_a_repeat_waits_as_long_as_the_service_asks(harness: PublisherHarness) -> None:
    slow = TryLater(SAD, after_s=500, service="made_up")
    harness.platform.publish_plan = [(True, UNKNOWN), (False, slow)]
    row = await harness.work(await harness.add())
    assert (row.state, row.open_attempts) == (State.WAITING, 2)
    backoff_s = compute_backoff_s(row.id, 0, asked_s=500)
    assert row.next_at == harness.clock.now() + timedelta(seconds=backoff_s)


async def test_a_repeat_without_access_waits_for_reconnecting(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(True, UNKNOWN), (False, GONE_TOKEN)]
    delivery_id = await harness.add()
    row = await harness.work(delivery_id)
    assert (row.state, row.open_attempts) == (State.NEEDS_RECONNECT, 2)
    with open_transaction(harness.database) as transaction:
        delivery_store.resume_after_reconnect(transaction, [harness.account_id], harness.clock.now())
    assert (await harness.work_until_settled(delivery_id)).state is State.PUBLISHED
    assert harness.platform.published == ["h1"]


@pytest.mark.parametrize("sends_before_the_crash", [1, 2])
async def test_a_crash_during_a_send_is_repeated(harness: PublisherHarness, sends_before_the_crash: int) -> None:
    harness.platform.publish_plan = [(True, UNKNOWN)] * (sends_before_the_crash - 1)
    delivery_id = await harness.add()
    if sends_before_the_crash == 1:
        harness.platform.during_publish = asyncio.Event()
    else:
        harness.platform.before_publish = lambda: setattr(
            harness.platform, "during_publish", asyncio.Event() if len(harness.platform.tickets) == 2 else None
        )
    working = asyncio.create_task(harness.work(delivery_id))
    await harness.platform.sending.wait()
    while len(harness.platform.tickets) < sends_before_the_crash:  # noqa: ASYNC110 - the second send sets no event
        await asyncio.sleep(0)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    harness.platform.before_publish = harness.platform.during_publish = None
    with open_transaction(harness.database) as transaction:
        release_all_leases(transaction)
    row = await harness.work_until_settled(delivery_id)
    assert (row.state, harness.platform.published) == (State.PUBLISHED, ["h1"])


async def test_a_clock_that_is_set_back_does_not_prolong_the_time(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(True, UNKNOWN)] * 9
    delivery_id = await harness.add()
    await harness.work(delivery_id)
    harness.clock.advance(3_590)
    harness.clock.step(-3_000)
    row = await harness.work_until_settled(delivery_id)
    assert (row.state, harness.platform.published) == (State.UNCONFIRMED, ["h1"])


async def test_a_person_sends_again_after_the_end(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, UNKNOWN)] * 30
    delivery_id = await harness.add()
    row = await harness.work_until_settled(delivery_id)
    assert row.state is State.UNCONFIRMED
    harness.platform.publish_plan = []
    with open_transaction(harness.database) as transaction:
        delivery_store.close_attempts(transaction, row.id, {"decided": "retry"}, harness.clock.now())
    assert row.ticket is not None
    again = await harness.add(ticket=row.ticket | {"sends": 1, "send_before": None}, prepares=1)
    assert (await harness.work(again)).state is State.PUBLISHED


outcomes = st.sampled_from(
    [(True, None), (True, UNKNOWN), (False, UNKNOWN), (False, LATER), (False, REFUSED), (False, NOT_SENT)]
)


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(outcomes, max_size=12), pauses=st.lists(st.sampled_from([0, 5, 400, 1_800, 3_400]), max_size=6))
async def test_whatever_happens_a_repeat_publishes_nothing_twice(
    tmp_path: Path, plan: list[tuple[bool, OutsideError | None]], pauses: list[int]
) -> None:
    clock = FakeClock()
    copy_migrated_file(tmp_path / "once.db")
    database = Database(f"sqlite:///{tmp_path / 'once.db'}", clock)
    try:
        harness = await PublisherHarness.create(database, clock, tmp_path)
        harness.platform.repeatable_for = HOUR
        harness.platform.publish_plan = list(plan)
        delivery_id = await harness.add()
        for pause in pauses:
            await harness.work(delivery_id)
            clock.advance(pause)
        row = await harness.work_until_settled(delivery_id)
        assert len(harness.platform.published) <= 1
        if row.state is State.PUBLISHED:
            assert harness.platform.published
        if row.state is State.FAILED:
            assert not harness.platform.published
    finally:
        await database.close()


@pytest.fixture
def blind(harness: PublisherHarness) -> PublisherHarness:
    """Return a harness whose platform cannot be asked what was published."""
    harness.platform.repeatable_for = None
    harness.platform.declaration = replace(WALL, can_check=False)
    return harness


@pytest.mark.parametrize("arrived", [True, False])
async def test_without_a_check_a_lost_answer_is_for_a_person_at_once(blind: PublisherHarness, arrived: bool) -> None:
    blind.platform.publish_plan = [(arrived, UNKNOWN)]
    row = await blind.work(await blind.add())
    assert (row.state, row.open_attempts) == (State.UNCONFIRMED, 1)
    assert blind.platform.calls == ["prepare", "check", "publish"]
    assert row.error is not None
    assert message_of(row.error["message"]).to("en").startswith("Wall cannot be asked")


async def test_without_a_check_a_crash_during_the_send_is_for_a_person(blind: PublisherHarness) -> None:
    blind.platform.during_publish = asyncio.Event()
    delivery_id = await blind.add()
    working = asyncio.create_task(blind.work(delivery_id))
    await blind.platform.sending.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    with open_transaction(blind.database) as transaction:
        release_all_leases(transaction)
    assert (await blind.work(delivery_id)).state is State.UNCONFIRMED
    assert blind.platform.calls.count("publish") == 1


async def test_without_a_check_a_refusal_is_believed(blind: PublisherHarness) -> None:
    blind.platform.publish_plan = [(False, REFUSED)]
    row = await blind.work(await blind.add())
    assert (row.state, row.open_attempts) == (State.FAILED, 0)
    assert blind.platform.calls == ["prepare", "check", "publish"]


async def test_a_repeatable_ticket_that_was_never_sent_is_sent(harness: PublisherHarness) -> None:
    harness.platform.findings = [Repeatable(harness.clock.now() - HOUR)]
    assert (await harness.work(await harness.add())).state is State.PUBLISHED
