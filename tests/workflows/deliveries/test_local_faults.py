"""Passing faults of this machine: a post is late at worst, and never failed; the log is not flooded."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from araldo.errors import NotSent, OutsideError, Rejected, TryLater
from araldo.images.providers import FinishedPicture, ImageProviders
from araldo.local_faults import TransientFault
from araldo.messages import message_of
from araldo.pictures.models import DeliveryPicture, PictureState
from araldo.posts.content import Slide
from araldo.posts.models import State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database
from araldo.storage.local_blobs import LocalBlobs
from araldo.workflows.deliveries.lease import LeasedDelivery
from tests.support.clock import FakeClock
from tests.support.logs import expected_lines
from tests.support.made_up_platforms import WALL
from tests.support.publisher_harness import SAD, PublisherHarness

NO_SPACE = OSError(errno.ENOSPC, "No space left on device")
NO_DESCRIPTOR = OSError(errno.EMFILE, "Too many open files")
BUSY = TryLater(message_of({"en": "busy", "it": "occupato"}), service="made_up", code="unavailable", after_s=1)
SILENT = TryLater(message_of({"en": "silent", "it": "muto"}), service="made_up", code="timeout", after_s=1)
REFUSED = Rejected(message_of({"en": "no", "it": "no"}), service="made_up", code="blocked")
LATER = [NO_SPACE, NO_DESCRIPTOR, MemoryError(), TransientFault("the picture process crashed"), BUSY]
LAID_OUT = ["ENOSPC", "EMFILE", "memory", "process", "busy"]


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.create(database, clock, tmp_path)


class FailingMethod:
    """Makes a method raise `error` while `is_broken` returns True; `tries` counts the calls that raised."""

    def __init__(self, error: Exception, is_broken: Callable[[], bool]) -> None:
        self.error, self.is_broken, self.tries = error, is_broken, 0

    def wrap(self, monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> FailingMethod:
        whole = getattr(owner, name)

        async def broken(*given: Any, **named: Any) -> Any:
            if self.is_broken():
                self.tries += 1
                raise self.error
            return await whole(*given, **named)

        monkeypatch.setattr(owner, name, broken)
        return self


def post_due_in(harness: PublisherHarness, seconds: float, **fields: Any) -> NewPost:
    due = harness.clock.now() + timedelta(seconds=seconds)
    return NewPost(
        content="Ciao", platforms=[WALL.name], intent="schedule", due_at=due, image_provider="offline", **fields
    )


async def run_to_the_end(harness: PublisherHarness, delivery_id: str) -> State:
    """Work until it is published or failed, each time at the moment it waits for; picture first, then the post."""
    row = await harness.work_until_settled(delivery_id)
    if row.state is State.SCHEDULED:
        assert row.due_at is not None
        harness.clock.advance((row.due_at - harness.clock.now()).total_seconds())
        row = await harness.work_until_settled(delivery_id)
    return row.state


@pytest.mark.parametrize("error", LATER, ids=LAID_OUT)
@pytest.mark.parametrize("at", ["generate", "put"])
async def test_a_fault_before_the_due_time_does_not_delay_the_post(
    harness: PublisherHarness, monkeypatch: pytest.MonkeyPatch, error: Exception, at: str
) -> None:
    ends = harness.clock.now() + timedelta(seconds=4)
    owner = ImageProviders if at == "generate" else LocalBlobs
    broken = FailingMethod(error, lambda: harness.clock.now() < ends).wrap(monkeypatch, owner, at)
    delivery_id = await harness.add(post_due_in(harness, 22))
    row = await harness.work_until_settled(delivery_id)
    assert (row.state, row.picture.state) == (State.SCHEDULED, PictureState.READY)
    assert (row.tries, row.next_at, row.picture.error) == (0, None, None)
    assert 0 < broken.tries < 5
    assert await run_to_the_end(harness, delivery_id) is State.PUBLISHED
    assert harness.platform.published == ["h1"]


@pytest.mark.parametrize("error", [NO_SPACE, BUSY, SILENT], ids=["ENOSPC", "busy", "silent"])
async def test_a_fault_that_lasts_past_the_due_time_is_retried(
    harness: PublisherHarness, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    due = harness.clock.now() + timedelta(hours=1)
    ends = due + timedelta(seconds=1)
    broken = FailingMethod(error, lambda: harness.clock.now() < ends).wrap(monkeypatch, ImageProviders, "generate")
    delivery_id = await harness.add(post_due_in(harness, 3_600))
    for _ in range(1_000):
        row = await harness.work(delivery_id)
        if row.state is not State.SCHEDULED:
            break
        assert row.picture.error is not None
        assert row.next_at is not None
        assert harness.clock.now() < row.next_at <= due
        harness.clock.advance((row.next_at - harness.clock.now()).total_seconds())
    # At its due time, to the second, it was tried once more, and is tried again.
    assert harness.clock.now() == due
    assert row.state is State.WAITING
    # What costs nothing is tried every ten minutes, what a provider answers a few times, what may be paid for seldom.
    assert broken.tries in {NO_SPACE: range(14, 17), BUSY: [10], SILENT: [4]}[error]
    assert (await harness.work_until_settled(delivery_id)).state is State.PUBLISHED


async def test_a_fault_of_this_machine_is_not_the_last_try_of_an_immediate_post(harness: PublisherHarness) -> None:
    """Its few tries are for what the platform answers: after them a fault of this machine still passes."""
    refused = TryLater(SAD, after_s=1, service="made_up", code="busy")
    here = NotSent(SAD, after_s=1, service="made_up", code="local_fault")
    harness.platform.prepare_errors = [*[refused] * 8, here, here]
    row = await harness.work_until_settled(await harness.add())
    assert (row.state, harness.platform.calls.count("prepare")) == (State.PUBLISHED, 11)

    harness.platform.prepare_errors = [*[refused] * 4, here, *[refused] * 9]
    row = await harness.work_until_settled(await harness.add())
    assert row.error is not None
    assert (row.state, row.error["code"]) == (State.FAILED, "busy")


async def test_after_the_due_time_the_tries_are_bounded(
    harness: PublisherHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = FailingMethod(NO_SPACE, lambda: True).wrap(monkeypatch, ImageProviders, "generate")
    at_once = await harness.add(replace(post_due_in(harness, 0), intent="publish", due_at=None))
    row = await harness.work_until_settled(at_once)
    assert (row.state, row.picture.state, broken.tries) == (State.FAILED, PictureState.FAILED, 31)
    assert row.error is not None
    assert row.error["code"] == "local_fault"

    late = await harness.add(post_due_in(harness, 60))
    row = await harness.work_until_settled(late)
    assert row.state in {State.FAILED, State.MISSED}
    assert harness.platform.calls == []


async def test_a_final_refusal_of_the_picture_fails_at_once(
    harness: PublisherHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = FailingMethod(REFUSED, lambda: True).wrap(monkeypatch, ImageProviders, "generate")
    delivery_id = await harness.add(post_due_in(harness, 60))
    row = await harness.work(delivery_id)
    assert (row.state, row.picture.state, broken.tries) == (State.SCHEDULED, PictureState.FAILED, 1)
    harness.clock.advance(60)
    assert (await harness.work(delivery_id)).state is State.FAILED
    assert broken.tries == 1


async def test_a_bug_in_a_picture_is_retried_until_the_due_time(
    harness: PublisherHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    bugs = [ZeroDivisionError("bug")] * 3
    FailingMethod(bugs[0], lambda: bool(bugs and bugs.pop())).wrap(monkeypatch, ImageProviders, "generate")
    assert await run_to_the_end(harness, await harness.add(post_due_in(harness, 60))) is State.PUBLISHED


async def test_only_missing_pictures_of_a_carousel_are_generated_again(
    harness: PublisherHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.platform.declaration = replace(WALL, pictures_max=10)
    made: list[str] = []
    whole = ImageProviders.generate

    async def second_fails_once(self: ImageProviders, provider: str, request: Any, *more: Any) -> FinishedPicture:
        headline = request.copy.headline
        made.append(headline)
        if headline == "Due" and made.count("Due") == 1:
            raise NO_SPACE
        return await whole(self, provider, request, *more)

    monkeypatch.setattr(ImageProviders, "generate", second_fails_once)
    slides: list[Slide] = [{"headline": "Uno"}, {"headline": "Due"}, {"headline": "Tre"}]
    delivery_id = await harness.add(post_due_in(harness, 60, slides=slides))
    assert await run_to_the_end(harness, delivery_id) is State.PUBLISHED
    assert sorted(made) == ["Due", "Due", "Tre", "Uno"]


async def test_a_final_refusal_of_one_carousel_picture_ends_the_retries(
    harness: PublisherHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.platform.declaration = replace(WALL, pictures_max=10)
    errors: dict[str, OutsideError | OSError] = {"Uno": BUSY, "Due": REFUSED}

    async def fails(self: ImageProviders, provider: str, request: Any, *more: Any) -> FinishedPicture:
        raise errors[request.copy.headline]

    monkeypatch.setattr(ImageProviders, "generate", fails)
    delivery_id = await harness.add(post_due_in(harness, 60, slides=[{"headline": "Uno"}, {"headline": "Due"}]))
    row = await harness.work(delivery_id)
    assert row.picture.state is PictureState.FAILED


async def test_a_draft_s_picture_is_tried_a_few_times(
    harness: PublisherHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = FailingMethod(NO_DESCRIPTOR, lambda: True).wrap(monkeypatch, ImageProviders, "generate")
    draft = replace(post_due_in(harness, 0), intent="draft", due_at=None)
    delivery_id = await harness.add(draft, state=State.DRAFT, picture=DeliveryPicture(PictureState.QUEUED))
    row = await harness.work_until_settled(delivery_id)
    assert (row.state, row.picture.state, broken.tries) == (State.DRAFT, PictureState.FAILED, 9)
    assert (row.tries, row.next_at) == (0, None)


async def test_a_fault_while_reading_the_permalink_leaves_the_post_published(
    harness: PublisherHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    FailingMethod(NO_SPACE, lambda: True).wrap(monkeypatch, type(harness.platform), "read_permalink")
    row = await harness.work(await harness.add())
    assert (row.state, row.picture.state, row.lease_owner) == (State.PUBLISHED, PictureState.NONE, None)


async def test_repeated_faults_are_one_log_line(harness: PublisherHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    FailingMethod(NO_SPACE, lambda: True).wrap(monkeypatch, ImageProviders, "generate")
    posts = [await harness.add(post_due_in(harness, 600)) for _ in range(5)]
    with capture_logs() as lines:
        for delivery_id in posts:
            await harness.work(delivery_id)
        harness.clock.advance(61)
        for delivery_id in posts:
            await harness.work(delivery_id)
    assert [(line["event"], line["log_level"], line.get("repeated")) for line in expected_lines(lines)] == [
        ("local_fault", "warning", None),
        ("local_fault", "warning", 4),
    ]
    assert all("exc_info" not in line for line in lines)


@pytest.mark.parametrize("error", [*LATER[:4], KeyError("a bug")], ids=[*LAID_OUT[:4], "bug"])
async def test_a_ready_picture_stays_ready_when_the_start_of_its_post_fails(
    harness: PublisherHarness, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """A picture that is generated again may fail for good, because its source can be gone by then."""
    delivery_id = await harness.add(post_due_in(harness, 22))
    ready = await harness.work_until_settled(delivery_id)
    assert ready.picture.state is PictureState.READY
    harness.clock.advance(22)
    broken = FailingMethod(error, lambda: broken.tries == 0).wrap(monkeypatch, LeasedDelivery, "save")
    row = await harness.work(delivery_id)
    assert (broken.tries, row.picture.state, row.picture.medium_id) == (1, PictureState.READY, ready.picture.medium_id)
    assert row.next_at is not None
    assert harness.clock.now() < row.next_at <= harness.clock.now() + timedelta(seconds=10)
    again = FailingMethod(error, lambda: True).wrap(monkeypatch, ImageProviders, "generate")
    assert (await harness.work_until_settled(delivery_id)).state is State.PUBLISHED
    assert again.tries == 0
