"""Deliveries on one platform share a picture: made once, also by workers at the same time, and after a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from araldo.accounts import store as account_store
from araldo.accounts.models import AccountLogin
from araldo.images.process import ThreadImageRunner
from araldo.pictures.models import PictureState
from araldo.posts import store as post_store
from araldo.posts.models import Delivery
from araldo.posts.rules import NewPost
from araldo.storage.database import Database
from araldo.storage.picture_tables import delivery_pictures
from araldo.storage.schema import deliveries
from araldo.workflows.posts.create import new_delivery, new_post
from tests.support.clock import FakeClock
from tests.support.database import open_transaction
from tests.support.made_up_platforms import WALL
from tests.support.publisher_harness import PublisherHarness


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The functions that the image process has run."""
    calls: list[str] = []
    run = ThreadImageRunner.run

    async def counted(self: ThreadImageRunner, function: Any, *args: Any, **more: Any) -> Any:
        calls.append(function.__name__)
        return await run(self, function, *args, **more)

    monkeypatch.setattr(ThreadImageRunner, "run", counted)
    return calls


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.create(database, clock, tmp_path)


async def add_two(harness: PublisherHarness) -> list[str]:
    """Add a post to two accounts whose picture is still to be made; return the deliveries' ids."""
    with open_transaction(harness.database) as transaction:
        first = account_store.get(transaction, harness.workspace.id, harness.account_id)
        login = AccountLogin(
            kind=first.kind,
            service=first.service,
            remote_id="wall-2",
            name="Wall 2",
            health="ok",
            credentials=first.credentials,
        )
        second_id = account_store.connect(transaction, harness.workspace.id, login, harness.clock.now())
        second = account_store.get(transaction, harness.workspace.id, second_id)
        new = NewPost(content="Ciao a tutti", platforms=[WALL.name], image_provider="offline", intent="publish")
        post = new_post(harness.workspace, new, harness.clock.now())
        rows = [
            new_delivery(post, new, WALL.name, index, account, None, harness.clock.now())
            for index, account in enumerate((first, second))
        ]
        post_store.add(transaction, post, rows)
    return [row.id for row in rows]


async def media_of(harness: PublisherHarness, ids: Sequence[str]) -> list[str | None]:
    rows: list[Delivery] = [await harness.row(delivery_id) for delivery_id in ids]
    assert {row.picture.state for row in rows} == {PictureState.READY}
    return [row.picture.medium_id for row in rows]


async def test_workers_at_the_same_time_make_one_picture(harness: PublisherHarness, drawn: list[str]) -> None:
    ids = await add_two(harness)
    await asyncio.gather(*(harness.work(delivery_id) for delivery_id in ids))
    assert len(set(await media_of(harness, ids))) == 1
    assert drawn.count("draw") == 1
    assert len(harness.platform.published) == 2


async def test_a_worker_that_died_keeps_nobody_waiting(harness: PublisherHarness, drawn: list[str]) -> None:
    ids = await add_two(harness)
    with open_transaction(harness.database) as transaction:
        transaction.execute(
            deliveries.update()
            .where(deliveries.c.id == ids[0])
            .values(
                picture_state=PictureState.MAKING,
                lease_owner="dead",
                lease_until=harness.clock.now() - timedelta(seconds=1),
            )
        )
    await harness.work(ids[1])
    await harness.work(ids[0])
    assert len(set(await media_of(harness, ids))) == 1
    assert drawn.count("draw") == 1


async def test_other_options_are_another_picture(harness: PublisherHarness, drawn: list[str]) -> None:
    ids = await add_two(harness)
    await harness.work(ids[0])
    row = await harness.row(ids[1])
    wish = {"variant": 3}
    with open_transaction(harness.database) as transaction:
        chosen = delivery_pictures.update().where(delivery_pictures.c.delivery_id == row.id).values(wish=wish)
        transaction.execute(chosen)
    await harness.work(row.id)
    assert len(set(await media_of(harness, ids))) == 2
    assert drawn.count("draw") == 2
