"""Inspection of accounts: daily, one event per change of health, and waiting deliveries resume afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from araldo.accounts import connection_store
from araldo.accounts import store as account_store
from araldo.accounts.connection_store import Connection
from araldo.accounts.models import Account
from araldo.errors import NotFound, ReconnectNeeded, TryLater
from araldo.messages import message_of
from araldo.messages.times import ZonedInstant
from araldo.platforms.credentials import AccessEnd
from araldo.platforms.service import Inspection
from araldo.posts.models import State
from araldo.storage.database import Database
from araldo.storage.schema import events
from araldo.workflows.accounts.inspection import AccountInspector
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.made_up_platforms import WALL
from tests.support.publisher_harness import SAD, PublisherHarness

GONE = ReconnectNeeded(SAD, service="made_up", code="190")
ENDED = Inspection(access_lost=message_of({"en": "It has ended: connect it again.", "it": "È finito: ricollegalo."}))
DAY_S = 86_400


class AccountInspectionHarness:
    def __init__(self, harness: PublisherHarness) -> None:
        self.harness, self.login = harness, harness.service
        self.inspector = AccountInspector(
            database=harness.database,
            clock=harness.clock,
            credentials=harness.credentials,
            services={"made_up": self.login},
            declarations=[WALL],
        )

    async def account(self) -> Account:
        with open_reading(self.harness.database) as transaction:
            return account_store.get(transaction, self.harness.workspace.id, self.harness.account_id)

    async def check(self, says: Inspection | Exception) -> Account:
        self.login.says = says
        return await self.inspector.inspect(await self.account())

    async def events(self, kind: str) -> list[dict[str, Any]]:
        with open_reading(self.harness.database) as transaction:
            found = transaction.execute(select(events.c.data).where(events.c.kind == kind).order_by(events.c.id))
            return list(found.scalars())


@pytest.fixture
async def inspection(database: Database, clock: FakeClock, tmp_path: Path) -> AccountInspectionHarness:
    return AccountInspectionHarness(await PublisherHarness.create(database, clock, tmp_path))


async def test_a_change_of_health_is_one_event(inspection: AccountInspectionHarness) -> None:
    for says in (Inspection(), ENDED, ENDED, Inspection(), Inspection()):
        await inspection.check(says)
    assert [told["health"] for told in await inspection.events("account.health")] == ["dead", "ok"]


async def test_it_warns_at_the_earliest_of_the_dates(inspection: AccountInspectionHarness) -> None:
    now = inspection.harness.clock.now()
    far, near = now + timedelta(days=60), now + timedelta(days=6)
    never, renewed = AccessEnd(SAD, None), AccessEnd(SAD, near - timedelta(days=1), is_renewable=True)
    for number in range(3):
        ends = [AccessEnd(SAD, near if number == index else far) for index in range(3)]
        checked = await inspection.check(Inspection(ends=(never, renewed, *ends)))
        assert checked.health == "expiring"
        said = message_of((checked.health_detail or {})["message"])
        assert said.values["day"] == ZonedInstant(near, "Europe/Rome")
        assert "Wed 6 Feb 2030, 10:00 (Europe/Rome)" in said.to("en")
    for alone in ((AccessEnd(SAD, far),), (never, renewed)):
        assert (await inspection.check(Inspection(ends=alone))).health == "ok"


async def test_what_is_not_reported_is_unknown_and_not_endless(inspection: AccountInspectionHarness) -> None:
    await inspection.check(Inspection(ends=(AccessEnd(SAD, None),), scopes=("a",)))
    assert [end.at for end in (await inspection.account()).access_ends] == [None]
    await inspection.check(Inspection(scopes=("a",)))
    checked = await inspection.account()
    assert (checked.access_ends, checked.health) == ([], "ok")


@pytest.mark.parametrize("before", [ENDED, Inspection(problem=SAD)])
async def test_waiting_deliveries_resume_when_the_account_works_again(
    inspection: AccountInspectionHarness, before: Inspection
) -> None:
    inspection.harness.platform.prepare_errors = [GONE]
    delivery_id = await inspection.harness.add()
    row = await inspection.harness.work(delivery_id)
    assert row.state is State.NEEDS_RECONNECT
    await inspection.check(before)
    assert (await inspection.harness.row(delivery_id)).state is State.NEEDS_RECONNECT
    await inspection.check(Inspection())
    queued = await inspection.harness.row(delivery_id)
    assert (queued.state, queued.rev) == (State.QUEUED, row.rev + 1)
    assert [told["state"] for told in await inspection.events("delivery.queued")] == ["queued"]
    assert (await inspection.harness.work(delivery_id)).state is State.PUBLISHED


async def test_a_delivery_resumed_after_its_late_limit_is_missed(inspection: AccountInspectionHarness) -> None:
    inspection.harness.platform.prepare_errors = [GONE]
    delivery_id = await inspection.harness.add()
    await inspection.harness.work(delivery_id)
    inspection.harness.clock.advance(7 * 3600)
    await inspection.check(Inspection())
    assert (await inspection.harness.work(delivery_id)).state is State.MISSED
    assert inspection.harness.platform.published == []


async def test_deliveries_that_find_the_token_lost_record_one_event(inspection: AccountInspectionHarness) -> None:
    inspection.harness.platform.prepare_errors = [GONE, GONE]
    for _ in range(2):
        await inspection.harness.work(await inspection.harness.add())
    assert [told["health"] for told in await inspection.events("account.health")] == ["action_needed"]
    assert ((await inspection.account()).health_detail or {})["message"] == SAD.as_json()


async def test_an_inspection_of_a_replaced_token_changes_nothing(inspection: AccountInspectionHarness) -> None:
    async def reconnect() -> None:
        with open_transaction(inspection.harness.database) as transaction:
            stands = account_store.get(transaction, inspection.harness.workspace.id, inspection.harness.account_id)
            account_store.save(transaction, stands, replace(stands, credentials_version=9, health="ok"))

    inspection.login.meanwhile = reconnect
    assert (await inspection.check(ENDED)).health == "ok"
    assert (await inspection.account()).health == "ok"
    assert await inspection.events("account.health") == []


async def test_a_delivery_that_used_the_old_token_while_reconnecting_is_retried(
    inspection: AccountInspectionHarness,
) -> None:
    harness = inspection.harness
    harness.platform.publish_plan = [(False, GONE)]
    harness.platform.during_publish = asyncio.Event()
    delivery_id = await harness.add()
    working = asyncio.create_task(harness.work(delivery_id))
    await harness.platform.sending.wait()
    harness.clock.advance(1)
    with open_transaction(harness.database) as transaction:
        stands = account_store.get(transaction, harness.workspace.id, harness.account_id)
        account_store.save(transaction, stands, replace(stands, connected_at=harness.clock.now()))
    harness.platform.during_publish.set()
    assert (await working).state is State.WAITING
    assert (await inspection.account()).health == "ok"
    assert (await harness.work(delivery_id)).state is State.PUBLISHED


async def test_an_account_is_inspected_once_a_day(inspection: AccountInspectionHarness) -> None:
    clock = inspection.harness.clock
    assert await inspection.inspector.inspect_due() == 0
    clock.advance(DAY_S + 1)
    assert await inspection.inspector.inspect_due() == 1
    assert await inspection.inspector.inspect_due() == 0
    inspection.login.says = TryLater(SAD, service="made_up")
    clock.advance(DAY_S + 1)
    assert (await inspection.inspector.inspect_due(), await inspection.inspector.inspect_due()) == (1, 1)
    inspection.login.says = ENDED
    await inspection.inspector.inspect_due()
    assert ((await inspection.account()).health, len(inspection.login.asked)) == ("dead", 4)


async def test_a_bug_with_one_account_does_not_stop_the_inspection_of_others(
    inspection: AccountInspectionHarness,
) -> None:
    inspection.login.says = KeyError("data")
    inspection.harness.clock.advance(DAY_S + 1)
    assert await inspection.inspector.inspect_due() == 1


async def test_tokens_of_abandoned_connections_are_deleted(inspection: AccountInspectionHarness) -> None:
    now = inspection.harness.clock.now()
    left = Connection(
        id="con_1",
        workspace_id=inspection.harness.workspace.id,
        api_key_id=None,
        session_id=None,
        service="made_up",
        method="login",
        status="pending",
        nonce_hash=None,
        browser_hash=None,
        complete=True,
        remembered="sealed",
        found="sealed",
        notes=None,
        error=None,
        created_at=now,
        expires_at=now + timedelta(minutes=10),
    )
    with open_transaction(inspection.harness.database) as transaction:
        connection_store.add(transaction, left)
    for seconds, stands in ((599, ("pending", "sealed", "sealed")), (2, ("expired", None, None))):
        inspection.harness.clock.advance(seconds)
        await inspection.inspector.inspect_due()
        with open_reading(inspection.harness.database) as transaction:
            found = connection_store.get(transaction, left.workspace_id, left.id)
        assert (found.status, found.found, found.remembered) == stands
    inspection.harness.clock.advance(DAY_S)
    await inspection.inspector.inspect_due()
    with open_reading(inspection.harness.database) as transaction, pytest.raises(NotFound):
        connection_store.get(transaction, left.workspace_id, left.id)
