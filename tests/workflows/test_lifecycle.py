"""A person's changes against the worker's, in both orders, on both databases: nothing goes out that was taken back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from araldo.errors import ChangedMeanwhile, Conflict, NotFound, OutcomeUnknown, PostInvalid, ReconnectNeeded
from araldo.platforms.base import CheckResult, Destination, Publication, Ready, Ticket, TicketUnusable, UnknownStatus
from araldo.posts import store as post_store
from araldo.posts.models import PostView, State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database
from araldo.storage.events import ChangeSignal
from araldo.storage.schema import deliveries
from araldo.workflows.edit import PostEdit, PostEditor
from araldo.workflows.lifecycle import PostLifecycle
from araldo.workflows.validation import Validator
from araldo.workspaces.models import Workspace
from tests.support.clock import FakeClock
from tests.support.made_up_platforms import WALL
from tests.support.publisher_harness import SAD, PublisherHarness

UNKNOWN = OutcomeUnknown(SAD, service="made_up")


class PostHarness:
    """One post on a stage, and a person at it."""

    def __init__(self, stage: PublisherHarness) -> None:
        self.stage = stage
        validator = Validator({WALL.name: WALL}, [])
        acting = {"database": stage.database, "clock": stage.clock, "committed": ChangeSignal(), "validator": validator}
        self.life = PostLifecycle(**acting, nudge=lambda: None)  # type: ignore[arg-type]  # one dict for both
        self.editor = PostEditor(**acting, nudge=lambda: None)  # type: ignore[arg-type]  # as above
        self.post_id = ""

    @property
    def workspace(self) -> Workspace:
        return self.stage.workspace

    async def write(self, **fields: object) -> str:
        fields = {"content": "Ciao", "image_provider": "none", **fields}
        self.post_id = await self.editor.create(self.workspace, PostEdit(fields, ["wall"]))
        return self.post_id

    async def view(self) -> PostView:
        async with self.stage.database.reading() as transaction:
            return await post_store.get(transaction, self.workspace.id, self.post_id)

    async def row_id(self) -> str:
        return (await self.view()).deliveries[0].id

    async def work(self) -> State:
        return (await self.stage.work(await self.row_id())).state

    def at(self, **ahead: float) -> NewPost:
        return NewPost(content="", due_at=self.stage.clock.now() + timedelta(**ahead))


@pytest.fixture
async def desk(database: Database, clock: FakeClock, tmp_path: Path) -> PostHarness:
    made = PostHarness(await PublisherHarness.set(database, clock, tmp_path))
    await made.write()
    return made


async def test_a_draft_is_published_when_a_person_says_so(desk: PostHarness) -> None:
    assert await desk.work() is State.DRAFT
    await desk.life.publish(desk.workspace, desk.post_id)
    assert await desk.work() is State.PUBLISHED
    with pytest.raises(Conflict):
        await desk.life.publish(desk.workspace, desk.post_id)
    assert desk.stage.platform.world == ["h1"]


async def test_undo_within_the_window_and_not_after(desk: PostHarness) -> None:
    await desk.life.publish(desk.workspace, desk.post_id, undo_s=5)
    assert await desk.work() is State.QUEUED
    desk.stage.clock.advance(4.9)
    assert await desk.work() is State.QUEUED
    await desk.life.undo(desk.workspace, desk.post_id)
    desk.stage.clock.advance(60)
    assert await desk.work() is State.DRAFT
    assert desk.stage.platform.calls == []
    await desk.life.publish(desk.workspace, desk.post_id, undo_s=5)
    desk.stage.clock.advance(5)
    assert await desk.work() is State.PUBLISHED
    with pytest.raises(Conflict):
        await desk.life.undo(desk.workspace, desk.post_id)


async def test_an_edit_within_the_window_does_not_shorten_it(desk: PostHarness) -> None:
    await desk.life.publish(desk.workspace, desk.post_id, undo_s=5)
    await desk.editor.edit(desk.workspace, desk.post_id, PostEdit({"content": "Altro"}))
    assert await desk.work() is State.QUEUED
    desk.stage.clock.advance(5)
    assert await desk.work() is State.PUBLISHED
    assert desk.stage.platform.tickets[0].text == "Altro"


async def test_a_moved_post_goes_out_at_its_new_time_only(desk: PostHarness) -> None:
    start = desk.stage.clock.now()
    await desk.life.schedule(desk.workspace, desk.post_id, desk.at(hours=1))
    old_rev = (await desk.view()).deliveries[0].rev
    await desk.life.schedule(desk.workspace, desk.post_id, desk.at(hours=2))
    desk.stage.clock.advance(3_600)
    await desk.stage.publisher.work(await desk.row_id(), old_rev)
    assert await desk.work() is State.SCHEDULED
    assert desk.stage.platform.calls == []
    desk.stage.clock.advance(3_600)
    assert await desk.work() is State.PUBLISHED
    row = (await desk.view()).deliveries[0]
    assert row.published_at == start + timedelta(hours=2)


@pytest.mark.parametrize("act", ["cancel", "move", "edit", "undo"])
@pytest.mark.parametrize("moment", ["before the ticket", "between look and intent"])
async def test_whoever_commits_first_wins_here_the_person(desk: PostHarness, act: str, moment: str) -> None:
    await desk.life.publish(desk.workspace, desk.post_id)
    acted = False

    async def act_now() -> None:
        nonlocal acted
        if not acted:
            acted = True
            await _act(desk, act)

    if moment == "before the ticket":
        prepare = desk.stage.platform.prepare

        async def preparing(to: Destination, publication: Publication) -> Ticket:
            ticket = await prepare(to, publication)
            await act_now()
            return ticket

        desk.stage.platform.prepare = preparing  # type: ignore[method-assign]  # the moment that matters
    else:

        async def looking(*_: object) -> CheckResult:
            await act_now()
            return Ready()

        desk.stage.platform.check = looking  # type: ignore[method-assign, assignment]  # the moment that matters
    after = await desk.work()
    assert desk.stage.platform.world == []
    assert acted
    expected = {"cancel": State.CANCELLED, "move": State.SCHEDULED, "edit": State.QUEUED, "undo": State.DRAFT}
    assert after is expected[act]
    if act == "edit":
        assert await desk.work() is State.PUBLISHED
        assert [ticket.text for ticket in desk.stage.platform.tickets] == ["Altro"]


@pytest.mark.parametrize("act", ["cancel", "move", "edit", "undo", "delete"])
async def test_whoever_commits_first_wins_here_the_worker(desk: PostHarness, act: str) -> None:
    await desk.life.publish(desk.workspace, desk.post_id)
    desk.stage.platform.during_publish = asyncio.Event()
    working = asyncio.create_task(desk.work())
    await desk.stage.platform.sending.wait()
    before = await desk.view()
    with pytest.raises(Conflict):
        await _act(desk, act)
    assert (await desk.view()) == before
    desk.stage.platform.during_publish.set()
    assert await working is State.PUBLISHED


@pytest.mark.parametrize("act", ["cancel", "move", "edit", "undo", "retry"])
async def test_what_may_be_out_is_not_to_be_changed(desk: PostHarness, act: str) -> None:
    desk.stage.platform.publish_plan = [(True, UNKNOWN)]
    desk.stage.platform.findings = [Ready(), UnknownStatus(SAD)]
    await desk.life.publish(desk.workspace, desk.post_id)
    assert await desk.work() is State.UNCONFIRMED
    with pytest.raises(Conflict):
        await _act(desk, act)


async def _act(desk: PostHarness, act: str) -> None:
    if act == "cancel":
        await desk.life.cancel(desk.workspace, desk.post_id)
    elif act == "move":
        await desk.life.schedule(desk.workspace, desk.post_id, desk.at(hours=1))
    elif act == "edit":
        await desk.editor.edit(desk.workspace, desk.post_id, PostEdit({"content": "Altro"}))
    elif act == "undo":
        await desk.life.undo(desk.workspace, desk.post_id)
    elif act == "retry":
        await desk.life.retry(desk.workspace, desk.post_id)
    else:
        await desk.life.delete(desk.workspace, desk.post_id)


async def test_many_changes_at_once_against_the_worker_leave_one_truth(desk: PostHarness) -> None:
    for number in range(12):
        await desk.write(content=f"n {number}")
        await desk.life.publish(desk.workspace, desk.post_id)
        out_before = len(desk.stage.platform.world)
        acts = [*("cancel", "edit", "undo", "move")[number % 4 :], "cancel"]
        results = await asyncio.gather(desk.work(), *(_act(desk, act) for act in acts), return_exceptions=True)
        assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, Conflict)]
        state = (await desk.view()).deliveries[0].state
        out = len(desk.stage.platform.world) - out_before
        assert out == (1 if state is State.PUBLISHED else 0), (number, state)


async def test_retry_touches_what_failed_and_makes_a_new_ticket(desk: PostHarness) -> None:
    desk.stage.platform.findings = [TicketUnusable(SAD)] * 9
    await desk.life.publish(desk.workspace, desk.post_id)
    assert await desk.work() is State.FAILED
    desk.stage.platform.findings = []
    await desk.life.retry(desk.workspace, desk.post_id)
    assert await desk.work() is State.PUBLISHED
    with pytest.raises(Conflict):
        await desk.life.retry(desk.workspace, desk.post_id)
    with pytest.raises(PostInvalid):
        await desk.life.retry(desk.workspace, desk.post_id, ["nowhere"])


async def test_retry_with_an_open_attempt_looks_and_does_not_prepare(desk: PostHarness) -> None:
    desk.stage.platform.publish_plan = [(True, UNKNOWN)]
    desk.stage.platform.findings = [Ready(), ReconnectNeeded(SAD, service="made_up", code="190")]
    await desk.life.publish(desk.workspace, desk.post_id)
    assert await desk.work() is State.NEEDS_RECONNECT
    await desk.life.retry(desk.workspace, desk.post_id)
    assert await desk.work() is State.PUBLISHED
    assert (desk.stage.platform.calls.count("prepare"), len(desk.stage.platform.world)) == (1, 1)


async def test_a_missed_post_is_published_by_a_persons_word(desk: PostHarness) -> None:
    await desk.life.schedule(desk.workspace, desk.post_id, desk.at(hours=1))
    desk.stage.clock.advance(8 * 3_600)
    assert await desk.work() is State.MISSED
    await desk.life.publish(desk.workspace, desk.post_id)
    assert await desk.work() is State.PUBLISHED


async def test_deleted_it_is_never_sent_and_can_come_back_as_a_draft(desk: PostHarness) -> None:
    await desk.life.schedule(desk.workspace, desk.post_id, desk.at(hours=1))
    row_id = await desk.row_id()
    await desk.life.delete(desk.workspace, desk.post_id)
    with pytest.raises(NotFound):
        await desk.view()
    desk.stage.clock.advance(3_600)
    assert (await desk.stage.work(row_id)).state is State.CANCELLED
    await desk.life.restore(desk.workspace, desk.post_id)
    assert [row.state for row in (await desk.view()).deliveries] == [State.DRAFT]
    with pytest.raises(NotFound):
        await desk.life.restore(desk.workspace, desk.post_id)


async def test_of_two_edits_of_one_reading_one_is_told_so(desk: PostHarness) -> None:
    rev = (await desk.view()).post.rev
    first, second = PostEdit({"content": "uno"}), PostEdit({"content": "due"})
    results = await asyncio.gather(
        *(desk.editor.edit(desk.workspace, desk.post_id, edit, based_on=rev) for edit in (first, second)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in results) == ["ChangedMeanwhile", "NoneType"]
    with pytest.raises(ChangedMeanwhile):
        await desk.editor.edit(desk.workspace, desk.post_id, first, based_on=rev)


async def test_what_is_scheduled_has_to_stay_fit_to_go_out(desk: PostHarness) -> None:
    await desk.life.schedule(desk.workspace, desk.post_id, desk.at(hours=1))
    for bad in ({"content": ""}, {"content": "x" * 1_001}):
        with pytest.raises(PostInvalid):
            await desk.editor.edit(desk.workspace, desk.post_id, PostEdit(bad))
    assert (await desk.view()).post.content == "Ciao"


async def test_a_draft_without_an_account_gets_one_when_it_goes_out(desk: PostHarness) -> None:
    async with desk.stage.database.transaction() as transaction:
        await transaction.execute(deliveries.update().values(account_id=None))
    await desk.life.publish(desk.workspace, desk.post_id)
    assert (await desk.view()).deliveries[0].account_id == desk.stage.account_id
    assert await desk.work() is State.PUBLISHED
