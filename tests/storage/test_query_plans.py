"""No list, filter, search, month, claim, sweep, outbox or event read scans a table that grows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from araldo.notify import outbox_store
from araldo.posts import (
    approval_store,
    change_store,
    claim_store,
    delivery_store,
    list_store,
    recurrence_store,
    slot_store,
    timeline_store,
)
from araldo.posts import store as post_store
from araldo.posts.claim_store import Lease
from araldo.posts.list_store import PostFilter
from araldo.posts.models import Delivery, State
from araldo.storage import events as event_store
from araldo.storage import figures
from araldo.storage.database import Database, Transaction
from araldo.storage.leases import release_all_leases
from araldo.storage.schema import deliveries
from araldo.workflows.deliveries.lease import record_delivery_event
from araldo.workspaces import audit_store
from tests.storage.query_plans import recorded_plans
from tests.support.clock import FakeClock
from tests.support.database import open_transaction
from tests.support.publisher_harness import PublisherHarness

Call = Callable[[Transaction], object]


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    harness = await PublisherHarness.create(database, clock, tmp_path)
    for state in (State.SCHEDULED, State.QUEUED, State.PUBLISHED, State.FAILED, State.DRAFT):
        delivery_id = await harness.add(state=state, due_at=clock.now())
        row = await harness.row(delivery_id)
        with open_transaction(database, clock) as transaction:
            record_delivery_event(transaction, row)
        clock.advance(1)
    return harness


def filters(harness: PublisherHarness) -> dict[str, PostFilter]:
    now = harness.clock.now()
    month = PostFilter(since=now - timedelta(days=15), until=now + timedelta(days=15))
    return {
        "all": PostFilter(),
        "ascending": PostFilter(order="asc"),
        "descending": PostFilter(order="desc"),
        "status": PostFilter(statuses=["scheduled"]),
        "several statuses": PostFilter(statuses=["failed", "needs_reconnect", "partial", "unconfirmed"]),
        "status, ascending": PostFilter(statuses=["scheduled"], order="asc"),
        "platform": PostFilter(platform="wall"),
        "account": PostFilter(account_id=harness.account_id),
        "account, platform and status": PostFilter(["published"], "wall", harness.account_id),
        "words": PostFilter(words="ciao"),
        "words that nothing has": PostFilter(words="nulla"),
        "words and account": PostFilter(words="ciao", account_id=harness.account_id),
        "approval": PostFilter(approvals=["requested", "withdrawn"]),
        "approval and status": PostFilter(approvals=["requested"], statuses=["draft", "scheduled"]),
        "month": month,
        "month, ascending": replace(month, order="asc"),
        "month of a status": replace(month, statuses=["scheduled"], order="asc"),
        "month of an account": replace(month, account_id=harness.account_id),
        "month of words": replace(month, words="ciao"),
    }


def faults_of(harness: PublisherHarness, call: Call, *, may_sort: bool = True) -> list[str]:
    with open_transaction(harness.database, harness.clock) as transaction:
        with recorded_plans(transaction._connection) as plans:
            call(transaction)
        assert plans.statements
        return plans.scans() + ([] if may_sort else plans.sorts())


@pytest.mark.parametrize("matches", ["few", "many"])
async def test_no_list_scans(harness: PublisherHarness, matches: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where many posts match a filter, their order comes from an index, so that a part reads no more than it shows."""
    if matches == "many":
        monkeypatch.setattr(list_store, "_FEW", -1)
    for name, wanted in filters(harness).items():
        read = partial(list_store.list_posts, workspace_id=harness.workspace.id, wanted=wanted, limit=2, cursor=None)
        _, cursor = _read(harness, read)
        for position in {None, cursor}:
            part = partial(_ids, wanted=wanted, cursor=position, workspace_id=harness.workspace.id)
            assert faults_of(harness, part, may_sort=matches == "few") == [], name
        assert faults_of(harness, read) == [], name


def _ids(transaction: Transaction, workspace_id: str, wanted: PostFilter, cursor: str | None) -> object:
    return list_store._find(transaction, workspace_id, wanted, 2, cursor)


def _read(harness: PublisherHarness, call: Callable[[Transaction], Any]) -> Any:
    with open_transaction(harness.database, harness.clock) as transaction:
        return call(transaction)


