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
from araldo.storage.leases import release_all_leases
from araldo.workflows.deliveries.backoff import compute_backoff_s
from araldo.workflows.publishing.repeats import SENDS_MAX
from araldo.workflows.publishing.send import PREPARES_MAX
from tests.support.clock import FakeClock
from tests.support.database import open_transaction
from tests.support.examples import examples
from tests.support.migrated import copy_migrated_file
from tests.support.publisher_harness import SAD, PublisherHarness

UNKNOWN = OutcomeUnknown(SAD, service="made_up")
REFUSED = Rejected(SAD, service="made_up", code="no")
LATER = TryLater(SAD, after_s=3, service="made_up")
GONE_TOKEN = ReconnectNeeded(SAD, service="made_up", code="190")


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.create(database, clock, tmp_path)


async def test_a_due_delivery_is_published(harness: PublisherHarness) -> None:
    row = await harness.work(await harness.add())
    assert (row.state, row.remote_id) == (State.PUBLISHED, "remote-h1")
    assert row.permalink == "https://wall.example/remote-h1"
    assert harness.platform.calls == ["prepare", "check", "publish"]
    assert await harness.attempts(row.id) == ["published"]
    assert row.lease_owner is None


async def test_a_lost_answer_is_checked_and_the_ticket_is_not_sent_again(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(True, UNKNOWN)]
    row = await harness.work(await harness.add())
    assert row.state is State.PUBLISHED
    assert harness.platform.published == ["h1"]
    assert await harness.attempts(row.id) == ["published"]


async def test_a_request_that_never_arrived_is_repeated_with_the_same_ticket_after_the_time_out(
    harness: PublisherHarness,
) -> None:
    harness.platform.publish_plan = [(False, UNKNOWN)]
    delivery_id = await harness.add()
    row = await harness.work(delivery_id)
    assert row.state is State.WAITING
    first = harness.platform.tickets[0]
    assert first.send_before is not None
    assert row.next_at == first.send_before + timedelta(seconds=20)
    assert harness.platform.published == []
    row = await harness.work_until_settled(delivery_id)
    assert row.state is State.PUBLISHED
    assert harness.platform.calls.count("prepare") == 1
    assert [ticket.ids for ticket in harness.platform.tickets] == [("h1",), ("h1",)]


async def test_after_three_sends_without_an_answer_a_person_decides(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, UNKNOWN)] * 9
    row = await harness.work_until_settled(await harness.add())
    assert row.state is State.UNCONFIRMED
    assert len(harness.platform.tickets) == SENDS_MAX
    assert await harness.attempts(row.id) == [None] * SENDS_MAX


@pytest.mark.parametrize("refusal", [REFUSED, LATER, GONE_TOKEN])
async def test_a_refusal_after_an_unclear_answer_is_not_final(harness: PublisherHarness, refusal: OutsideError) -> None:
    # The first one got out and cannot be seen yet; the second is refused, "already posted" for instance.
    harness.platform.publish_plan = [(True, UNKNOWN), (False, refusal)]
    harness.platform.findings = [Ready(), Ready(), Ready()]
    row = await harness.work_until_settled(await harness.add())
    assert row.state is State.PUBLISHED
    assert harness.platform.published == ["h1"]


@pytest.mark.parametrize("finding", [TicketUnusable(SAD), UnknownStatus(SAD)])
async def test_an_unusable_or_unknown_ticket_after_a_send_is_unconfirmed(
    harness: PublisherHarness, finding: TicketUnusable | UnknownStatus
) -> None:
    harness.platform.publish_plan = [(True, UNKNOWN)]
    harness.platform.findings = [Ready(), finding]
    row = await harness.work_until_settled(await harness.add())
    assert row.state is State.UNCONFIRMED
    assert harness.platform.calls.count("prepare") == 1
    assert row.open_attempts == 1


async def test_a_refused_check_does_not_fail_the_delivery(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(True, UNKNOWN)]
    harness.platform.findings = [Ready(), REFUSED]
    row = await harness.work_until_settled(await harness.add())
    assert row.error is not None
    assert (row.state, row.error["code"]) == (State.UNCONFIRMED, "unconfirmed")
    assert message_of(row.error["message"]).to("en").startswith("It was sent,")
    assert message_of(row.error["message"]).to("it").endswith(" triste")


async def test_an_unusable_ticket_that_was_never_sent_is_prepared_again_a_few_times(harness: PublisherHarness) -> None:
    harness.platform.findings = [TicketUnusable(SAD), Ready()]
    row = await harness.work(await harness.add())
    assert row.state is State.PUBLISHED
    assert harness.platform.published == ["h2"]
    harness.platform.findings = [TicketUnusable(SAD)] * 9
    row = await harness.work_until_settled(await harness.add())
    assert row.state is State.FAILED


