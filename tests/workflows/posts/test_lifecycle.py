"""A person's changes against the worker's, in both orders, on both databases: what was cancelled is never published."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from araldo.errors import ChangedMeanwhile, Conflict, NotFound, OutcomeUnknown, PostInvalid, ReconnectNeeded
from araldo.platforms.base import (
    CheckResult,
    Destination,
    Publication,
    Ready,
    Ticket,
    TicketUnusable,
    UnknownStatus,
    Waiting,
)
from araldo.posts import store as post_store
from araldo.posts.models import PostView, State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database
from araldo.storage.schema import deliveries, posts
from araldo.workflows.posts.edit import PostEdit, PostEditor
from araldo.workflows.posts.lifecycle import PostLifecycle
from araldo.workflows.posts.validation import Validator
from araldo.workspaces.models import Workspace
from tests.support.clock import FakeClock
from tests.support.content_changes import content_changes
from tests.support.database import open_reading, open_transaction
from tests.support.made_up_platforms import WALL
from tests.support.publisher_harness import SAD, PublisherHarness

UNKNOWN = OutcomeUnknown(SAD, service="made_up")


class PostHarness:
    """One post, and what a person may do with it."""

    def __init__(self, harness: PublisherHarness) -> None:
        self.harness = harness
        validator = Validator({WALL.name: WALL}, [])
        acting = {
            "database": harness.database,
            "clock": harness.clock,
            "validator": validator,
        }
        self.life = PostLifecycle(**acting, nudge=lambda: None)  # type: ignore[arg-type]  # one dict for both
        self.editor = PostEditor(**acting, nudge=lambda: None)  # type: ignore[arg-type]  # as above
        self.post_id = ""

    @property
    def workspace(self) -> Workspace:
        return self.harness.workspace

    async def write(self, **fields: object) -> str:
        fields = {"content": "Ciao", "image_provider": "none", **fields}
        self.post_id = await self.editor.create(self.workspace, PostEdit(content_changes(**fields), platforms=["wall"]))
        return self.post_id

    async def edit(self, **fields: object) -> None:
        await self.editor.edit(self.workspace, self.post_id, PostEdit(content_changes(**fields)))

    async def view(self) -> PostView:
        with open_reading(self.harness.database) as transaction:
            return post_store.get(transaction, self.workspace.id, self.post_id)

    async def row_id(self) -> str:
        return (await self.view()).deliveries[0].id

    async def work(self) -> State:
        return (await self.harness.work(await self.row_id())).state

    def at(self, **ahead: float) -> NewPost:
        return NewPost(content="", due_at=self.harness.clock.now() + timedelta(**ahead))


@pytest.fixture
async def post_harness(database: Database, clock: FakeClock, tmp_path: Path) -> PostHarness:
    made = PostHarness(await PublisherHarness.create(database, clock, tmp_path))
    await made.write()
    return made


async def test_a_draft_is_published_on_request(post_harness: PostHarness) -> None:
    assert await post_harness.work() is State.DRAFT
    await post_harness.life.publish(post_harness.workspace, post_harness.post_id)
    assert await post_harness.work() is State.PUBLISHED
    with pytest.raises(Conflict):
        await post_harness.life.publish(post_harness.workspace, post_harness.post_id)
    assert post_harness.harness.platform.published == ["h1"]


async def test_undo_within_the_window_and_not_after(post_harness: PostHarness) -> None:
    await post_harness.life.publish(post_harness.workspace, post_harness.post_id, undo_s=5)
    assert await post_harness.work() is State.QUEUED
    post_harness.harness.clock.advance(4.9)
    assert await post_harness.work() is State.QUEUED
    await post_harness.life.undo(post_harness.workspace, post_harness.post_id)
    post_harness.harness.clock.advance(60)
    assert await post_harness.work() is State.DRAFT
    assert post_harness.harness.platform.calls == []
    await post_harness.life.publish(post_harness.workspace, post_harness.post_id, undo_s=5)
    post_harness.harness.clock.advance(5)
    assert await post_harness.work() is State.PUBLISHED
    with pytest.raises(Conflict):
        await post_harness.life.undo(post_harness.workspace, post_harness.post_id)


async def test_an_edit_within_the_window_does_not_shorten_it(post_harness: PostHarness) -> None:
    await post_harness.life.publish(post_harness.workspace, post_harness.post_id, undo_s=5)
    await post_harness.editor.edit(
        post_harness.workspace, post_harness.post_id, PostEdit(content_changes(content="Altro"))
    )
    assert await post_harness.work() is State.QUEUED
    post_harness.harness.clock.advance(5)
    assert await post_harness.work() is State.PUBLISHED
    assert post_harness.harness.platform.tickets[0].text == "Altro"


async def test_a_rescheduled_post_is_published_at_its_new_time_only(post_harness: PostHarness) -> None:
    start = post_harness.harness.clock.now()
    await post_harness.life.schedule(post_harness.workspace, post_harness.post_id, post_harness.at(hours=1))
    old_rev = (await post_harness.view()).deliveries[0].rev
    await post_harness.life.schedule(post_harness.workspace, post_harness.post_id, post_harness.at(hours=2))
    post_harness.harness.clock.advance(3_600)
    await post_harness.harness.work_at(await post_harness.row_id(), old_rev)
    assert await post_harness.work() is State.SCHEDULED
    assert post_harness.harness.platform.calls == []
    post_harness.harness.clock.advance(3_600)
    assert await post_harness.work() is State.PUBLISHED
    row = (await post_harness.view()).deliveries[0]
    assert row.published_at == start + timedelta(hours=2)


@pytest.mark.parametrize("act", ["cancel", "move", "edit", "undo"])
@pytest.mark.parametrize("moment", ["before the ticket", "between look and intent"])
async def test_a_person_who_commits_first_wins(post_harness: PostHarness, act: str, moment: str) -> None:
    await post_harness.life.publish(post_harness.workspace, post_harness.post_id)
    acted = False

    async def act_now() -> None:
        nonlocal acted
        if not acted:
            acted = True
            await _act(post_harness, act)

    if moment == "before the ticket":
        prepare = post_harness.harness.platform.prepare

        async def preparing(to: Destination, publication: Publication, key: str) -> Ticket:
            ticket = await prepare(to, publication, key)
            await act_now()
            return ticket

        post_harness.harness.platform.prepare = preparing  # type: ignore[method-assign]  # the moment that matters
    else:

        async def looking(*_: object) -> CheckResult:
            await act_now()
            return Ready()

        post_harness.harness.platform.check = looking  # type: ignore[method-assign, assignment]  # the moment that matters
    after = await post_harness.work()
    assert post_harness.harness.platform.published == []
    assert acted
    expected = {"cancel": State.CANCELLED, "move": State.SCHEDULED, "edit": State.QUEUED, "undo": State.DRAFT}
    assert after is expected[act]
    if act == "edit":
        assert await post_harness.work() is State.PUBLISHED
        assert [ticket.text for ticket in post_harness.harness.platform.tickets] == ["Altro"]


@pytest.mark.parametrize("act", ["cancel", "move", "edit", "undo", "delete"])
async def test_a_worker_that_commits_first_wins(post_harness: PostHarness, act: str) -> None:
    await post_harness.life.publish(post_harness.workspace, post_harness.post_id)
    post_harness.harness.platform.during_publish = asyncio.Event()
    working = asyncio.create_task(post_harness.work())
    await post_harness.harness.platform.sending.wait()
    before = await post_harness.view()
    with pytest.raises(Conflict):
        await _act(post_harness, act)
    assert (await post_harness.view()) == before
    post_harness.harness.platform.during_publish.set()
    assert await working is State.PUBLISHED


@pytest.mark.parametrize("act", ["cancel", "move", "edit", "undo", "retry"])
async def test_a_delivery_with_an_open_attempt_cannot_be_changed(post_harness: PostHarness, act: str) -> None:
    post_harness.harness.platform.publish_plan = [(True, UNKNOWN)]
    post_harness.harness.platform.findings = [Ready(), UnknownStatus(SAD)]
    await post_harness.life.publish(post_harness.workspace, post_harness.post_id)
    assert await post_harness.work() is State.UNCONFIRMED
    with pytest.raises(Conflict):
        await _act(post_harness, act)


async def _act(post_harness: PostHarness, act: str) -> None:
    if act == "cancel":
        await post_harness.life.cancel(post_harness.workspace, post_harness.post_id)
    elif act == "move":
        await post_harness.life.schedule(post_harness.workspace, post_harness.post_id, post_harness.at(hours=1))
    elif act == "edit":
        await post_harness.editor.edit(
            post_harness.workspace, post_harness.post_id, PostEdit(content_changes(content="Altro"))
        )
    elif act == "undo":
        await post_harness.life.undo(post_harness.workspace, post_harness.post_id)
    elif act == "retry":
        await post_harness.life.retry(post_harness.workspace, post_harness.post_id)
    else:
        await post_harness.life.delete(post_harness.workspace, post_harness.post_id)


async def test_many_concurrent_changes_leave_a_consistent_state(post_harness: PostHarness) -> None:
    for number in range(12):
        await post_harness.write(content=f"n {number}")
        await post_harness.life.publish(post_harness.workspace, post_harness.post_id)
        out_before = len(post_harness.harness.platform.published)
        acts = [*("cancel", "edit", "undo", "move")[number % 4 :], "cancel"]
        results = await asyncio.gather(
            post_harness.work(), *(_act(post_harness, act) for act in acts), return_exceptions=True
        )
        assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, Conflict)]
        state = (await post_harness.view()).deliveries[0].state
        out = len(post_harness.harness.platform.published) - out_before
        assert out == (1 if state is State.PUBLISHED else 0), (number, state)


async def test_retry_changes_only_failed_deliveries_and_prepares_a_new_ticket(post_harness: PostHarness) -> None:
    post_harness.harness.platform.findings = [TicketUnusable(SAD)] * 9
    await post_harness.life.publish(post_harness.workspace, post_harness.post_id)
    assert await post_harness.work() is State.FAILED
    post_harness.harness.platform.findings = []
    await post_harness.life.retry(post_harness.workspace, post_harness.post_id)
    assert await post_harness.work() is State.PUBLISHED
    with pytest.raises(Conflict):
        await post_harness.life.retry(post_harness.workspace, post_harness.post_id)
    with pytest.raises(PostInvalid):
        await post_harness.life.retry(post_harness.workspace, post_harness.post_id, ["nowhere"])


async def test_retry_with_an_open_attempt_checks_and_does_not_prepare(post_harness: PostHarness) -> None:
    post_harness.harness.platform.publish_plan = [(True, UNKNOWN)]
    post_harness.harness.platform.findings = [Ready(), ReconnectNeeded(SAD, service="made_up", code="190")]
    await post_harness.life.publish(post_harness.workspace, post_harness.post_id)
    assert await post_harness.work() is State.NEEDS_RECONNECT
    await post_harness.life.retry(post_harness.workspace, post_harness.post_id)
    assert await post_harness.work() is State.PUBLISHED
    assert (post_harness.harness.platform.calls.count("prepare"), len(post_harness.harness.platform.published)) == (
        1,
        1,
    )


async def test_a_missed_post_is_published_on_request(post_harness: PostHarness) -> None:
    await post_harness.life.schedule(post_harness.workspace, post_harness.post_id, post_harness.at(hours=1))
    post_harness.harness.clock.advance(8 * 3_600)
    assert await post_harness.work() is State.MISSED
    await post_harness.life.publish(post_harness.workspace, post_harness.post_id)
    assert await post_harness.work() is State.PUBLISHED


async def test_a_deleted_post_is_never_sent_and_can_be_restored_as_a_draft(post_harness: PostHarness) -> None:
    await post_harness.life.schedule(post_harness.workspace, post_harness.post_id, post_harness.at(hours=1))
    row_id = await post_harness.row_id()
    await post_harness.life.delete(post_harness.workspace, post_harness.post_id)
    with pytest.raises(NotFound):
        await post_harness.view()
    post_harness.harness.clock.advance(3_600)
    assert (await post_harness.harness.work(row_id)).state is State.CANCELLED
    await post_harness.life.restore(post_harness.workspace, post_harness.post_id)
    assert [row.state for row in (await post_harness.view()).deliveries] == [State.DRAFT]
    with pytest.raises(NotFound):
        await post_harness.life.restore(post_harness.workspace, post_harness.post_id)


async def test_the_second_of_two_edits_of_one_rev_is_refused(post_harness: PostHarness) -> None:
    rev = (await post_harness.view()).post.rev
    first, second = PostEdit(content_changes(content="uno")), PostEdit(content_changes(content="due"))
    results = await asyncio.gather(
        *(
            post_harness.editor.edit(post_harness.workspace, post_harness.post_id, edit, based_on=rev)
            for edit in (first, second)
        ),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in results) == ["ChangedMeanwhile", "NoneType"]
    with pytest.raises(ChangedMeanwhile):
        await post_harness.editor.edit(post_harness.workspace, post_harness.post_id, first, based_on=rev)


async def test_an_edit_that_breaks_a_rule_of_a_scheduled_post_is_refused(post_harness: PostHarness) -> None:
    await post_harness.life.schedule(post_harness.workspace, post_harness.post_id, post_harness.at(hours=1))
    for bad in ("", "x" * 1_001):
        with pytest.raises(PostInvalid):
            await post_harness.editor.edit(
                post_harness.workspace, post_harness.post_id, PostEdit(content_changes(content=bad))
            )
    assert (await post_harness.view()).post.content == "Ciao"


async def test_a_note_leaves_what_is_prepared_and_a_post_that_breaks_a_rule(post_harness: PostHarness) -> None:
    await post_harness.life.publish(post_harness.workspace, post_harness.post_id)
    post_harness.harness.platform.findings = [Waiting(60)]
    assert await post_harness.work() is State.WAITING
    with open_transaction(post_harness.harness.database) as transaction:
        # As after an update with stricter rules: another edit is refused.
        transaction.execute(posts.update().values(content="x" * 1_001))
    with pytest.raises(PostInvalid):
        await post_harness.edit(cta="Vai")
    before = await post_harness.view()
    await post_harness.edit(note="Troppo lungo, chiedi ad Anna")
    after = await post_harness.view()
    assert (after.post.note, after.post.rev) == ("Troppo lungo, chiedi ad Anna", before.post.rev + 1)
    assert after.deliveries == before.deliveries
    assert after.deliveries[0].ticket is not None


async def test_a_draft_without_an_account_gets_one_when_it_is_published(post_harness: PostHarness) -> None:
    with open_transaction(post_harness.harness.database) as transaction:
        transaction.execute(deliveries.update().values(account_id=None))
    await post_harness.life.publish(post_harness.workspace, post_harness.post_id)
    assert (await post_harness.view()).deliveries[0].account_id == post_harness.harness.account_id
    assert await post_harness.work() is State.PUBLISHED
