"""Looking after accounts: daily, told once a change, and what waited goes on when an account is well again."""

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
from araldo.platforms.login import Credentials, DiscoveredAccounts, Inspection
from araldo.posts.models import State
from araldo.storage.database import Database
from araldo.storage.events import ChangeSignal
from araldo.storage.schema import events
from araldo.workflows.account_inspection import AccountInspector
from tests.support.clock import FakeClock
from tests.support.made_up_platforms import WALL
from tests.support.publisher_harness import SAD, PublisherHarness

GONE = ReconnectNeeded(SAD, service="made_up", code="190")
ENDED = Inspection(token_invalid=message_of({"en": "It has ended: connect it again.", "it": "È finito: ricollegalo."}))
DAY_S = 86_400


class ScriptedLogin:
    """Says of every account what the test wrote down; an exception is raised."""

    def __init__(self) -> None:
        self.says: Inspection | Exception = Inspection()
        self.asked: list[Credentials] = []
        self.meanwhile: Any = None

    def build_dialog_url(self, state: str, redirect_uri: str) -> str:
        raise NotImplementedError

    async def exchange_code(self, code: str, redirect_uri: str) -> str:
        raise NotImplementedError

    async def discover_accounts(self, token: str) -> DiscoveredAccounts:
        raise NotImplementedError

    async def inspect(self, credentials: Credentials) -> Inspection:
        self.asked.append(credentials)
        if self.meanwhile is not None:
            await self.meanwhile()
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


class AccountInspectionHarness:
    def __init__(self, stage: PublisherHarness) -> None:
        self.stage, self.login = stage, ScriptedLogin()
        self.inspector = AccountInspector(
            database=stage.database,
            clock=stage.clock,
            vault=stage.publisher._destinations._vault,
            committed=ChangeSignal(),
            logins={"made_up": self.login},
            declarations=[WALL],
        )

    async def account(self) -> Account:
        async with self.stage.database.reading() as transaction:
            return await account_store.get(transaction, self.stage.workspace.id, self.stage.account_id)

    async def check(self, says: Inspection | Exception) -> Account:
        self.login.says = says
        return await self.inspector.inspect(await self.account())

    async def told(self, kind: str) -> list[dict[str, Any]]:
        async with self.stage.database.reading() as transaction:
            found = await transaction.execute(select(events.c.data).where(events.c.kind == kind).order_by(events.c.id))
            return list(found.scalars())


@pytest.fixture
async def ward(database: Database, clock: FakeClock, tmp_path: Path) -> AccountInspectionHarness:
    return AccountInspectionHarness(await PublisherHarness.set(database, clock, tmp_path))


async def test_a_change_is_told_once(ward: AccountInspectionHarness) -> None:
    for says in (Inspection(), ENDED, ENDED, Inspection(), Inspection()):
        await ward.check(says)
    assert [told["health"] for told in await ward.told("account.health")] == ["dead", "ok"]


async def test_it_warns_at_the_earliest_of_the_dates(ward: AccountInspectionHarness) -> None:
    now = ward.stage.clock.now()
    far, near = now + timedelta(days=60), now + timedelta(days=6)
    for soon in ({"expires_at": near}, {"read_token_expires_at": near}, {"data_access_expires_at": near}):
        dates = Inspection(
            expiry="at", expires_at=far, read_token_expires_at=far, data_access_expires_at=far, scopes=None
        )
        checked = await ward.check(replace(dates, **soon))  # type: ignore[arg-type]  # dates by name
        assert checked.health == "expiring"
        assert f"{near:%Y-%m-%d}" in message_of((checked.health_detail or {})["message"]).to("en")
    assert (await ward.check(Inspection(expiry="at", expires_at=far))).health == "ok"


async def test_what_is_not_said_is_unknown_and_not_never(ward: AccountInspectionHarness) -> None:
    await ward.check(Inspection(expiry="unknown", scopes=("a",)))
    checked = await ward.account()
    assert (checked.token_expiry, checked.token_expires_at, checked.health) == ("unknown", None, "ok")


@pytest.mark.parametrize("before", [ENDED, Inspection(problem=SAD)])
async def test_well_again_what_waited_goes_on(ward: AccountInspectionHarness, before: Inspection) -> None:
    ward.stage.platform.prepare_errors = [GONE]
    delivery_id = await ward.stage.add()
    row = await ward.stage.work(delivery_id)
    assert row.state is State.NEEDS_RECONNECT
    await ward.check(before)
    assert (await ward.stage.row(delivery_id)).state is State.NEEDS_RECONNECT
    await ward.check(Inspection())
    queued = await ward.stage.row(delivery_id)
    assert (queued.state, queued.rev) == (State.QUEUED, row.rev + 1)
    assert [told["state"] for told in await ward.told("delivery.queued")] == ["queued"]
    assert (await ward.stage.work(delivery_id)).state is State.PUBLISHED


