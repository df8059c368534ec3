"""What a publish is recorded with: the link and the end of the lease, in as few transactions as it can be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from araldo.accounts import store as account_store
from araldo.posts.models import State
from araldo.storage.database import Database
from araldo.storage.schema import deliveries
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.publisher_harness import PublisherHarness


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.create(database, clock, tmp_path)


@pytest.mark.parametrize(("link", "writes"), [("https://wall.example/now", 1), (None, 2)])
async def test_a_link_in_the_answer_is_stored_with_the_result(
    harness: PublisherHarness, monkeypatch: pytest.MonkeyPatch, link: str | None, writes: int
) -> None:
    harness.platform.link = link
    after_publish: list[object] = []
    write = harness.database.write

    async def counting(function: Callable[..., Any], **options: Any) -> Any:
        after_publish.extend([function] * len(harness.platform.published))
        return await write(function, **options)

    monkeypatch.setattr(harness.database, "write", counting)
    row = await harness.work(await harness.add())
    assert (row.state, row.permalink) == (State.PUBLISHED, link or "https://wall.example/remote-h1")
    assert (row.lease_owner, row.lease_until) == (None, None)
    assert len(after_publish) == writes


async def test_a_result_ends_no_lease_of_another_worker(harness: PublisherHarness) -> None:
    harness.platform.link = "https://wall.example/now"
    delivery_id = await harness.add()

    def take_over() -> None:
        with open_transaction(harness.database) as transaction:
            transaction.execute(update(deliveries).values(lease_owner="another", fence=deliveries.c.fence + 1))

    harness.platform.before_publish = take_over
    row = await harness.work(delivery_id)
    assert (row.state, row.permalink, row.lease_owner) == (State.PUBLISHED, "https://wall.example/now", "another")


async def test_a_flagged_account_is_well_again_after_a_publish_with_its_link(harness: PublisherHarness) -> None:
    harness.platform.link = "https://wall.example/now"
    flagged = {"met": {"platform": "wall", "at": "2000-01-01T00:00:00+00:00"}}
    with open_transaction(harness.database) as transaction:
        account_store.set_health(transaction, harness.account_id, "action_needed", flagged)
    await harness.work(await harness.add())
    with open_reading(harness.database) as transaction:
        assert account_store.get(transaction, harness.workspace.id, harness.account_id).health == "ok"
