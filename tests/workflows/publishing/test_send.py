"""Sending: quota reservation, tickets that keep being refused, posts with identical text, and a person's decisions."""

from __future__ import annotations

import asyncio
import itertools
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from araldo.errors import NotSent, OutcomeUnknown, OutsideError, PrepareAgain, ReconnectNeeded, Rejected, TryLater
from araldo.messages import message_of
from araldo.platforms.base import Published, Quota, Ready, TicketUnusable, UnknownStatus
from araldo.posts import delivery_store
from araldo.posts.models import State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database
from araldo.storage.schema import accounts, events
from araldo.workflows.deliveries.claims import ClaimedDelivery
from araldo.workflows.engine import Engine
from araldo.workflows.posts.create import PostCreator
from araldo.workflows.posts.resolve import Decision, OutcomeResolver
from araldo.workflows.posts.validation import Validator
from araldo.workflows.publishing.permalinks import PermalinkReader
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.made_up_platforms import WALL
from tests.support.publisher_harness import SAD, PublisherHarness

UNKNOWN = OutcomeUnknown(SAD, service="made_up")
GONE_TOKEN = ReconnectNeeded(SAD, service="made_up", code="190")
REFUSED = Rejected(SAD, service="made_up", code="no")
PREPARE_AGAIN = PrepareAgain(SAD, after_s=3, service="made_up")
LATER = TryLater(SAD, after_s=3, service="made_up")
DAY_S = 86_400.0


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.create(database, clock, tmp_path)


def ready_with_quota(harness: PublisherHarness, used: int, total: int = 5) -> Ready:
    return Ready(Quota(total, used, DAY_S, harness.clock.now(), SAD))


async def resolve(harness: PublisherHarness, delivery_id: str, answer: Decision) -> None:
    engine = Engine(
        name="delivery", work=harness.publisher.work, claim_due=_nothing_due, clock=harness.clock, sweep_s=1
    )
    row = await harness.row(delivery_id)
    resolver = OutcomeResolver(database=harness.database, clock=harness.clock, engine=engine)
    await resolver.resolve(harness.workspace.id, row.post_id, row.platform, answer)


async def _nothing_due(_: int) -> tuple[list[ClaimedDelivery], datetime | None]:
    return [], None


async def test_a_used_up_quota_is_waited_for_and_stored_with_the_account(harness: PublisherHarness) -> None:
    harness.platform.findings = [ready_with_quota(harness, used=5)]
    row = await harness.work(await harness.add())
    assert (row.state, row.open_attempts) == (State.WAITING, 0)
    assert row.error is not None
    assert row.error["code"] == "quota"
    assert row.next_at is not None
    # The jitter of a long pause is 150 s at most.
    assert 0 <= (row.next_at - harness.clock.now()).total_seconds() - 1_800 <= 150
    with open_reading(harness.database) as transaction:
        kept = transaction.execute(select(accounts.c.quota)).scalar_one()
    assert (kept["used"], kept["total"]) == (5, 5)
    assert harness.platform.published == []


async def test_waiting_for_a_post_ends_at_once_when_its_delivery_waits_longer(harness: PublisherHarness) -> None:
    """The clock stands still, so the test ends only if the answer comes at once."""
    harness.platform.findings = [ready_with_quota(harness, used=5)]
    row = await harness.work(await harness.add())
    validator = Validator({WALL.name: WALL}, [])
    post_creator = PostCreator(
        database=harness.database,
        clock=harness.clock,
        validator=validator,
        nudge=lambda: None,
    )
    async with asyncio.timeout(20):
        view = await post_creator.wait_until_settled(harness.workspace, row.post_id, within_s=45)
    assert [row.state for row in view.deliveries] == [State.WAITING]


async def test_quota_frees_when_our_oldest_post_leaves_the_window(harness: PublisherHarness) -> None:
    await harness.work(await harness.add())
    harness.clock.advance(DAY_S - 600)
    harness.platform.findings = [ready_with_quota(harness, used=5)]
    row = await harness.work(await harness.add())
    assert row.next_at is not None
    assert 0 <= (row.next_at - harness.clock.now()).total_seconds() - 601 <= 150
    assert (await harness.work_until_settled(row.id)).state is State.PUBLISHED


async def test_the_last_post_of_the_quota_goes_to_one_delivery(harness: PublisherHarness) -> None:
    ids = [await harness.add() for _ in range(4)]
    harness.platform.findings = [ready_with_quota(harness, used=3) for _ in ids]
    harness.platform.during_publish = asyncio.Event()
    working = [asyncio.create_task(harness.work(delivery_id)) for delivery_id in ids]
    # Two are under way until they are let go on; the other two come to rest without them.
    early = [await done for done in itertools.islice(asyncio.as_completed(working), 2)]
    assert [row.state for row in early] == [State.WAITING, State.WAITING]
    harness.platform.during_publish.set()
    states = sorted(row.state for row in await asyncio.gather(*working))
    assert states == [State.PUBLISHED, State.PUBLISHED, State.WAITING, State.WAITING]
    assert len(harness.platform.published) == 2