async def test_too_late_it_is_missed_and_not_published(ward: AccountInspectionHarness) -> None:
    ward.stage.platform.prepare_errors = [GONE]
    delivery_id = await ward.stage.add()
    await ward.stage.work(delivery_id)
    ward.stage.clock.advance(7 * 3600)
    await ward.check(Inspection())
    assert (await ward.stage.work(delivery_id)).state is State.MISSED
    assert ward.stage.platform.world == []


async def test_a_delivery_that_meets_the_loss_tells_it_once(ward: AccountInspectionHarness) -> None:
    ward.stage.platform.prepare_errors = [GONE, GONE]
    for _ in range(2):
        await ward.stage.work(await ward.stage.add())
    assert [told["health"] for told in await ward.told("account.health")] == ["action_needed"]
    assert ((await ward.account()).health_detail or {})["message"] == SAD.as_json()


async def test_what_is_said_of_an_old_token_is_no_news_of_the_new_one(ward: AccountInspectionHarness) -> None:
    async def reconnect() -> None:
        async with ward.stage.database.transaction() as transaction:
            await account_store.save(transaction, ward.stage.account_id, token="another", health="ok")

    ward.login.meanwhile = reconnect
    assert (await ward.check(ENDED)).health == "ok"
    assert (await ward.account()).health == "ok"
    assert await ward.told("account.health") == []


async def test_reconnected_while_the_old_token_was_in_use_it_goes_on_by_itself(ward: AccountInspectionHarness) -> None:
    stage = ward.stage
    stage.platform.publish_plan = [(False, GONE)]
    stage.platform.during_publish = asyncio.Event()
    delivery_id = await stage.add()
    working = asyncio.create_task(stage.work(delivery_id))
    await stage.platform.sending.wait()
    stage.clock.advance(1)
    async with stage.database.transaction() as transaction:
        await account_store.save(transaction, stage.account_id, connected_at=stage.clock.now())
    stage.platform.during_publish.set()
    assert (await working).state is State.WAITING
    assert (await ward.account()).health == "ok"
    assert (await stage.work(delivery_id)).state is State.PUBLISHED


async def test_once_a_day_by_itself(ward: AccountInspectionHarness) -> None:
    clock = ward.stage.clock
    assert await ward.inspector.inspect_due() == 0
    clock.advance(DAY_S + 1)
    assert await ward.inspector.inspect_due() == 1
    assert await ward.inspector.inspect_due() == 0
    ward.login.says = TryLater(SAD, service="made_up")
    clock.advance(DAY_S + 1)
    assert (await ward.inspector.inspect_due(), await ward.inspector.inspect_due()) == (1, 1)
    ward.login.says = ENDED
    await ward.inspector.inspect_due()
    assert ((await ward.account()).health, len(ward.login.asked)) == ("dead", 4)


async def test_a_bug_with_one_account_does_not_keep_the_others_from_being_looked_at(
    ward: AccountInspectionHarness,
) -> None:
    ward.login.says = KeyError("data")
    ward.stage.clock.advance(DAY_S + 1)
    assert await ward.inspector.inspect_due() == 1


async def test_it_runs_until_cancelled(ward: AccountInspectionHarness) -> None:
    asked = asyncio.Event()

    async def note() -> None:
        asked.set()

    ward.login.meanwhile = note
    ward.stage.clock.advance(DAY_S + 1)
    running = asyncio.create_task(ward.inspector.run())
    await asked.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_tokens_that_nobody_chose_from_leave_the_database(ward: AccountInspectionHarness) -> None:
    now = ward.stage.clock.now()
    left = Connection(
        id="con_1",
        workspace_id=ward.stage.workspace.id,
        api_key_id=None,
        session_id=None,
        service="made_up",
        status="pending",
        nonce_hash=None,
        browser_hash=None,
        complete=True,
        found="sealed",
        notes=None,
        error=None,
        created_at=now,
        expires_at=now + timedelta(minutes=10),
    )
    async with ward.stage.database.transaction() as transaction:
        await connection_store.add(transaction, left)
    for seconds, stands in ((599, ("pending", "sealed")), (2, ("expired", None))):
        ward.stage.clock.advance(seconds)
        await ward.inspector.inspect_due()
        async with ward.stage.database.reading() as transaction:
            found = await connection_store.get(transaction, left.workspace_id, left.id)
        assert (found.status, found.found) == stands
    ward.stage.clock.advance(DAY_S)
    await ward.inspector.inspect_due()
    async with ward.stage.database.reading() as transaction:
        with pytest.raises(NotFound):
            await connection_store.get(transaction, left.workspace_id, left.id)
