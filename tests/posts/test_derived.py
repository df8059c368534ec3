"""What the database derives: the status beside each post, and when a worker has to look at a delivery."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from araldo.pictures.models import DeliveryPicture, PictureState
from araldo.posts import change_store, claim_store, delivery_store, recurrence_store
from araldo.posts import store as post_store
from araldo.posts.claim_store import Lease
from araldo.posts.delivery_changes import DeliveryChanges
from araldo.posts.models import WORKING, Delivery, Post, State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database, Transaction
from araldo.storage.schema import deliveries, posts
from araldo.workflows.posts.create import new_delivery, new_post
from tests.support.clock import FakeClock
from tests.support.database import is_another_waiting, open_reading, open_transaction
from tests.support.publisher_harness import PublisherHarness
from tests.support.statuses import wrong_statuses
from tests.support.waiting import until

_d = deliveries.c


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.create(database, clock, tmp_path)


def add_post(harness: PublisherHarness, transaction: Transaction, *states: State, **changes: object) -> str:
    """Add a post with a delivery in each of these states, all of them changed like this."""
    post, rows = new_post_in(harness, states, **changes)
    post_store.add(transaction, post, rows)
    return post.id


def new_post_in(harness: PublisherHarness, states: Sequence[State], **changes: object) -> tuple[Post, list[Delivery]]:
    new = NewPost(content="Ciao", makes_pictures=False)
    post = new_post(harness.workspace, new, harness.clock.now())
    rows = [
        replace(
            new_delivery(post, new, f"p{number}", number, None, None, harness.clock.now()),
            **{"state": state, "account_id": harness.account_id} | changes,  # type: ignore[arg-type]  # fields by name
        )
        for number, state in enumerate(states)
    ]
    return post, rows


def rows_of(transaction: Transaction, post_id: str) -> list[Delivery]:
    found = transaction.execute(select(deliveries).where(_d.post_id == post_id).order_by(_d.position))
    return post_store.deliveries_of(transaction, found)


def stored_status(transaction: Transaction, post_id: str) -> str:
    return str(transaction.execute(select(posts.c.status).where(posts.c.id == post_id)).scalar_one())


async def test_every_change_of_a_state_keeps_the_status(harness: PublisherHarness) -> None:
    companions = [(), (State.CANCELLED,), (State.PUBLISHED,), (State.FAILED, State.UNCONFIRMED)]
    cases = list(itertools.product(State, State, companions))
    made = [new_post_in(harness, (before, *others)) for before, _, others in cases]
    changed = {post.id: after for (post, _), (_, after, _) in zip(made, cases, strict=True)}
    with open_transaction(harness.database) as transaction:
        transaction.execute(insert(posts), [asdict(post) | {"search_text": ""} for post, _ in made])
        transaction.execute(insert(deliveries), [post_store.columns_of(row) for _, rows in made for row in rows])
        assert wrong_statuses(transaction) == {}
        for post_id, after in changed.items():
            transaction.execute(update(deliveries).where(_d.post_id == post_id, _d.position == 0).values(state=after))
        assert wrong_statuses(transaction) == {}
        transaction.execute(delete(deliveries).where(_d.position == 0))
        assert wrong_statuses(transaction) == {}
        first = next(iter(changed))
        row = new_delivery(
            new_post(harness.workspace, NewPost(content="Ciao"), harness.clock.now()),
            NewPost(content="Ciao"),
            "p9",
            9,
            None,
            None,
            harness.clock.now(),
        )
        transaction.execute(
            insert(deliveries), [post_store.columns_of(replace(row, post_id=first, state=State.QUEUED))]
        )
        assert (stored_status(transaction, first), wrong_statuses(transaction)) == ("publishing", {})
        # A statement that changes many rows.
        transaction.execute(update(deliveries).values(state=State.PUBLISHED))
        assert wrong_statuses(transaction) == {}


async def test_every_writer_of_deliveries_keeps_the_status(harness: PublisherHarness) -> None:
    now = harness.clock.now()
    with open_transaction(harness.database, harness.clock) as transaction:

        def expect(status: str) -> None:
            assert (stored_status(transaction, post_id), wrong_statuses(transaction)) == (status, {})

        post_id = add_post(harness, transaction, State.SCHEDULED, due_at=now)
        [row] = claim_store.claim_due(transaction, Lease("me", now + timedelta(minutes=1)), 10)
        expect("scheduled")
        [row] = claim_store.begin_preparing(transaction, [row])
        expect("publishing")
        opened = delivery_store.open_attempt(transaction, row, ticket={"a": 1}, now=now, send_before=now)
        assert opened is not None
        row = opened.row
        expect("publishing")
        row = delivery_store.save(transaction, row, now, DeliveryChanges(state=State.NEEDS_RECONNECT)) or row
        expect("needs_reconnect")
        [row] = delivery_store.resume_after_reconnect(transaction, [harness.account_id], now)
        expect("publishing")
        delivery_store.store_published(transaction, row, now, remote_id="r", permalink=None)
        expect("published")

        post_id = add_post(harness, transaction, State.FAILED)
        [row] = rows_of(transaction, post_id)
        assert change_store.change_delivery(transaction, row, now, DeliveryChanges(state=State.QUEUED))
        expect("publishing")
        [row] = rows_of(transaction, post_id)
        assert change_store.change_delivery(transaction, row, now, DeliveryChanges(state=State.CANCELLED))
        expect("cancelled")
        post_store.add_deliveries(transaction, [replace(row, id="dlv_2", platform="p1", state=State.DRAFT)])
        expect("draft")
        [*_, added] = rows_of(transaction, post_id)
        assert change_store.delete_unsent_delivery(transaction, added)
        expect("cancelled")
        post = post_store.get(transaction, harness.workspace.id, post_id).post
        assert change_store.delete_post(transaction, post, now)
        change_store.restore(transaction, post, now)
        expect("draft")

        post_id = add_post(harness, transaction, State.SCHEDULED, due_at=now + timedelta(days=1))
        transaction.execute(update(posts).where(posts.c.id == post_id).values(recurrence_id="rec_1"))
        assert len(recurrence_store.cancel_scheduled(transaction, "rec_1", now)) == 1
        expect("cancelled")
        post = post_store.get(transaction, harness.workspace.id, post_id).post
        assert change_store.delete_post(transaction, post, now)
        assert change_store.purge_deleted(transaction, now + timedelta(seconds=1)) == 1
        assert wrong_statuses(transaction) == {}


async def test_deliveries_that_end_side_by_side_leave_the_right_status(harness: PublisherHarness) -> None:
    """Two transactions, neither of which sees the other's delivery as published."""
    with open_transaction(harness.database) as transaction:
        post_id = add_post(harness, transaction, State.PUBLISHING, State.PUBLISHING)
        rows = rows_of(transaction, post_id)
    is_first_changed, is_second_waiting = threading.Event(), threading.Event()

    def publish_first(transaction: Transaction) -> None:
        delivery_store.store_published(transaction, rows[0], harness.clock.now(), remote_id="1", permalink=None)
        is_first_changed.set()
        if transaction.is_postgresql:
            until(lambda: is_another_waiting(transaction))
        is_second_waiting.set()

    def publish_second(transaction: Transaction) -> None:
        delivery_store.store_published(transaction, rows[1], harness.clock.now(), remote_id="2", permalink=None)

    first = asyncio.create_task(harness.database.write(publish_first))
    await asyncio.to_thread(is_first_changed.wait, 20)
    await asyncio.gather(first, harness.database.write(publish_second))
    assert is_second_waiting.is_set()
    with open_reading(harness.database) as transaction:
        assert stored_status(transaction, post_id) == "published"


