"""What surrounds a send: allowances reserved, worn-out tickets, twins that say the same, and what a person decided."""

from __future__ import annotations

import asyncio
import itertools
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from araldo.errors import NotSent, OutcomeUnknown, OutsideError, PrepareAgain, ReconnectNeeded, Rejected, TryLater
from araldo.messages import message_of
from araldo.platforms.base import Published, Quota, Ready, Ticket, TicketUnusable, UnknownStatus
from araldo.posts import delivery_store
from araldo.posts.models import State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database
from araldo.storage.events import ChangeSignal
from araldo.storage.schema import accounts, events
from araldo.workflows.create_post import PostCreator
from araldo.workflows.engine import Engine
from araldo.workflows.permalinks import PermalinkReader
from araldo.workflows.resolve import Decision, OutcomeResolver
from araldo.workflows.validation import Validator
from tests.support.clock import FakeClock
from tests.support.made_up_platforms import WALL
from tests.support.publisher_harness import SAD, PublisherHarness

UNKNOWN = OutcomeUnknown(SAD, service="made_up")
GONE_TOKEN = ReconnectNeeded(SAD, service="made_up", code="190")
REFUSED = Rejected(SAD, service="made_up", code="no")
ANEW = PrepareAgain(SAD, after_s=3, service="made_up")
LATER = TryLater(SAD, after_s=3, service="made_up")
DAY_S = 86_400.0


