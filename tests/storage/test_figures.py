"""The figures that monitoring reads from the database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from araldo.notify import mail_store
from araldo.posts.models import State
from araldo.storage.database import Database
from araldo.storage.derived import COUNTED, UNCOUNTED
from araldo.storage.figures import Backlog, read_figures
from araldo.storage.schema import accounts, deliveries
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.publisher_harness import PublisherHarness


def test_every_state_is_counted_or_left_out_on_purpose() -> None:
    assert {*COUNTED, *UNCOUNTED} == set(State)
    assert not {*COUNTED} & {*UNCOUNTED}


async def test_what_waits_and_what_needs_a_person_is_counted(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    harness = await PublisherHarness.create(database, clock, tmp_path)
    start = clock.now()
    for state in (State.PUBLISHED, State.CANCELLED, State.UNCONFIRMED, State.UNCONFIRMED, State.DRAFT):
        await harness.add(state=state)
    await harness.add(state=State.SCHEDULED, due_at=start + timedelta(hours=1))
    await harness.add(state=State.QUEUED)
    clock.advance(30)
    leased = await harness.add(state=State.PREPARING)
    with open_transaction(database, clock) as transaction:
        until = clock.now() + timedelta(minutes=1)
        transaction.execute(update(deliveries).where(deliveries.c.id == leased).values(lease_until=until))
        transaction.execute(update(accounts).values(health="dead"))
        mail_store.add_event(transaction, harness.workspace.id, "post_1", 1, now=start, send_at=start)
    with open_reading(database, clock) as transaction:
        figures = read_figures(transaction)
    assert {(platform, state): count for platform, state, count in figures.deliveries} == {
        ("wall", "unconfirmed"): 2,
        ("wall", "draft"): 1,
        ("wall", "scheduled"): 1,
        ("wall", "queued"): 1,
        ("wall", "preparing"): 1,
    }
    assert figures.accounts == [("made_up", "dead", 1)]
    assert figures.due == Backlog(1, start)
    assert figures.webhooks == Backlog(0, None)
    assert figures.mails == Backlog(1, start)
    assert figures.push == Backlog(0, None)