async def test_a_person_and_a_worker_do_not_deadlock(harness: PublisherHarness) -> None:
    """The worker has locked the delivery when the person's change begins, and then changes the post's status."""
    with open_transaction(harness.database) as transaction:
        post_id = add_post(harness, transaction, State.SCHEDULED, due_at=harness.clock.now())
        post = post_store.get(transaction, harness.workspace.id, post_id).post
    is_claimed, runs = threading.Event(), {"worker": 0, "person": 0}

    def work(transaction: Transaction) -> None:
        runs["worker"] += 1
        rows = claim_store.claim_due(transaction, Lease("me", harness.clock.now() + timedelta(minutes=1)), 1)
        is_claimed.set()
        if transaction.is_postgresql:
            until(lambda: is_another_waiting(transaction))
        claim_store.begin_preparing(transaction, rows)

    def change(transaction: Transaction) -> bool:
        runs["person"] += 1
        saved = change_store.save_post(transaction, post, replace(post, content="Nuovo"), harness.clock.now())
        [row] = rows_of(transaction, post_id)
        cancelled = DeliveryChanges(state=State.CANCELLED)
        return saved and change_store.change_delivery(transaction, row, harness.clock.now(), cancelled)

    worker = asyncio.create_task(harness.database.write(work))
    await asyncio.to_thread(is_claimed.wait, 20)
    assert (await asyncio.gather(worker, harness.database.write(change)))[1]
    assert runs == {"worker": 1, "person": 1}
    with open_reading(harness.database) as transaction:
        assert stored_status(transaction, post_id) == "cancelled"


def work_at(row: Delivery) -> datetime | None:
    """Return from when on there is work on the delivery; None: not before something else changes."""
    after_pause = row.next_at or row.created_at
    if row.state in WORKING:
        return after_pause
    if row.state is State.SCHEDULED:
        moments = [row.due_at] + ([after_pause] if row.picture_is_due else [])
        return min((moment for moment in moments if moment is not None), default=None)
    return after_pause if row.picture_is_due else None


async def test_what_is_due_is_found_by_one_value(harness: PublisherHarness) -> None:
    now = harness.clock.now()
    times = (None, now - timedelta(minutes=5), now + timedelta(minutes=5))
    harness.clock.advance(-3600)
    with open_transaction(harness.database, harness.clock) as transaction:
        post_id = add_post(harness, transaction)
        sample = new_delivery(
            post_store.get(transaction, harness.workspace.id, post_id).post,
            NewPost(content="Ciao"),
            "p",
            0,
            None,
            None,
            harness.clock.now(),
        )
        rows = [
            replace(
                sample,
                id=f"dlv_{number}",
                platform=f"p{number}",
                state=state,
                picture=DeliveryPicture(state=picture),
                due_at=due_at,
                next_at=next_at,
                lease_until=lease_until,
            )
            for number, (state, picture, due_at, next_at, lease_until) in enumerate(
                itertools.product(State, PictureState, times, times, times)
            )
        ]
        transaction.execute(insert(deliveries), [post_store.columns_of(row) for row in rows])
    expected = {}
    for row in rows:
        at = work_at(row)
        expected[row.id] = at if at is None or row.lease_until is None else max(at, row.lease_until)
    with open_reading(harness.database) as transaction:
        found = {row.id: row.wake_at for row in transaction.execute(select(_d.id, _d.wake_at))}
        assert found == expected
        later = min(at for at in expected.values() if at is not None and at > now)
        assert claim_store.next_due_at(transaction, now) == later
        assert claim_store.is_any_due(transaction, now)
        assert not claim_store.is_any_due(transaction, now - timedelta(hours=2))