@pytest.fixture
async def stage(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.set(database, clock, tmp_path)


def room(stage: PublisherHarness, used: int, total: int = 5) -> Ready:
    return Ready(Quota(total, used, DAY_S, stage.clock.now(), SAD))


async def resolve(stage: PublisherHarness, delivery_id: str, answer: Decision) -> None:
    engine = Engine(work=stage.publisher.work, find_due=_nothing_due, clock=stage.clock, sweep_s=1)
    row = await stage.row(delivery_id)
    resolver = OutcomeResolver(database=stage.database, clock=stage.clock, committed=ChangeSignal(), engine=engine)
    await resolver.resolve(stage.workspace.id, row.post_id, row.platform, answer)


async def _nothing_due(_: int) -> tuple[list[tuple[str, int]], datetime | None]:
    return [], None


async def test_a_full_allowance_is_waited_for_and_kept_on_the_account(stage: PublisherHarness) -> None:
    stage.platform.findings = [room(stage, used=5)]
    row = await stage.work(await stage.add())
    assert (row.state, row.open_attempts) == (State.WAITING, 0)
    assert row.error is not None
    assert row.error["code"] == "quota"
    assert row.next_at == stage.clock.now() + timedelta(minutes=30)
    async with stage.database.reading() as transaction:
        kept = (await transaction.execute(select(accounts.c.quota))).scalar_one()
    assert (kept["used"], kept["total"]) == (5, 5)
    assert stage.platform.world == []


async def test_an_answer_does_not_wait_for_what_rests_longer_than_it_may(stage: PublisherHarness) -> None:
    """The clock stands: only an answer at once comes at all."""
    stage.platform.findings = [room(stage, used=5)]
    row = await stage.work(await stage.add())
    validator = Validator({WALL.name: WALL}, [])
    post_creator = PostCreator(
        database=stage.database, clock=stage.clock, validator=validator, nudge=lambda: None, committed=ChangeSignal()
    )
    async with asyncio.timeout(20):
        view = await post_creator.wait_until_settled(stage.workspace, row.post_id, within_s=45)
    assert [row.state for row in view.deliveries] == [State.WAITING]


async def test_room_comes_back_when_our_own_oldest_post_leaves_the_window(stage: PublisherHarness) -> None:
    await stage.work(await stage.add())
    stage.clock.advance(DAY_S - 600)
    stage.platform.findings = [room(stage, used=5)]
    row = await stage.work(await stage.add())
    assert row.next_at == stage.clock.now() + timedelta(seconds=601)
    assert (await stage.work_until_settled(row.id)).state is State.PUBLISHED


async def test_the_last_place_is_given_to_one(stage: PublisherHarness) -> None:
    ids = [await stage.add() for _ in range(4)]
    stage.platform.findings = [room(stage, used=3) for _ in ids]
    stage.platform.during_publish = asyncio.Event()
    working = [asyncio.create_task(stage.work(delivery_id)) for delivery_id in ids]
    # Two are under way until they are let go on; the other two come to rest without them.
    early = [await done for done in itertools.islice(asyncio.as_completed(working), 2)]
    assert [row.state for row in early] == [State.WAITING, State.WAITING]
    stage.platform.during_publish.set()
    states = sorted(row.state for row in await asyncio.gather(*working))
    assert states == [State.PUBLISHED, State.PUBLISHED, State.WAITING, State.WAITING]
    assert len(stage.platform.world) == 2


async def test_a_ticket_that_is_refused_again_and_again_gives_way_to_a_new_one(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(False, LATER)] * 3
    row = await stage.work_until_settled(await stage.add())
    assert row.state is State.PUBLISHED
    assert [ticket.handles for ticket in stage.platform.tickets] == [("h1",), ("h1",), ("h1",), ("h2",)]


async def test_refused_for_ever_it_fails_in_the_end_and_nothing_is_out(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(False, LATER)] * 99
    row = await stage.work_until_settled(await stage.add())
    assert (row.state, row.open_attempts) == (State.FAILED, 0)
    assert stage.platform.calls.count("prepare") == 3
    # Three of each of the first two tickets, and the last until nothing is tried any more.
    assert len(stage.platform.tickets) == 3 + 3 + 9


async def test_a_ticket_that_nobody_can_read_and_nobody_sent_gives_way_too(stage: PublisherHarness) -> None:
    stage.platform.findings = [UnknownStatus(SAD)] * 3
    row = await stage.work_until_settled(await stage.add())
    assert row.state is State.PUBLISHED
    assert stage.platform.world == ["h2"]
    stage.platform.findings = [UnknownStatus(SAD)] * 99
    row = await stage.work_until_settled(await stage.add())
    assert row.state is State.FAILED


async def test_a_twin_with_the_same_words_and_no_id_makes_a_match_worthless(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(True, UNKNOWN)]
    stage.platform.findings = [Ready(), UnknownStatus(SAD)]
    first = await stage.work(await stage.add())
    assert first.state is State.UNCONFIRMED
    stage.platform.publish_plan = [(False, UNKNOWN)]
    stage.platform.findings = [Ready(), Published("of-the-first", matched_by_text=True, certain=False)]
    second = await stage.work(await stage.add())
    assert (second.state, second.remote_id) == (State.UNCONFIRMED, None)
    stage.platform.publish_plan = [(True, UNKNOWN)]
    stage.platform.findings = [Ready(), Published("of-the-first", matched_by_text=True)]
    third = await stage.work(await stage.add())
    assert (third.state, third.remote_id) == (State.PUBLISHED, None)


async def test_words_that_became_anothers_while_we_looked_are_no_match(stage: PublisherHarness) -> None:
    first = await stage.work(await stage.add())
    stage.platform.publish_plan = [(False, UNKNOWN)]
    stage.platform.findings = [Ready(), Published(first.remote_id, matched_by_text=True, certain=False)]
    second = await stage.work(await stage.add())
    assert (second.state, second.remote_id, second.open_attempts) == (State.UNCONFIRMED, None, 1)


async def test_words_that_only_one_of_ours_says_are_a_match(stage: PublisherHarness) -> None:
    other = NewPost(content="Altro", platforms=["wall"], intent="publish", makes_pictures=False)
    stage.platform.publish_plan = [(True, UNKNOWN)]
    stage.platform.findings = [Ready(), UnknownStatus(SAD)]
    assert (await stage.work(await stage.add(other))).state is State.UNCONFIRMED
    stage.platform.publish_plan = [(True, UNKNOWN)]
    stage.platform.findings = [Ready(), Published("mine", matched_by_text=True, certain=False)]
    row = await stage.work(await stage.add())
    assert (row.state, row.remote_id) == (State.PUBLISHED, "mine")


@pytest.mark.parametrize("refusal", [REFUSED, LATER, GONE_TOKEN, ANEW])
async def test_a_refusal_is_not_believed_when_what_it_refused_is_there(
    stage: PublisherHarness, refusal: OutsideError
) -> None:
    stage.platform.publish_plan = [(True, refusal)]
    row = await stage.work(await stage.add())
    assert (row.state, row.open_attempts, stage.platform.world) == (State.PUBLISHED, 0, ["h1"])
    assert await stage.attempts(row.id) == ["published"]


async def test_a_look_that_fails_after_a_refusal_leaves_the_refusal(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(False, REFUSED)]
    stage.platform.findings = [Ready(), LATER]
    row = await stage.work(await stage.add())
    assert (row.state, stage.platform.world) == (State.FAILED, [])


async def test_what_never_left_is_not_looked_for(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(False, NotSent(SAD, after_s=3, service="made_up"))]
    stage.platform.findings = [Ready(), Published("another's", None)]
    row = await stage.work(await stage.add())
    assert (row.state, row.open_attempts, stage.platform.world) == (State.WAITING, 0, [])


async def test_send_again_looks_first_for_people_err_too(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(True, UNKNOWN)]
    stage.platform.findings = [Ready(), UnknownStatus(SAD)]
    row = await stage.work(await stage.add())
    await resolve(stage, row.id, "retry")
    row = await stage.work(row.id)
    assert row.state is State.PUBLISHED
    assert stage.platform.calls.count("publish") == 1


async def test_send_again_uses_the_same_ticket_also_when_nobody_can_tell(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(False, UNKNOWN)]
    stage.platform.findings = [Ready(), UnknownStatus(SAD)]
    row = await stage.work(await stage.add())
    await resolve(stage, row.id, "retry")
    stage.platform.findings = [UnknownStatus(SAD)]
    row = await stage.work(row.id)
    assert row.state is State.PUBLISHED
    assert [ticket.handles for ticket in stage.platform.tickets] == [("h1",), ("h1",)]
    assert stage.platform.tickets[1].sent_since == stage.platform.tickets[0].sent_since


async def test_a_ticket_from_before_the_token_died_is_sent_after_reconnecting(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(False, GONE_TOKEN)]
    row = await stage.work(await stage.add())
    assert row.state is State.NEEDS_RECONNECT
    async with stage.database.transaction() as transaction:
        await delivery_store.resume_after_reconnect(transaction, [stage.account_id], stage.clock.now())
    row = await stage.row(row.id)
    row = await stage.work(row.id)
    assert (row.state, row.tries, stage.platform.world) == (State.PUBLISHED, 0, ["h1"])


async def test_send_again_prepares_anew_when_the_ticket_is_dead(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(False, UNKNOWN)]
    stage.platform.findings = [Ready(), TicketUnusable(SAD)]
    row = await stage.work(await stage.add())
    assert row.state is State.UNCONFIRMED
    await resolve(stage, row.id, "retry")
    stage.platform.findings = [TicketUnusable(SAD)]
    row = await stage.work(row.id)
    assert (row.state, stage.platform.world) == (State.PUBLISHED, ["h2"])


async def test_what_waits_is_missed_on_time_and_not_at_the_next_try(stage: PublisherHarness) -> None:
    due = stage.clock.now() + timedelta(hours=1)
    new = NewPost(content="Ciao", platforms=["wall"], intent="schedule", due_at=due, makes_pictures=False)
    delivery_id = await stage.add(new)
    stage.clock.advance(3_600)
    stage.platform.prepare_errors = [replace_after(LATER, 8 * 3_600.0)]
    row = await stage.work(delivery_id)
    assert row.next_at == due + timedelta(hours=6, seconds=1)
    assert (await stage.work_until_settled(delivery_id)).state is State.MISSED
    assert stage.clock.now() < due + timedelta(hours=6, minutes=1)


def replace_after(error: TryLater, seconds: float) -> TryLater:
    return TryLater(error.message, after_s=seconds, service=error.service)


async def test_another_reason_to_wait_is_told_at_once(stage: PublisherHarness) -> None:
    stage.platform.prepare_errors = [
        LATER,
        TryLater(message_of({"en": "full", "it": "pieno"}), after_s=900, service="made_up"),
    ]
    delivery_id = await stage.add()
    await stage.work(delivery_id)
    stage.clock.advance(5)
    await stage.work(delivery_id)
    async with stage.database.reading() as transaction:
        told = list((await transaction.execute(select(events.c.data).order_by(events.c.id))).scalars())
    reasons = [message_of(one["error"]["message"]).to("en") for one in told if one["state"] == "waiting"]
    assert reasons == ["sad", "full"]


async def test_an_id_that_was_not_known_is_found_later(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(True, UNKNOWN)]
    stage.platform.findings = [Ready(), Published()]
    row = await stage.work(await stage.add())
    assert (row.state, row.remote_id) == (State.PUBLISHED, None)
    links = PermalinkReader(
        database=stage.database,
        clock=stage.clock,
        committed=ChangeSignal(),
        platforms={"wall": stage.platform},
        destinations=stage.publisher._destinations,
        every_s=1,
    )
    stage.platform.findings = [UnknownStatus(SAD)]
    assert await links.fill_in_missing() == 0
    assert await links.fill_in_missing() == 1
    row = await stage.row(row.id)
    assert (row.remote_id, row.permalink) == ("remote-h1", "https://wall.example/1")
    assert await links.fill_in_missing() == 0


def test_a_ticket_survives_its_journey_through_json() -> None:
    ticket = Ticket("à", ("1", "2"), sent_since=datetime.fromisoformat("2030-01-01T00:00:00+00:00"), sends=2)
    assert Ticket.from_json(ticket.as_json()) == ticket


async def test_words_found_after_a_refusal_are_looked_at_like_any_others(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(True, REFUSED)]
    stage.platform.findings = [Ready(), *[Published("mine", matched_by_text=True, certain=False)] * 2]
    row = await stage.work(await stage.add())
    assert (row.state, row.remote_id, stage.platform.world) == (State.PUBLISHED, "mine", ["h1"])