async def test_a_ticket_that_is_refused_repeatedly_is_replaced(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, LATER)] * 3
    row = await harness.work_until_settled(await harness.add())
    assert row.state is State.PUBLISHED
    assert [ticket.ids for ticket in harness.platform.tickets] == [("h1",), ("h1",), ("h1",), ("h2",)]


async def test_endless_refusals_fail_in_the_end_and_nothing_is_published(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, LATER)] * 99
    row = await harness.work_until_settled(await harness.add())
    assert (row.state, row.open_attempts) == (State.FAILED, 0)
    assert harness.platform.calls.count("prepare") == 3
    # Three of each of the first two tickets, and the last until nothing is tried any more.
    assert len(harness.platform.tickets) == 3 + 3 + 9


async def test_an_unsent_ticket_with_unknown_status_is_replaced(harness: PublisherHarness) -> None:
    harness.platform.findings = [UnknownStatus(SAD)] * 3
    row = await harness.work_until_settled(await harness.add())
    assert row.state is State.PUBLISHED
    assert harness.platform.published == ["h2"]
    harness.platform.findings = [UnknownStatus(SAD)] * 99
    row = await harness.work_until_settled(await harness.add())
    assert row.state is State.FAILED


async def test_a_match_by_text_is_not_used_while_an_identical_post_has_no_id(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(True, UNKNOWN)]
    harness.platform.findings = [Ready(), UnknownStatus(SAD)]
    first = await harness.work(await harness.add())
    assert first.state is State.UNCONFIRMED
    harness.platform.publish_plan = [(False, UNKNOWN)]
    harness.platform.findings = [Ready(), Published("of-the-first", matched_by_text=True, certain=False)]
    second = await harness.work(await harness.add())
    assert (second.state, second.remote_id) == (State.UNCONFIRMED, None)
    harness.platform.publish_plan = [(True, UNKNOWN)]
    harness.platform.findings = [Ready(), Published("of-the-first", matched_by_text=True)]
    third = await harness.work(await harness.add())
    assert (third.state, third.remote_id) == (State.PUBLISHED, None)


async def test_a_match_by_text_that_another_delivery_came_to_own_is_not_used(harness: PublisherHarness) -> None:
    first = await harness.work(await harness.add())
    harness.platform.publish_plan = [(False, UNKNOWN)]
    harness.platform.findings = [Ready(), Published(first.remote_id, matched_by_text=True, certain=False)]
    second = await harness.work(await harness.add())
    assert (second.state, second.remote_id, second.open_attempts) == (State.UNCONFIRMED, None, 1)


async def test_a_match_by_text_of_a_unique_post_is_used(harness: PublisherHarness) -> None:
    other = NewPost(content="Altro", platforms=["wall"], intent="publish", makes_pictures=False)
    harness.platform.publish_plan = [(True, UNKNOWN)]
    harness.platform.findings = [Ready(), UnknownStatus(SAD)]
    assert (await harness.work(await harness.add(other))).state is State.UNCONFIRMED
    harness.platform.publish_plan = [(True, UNKNOWN)]
    harness.platform.findings = [Ready(), Published("mine", matched_by_text=True, certain=False)]
    row = await harness.work(await harness.add())
    assert (row.state, row.remote_id) == (State.PUBLISHED, "mine")


@pytest.mark.parametrize("refusal", [REFUSED, LATER, GONE_TOKEN, PREPARE_AGAIN])
async def test_a_refusal_is_overruled_by_a_check_that_finds_the_post(
    harness: PublisherHarness, refusal: OutsideError
) -> None:
    harness.platform.publish_plan = [(True, refusal)]
    row = await harness.work(await harness.add())
    assert (row.state, row.open_attempts, harness.platform.published) == (State.PUBLISHED, 0, ["h1"])
    assert await harness.attempts(row.id) == ["published"]


async def test_a_failed_check_after_a_refusal_leaves_the_refusal(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, REFUSED)]
    harness.platform.findings = [Ready(), LATER]
    row = await harness.work(await harness.add())
    assert (row.state, harness.platform.published) == (State.FAILED, [])


async def test_a_request_that_never_left_is_not_checked(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, NotSent(SAD, after_s=3, service="made_up"))]
    harness.platform.findings = [Ready(), Published("another's", None)]
    row = await harness.work(await harness.add())
    assert (row.state, row.open_attempts, harness.platform.published) == (State.WAITING, 0, [])


