"""Tickets: how many a delivery may have, what is sent with one, and how one is stored."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from araldo.errors import NotSent, OutcomeUnknown, OutsideError, TryLater
from araldo.platforms.base import Picture, Publication, Ready, Ticket, TicketUnusable, UnknownStatus
from araldo.posts import delivery_store
from araldo.posts.models import State
from araldo.storage.database import Database
from araldo.storage.schema import deliveries
from araldo.workflows.publishing.publication import idempotency_key
from araldo.workflows.publishing.send import PREPARES_MAX
from tests.support.clock import FakeClock
from tests.support.database import open_transaction
from tests.support.publisher_harness import SAD, PublisherHarness

UNKNOWN = OutcomeUnknown(SAD, service="made_up")
NOT_SENT = NotSent(SAD, after_s=3, service="made_up", code="local_fault")


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.create(database, clock, tmp_path)


async def test_a_ticket_whose_request_never_left_is_sent_later(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, NOT_SENT)] * 5
    row = await harness.work_until_settled(await harness.add())
    assert (row.state, harness.platform.published, harness.platform.calls.count("prepare")) == (
        State.PUBLISHED,
        ["h1"],
        1,
    )


@pytest.mark.parametrize("fault", [NOT_SENT, TryLater(SAD, after_s=3, service="made_up")])
async def test_a_failed_prepare_does_not_count_as_a_ticket(harness: PublisherHarness, fault: OutsideError) -> None:
    harness.platform.prepare_errors = [fault] * PREPARES_MAX
    harness.platform.findings = [TicketUnusable(SAD)] * (PREPARES_MAX - 1)
    row = await harness.work_until_settled(await harness.add())
    assert (row.state, row.prepares) == (State.PUBLISHED, PREPARES_MAX)


async def test_the_tickets_of_a_delivery_are_limited(harness: PublisherHarness) -> None:
    harness.platform.findings = [TicketUnusable(SAD)] * PREPARES_MAX
    row = await harness.work_until_settled(await harness.add())
    assert (row.state, harness.platform.calls.count("prepare")) == (State.FAILED, PREPARES_MAX)


MOMENT = datetime(2030, 1, 1, tzinfo=UTC)
# As stored before tickets had `ids`, `state`, `picture_count` and `digest`.
EARLIER = {
    "text": "Ciao",
    "handles": ["h9"],
    "parts": [],
    "sent_since": "2030-01-01T00:00:00+00:00",
    "send_before": None,
    "sends": 2,
    "empty_read_at": None,
}


def test_a_ticket_survives_json() -> None:
    picture = Picture(b"bytes", "http://127.0.0.1/1", 1, 1, "alt")
    ticket = Ticket.of(Publication("à", (picture, picture)), ids=("1", "2"), state={"cursor": [1, {"a": None}]})
    ticket = replace(ticket, sent_since=MOMENT, sends=2)
    assert Ticket.from_json(json.loads(json.dumps(ticket.as_json()))) == ticket


@pytest.mark.parametrize(
    ("children", "picture_count", "state"),
    [([], 1, {}), (["c1", "c2"], 2, {"children": ["c1", "c2"]}), (None, 1, {})],
)
def test_a_ticket_of_an_earlier_version_is_read(
    children: list[str] | None, picture_count: int, state: dict[str, object]
) -> None:
    stored = {name: value for name, value in (EARLIER | {"parts": children}).items() if value is not None}
    ticket = Ticket.from_json({"sent_since": None, "send_before": None, **stored})
    assert (ticket.ids, ticket.state, ticket.picture_count) == (("h9",), state, picture_count)
    assert (ticket.text, ticket.sent_since, ticket.sends, ticket.digest) == ("Ciao", MOMENT, 2, None)
    assert Ticket.from_json(ticket.as_json()) == ticket


async def test_a_ticket_of_an_earlier_version_is_sent_and_excluded(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, UNKNOWN)]
    harness.platform.findings = [Ready(), UnknownStatus(SAD)]
    earlier = await harness.work(await harness.add(ticket=EARLIER | {"sends": 0, "sent_since": None}))
    assert (earlier.state, harness.platform.calls) == (State.UNCONFIRMED, ["check", "publish", "check"])
    later = await harness.add(ticket=EARLIER)
    with open_transaction(harness.database) as transaction:
        taken = delivery_store.find_taken_ids(transaction, await harness.row(later))
    assert taken == {"h9"}


PICTURES = (Picture(b"a", "signed once", 1, 1, "alt"), Picture(b"b", "", 1, 1))


@pytest.mark.parametrize(
    "other",
    [
        Publication("Ciao!", PICTURES),
        Publication("Ciao", PICTURES[::-1]),
        Publication("Ciao", PICTURES[:1]),
        Publication("Ciao", (replace(PICTURES[0], alt=""), PICTURES[1])),
        Publication("Ciao", (PICTURES[0], replace(PICTURES[1], data=b"c"))),
        Publication("Ciao", PICTURES, {"silent": True}),
    ],
    ids=["text", "order", "number", "alt", "bytes", "options"],
)
def test_the_digest_covers_what_readers_see(other: Publication) -> None:
    ticket = Ticket.of(Publication("Ciao", PICTURES))
    assert not ticket.is_of(other)
    assert ticket.is_of(Publication("Ciao", (replace(PICTURES[0], url="signed again"), PICTURES[1])))
    known = tuple(replace(picture, sha256=hashlib.sha256(picture.data).hexdigest()) for picture in PICTURES)
    assert ticket.is_of(Publication("Ciao", known))


async def test_what_is_sent_is_what_was_prepared(harness: PublisherHarness) -> None:
    row = await harness.work(await harness.add())
    assert row.state is State.PUBLISHED
    assert harness.platform.sent == harness.platform.publications


async def test_the_publication_is_read_again_for_a_repeat(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, UNKNOWN)]
    row = await harness.work_until_settled(await harness.add())
    assert row.state is State.PUBLISHED
    assert harness.platform.sent == harness.platform.publications * 2


async def test_another_publication_than_the_tickets_is_prepared_anew(harness: PublisherHarness) -> None:
    stale = Ticket.of(Publication("Before"), ids=("h0",)).as_json()
    row = await harness.work(await harness.add(ticket=stale, prepares=1))
    assert (row.state, row.ticket, harness.platform.published) == (State.WAITING, None, [])
    assert row.error is not None
    assert row.error["code"] == "publication_changed"
    row = await harness.work_until_settled(row.id)
    assert (row.state, harness.platform.published) == (State.PUBLISHED, ["h1"])
    assert await harness.attempts(row.id) == ["published"]


async def test_another_publication_than_the_tickets_is_never_sent_while_an_attempt_is_open(
    harness: PublisherHarness,
) -> None:
    harness.platform.publish_plan = [(False, UNKNOWN)]
    delivery_id = await harness.add()
    row = await harness.work(delivery_id)
    assert (row.state, row.open_attempts) == (State.WAITING, 1)
    assert row.ticket is not None
    with open_transaction(harness.database) as transaction:
        changed = row.ticket | {"digest": "another"}
        transaction.execute(deliveries.update().where(deliveries.c.id == delivery_id).values(ticket=changed))
    row = await harness.work_until_settled(delivery_id)
    assert (row.state, row.open_attempts) == (State.UNCONFIRMED, 1)
    assert (harness.platform.calls.count("publish"), harness.platform.calls.count("prepare")) == (1, 1)


async def test_the_key_is_the_same_until_the_ticket_is_stored_and_then_another(harness: PublisherHarness) -> None:
    harness.platform.prepare_errors = [TryLater(SAD, after_s=3, service="made_up")] * 2
    harness.platform.findings = [TicketUnusable(SAD)]
    row = await harness.work_until_settled(await harness.add())
    other = await harness.work_until_settled(await harness.add())
    assert row.state is other.state is State.PUBLISHED
    first, again, stored, second, of_other = harness.platform.keys
    assert first == again == stored
    assert len({first, second, of_other}) == 3
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in harness.platform.keys)


async def test_the_key_of_an_edited_post_is_another(harness: PublisherHarness) -> None:
    row = await harness.row(await harness.add())
    assert idempotency_key(row, Publication("a")) == idempotency_key(row, Publication("a"))
    assert idempotency_key(row, Publication("a")) != idempotency_key(row, Publication("b"))
