"""Reading a post for a change, beside other writers."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import OperationalError

from araldo.pictures import store as picture_store
from araldo.pictures.models import DeliveryPicture
from araldo.posts import change_store
from araldo.posts import store as post_store
from araldo.posts.rules import NewPost
from araldo.storage.database import Database, Transaction
from araldo.storage.schema import deliveries
from araldo.workflows.posts.create import new_delivery, new_post
from tests.support.clock import FakeClock
from tests.support.database import open_transaction
from tests.support.publisher_harness import PublisherHarness


async def test_a_delivery_is_read_whole_beside_its_deletion(
    database: Database, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL another process deletes it after its row is read and before its picture is."""
    harness = await PublisherHarness.create(database, clock, tmp_path)
    new = NewPost(content="Ciao")
    post = new_post(harness.workspace, new, clock.now())
    row = new_delivery(post, new, "p", 0, None, None, clock.now())
    with open_transaction(database) as transaction:
        post_store.add(transaction, post, [row])
    find_all = picture_store.find_all

    def delete_before_reading(transaction: Transaction, states: Mapping[str, str]) -> dict[str, DeliveryPicture]:
        if transaction.is_postgresql:
            with suppress(OperationalError), open_transaction(database) as other:
                other.execute(text("SET LOCAL lock_timeout = '50 ms'"))
                other.execute(delete(deliveries).where(deliveries.c.id == row.id))
        return find_all(transaction, states)

    monkeypatch.setattr(picture_store, "find_all", delete_before_reading)
    with open_transaction(database) as transaction:
        view = change_store.get_for_change(transaction, harness.workspace.id, post.id)
        assert [found.id for found in view.deliveries] == [row.id]
        assert transaction.execute(select(deliveries.c.id).where(deliveries.c.post_id == post.id)).all() == [(row.id,)]
