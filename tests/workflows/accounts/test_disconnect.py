"""Disconnecting an account: what is scheduled there is named, waits, and is resumed when it is connected again."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from araldo.accounts import store as account_store
from araldo.accounts.models import Account, AccountLogin
from araldo.errors import NotFound, OutcomeUnknown
from araldo.posts.models import State
from araldo.storage.database import Database
from araldo.workflows.accounts.disconnect import Disconnector
from araldo.workflows.deliveries.resume import AccountRecovery
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.made_up_platforms import WALL
from tests.support.made_up_service import AWAY, WallServer
from tests.support.publisher_harness import SAD, PublisherHarness


class DisconnectionHarness:
    def __init__(self, harness: PublisherHarness) -> None:
        self.harness, self.server = harness, harness.service.server
        self.disconnector = Disconnector(harness.database, harness.credentials, {"made_up": harness.service})
        self.ids = (harness.workspace.id, harness.account_id)

    @property
    def account(self) -> Account:
        with open_reading(self.harness.database) as transaction:
            return account_store.get(transaction, *self.ids)

    async def schedule(self, due_at: datetime) -> str:
        return await self.harness.add(state=State.SCHEDULED, due_at=due_at)

    def reconnect(self) -> None:
        """Connect the same account again, as the connector does."""
        sealed = self.harness.vault.seal('{"secrets": {}, "facts": {}, "host": null, "renew_after": null}')
        login = AccountLogin(
            kind=WALL.account_kind, service="made_up", remote_id="wall-1", name="W", health="ok", credentials=sealed
        )
        with open_transaction(self.harness.database, self.harness.clock) as transaction:
            account_id = account_store.connect(transaction, self.ids[0], login, self.harness.clock.now())
            AccountRecovery(self.harness.clock).resume(transaction, [account_id])
        assert account_id == self.ids[1]


@pytest.fixture
async def wall(
    database: Database, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> DisconnectionHarness:
    monkeypatch.setattr("tests.support.made_up_service.SERVER", WallServer())
    return DisconnectionHarness(await PublisherHarness.create(database, clock, tmp_path))


async def test_what_is_scheduled_is_named_and_waits_until_it_is_connected_again(wall: DisconnectionHarness) -> None:
    now = wall.harness.clock.now()
    later, soon = await wall.schedule(now + timedelta(days=2)), await wall.schedule(now + timedelta(hours=1))
    plan = await wall.disconnector.preview(*wall.ids)
    assert ([one.delivery_id for one in plan.deliveries], plan.count) == ([soon, later], 2)
    assert {one.text for one in plan.deliveries} == {"Ciao"}
    assert wall.account.disconnected_at is None
    done = await wall.disconnector.disconnect(*wall.ids)
    assert (done.revoked, done.note, done.waiting) == (True, None, 2)
    for delivery_id in (soon, later):
        row = await wall.harness.row(delivery_id)
        assert (row.state, row.error is not None and row.error["code"]) == (State.NEEDS_RECONNECT, "disconnected")
    # The first is due by then, the other is not.
    wall.harness.clock.advance(3_660)
    wall.reconnect()
    assert (await wall.harness.row(later)).state is State.SCHEDULED
    assert (await wall.harness.work_until_settled(soon)).state is State.PUBLISHED
    assert wall.harness.platform.published == ["h1"]


async def test_the_credentials_are_deleted_and_revoked(wall: DisconnectionHarness) -> None:
    refresh = wall.harness.credentials.decrypt(wall.account).secrets["refresh"]
    await wall.disconnector.disconnect(*wall.ids)
    account = wall.account
    assert (account.credentials, account.ends, account.is_default) == (None, None, False)
    assert wall.server.revoked == [refresh]
    with open_reading(wall.harness.database) as transaction:
        assert account_store.list_for_workspace(transaction, wall.ids[0]) == []
    for act in (wall.disconnector.preview, wall.disconnector.disconnect):
        with pytest.raises(NotFound):
            await act(*wall.ids)


async def test_a_service_that_is_away_does_not_keep_it_connected(wall: DisconnectionHarness) -> None:
    wall.server.faults = [AWAY]
    done = await wall.disconnector.disconnect(*wall.ids)
    assert (done.revoked, "The Wall could not be reached" in str(done.note and done.note.to("en"))) == (False, True)
    assert wall.account.credentials is None


async def test_an_open_attempt_stays_open_and_is_checked_after_reconnecting(wall: DisconnectionHarness) -> None:
    wall.harness.platform.publish_plan = [(True, OutcomeUnknown(SAD, service="made_up", code="timeout"))]
    wall.harness.platform.during_publish = asyncio.Event()
    delivery_id = await wall.harness.add()
    working = asyncio.create_task(wall.harness.work(delivery_id))
    await wall.harness.platform.sending.wait()
    await wall.disconnector.disconnect(*wall.ids)
    wall.harness.platform.during_publish.set()
    wall.harness.platform.findings = [AWAY]
    await working
    row = await wall.harness.work_until_settled(delivery_id)
    assert (row.state, row.open_attempts) == (State.NEEDS_RECONNECT, 1)
    wall.reconnect()
    assert (await wall.harness.work_until_settled(delivery_id)).state is State.PUBLISHED
    assert wall.harness.platform.published == ["h1"]


async def test_a_worker_that_was_about_to_send_does_not(wall: DisconnectionHarness) -> None:
    async def disconnect() -> None:
        if wall.account.disconnected_at is None:
            await wall.disconnector.disconnect(*wall.ids)

    wall.harness.platform.before_check = disconnect
    delivery_id = await wall.harness.add()
    row = await wall.harness.work_until_settled(delivery_id)
    assert (row.state, row.open_attempts) == (State.NEEDS_RECONNECT, 0)
    assert wall.harness.platform.published == []
