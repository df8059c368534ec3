"""Nothing is sent without the approval that the workspace requires, whatever happens before the intent."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from araldo.errors import OutcomeUnknown
from araldo.posts import approval_link_store, approval_store, change_store
from araldo.posts import store as post_store
from araldo.posts.approval import ApprovalState
from araldo.posts.approval_link_store import ApprovalLink
from araldo.posts.models import State
from araldo.posts.rules import NewPost
from araldo.storage.backup.stale_rows import clear_stale_rows
from araldo.storage.database import Database, Transaction
from araldo.storage.schema import events
from araldo.workflows.deliveries.hold_back import hold_back_deliveries
from araldo.workflows.posts.approval_steps import record_state
from araldo.workflows.posts.approvals import REMIND_BEFORE, remind_unapproved
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import WorkspaceChanges
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.made_up_platforms import WALL
from tests.support.publisher_harness import SAD, PublisherHarness

UNKNOWN = OutcomeUnknown(SAD, service="made_up")


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    made = await PublisherHarness.create(database, clock, tmp_path)
    require(made)
    return made


def require(harness: PublisherHarness, *, required: bool = True) -> None:
    with open_transaction(harness.database) as transaction:
        changes = WorkspaceChanges(approval_required=required)
        workspace_store.change_workspace(transaction, harness.workspace.id, changes)


def decide(transaction: Transaction, harness: PublisherHarness, state: ApprovalState) -> None:
    post = harness.posts[-1]
    view = change_store.get_for_change(transaction, post.workspace_id, post.id)
    before = approval_store.find(transaction, post.workspace_id, post.id)
    record_state(transaction, view, before, state, by="Anna")


def set_state(harness: PublisherHarness, state: ApprovalState = ApprovalState.APPROVED) -> None:
    with open_transaction(harness.database) as transaction:
        decide(transaction, harness, state)


def kinds(harness: PublisherHarness) -> list[str]:
    with open_reading(harness.database) as transaction:
        wanted = select(events.c.kind).where(events.c.post_id == harness.posts[-1].id).order_by(events.c.id)
        return list(transaction.execute(wanted).scalars())


async def test_without_approval_nothing_is_even_prepared(harness: PublisherHarness) -> None:
    row = await harness.work(await harness.add())
    assert (row.state, (row.error or {})["code"]) == (State.MISSED, "not_approved")
    assert harness.platform.calls == []


async def test_with_approval_it_goes_out_once(harness: PublisherHarness) -> None:
    delivery_id = await harness.add()
    set_state(harness)
    assert (await harness.work(delivery_id)).state is State.PUBLISHED
    assert harness.platform.published == ["h1"]


async def test_where_none_is_required_nothing_is_asked(harness: PublisherHarness) -> None:
    require(harness, required=False)
    assert (await harness.work(await harness.add())).state is State.PUBLISHED


async def test_a_requirement_that_comes_before_the_intent_counts(harness: PublisherHarness) -> None:
    require(harness, required=False)
    delivery_id = await harness.add()

    async def switch_on() -> None:
        require(harness)

    harness.platform.before_check = switch_on
    row = await harness.work(delivery_id)
    assert (row.state, harness.platform.calls) == (State.MISSED, ["prepare", "check"])
    assert await harness.attempts(delivery_id) == []


@pytest.mark.parametrize("state", [ApprovalState.SENT_BACK, ApprovalState.REQUESTED])
async def test_an_approval_that_ends_before_the_intent_does_not_count(
    harness: PublisherHarness, state: ApprovalState
) -> None:
    delivery_id = await harness.add()
    set_state(harness)

    async def end() -> None:
        set_state(harness, state)

    harness.platform.before_check = end
    row = await harness.work(delivery_id)
    assert (row.state, row.open_attempts, harness.platform.published) == (State.MISSED, 0, [])
    assert await harness.attempts(delivery_id) == []


async def test_a_change_that_spares_this_delivery_stops_it_too(harness: PublisherHarness) -> None:
    """Another platform's text leaves this delivery's rev as it is, and its ticket valid."""
    delivery_id = await harness.add()
    set_state(harness)

    async def edit() -> None:
        with open_transaction(harness.database) as transaction:
            post = post_store.get(transaction, harness.workspace.id, harness.posts[-1].id).post
            assert change_store.save_post(
                transaction, post, replace(post, texts={"elsewhere": "Altro"}), transaction.now
            )

    harness.platform.before_check = edit
    row = await harness.work(delivery_id)
    assert (row.state, harness.platform.published) == (State.MISSED, [])
    assert kinds(harness)[-2:] == ["approval.withdrawn", "delivery.missed"]


async def test_after_an_unclear_answer_an_ended_approval_stops_repeats_and_a_person_decides(
    harness: PublisherHarness,
) -> None:
    harness.platform.publish_plan = [(False, UNKNOWN)]
    delivery_id = await harness.add()
    set_state(harness)
    assert (await harness.work(delivery_id)).state is State.WAITING
    set_state(harness, ApprovalState.SENT_BACK)
    row = await harness.work_until_settled(delivery_id)
    assert (row.state, row.open_attempts, len(harness.platform.tickets)) == (State.UNCONFIRMED, 1, 1)


async def test_what_got_out_while_it_was_approved_is_recorded_as_published(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(True, UNKNOWN)]

    def end() -> None:
        set_state(harness, ApprovalState.SENT_BACK)

    delivery_id = await harness.add()
    set_state(harness)
    harness.platform.before_publish = end
    assert (await harness.work(delivery_id)).state is State.PUBLISHED


async def test_of_an_intent_and_a_decision_at_once_the_first_commit_counts(harness: PublisherHarness) -> None:
    """Sent back first: no intent follows. The intent first: it was approved when it was sent."""
    orders = set()
    for _ in range(15):
        delivery_id = await harness.add()
        set_state(harness)
        back = harness.database.write(lambda transaction: decide(transaction, harness, ApprovalState.SENT_BACK))
        await asyncio.gather(harness.work(delivery_id), back)
        found = [kind for kind in kinds(harness) if kind in {"delivery.publishing", "approval.sent_back"}]
        assert found in (["approval.sent_back"], ["delivery.publishing", "approval.sent_back"])
        assert (await harness.row(delivery_id)).state is (State.MISSED if len(found) == 1 else State.PUBLISHED)
        orders.add(len(found))
    assert orders


async def test_people_are_reminded_once_before_each_time(harness: PublisherHarness, clock: FakeClock) -> None:
    due_at = clock.now() + REMIND_BEFORE + timedelta(hours=1)
    new = NewPost(
        content="Ciao", platforms=[WALL.name], intent="schedule", due_at=due_at, zone="UTC", makes_pictures=False
    )
    await harness.add(new)
    assert await remind_unapproved(harness.database) == 0
    clock.advance(3601)
    assert [await remind_unapproved(harness.database) for _ in range(2)] == [1, 0]
    assert kinds(harness).count("approval.due_soon") == 1
    with open_reading(harness.database) as transaction:
        found = approval_store.find(transaction, harness.workspace.id, harness.posts[-1].id)
    assert found is not None
    assert found.state is ApprovalState.REQUESTED
    await harness.add(new)
    set_state(harness)
    assert await remind_unapproved(harness.database) == 0


async def test_a_restore_withdraws_approvals_and_ends_links(harness: PublisherHarness) -> None:
    await harness.add(state=State.DRAFT)
    set_state(harness)
    post = harness.posts[-1]

    def restore(transaction: Transaction) -> None:
        link = ApprovalLink(
            id="lnk_1",
            workspace_id=post.workspace_id,
            post_id=post.id,
            note="",
            maker_kind="user",
            maker_id="usr_1",
            maker_name="Anna",
            created_at=transaction.now,
            expires_at=transaction.now + timedelta(days=1),
        )
        approval_link_store.add(transaction, link, "hash")
        assert approval_link_store.find(transaction, "hash") == link
        clear_stale_rows(transaction, {})
        hold_back_deliveries(transaction, transaction.now)
        assert approval_link_store.find(transaction, "hash") is None

    await harness.database.write(restore)
    with open_reading(harness.database) as transaction:
        assert not approval_store.may_go_out(transaction, post.workspace_id, post.id)
