"""A copy has the words, the places and the pictures, and nothing of what became of the first."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from araldo.accounts import store as account_store
from araldo.pictures.models import DeliveryPicture, PictureState
from araldo.posts.content import content_values
from araldo.posts.copying import copy_post
from araldo.posts.models import Delivery, Post, State
from araldo.posts.rules import NewPost
from araldo.posts.timing import When
from araldo.storage.database import Database
from araldo.workflows.posts.create import new_delivery, new_post
from tests.support.clock import FakeClock
from tests.support.database import open_reading
from tests.support.made_up_platforms import SQUARE, TALL, WALL
from tests.support.publisher_harness import PublisherHarness

WHEN = When(datetime(2030, 2, 4, 9, 0, tzinfo=UTC), "Europe/Rome", "2030-02-04T10:00:00")
READY = DeliveryPicture(PictureState.READY, "med_1", "d")
OWN = {"id", "post_id", "position", "state", "due_at", "created_at", "updated_at"}


@pytest.fixture
async def made(database: Database, clock: FakeClock, tmp_path: Path) -> tuple[Post, list[Delivery]]:
    """A post that went through everything that can happen to one."""
    harness = await PublisherHarness.create(database, clock, tmp_path)
    platforms = [WALL.name, SQUARE.name, TALL.name]
    new = NewPost(content="Ciao", cta="Vai", hashtags=["uno"], note="Nota", platforms=platforms, intent="publish")
    post = replace(
        new_post(harness.workspace, new, clock.now()), rev=7, recurrence_id="rec_1", occurrence_at=clock.now()
    )
    with open_reading(database) as transaction:
        account = account_store.get(transaction, harness.workspace.id, harness.account_id)
    rows = [new_delivery(post, new, name, index, account, None, clock.now()) for index, name in enumerate(platforms)]
    past = {
        "rev": 4,
        "fence": 9,
        "lease_owner": "me",
        "lease_until": clock.now(),
        "next_at": clock.now(),
        "tries": 3,
        "prepares": 2,
        "ticket": {"text": "x"},
        "open_attempts": 1,
        "remote_id": "r",
        "permalink": "https://wall.example/1",
        "error": {"code": "x"},
        "published_at": clock.now(),
    }
    shown = replace(READY, error={"code": "x"}, remade=True)
    first = replace(rows[0], state=State.PUBLISHED, **past, picture=shown)  # type: ignore[arg-type]  # fields by name
    second = replace(rows[1], state=State.CANCELLED)
    third = replace(rows[2], state=State.FAILED, picture=DeliveryPicture(PictureState.FAILED, "med_2"))
    return post, [first, second, third]


def copied(made: tuple[Post, list[Delivery]], when: When | None, now: datetime) -> tuple[Post, list[Delivery]]:
    numbers = count(1)
    return copy_post(*made, when=when, now=now, new_id=lambda prefix: f"{prefix}_{next(numbers)}")


async def test_a_copy_has_no_publishing_state(made: tuple[Post, list[Delivery]], clock: FakeClock) -> None:
    clock.advance(60)
    post, rows = copied(made, WHEN, clock.now())
    assert (post.id, post.content, post.cta, post.hashtags) == ("post_1", "Ciao", "Vai", ["uno"])
    assert content_values(post) == content_values(made[0])
    assert (post.due_at, post.zone, post.wall_time, post.rev) == (WHEN.instant, WHEN.zone, WHEN.wall_time, 1)
    assert (post.recurrence_id, post.occurrence_at, post.created_at) == (None, None, clock.now())
    assert [(row.id, row.platform, row.position) for row in rows] == [("del_2", WALL.name, 0), ("del_3", TALL.name, 1)]
    assert {(row.post_id, row.state, row.due_at) for row in rows} == {("post_1", State.SCHEDULED, WHEN.instant)}
    # All that a delivery can carry is as of one that was just made, but for a picture that is ready.
    fresh = asdict(replace(made[1][1], picture=READY))
    for name, value in asdict(rows[0]).items():
        if name not in OWN | {"platform"}:
            assert value == fresh[name], name
    assert (rows[1].picture.state, rows[1].picture.medium_id) == (PictureState.QUEUED, None)


async def test_a_copy_without_a_time_is_a_draft(made: tuple[Post, list[Delivery]], clock: FakeClock) -> None:
    post, rows = copied(made, None, clock.now())
    assert (post.due_at, post.zone, post.wall_time) == (None, None, None)
    assert {(row.state, row.due_at) for row in rows} == {(State.DRAFT, None)}


async def test_all_deliveries_of_a_cancelled_post_are_copied(
    made: tuple[Post, list[Delivery]], clock: FakeClock
) -> None:
    post, rows = made
    gone = post, [replace(row, state=State.CANCELLED) for row in rows]
    assert len(copied(gone, WHEN, clock.now())[1]) == 3
