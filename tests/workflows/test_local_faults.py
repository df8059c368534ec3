"""Passing faults of this machine: a post is late at worst, and never failed for good; the log is not flooded."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from araldo.errors import OutsideError, Rejected, Sentence, TryLater
from araldo.images.providers import Finished, ImageProviders
from araldo.local_faults import PassingFault
from araldo.posts.models import PictureState, Slide, State
from araldo.posts.rules import NewPost
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database
from araldo.workflows.lease import Held
from tests.support.clock import FakeClock
from tests.support.declared import WALL
from tests.support.stage import Stage

NO_SPACE = OSError(errno.ENOSPC, "No space left on device")
NO_DESCRIPTOR = OSError(errno.EMFILE, "Too many open files")
BUSY = TryLater(Sentence("busy", "occupato"), service="made_up", code="unavailable", after_s=1)
SILENT = TryLater(Sentence("silent", "muto"), service="made_up", code="timeout", after_s=1)
REFUSED = Rejected(Sentence("no", "no"), service="made_up", code="blocked")
LATER = [NO_SPACE, NO_DESCRIPTOR, MemoryError(), PassingFault("the picture process crashed"), BUSY]
LAID_OUT = ["ENOSPC", "EMFILE", "memory", "process", "busy"]


@pytest.fixture
async def stage(database: Database, clock: FakeClock, tmp_path: Path) -> Stage:
    return await Stage.set(database, clock, tmp_path)


class Broken:
    """Raises `error` in place of what it wraps, while `is_broken` says so; `tries` counts what was asked meanwhile."""

    def __init__(self, error: Exception, is_broken: Callable[[], bool]) -> None:
        self.error, self.is_broken, self.tries = error, is_broken, 0

    def wrap(self, monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> Broken:
        whole = getattr(owner, name)

        async def broken(*given: Any, **named: Any) -> Any:
            if self.is_broken():
                self.tries += 1
                raise self.error
            return await whole(*given, **named)

        monkeypatch.setattr(owner, name, broken)
        return self


def post_due_in(stage: Stage, seconds: float, **fields: Any) -> NewPost:
    due = stage.clock.now() + timedelta(seconds=seconds)
    return NewPost(
        content="Ciao", platforms=[WALL.name], intent="schedule", due_at=due, image_provider="offline", **fields
    )


async def run_to_the_end(stage: Stage, delivery_id: str) -> State:
    """Work until it is published or failed, each time at the moment it waits for; picture first, then the post."""
    row = await stage.work_until_settled(delivery_id)
    if row.state is State.SCHEDULED:
        assert row.due_at is not None
        stage.clock.advance((row.due_at - stage.clock.now()).total_seconds())
        row = await stage.work_until_settled(delivery_id)
    return row.state


@pytest.mark.parametrize("error", LATER, ids=LAID_OUT)
@pytest.mark.parametrize("at", ["make", "put"])
async def test_a_fault_of_four_seconds_before_the_due_time_costs_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, error: Exception, at: str
) -> None:
    ends = stage.clock.now() + timedelta(seconds=4)
    owner = ImageProviders if at == "make" else Blobs
    broken = Broken(error, lambda: stage.clock.now() < ends).wrap(monkeypatch, owner, at)
    delivery_id = await stage.add(post_due_in(stage, 22))
    row = await stage.work_until_settled(delivery_id)
    assert (row.state, row.picture_state) == (State.SCHEDULED, PictureState.READY)
    assert (row.tries, row.next_at, row.picture_error) == (0, None, None)
    assert 0 < broken.tries < 5
    assert await run_to_the_end(stage, delivery_id) is State.PUBLISHED
    assert stage.platform.world == ["h1"]


@pytest.mark.parametrize("error", [NO_SPACE, BUSY, SILENT], ids=["ENOSPC", "busy", "silent"])
async def test_what_lasts_until_the_due_time_is_tried_then_and_after_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    due = stage.clock.now() + timedelta(hours=1)
    ends = due + timedelta(seconds=1)
    broken = Broken(error, lambda: stage.clock.now() < ends).wrap(monkeypatch, ImageProviders, "make")
    delivery_id = await stage.add(post_due_in(stage, 3_600))
    for _ in range(1_000):
        row = await stage.work(delivery_id)
        if row.state is not State.SCHEDULED:
            break
        assert row.picture_error is not None
        assert row.next_at is not None
        assert stage.clock.now() < row.next_at <= due
        stage.clock.advance((row.next_at - stage.clock.now()).total_seconds())
    # At its due time, to the second, it was tried once more, and is tried again.
    assert stage.clock.now() == due
    assert row.state is State.WAITING
    # What costs nothing is tried every ten minutes, what a provider answers a few times, what may be paid for seldom.
    assert broken.tries == {NO_SPACE: 16, BUSY: 10, SILENT: 4}[error]
    assert (await stage.work_until_settled(delivery_id)).state is State.PUBLISHED


async def test_after_the_due_time_the_tries_are_bounded(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Broken(NO_SPACE, lambda: True).wrap(monkeypatch, ImageProviders, "make")
    at_once = await stage.add(replace(post_due_in(stage, 0), intent="publish", due_at=None))
    row = await stage.work_until_settled(at_once)
    assert (row.state, row.picture_state, broken.tries) == (State.FAILED, PictureState.FAILED, 9)
    assert row.error is not None
    assert row.error["code"] == "local_fault"

    late = await stage.add(post_due_in(stage, 60))
    row = await stage.work_until_settled(late)
    assert row.state in {State.FAILED, State.MISSED}
    assert stage.platform.calls == []


async def test_what_can_never_work_fails_at_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Broken(REFUSED, lambda: True).wrap(monkeypatch, ImageProviders, "make")
    delivery_id = await stage.add(post_due_in(stage, 60))
    row = await stage.work(delivery_id)
    assert (row.state, row.picture_state, broken.tries) == (State.SCHEDULED, PictureState.FAILED, 1)
    stage.clock.advance(60)
    assert (await stage.work(delivery_id)).state is State.FAILED
    assert broken.tries == 1


async def test_a_bug_in_a_picture_is_no_end_before_the_due_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    bugs = [ZeroDivisionError("bug")] * 3
    Broken(bugs[0], lambda: bool(bugs and bugs.pop())).wrap(monkeypatch, ImageProviders, "make")
    assert await run_to_the_end(stage, await stage.add(post_due_in(stage, 60))) is State.PUBLISHED


async def test_of_several_pictures_only_what_is_missing_is_made_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.platform.declaration = replace(WALL, pictures_max=10)
    made: list[str] = []
    whole = ImageProviders.make

    async def second_fails_once(self: ImageProviders, provider: str, request: Any, *more: Any) -> Finished:
        headline = request.copy.headline
        made.append(headline)
        if headline == "Due" and made.count("Due") == 1:
            raise NO_SPACE
        return await whole(self, provider, request, *more)

    monkeypatch.setattr(ImageProviders, "make", second_fails_once)
    slides: list[Slide] = [{"headline": "Uno"}, {"headline": "Due"}, {"headline": "Tre"}]
    delivery_id = await stage.add(post_due_in(stage, 60, slides=slides))
    assert await run_to_the_end(stage, delivery_id) is State.PUBLISHED
    assert sorted(made) == ["Due", "Due", "Tre", "Uno"]


async def test_of_several_pictures_one_that_can_never_work_ends_the_tries(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.platform.declaration = replace(WALL, pictures_max=10)
    errors: dict[str, OutsideError | OSError] = {"Uno": BUSY, "Due": REFUSED}

    async def fails(self: ImageProviders, provider: str, request: Any, *more: Any) -> Finished:
        raise errors[request.copy.headline]

    monkeypatch.setattr(ImageProviders, "make", fails)
    delivery_id = await stage.add(post_due_in(stage, 60, slides=[{"headline": "Uno"}, {"headline": "Due"}]))
    row = await stage.work(delivery_id)
    assert row.picture_state is PictureState.FAILED


async def test_a_draft_s_picture_is_tried_a_few_times(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Broken(NO_DESCRIPTOR, lambda: True).wrap(monkeypatch, ImageProviders, "make")
    draft = replace(post_due_in(stage, 0), intent="draft", due_at=None)
    delivery_id = await stage.add(draft, state=State.DRAFT, picture_state=PictureState.QUEUED)
    row = await stage.work_until_settled(delivery_id)
    assert (row.state, row.picture_state, broken.tries) == (State.DRAFT, PictureState.FAILED, 9)
    assert (row.tries, row.next_at) == (0, None)


async def test_a_fault_while_the_link_is_stored_changes_nothing_of_what_is_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    Broken(NO_SPACE, lambda: True).wrap(monkeypatch, type(stage.platform), "link")
    row = await stage.work(await stage.add())
    assert (row.state, row.picture_state, row.lease_owner) == (State.PUBLISHED, PictureState.NONE, None)


async def test_many_faults_are_one_line(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    Broken(NO_SPACE, lambda: True).wrap(monkeypatch, ImageProviders, "make")
    posts = [await stage.add(post_due_in(stage, 600)) for _ in range(5)]
    with capture_logs() as lines:
        for delivery_id in posts:
            await stage.work(delivery_id)
        stage.clock.advance(61)
        for delivery_id in posts:
            await stage.work(delivery_id)
    assert [(line["event"], line["log_level"], line.get("repeated")) for line in lines] == [
        ("local_fault", "warning", None),
        ("local_fault", "warning", 4),
    ]
    assert all("exc_info" not in line for line in lines)


@pytest.mark.parametrize("error", [*LATER[:4], KeyError("a bug")], ids=[*LAID_OUT[:4], "bug"])
async def test_a_ready_picture_stays_ready_when_the_start_of_its_post_fails(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Or it would be made again, which may fail for good: what it was made from can be gone by then."""
    delivery_id = await stage.add(post_due_in(stage, 22))
    ready = await stage.work_until_settled(delivery_id)
    assert ready.picture_state is PictureState.READY
    stage.clock.advance(22)
    broken = Broken(error, lambda: broken.tries == 0).wrap(monkeypatch, Held, "save")
    row = await stage.work(delivery_id)
    assert (broken.tries, row.picture_state, row.picture_media_id) == (1, PictureState.READY, ready.picture_media_id)
    assert row.next_at is not None
    assert stage.clock.now() < row.next_at <= stage.clock.now() + timedelta(seconds=10)
    again = Broken(error, lambda: True).wrap(monkeypatch, ImageProviders, "make")
    assert (await stage.work_until_settled(delivery_id)).state is State.PUBLISHED
    assert again.tries == 0
