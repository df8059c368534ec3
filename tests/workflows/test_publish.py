"""Exactly once: every way in which publishing one delivery can go wrong, on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from araldo.errors import OutcomeUnknown, OutsideError, PrepareAgain, ReconnectNeeded, Rejected, TryLater
from araldo.messages import message_of
from araldo.platforms.base import CheckResult, Published, Ready, TicketUnusable, UnknownStatus, Waiting
from araldo.posts import delivery_store
from araldo.posts.models import State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database
from araldo.workflows.send import PREPARES_MAX, SENDS_MAX
from tests.support.clock import FakeClock
from tests.support.examples import examples
from tests.support.migrated import copy_migrated_file
from tests.support.publisher_harness import SAD, PublisherHarness

UNKNOWN = OutcomeUnknown(SAD, service="made_up")
REFUSED = Rejected(SAD, service="made_up", code="no")
LATER = TryLater(SAD, after_s=3, service="made_up")
GONE_TOKEN = ReconnectNeeded(SAD, service="made_up", code="190")


@pytest.fixture
async def stage(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.set(database, clock, tmp_path)


async def test_the_straight_way(stage: PublisherHarness) -> None:
    row = await stage.work(await stage.add())
    assert (row.state, row.remote_id) == (State.PUBLISHED, "remote-h1")
    assert row.permalink == "https://wall.example/remote-h1"
    assert stage.platform.calls == ["prepare", "check", "publish"]
    assert await stage.attempts(row.id) == ["published"]
    assert row.lease_owner is None


async def test_a_lost_answer_is_looked_up_and_not_sent_again(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(True, UNKNOWN)]
    row = await stage.work(await stage.add())
    assert row.state is State.PUBLISHED
    assert stage.platform.world == ["h1"]
    assert await stage.attempts(row.id) == ["published"]


async def test_what_never_arrived_is_sent_again_with_the_same_ticket_once_it_cannot_be_under_way(
    stage: PublisherHarness,
) -> None:
    stage.platform.publish_plan = [(False, UNKNOWN)]
    delivery_id = await stage.add()
    row = await stage.work(delivery_id)
    assert row.state is State.WAITING
    first = stage.platform.tickets[0]
    assert first.send_before is not None
    assert row.next_at == first.send_before + timedelta(seconds=20)
    assert stage.platform.world == []
    row = await stage.work_until_settled(delivery_id)
    assert row.state is State.PUBLISHED
    assert stage.platform.calls.count("prepare") == 1
    assert [ticket.handles for ticket in stage.platform.tickets] == [("h1",), ("h1",)]


async def test_after_three_sends_without_an_answer_a_person_decides(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(False, UNKNOWN)] * 9
    row = await stage.work_until_settled(await stage.add())
    assert row.state is State.UNCONFIRMED
    assert len(stage.platform.tickets) == SENDS_MAX
    assert await stage.attempts(row.id) == [None] * SENDS_MAX


@pytest.mark.parametrize("refusal", [REFUSED, LATER, GONE_TOKEN])
async def test_after_an_unknown_attempt_no_refusal_is_final(stage: PublisherHarness, refusal: OutsideError) -> None:
    # The first one got out and cannot be seen yet; the second is refused, "already posted" for instance.
    stage.platform.publish_plan = [(True, UNKNOWN), (False, refusal)]
    stage.platform.findings = [Ready(), Ready(), Ready()]
    row = await stage.work_until_settled(await stage.add())
    assert row.state is State.PUBLISHED
    assert stage.platform.world == ["h1"]


@pytest.mark.parametrize("finding", [TicketUnusable(SAD), UnknownStatus(SAD)])
async def test_a_dead_or_dark_ticket_after_a_send_is_for_a_person(
    stage: PublisherHarness, finding: TicketUnusable | UnknownStatus
) -> None:
    stage.platform.publish_plan = [(True, UNKNOWN)]
    stage.platform.findings = [Ready(), finding]
    row = await stage.work_until_settled(await stage.add())
    assert row.state is State.UNCONFIRMED
    assert stage.platform.calls.count("prepare") == 1
    assert row.open_attempts == 1


async def test_what_refused_a_look_is_not_said_of_the_post(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(True, UNKNOWN)]
    stage.platform.findings = [Ready(), REFUSED]
    row = await stage.work_until_settled(await stage.add())
    assert row.error is not None
    assert (row.state, row.error["code"]) == (State.UNCONFIRMED, "unconfirmed")
    assert message_of(row.error["message"]).to("en").startswith("It was sent,")
    assert message_of(row.error["message"]).to("it").endswith(" triste")


async def test_a_dead_ticket_before_any_send_is_prepared_anew_a_few_times(stage: PublisherHarness) -> None:
    stage.platform.findings = [TicketUnusable(SAD), Ready()]
    row = await stage.work(await stage.add())
    assert row.state is State.PUBLISHED
    assert stage.platform.world == ["h2"]
    stage.platform.findings = [TicketUnusable(SAD)] * 9
    row = await stage.work_until_settled(await stage.add())
    assert row.state is State.FAILED


async def test_a_refusal_closes_its_attempt_and_the_post_is_not_out(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(False, REFUSED)]
    row = await stage.work(await stage.add())
    assert (row.state, row.open_attempts) == (State.FAILED, 0)
    assert row.error is not None
    assert row.error["message"] == SAD.as_json()
    assert await stage.attempts(row.id) == ["refused"]


async def test_not_now_waits_and_then_goes_out(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(False, LATER), (False, LATER)]
    delivery_id = await stage.add()
    row = await stage.work(delivery_id)
    assert row.state is State.WAITING
    assert row.next_at == stage.clock.now() + timedelta(seconds=3)
    row = await stage.work_until_settled(delivery_id)
    assert row.state is State.PUBLISHED
    assert await stage.attempts(delivery_id) == ["refused", "refused", "published"]


async def test_a_ticket_that_died_before_the_write_is_replaced_and_not_for_ever(stage: PublisherHarness) -> None:
    died = PrepareAgain(SAD, after_s=3, service="made_up")
    stage.platform.publish_plan = [(False, died)]
    row = await stage.work_until_settled(await stage.add())
    assert (row.state, stage.platform.world) == (State.PUBLISHED, ["h2"])
    assert await stage.attempts(row.id) == ["refused", "published"]
    stage.platform.publish_plan = [(False, died)] * 99
    row = await stage.work_until_settled(await stage.add())
    assert (row.state, row.open_attempts) == (State.FAILED, 0)
    assert stage.platform.calls.count("prepare") == 2 + PREPARES_MAX


async def test_not_now_for_ever_is_a_failure_in_the_end(stage: PublisherHarness) -> None:
    stage.platform.prepare_errors = [LATER] * 99
    row = await stage.work_until_settled(await stage.add())
    assert row.state is State.FAILED
    assert stage.platform.calls.count("prepare") == 9


async def test_not_now_for_ever_with_an_open_attempt_is_unconfirmed(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(True, UNKNOWN)]
    stage.platform.findings = [Ready(), *[LATER] * 99]
    row = await stage.work_until_settled(await stage.add())
    assert row.state is State.UNCONFIRMED
    assert len(stage.platform.tickets) == 1


async def test_a_lost_token_waits_for_reconnecting_and_resumes(stage: PublisherHarness) -> None:
    stage.platform.prepare_errors = [GONE_TOKEN]
    delivery_id = await stage.add()
    assert (await stage.work(delivery_id)).state is State.NEEDS_RECONNECT
    async with stage.database.transaction() as transaction:
        await delivery_store.resume_after_reconnect(transaction, [stage.account_id], stage.clock.now())
    assert (await stage.work(delivery_id)).state is State.PUBLISHED


async def test_a_token_lost_with_an_open_attempt_resumes_by_looking(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(True, UNKNOWN)]
    stage.platform.findings = [Ready(), GONE_TOKEN]
    delivery_id = await stage.add()
    row = await stage.work(delivery_id)
    assert (row.state, row.open_attempts) == (State.NEEDS_RECONNECT, 1)
    async with stage.database.transaction() as transaction:
        await delivery_store.resume_after_reconnect(transaction, [stage.account_id], stage.clock.now())
    assert (await stage.work(delivery_id)).state is State.PUBLISHED
    assert stage.platform.calls.count("publish") == 1


async def test_a_crash_in_the_middle_of_the_write_is_looked_up(stage: PublisherHarness) -> None:
    stage.platform.during_publish = asyncio.Event()
    delivery_id = await stage.add()
    working = asyncio.create_task(stage.work(delivery_id))
    await stage.platform.sending.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    row = await stage.row(delivery_id)
    assert (row.state, row.open_attempts) == (State.PUBLISHING, 1)
    async with stage.database.transaction() as transaction:
        await delivery_store.free_all_leases(transaction)
    assert (await stage.work(delivery_id)).state is State.PUBLISHED
    assert stage.platform.calls.count("publish") == 1


async def test_a_frozen_twin_does_not_send(stage: PublisherHarness) -> None:
    delivery_id = await stage.add()
    stage.platform.before_publish = lambda: stage.clock.advance(60)
    row = await stage.work(delivery_id)
    assert stage.platform.world == []
    assert row.state is State.WAITING
    stage.platform.before_publish = None
    assert (await stage.work_until_settled(delivery_id)).state is State.PUBLISHED
    assert stage.platform.world == ["h1"]


async def test_two_workers_with_one_nudge_publish_once(stage: PublisherHarness) -> None:
    delivery_id = await stage.add()
    await asyncio.gather(*(stage.publisher.work(delivery_id, 1) for _ in range(4)))
    assert (await stage.row(delivery_id)).state is State.PUBLISHED
    assert stage.platform.calls.count("publish") == 1


async def test_a_cancelled_delivery_is_not_sent_by_who_held_it(stage: PublisherHarness) -> None:
    delivery_id = await stage.add()
    cancelled = False

    async def cancel_in_between(*_: object) -> CheckResult:
        nonlocal cancelled
        if not cancelled:
            cancelled = True
            await stage.person_changes(delivery_id, State.CANCELLED)
        return Ready()

    stage.platform.check = cancel_in_between  # type: ignore[method-assign, assignment]  # the moment between look and intent
    row = await stage.work(delivery_id)
    assert row.state is State.CANCELLED
    assert stage.platform.world == []
    assert row.lease_owner is None


async def test_that_it_is_out_is_true_whoever_brings_it(stage: PublisherHarness) -> None:
    delivery_id = await stage.add()
    stage.platform.during_publish = asyncio.Event()
    working = asyncio.create_task(stage.work(delivery_id))
    await stage.platform.sending.wait()
    # Somebody else takes the fence while our request is under way.
    async with stage.database.transaction() as transaction:
        row = await stage.row(delivery_id)
        await delivery_store.save(transaction, row, stage.clock.now(), fence=row.fence + 1, lease_owner="other")
    stage.platform.during_publish.set()
    row = await working
    assert (row.state, row.remote_id) == (State.PUBLISHED, "remote-h1")


async def test_a_remote_id_that_another_delivery_owns_is_not_taken(stage: PublisherHarness) -> None:
    first = await stage.work(await stage.add())
    stage.platform.publish_plan = [(True, UNKNOWN)]
    stage.platform.findings = [Ready(), Published(first.remote_id)]
    second = await stage.work(await stage.add())
    assert (second.state, second.remote_id) == (State.PUBLISHED, None)


async def test_a_stale_nudge_does_nothing(stage: PublisherHarness) -> None:
    delivery_id = await stage.add()
    await stage.publisher.work(delivery_id, 7)
    assert stage.platform.calls == []


async def test_waiting_is_polled_within_the_job_and_beyond_it_ends_the_job(stage: PublisherHarness) -> None:
    stage.platform.findings = [Waiting(), Waiting(), Waiting(), Ready()]
    before = stage.clock.now()
    row = await stage.work(await stage.add())
    assert row.state is State.PUBLISHED
    assert stage.clock.now() - before < timedelta(seconds=2)
    stage.platform.findings = [Waiting()] * 40
    row = await stage.work(await stage.add())
    assert row.state is State.WAITING
    assert row.next_at is not None
    assert row.lease_owner is None


async def test_what_is_due_too_late_is_missed_and_what_may_be_out_is_not(stage: PublisherHarness) -> None:
    due = stage.clock.now() + timedelta(hours=1)
    new = NewPost(content="Ciao", platforms=["wall"], intent="schedule", due_at=due, makes_pictures=False)
    late, early = await stage.add(new), await stage.add(new)
    assert (await stage.work(early)).state is State.SCHEDULED
    stage.clock.advance(3_600)
    stage.platform.publish_plan = [(False, UNKNOWN)]
    assert (await stage.work(early)).open_attempts == 1
    stage.clock.advance(7 * 3_600)
    assert (await stage.work(late)).state is State.MISSED
    assert (await stage.work_until_settled(early)).state is State.PUBLISHED


async def test_a_bug_is_not_a_state_for_ever_and_never_a_second_post(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(True, ZeroDivisionError("bug"))]
    row = await stage.work_until_settled(await stage.add())
    assert row.state is State.PUBLISHED
    assert stage.platform.world == ["h1"]


outcomes = st.sampled_from([(True, None), (True, UNKNOWN), (False, UNKNOWN), (False, LATER), (False, REFUSED)])
findings = st.sampled_from([None, Ready(), LATER, GONE_TOKEN, TicketUnusable(SAD), UnknownStatus(SAD), Waiting()])


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(outcomes, max_size=5), seen=st.lists(findings, max_size=6), crash=st.integers(0, 3))
async def test_whatever_happens_nothing_is_out_twice_and_nothing_is_told_wrong(
    tmp_path: Path, plan: list[tuple[bool, OutsideError | None]], seen: list[object], crash: int
) -> None:
    clock = FakeClock()
    copy_migrated_file(tmp_path / "once.db")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'once.db'}")
    try:
        stage = await PublisherHarness.set(database, clock, tmp_path)
        platform = stage.platform
        platform.publish_plan = list(plan)
        platform.findings = [finding for finding in seen if finding is not None]  # type: ignore[misc]
        delivery_id = await stage.add()
        for _ in range(crash):
            await stage.work(delivery_id)
            clock.advance(5)
        row = await stage.work_until_settled(delivery_id)
        truly_out = bool(platform.world)
        assert len(platform.world) <= 1
        if row.state is State.PUBLISHED:
            assert truly_out
        if row.state is State.FAILED:
            assert not truly_out
    finally:
        await database.close()