async def test_sqlite_begins_with_few_matches_and_tests_many_by_their_post(
    harness: PublisherHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without statistics it has to be led: each of these walked all posts, or all deliveries of an account a post."""
    by_account, by_words = PostFilter(account_id=harness.account_id, platform="wall"), PostFilter(words="ciao")
    expected = {(2_000, "(id=?)"): by_account, (2_000, "(search_id=?)"): by_words, (-1, "post_id=?"): by_account}
    if not harness.database.is_sqlite:
        expected = {}
    for (few, searched), wanted in expected.items():
        monkeypatch.setattr(list_store, "_FEW", few)
        with open_transaction(harness.database, harness.clock) as transaction:
            with recorded_plans(transaction._connection) as plans:
                _ids(transaction, harness.workspace.id, wanted, None)
            assert searched in plans.plan(*plans.statements[-1])


async def test_no_claim_or_sweep_scans(harness: PublisherHarness) -> None:
    now = harness.clock.now()
    lease = Lease("me", now + timedelta(minutes=1))
    calls: dict[str, Call] = {
        "is any due": lambda transaction: claim_store.is_any_due(transaction, now),
        "next due": lambda transaction: claim_store.next_due_at(transaction, now),
        "claim": lambda transaction: claim_store.begin_preparing(
            transaction, claim_store.claim_due(transaction, lease, 10)
        ),
        "claim one": lambda transaction: claim_store.claim(transaction, lease, "dlv_1", 1),
        "release all leases": release_all_leases,
        "links": lambda transaction: delivery_store.find_without_permalink(transaction, now - timedelta(days=1), 20),
        "purge": lambda transaction: change_store.purge_deleted(transaction, now),
        "picture history": lambda transaction: change_store.forget_versions_of_published(transaction, now, 500),
        "occurrences": lambda transaction: recurrence_store.created_posts(transaction, "rec_1", now),
        "figures for monitoring": figures.read_figures,
        "posts without approval": lambda transaction: approval_store.find_due_unapproved(
            transaction, timedelta(hours=3), 100
        ),
        "is approved": lambda transaction: approval_store.may_go_out(transaction, "ws_1", "post_1"),
        "scheduled occurrences": lambda transaction: recurrence_store.count_scheduled(transaction, "rec_1", now),
        "end of a recurrence": lambda transaction: recurrence_store.cancel_scheduled(transaction, "rec_1", now),
    }
    for name, call in calls.items():
        assert faults_of(harness, call) == [], name
    for name in ("is any due", "next due"):
        assert faults_of(harness, calls[name], may_sort=False) == [], name


async def test_nothing_read_while_publishing_scans(harness: PublisherHarness) -> None:
    now = harness.clock.now()
    row = replace(await _first_row(harness), ticket={"sent_since": now.isoformat(), "text": "Ciao"})
    calls: dict[str, Call] = {
        "taken ids": lambda transaction: delivery_store.find_taken_ids(transaction, row),
        "owner": lambda transaction: delivery_store.is_remote_id_owned(transaction, row, "1"),
        "same text": lambda transaction: delivery_store.has_identical_text(transaction, row, now),
        "quota": lambda transaction: delivery_store.count_not_in_quota(
            transaction, row, since=now, in_flight_since=now
        ),
        "published": lambda transaction: delivery_store.store_published(
            transaction, row, now, remote_id="1", permalink=None, unless_owned=True
        ),
        "entry of the audit log": partial(_record_publication, row=row),
        "oldest": lambda transaction: delivery_store.oldest_published(transaction, harness.account_id, now),
        "waiting": lambda transaction: delivery_store.count_waiting_for_account(transaction, harness.account_id),
        "resume": lambda transaction: delivery_store.resume_after_reconnect(transaction, [harness.account_id], now),
        "slots": lambda transaction: slot_store.find_taken_minutes(transaction, [harness.account_id], now),
    }
    for name, call in calls.items():
        assert faults_of(harness, call) == [], name


def _record_publication(transaction: Transaction, row: Delivery) -> None:
    audit_store.record_published(
        transaction, workspace_id=row.workspace_id, post_id=row.post_id, platform=row.platform, at=transaction.now
    )


async def test_a_publication_finds_its_requester_by_the_post(harness: PublisherHarness) -> None:
    """Without statistics SQLite walked all entries of the workspace in their order: no scan, but as long."""
    row = await _first_row(harness)
    with open_transaction(harness.database, harness.clock) as transaction:
        with recorded_plans(transaction._connection) as plans:
            _record_publication(transaction, row)
        if harness.database.is_sqlite:
            assert "ix_audit_log_target (target=?)" in plans.plan(*plans.statements[-1])


async def test_no_read_of_events_scans(harness: PublisherHarness) -> None:
    row, workspace_id = await _first_row(harness), harness.workspace.id
    found = _read(harness, partial(event_store.list_after, last=0, limit=10))
    event = next(event for event in found if event.kind == "delivery.failed")
    calls: dict[str, Call] = {
        "all": lambda transaction: event_store.list_after(transaction, 3, limit=10),
        "workspace": lambda transaction: event_store.list_after(transaction, 3, limit=10, workspace_id=workspace_id),
        "post": lambda transaction: event_store.list_after(transaction, 0, limit=10, post_id=row.post_id, until=9),
        "newest": event_store.newest_id,
        "trace": lambda transaction: event_store.find_trace_parent(transaction, row.post_id, row.id),
        "outbox": lambda transaction: outbox_store.notification_types_of(transaction, event),
        "previous": lambda transaction: outbox_store._previous_data(transaction, event),
        "settled": lambda transaction: outbox_store._settled_states(transaction, event),
        "event": lambda transaction: outbox_store.find_event(transaction, event.id),
        "post of an event": lambda transaction: outbox_store.find_post(transaction, event),
        "timeline": lambda transaction: timeline_store.attempts_of(transaction, workspace_id, row.post_id),
        "one post": lambda transaction: post_store.get(transaction, workspace_id, row.post_id),
    }
    for name, call in calls.items():
        assert faults_of(harness, call) == [], name


async def test_a_scan_and_a_sort_are_found(harness: PublisherHarness) -> None:
    everything = select(deliveries.c.id).where(deliveries.c.tries >= 0).order_by(deliveries.c.updated_at)

    def scan(transaction: Transaction) -> object:
        return transaction.execute(everything).all()

    assert len(faults_of(harness, scan, may_sort=False)) == 2


async def _first_row(harness: PublisherHarness) -> Delivery:
    with open_transaction(harness.database) as transaction:
        found = transaction.execute(select(deliveries).order_by(deliveries.c.created_at).limit(1))
        return post_store.deliveries_of(transaction, found)[0]