async def test_retry_by_a_person_checks_before_sending(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(True, UNKNOWN)]
    harness.platform.findings = [Ready(), UnknownStatus(SAD)]
    row = await harness.work(await harness.add())
    await resolve(harness, row.id, "retry")
    row = await harness.work(row.id)
    assert row.state is State.PUBLISHED
    assert harness.platform.calls.count("publish") == 1


async def test_retry_by_a_person_sends_the_same_ticket_when_its_status_is_unknown(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, UNKNOWN)]
    harness.platform.findings = [Ready(), UnknownStatus(SAD)]
    row = await harness.work(await harness.add())
    await resolve(harness, row.id, "retry")
    harness.platform.findings = [UnknownStatus(SAD)]
    row = await harness.work(row.id)
    assert row.state is State.PUBLISHED
    assert [ticket.ids for ticket in harness.platform.tickets] == [("h1",), ("h1",)]
    assert harness.platform.tickets[1].sent_since == harness.platform.tickets[0].sent_since


async def test_a_ticket_from_before_the_token_was_lost_is_sent_after_reconnecting(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, GONE_TOKEN)]
    row = await harness.work(await harness.add())
    assert row.state is State.NEEDS_RECONNECT
    with open_transaction(harness.database) as transaction:
        delivery_store.resume_after_reconnect(transaction, [harness.account_id], harness.clock.now())
    row = await harness.row(row.id)
    row = await harness.work(row.id)
    assert (row.state, row.tries, harness.platform.published) == (State.PUBLISHED, 0, ["h1"])


async def test_retry_by_a_person_prepares_again_when_the_ticket_is_unusable(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, UNKNOWN)]
    harness.platform.findings = [Ready(), TicketUnusable(SAD)]
    row = await harness.work(await harness.add())
    assert row.state is State.UNCONFIRMED
    await resolve(harness, row.id, "retry")
    harness.platform.findings = [TicketUnusable(SAD)]
    row = await harness.work(row.id)
    assert (row.state, harness.platform.published) == (State.PUBLISHED, ["h2"])


async def test_a_waiting_delivery_is_missed_at_its_late_limit_and_not_at_the_next_try(
    harness: PublisherHarness,
) -> None:
    due = harness.clock.now() + timedelta(hours=1)
    new = NewPost(content="Ciao", platforms=["wall"], intent="schedule", due_at=due, makes_pictures=False)
    delivery_id = await harness.add(new)
    harness.clock.advance(3_600)
    harness.platform.prepare_errors = [replace_after(LATER, 8 * 3_600.0)]
    row = await harness.work(delivery_id)
    assert row.next_at == due + timedelta(hours=6, seconds=1)
    assert (await harness.work_until_settled(delivery_id)).state is State.MISSED
    assert harness.clock.now() < due + timedelta(hours=6, minutes=1)


def replace_after(error: TryLater, seconds: float) -> TryLater:
    return TryLater(error.message, after_s=seconds, service=error.service)


async def test_another_reason_to_wait_is_recorded_at_once(harness: PublisherHarness) -> None:
    harness.platform.prepare_errors = [
        LATER,
        TryLater(message_of({"en": "full", "it": "pieno"}), after_s=900, service="made_up"),
    ]
    delivery_id = await harness.add()
    await harness.work(delivery_id)
    harness.clock.advance(5)
    await harness.work(delivery_id)
    with open_reading(harness.database) as transaction:
        told = list(transaction.execute(select(events.c.data).order_by(events.c.id)).scalars())
    reasons = [message_of(one["error"]["message"]).to("en") for one in told if one["state"] == "waiting"]
    assert reasons == ["sad", "full"]


async def test_a_missing_remote_id_and_permalink_are_found_later(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(True, UNKNOWN)]
    harness.platform.findings = [Ready(), Published()]
    row = await harness.work(await harness.add())
    assert (row.state, row.remote_id) == (State.PUBLISHED, None)
    links = PermalinkReader(
        database=harness.database,
        clock=harness.clock,
        platforms={"wall": harness.platform},
        destinations=harness.publisher._destinations,
    )
    harness.platform.findings = [UnknownStatus(SAD)]
    assert await links.fill_in_missing() == 0
    assert await links.fill_in_missing() == 1
    row = await harness.row(row.id)
    assert (row.remote_id, row.permalink) == ("remote-h1", "https://wall.example/1")
    assert await links.fill_in_missing() == 0


async def test_a_match_by_text_after_a_refusal_keeps_the_attempt_open(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(True, REFUSED)]
    harness.platform.findings = [Ready(), *[Published("mine", matched_by_text=True, certain=False)] * 2]
    row = await harness.work(await harness.add())
    assert (row.state, row.remote_id, harness.platform.published) == (State.PUBLISHED, "mine", ["h1"])
