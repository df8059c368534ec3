"""Posts that wait for an account: one notice, never called failed, and gone on when the account is well again."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from araldo.accounts import store as account_store
from araldo.http import Http
from araldo.notify.models import ALL_TYPES
from araldo.platforms.login import Inspection
from araldo.posts import store as post_store
from araldo.posts.models import State
from araldo.smtp import Smtp
from araldo.storage.database import Database
from araldo.storage.events import ChangeSignal
from araldo.storage.schema import mails, webhook_deliveries
from araldo.storage.vault import Vault
from araldo.workflows.mail import MailConsumer, MailSender, MailSettings
from araldo.workflows.outbox import Outbox, OutboxConsumer
from araldo.workflows.webhook_consumer import WebhookConsumer
from araldo.workflows.webhook_delivery import WebhookSender
from araldo.workflows.webhooks import Webhooks
from tests.support.clock import FakeClock
from tests.support.mailserver import mail_server
from tests.support.publisher_harness import PublisherHarness
from tests.workflows.test_account_inspection import ENDED, GONE, AccountInspectionHarness

PLAN = MailSettings(Smtp("127.0.0.1", 1, "none"), "araldo@studio.example", ["anna@studio.example"], None, "http://x")


class Notices:
    """A ward with one webhook for what is told unasked, one for everything, and mail."""

    def __init__(self, ward: AccountInspectionHarness) -> None:
        self.ward, self.stage = ward, ward.stage
        database, clock = self.stage.database, self.stage.clock
        parts: dict[str, Any] = {
            "database": database,
            "clock": clock,
            "messages_queued": ChangeSignal(),
            "vault": Vault([Fernet.generate_key().decode()]),
            "http": Http(),
        }
        self.webhooks = Webhooks(**parts, sender=WebhookSender(**parts, jitter=lambda: 0.5))
        consumers: list[OutboxConsumer] = [WebhookConsumer(clock), MailConsumer(clock, PLAN)]
        self.outbox = Outbox(
            database=database,
            clock=clock,
            events_available=ChangeSignal(),
            messages_queued=ChangeSignal(),
            consumers=consumers,
        )

    async def subscribe(self, events: list[str] | None) -> str:
        given: dict[str, Any] = {"events": events, "note": "", "secret": None}
        made, _ = await self.webhooks.create(self.stage.workspace, "https://example.com/", **given)
        return made.id

    async def of(self, hook_id: str) -> list[dict[str, Any]]:
        await self.outbox.enqueue_events()
        async with self.stage.database.reading() as transaction:
            chosen = select(webhook_deliveries.c.body).where(webhook_deliveries.c.webhook_id == hook_id)
            rows = await transaction.execute(chosen.order_by(webhook_deliveries.c.event_id, webhook_deliveries.c.type))
            return [json.loads(body) for body in rows.scalars()]

    async def hold(self, count: int) -> list[str]:
        """That many posts, each met by a token that is gone."""
        self.stage.platform.prepare_errors = [GONE] * count
        held = [await self.stage.add() for _ in range(count)]
        for delivery_id in held:
            assert (await self.stage.work(delivery_id)).state is State.NEEDS_RECONNECT
        return held


@pytest.fixture
async def notices(database: Database, clock: FakeClock, tmp_path: Path) -> Notices:
    return Notices(AccountInspectionHarness(await PublisherHarness.set(database, clock, tmp_path)))


async def test_five_held_posts_and_their_account_are_one_notice(notices: Notices) -> None:
    unasked, everything = await notices.subscribe(None), await notices.subscribe([ALL_TYPES])
    held = await notices.hold(5)
    assert [message["type"] for message in await notices.of(unasked)] == ["account.action_needed"]
    types = Counter(message["type"] for message in await notices.of(everything))
    assert types == {"account.action_needed": 1, "delivery.needs_reconnect": 5, "post.needs_reconnect": 5}
    async with notices.stage.database.reading() as transaction:
        assert len(list(await transaction.execute(select(mails)))) == 1

    # The check-up that follows finds the same, and tells nobody a second time.
    notices.stage.clock.advance(61)
    notices.ward.login.says = ENDED
    assert await notices.ward.inspector.inspect_due() == 1
    assert (await notices.ward.account()).health == "dead"
    assert len(await notices.of(unasked)) == 1

    await notices.ward.check(Inspection())
    for delivery_id in held:
        assert (await notices.stage.work(delivery_id)).state is State.PUBLISHED
    types = Counter(message["type"] for message in await notices.of(everything))
    assert types["post.published"] == 5
    assert types["post.failed"] == types["post.partially_published"] == 0
    assert len(await notices.of(unasked)) == 1


async def test_what_is_said_of_a_held_post_is_that_it_waits(notices: Notices) -> None:
    everything = await notices.subscribe([ALL_TYPES])
    await notices.hold(1)
    told = {message["type"]: message["data"] for message in await notices.of(everything)}
    assert told["post.needs_reconnect"]["status"] == "needs_reconnect"
    assert told["post.needs_reconnect"]["platforms"][0]["state"] == "needs_reconnect"
    async with notices.stage.database.reading() as transaction:
        view = await post_store.get(transaction, notices.stage.workspace.id, notices.stage.posts[0].id)
    assert view.status == "needs_reconnect"


async def test_the_letter_says_how_many_posts_wait(notices: Notices) -> None:
    await notices.hold(5)
    await notices.outbox.enqueue_events()
    notices.stage.clock.advance(31)
    with mail_server() as server:
        plan = MailSettings(Smtp("127.0.0.1", server.port, "none"), PLAN.sender, PLAN.to, None, PLAN.own_url)
        stage = notices.stage
        sender = MailSender(
            database=stage.database, clock=stage.clock, settings=plan, labels={"wall": "Wall"}, jitter=lambda: 0.5
        )
        assert await sender.send_due() == 1
        ((_, letter),) = server.got
        text = letter.get_body(("plain",))
        assert text is not None
        assert "Post in attesa di questo account: 5." in text.get_content()


async def test_an_error_that_has_passed_flags_the_account_until_the_next_post_goes_out(notices: Notices) -> None:
    stage, ward = notices.stage, notices.ward
    (held,) = await notices.hold(1)
    assert (await ward.account()).health == "action_needed"
    stage.clock.advance(1)
    next_one = await stage.add()
    assert (await stage.work(next_one)).state is State.PUBLISHED
    account = await ward.account()
    assert (account.health, account.health_detail) == ("ok", None)
    assert [told["health"] for told in await ward.told("account.health")] == ["action_needed", "ok"]
    # What waited goes on by itself, once.
    assert (await stage.row(held)).state is State.QUEUED
    assert (await stage.work(held)).state is State.PUBLISHED
    assert len(stage.platform.world) == len(set(stage.platform.world)) == 2


async def test_an_error_that_has_passed_is_gone_after_the_next_check_up_too(notices: Notices) -> None:
    (held,) = await notices.hold(1)
    assert await notices.ward.inspector.inspect_due() == 0
    notices.stage.clock.advance(61)
    assert await notices.ward.inspector.inspect_due() == 1
    assert (await notices.ward.account()).health == "ok"
    assert (await notices.stage.work(held)).state is State.PUBLISHED
    assert await notices.ward.inspector.inspect_due() == 0


async def test_a_post_that_goes_out_says_nothing_against_what_a_check_up_has_found(notices: Notices) -> None:
    stage, ward = notices.stage, notices.ward
    await ward.check(Inspection(problem=GONE.message))
    assert (await stage.work(await stage.add())).state is State.PUBLISHED
    assert (await ward.account()).health == "action_needed"


async def test_a_post_that_was_sent_before_the_error_says_nothing_of_it(notices: Notices) -> None:
    stage, ward = notices.stage, notices.ward
    error_at = (stage.clock.now() + timedelta(seconds=60)).isoformat()
    detail = {"message": GONE.message.as_json(), "met": {"platform": "wall", "at": error_at}}
    async with stage.database.transaction() as transaction:
        await account_store.set_health(transaction, stage.account_id, "action_needed", detail)
    assert (await stage.work(await stage.add())).state is State.PUBLISHED
    assert (await ward.account()).health == "action_needed"