async def test_a_refusal_closes_its_attempt_and_fails_the_delivery(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, REFUSED)]
    row = await harness.work(await harness.add())
    assert (row.state, row.open_attempts) == (State.FAILED, 0)
    assert row.error is not None
    assert row.error["message"] == SAD.as_json()
    assert await harness.attempts(row.id) == ["refused"]


async def test_try_later_waits_and_then_publishes(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, LATER), (False, LATER)]
    delivery_id = await harness.add()
    row = await harness.work(delivery_id)
    assert row.state is State.WAITING
    backoff_s = compute_backoff_s(delivery_id, 0, asked_s=3)
    assert row.next_at == harness.clock.now() + timedelta(seconds=backoff_s)
    row = await harness.work_until_settled(delivery_id)
    assert row.state is State.PUBLISHED
    assert await harness.attempts(delivery_id) == ["refused", "refused", "published"]


async def test_a_ticket_that_became_unusable_before_the_send_is_replaced_a_limited_number_of_times(
    harness: PublisherHarness,
) -> None:
    died = PrepareAgain(SAD, after_s=3, service="made_up")
    harness.platform.publish_plan = [(False, died)]
    row = await harness.work_until_settled(await harness.add())
    assert (row.state, harness.platform.published) == (State.PUBLISHED, ["h2"])
    assert await harness.attempts(row.id) == ["refused", "published"]
    harness.platform.publish_plan = [(False, died)] * 99
    row = await harness.work_until_settled(await harness.add())
    assert (row.state, row.open_attempts) == (State.FAILED, 0)
    assert harness.platform.calls.count("prepare") == 2 + PREPARES_MAX


async def test_endless_try_later_fails_in_the_end(harness: PublisherHarness) -> None:
    harness.platform.prepare_errors = [LATER] * 99
    row = await harness.work_until_settled(await harness.add())
    assert row.state is State.FAILED
    assert harness.platform.calls.count("prepare") == 9


async def test_endless_try_later_with_an_open_attempt_is_unconfirmed(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(True, UNKNOWN)]
    harness.platform.findings = [Ready(), *[LATER] * 99]
    row = await harness.work_until_settled(await harness.add())
    assert row.state is State.UNCONFIRMED
    assert len(harness.platform.tickets) == 1


async def test_a_lost_token_waits_for_reconnecting_and_resumes(harness: PublisherHarness) -> None:
    harness.platform.prepare_errors = [GONE_TOKEN]
    delivery_id = await harness.add()
    assert (await harness.work(delivery_id)).state is State.NEEDS_RECONNECT
    with open_transaction(harness.database) as transaction:
        delivery_store.resume_after_reconnect(transaction, [harness.account_id], harness.clock.now())
    assert (await harness.work(delivery_id)).state is State.PUBLISHED


async def test_a_token_lost_with_an_open_attempt_resumes_with_a_check(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(True, UNKNOWN)]
    harness.platform.findings = [Ready(), GONE_TOKEN]
    delivery_id = await harness.add()
    row = await harness.work(delivery_id)
    assert (row.state, row.open_attempts) == (State.NEEDS_RECONNECT, 1)
    with open_transaction(harness.database) as transaction:
        delivery_store.resume_after_reconnect(transaction, [harness.account_id], harness.clock.now())
    assert (await harness.work(delivery_id)).state is State.PUBLISHED
    assert harness.platform.calls.count("publish") == 1


async def test_a_crash_during_the_send_is_checked(harness: PublisherHarness) -> None:
    harness.platform.during_publish = asyncio.Event()
    delivery_id = await harness.add()
    working = asyncio.create_task(harness.work(delivery_id))
    await harness.platform.sending.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    row = await harness.row(delivery_id)
    assert (row.state, row.open_attempts) == (State.PUBLISHING, 1)
    with open_transaction(harness.database) as transaction:
        release_all_leases(transaction)
    assert (await harness.work(delivery_id)).state is State.PUBLISHED
    assert harness.platform.calls.count("publish") == 1


async def test_a_frozen_worker_does_not_send_after_its_send_window(harness: PublisherHarness) -> None:
    delivery_id = await harness.add()
    harness.platform.before_publish = lambda: harness.clock.advance(60)
    row = await harness.work(delivery_id)
    assert harness.platform.published == []
    assert row.state is State.WAITING
    harness.platform.before_publish = None
    assert (await harness.work_until_settled(delivery_id)).state is State.PUBLISHED
    assert harness.platform.published == ["h1"]


async def test_two_workers_with_one_nudge_publish_once(harness: PublisherHarness) -> None:
    delivery_id = await harness.add()
    await asyncio.gather(*(harness.work_at(delivery_id, 1) for _ in range(4)))
    assert (await harness.row(delivery_id)).state is State.PUBLISHED
    assert harness.platform.calls.count("publish") == 1


async def test_a_cancelled_delivery_is_not_sent_by_the_worker_that_had_leased_it(harness: PublisherHarness) -> None:
    delivery_id = await harness.add()
    cancelled = False

    async def cancel_in_between(*_: object) -> CheckResult:
        nonlocal cancelled
        if not cancelled:
            cancelled = True
            await harness.person_changes(delivery_id, State.CANCELLED)
        return Ready()

    harness.platform.check = cancel_in_between  # type: ignore[method-assign, assignment]  # the moment between look and intent
    row = await harness.work(delivery_id)
    assert row.state is State.CANCELLED
    assert harness.platform.published == []
    assert row.lease_owner is None


async def test_a_confirmed_publish_is_recorded_under_any_fence(harness: PublisherHarness) -> None:
    delivery_id = await harness.add()
    harness.platform.during_publish = asyncio.Event()
    working = asyncio.create_task(harness.work(delivery_id))
    await harness.platform.sending.wait()
    # Somebody else takes the fence while our request is under way.
    row = await harness.row(delivery_id)
    with open_transaction(harness.database) as transaction:
        harness.take_over(transaction, row)
    harness.platform.during_publish.set()
    row = await working
    assert (row.state, row.remote_id) == (State.PUBLISHED, "remote-h1")


async def test_a_remote_id_that_another_delivery_owns_is_not_recorded(harness: PublisherHarness) -> None:
    first = await harness.work(await harness.add())
    harness.platform.publish_plan = [(True, UNKNOWN)]
    harness.platform.findings = [Ready(), Published(first.remote_id)]
    second = await harness.work(await harness.add())
    assert (second.state, second.remote_id) == (State.PUBLISHED, None)


async def test_a_stale_nudge_does_nothing(harness: PublisherHarness) -> None:
    delivery_id = await harness.add()
    await harness.work_at(delivery_id, 7)
    assert harness.platform.calls == []


async def test_waiting_is_polled_within_the_job_and_beyond_it_ends_the_job(harness: PublisherHarness) -> None:
    harness.platform.findings = [Waiting(), Waiting(), Waiting(), Ready()]
    before = harness.clock.now()
    row = await harness.work(await harness.add())
    assert row.state is State.PUBLISHED
    assert harness.clock.now() - before < timedelta(seconds=2)
    harness.platform.findings = [Waiting()] * 40
    row = await harness.work(await harness.add())
    assert row.state is State.WAITING
    assert row.next_at is not None
    assert row.lease_owner is None


async def test_a_delivery_past_its_late_limit_is_missed_unless_an_attempt_is_open(harness: PublisherHarness) -> None:
    due = harness.clock.now() + timedelta(hours=1)
    new = NewPost(content="Ciao", platforms=["wall"], intent="schedule", due_at=due, makes_pictures=False)
    late, early = await harness.add(new), await harness.add(new)
    assert (await harness.work(early)).state is State.SCHEDULED
    harness.clock.advance(3_600)
    harness.platform.publish_plan = [(False, UNKNOWN)]
    assert (await harness.work(early)).open_attempts == 1
    harness.clock.advance(7 * 3_600)
    assert (await harness.work(late)).state is State.MISSED
    assert (await harness.work_until_settled(early)).state is State.PUBLISHED


async def test_a_bug_is_retried_and_never_causes_a_second_post(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(True, ZeroDivisionError("bug"))]
    row = await harness.work_until_settled(await harness.add())
    assert row.state is State.PUBLISHED
    assert harness.platform.published == ["h1"]


outcomes = st.sampled_from([(True, None), (True, UNKNOWN), (False, UNKNOWN), (False, LATER), (False, REFUSED)])
findings = st.sampled_from([None, Ready(), LATER, GONE_TOKEN, TicketUnusable(SAD), UnknownStatus(SAD), Waiting()])


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(outcomes, max_size=5), seen=st.lists(findings, max_size=6), crash=st.integers(0, 3))
async def test_whatever_happens_nothing_is_published_twice_and_no_state_is_wrong(
    tmp_path: Path, plan: list[tuple[bool, OutsideError | None]], seen: list[object], crash: int
) -> None:
    clock = FakeClock()
    copy_migrated_file(tmp_path / "once.db")
    database = Database(f"sqlite:///{tmp_path / 'once.db'}", clock)
    try:
        harness = await PublisherHarness.create(database, clock, tmp_path)
        platform = harness.platform
        platform.publish_plan = list(plan)
        platform.findings = [finding for finding in seen if finding is not None]  # type: ignore[misc]
        delivery_id = await harness.add()
        for _ in range(crash):
            await harness.work(delivery_id)
            clock.advance(5)
        row = await harness.work_until_settled(delivery_id)
        truly_out = bool(platform.published)
        assert len(platform.published) <= 1
        if row.state is State.PUBLISHED:
            assert truly_out
        if row.state is State.FAILED:
            assert not truly_out
    finally:
        await database.close()
