"""Posts that wait for an account: one notification, never "failed", and resumed once the account works again."""

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
from araldo.platforms.service import Inspection
from araldo.posts import store as post_store
from araldo.posts.models import State
from araldo.smtp import Smtp
from araldo.storage.database import Database
from araldo.storage.schema import mails, webhook_deliveries
from araldo.storage.signals import ChangeSignal
from araldo.storage.vault import Vault
from araldo.workflows.notifications.mail import MailConsumer, MailSender, MailSettings
from araldo.workflows.notifications.outbox import Outbox, OutboxConsumer
from araldo.workflows.notifications.webhook_consumer import WebhookConsumer
from araldo.workflows.notifications.webhook_delivery import WebhookSender
from araldo.workflows.notifications.webhooks import Webhooks
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.mailserver import mail_server
from tests.support.publisher_harness import PublisherHarness
from tests.workflows.accounts.test_account_inspection import ENDED, GONE, AccountInspectionHarness

PLAN = MailSettings(Smtp("127.0.0.1", 1, "none"), "araldo@studio.example", ["anna@studio.example"], None, "http://x")


class NotificationHarness:
    """Accounts to inspect, a webhook for the default notifications, one for all of them, and mail."""

    def __init__(self, inspection: AccountInspectionHarness) -> None:
        self.inspection, self.harness = inspection, inspection.harness
        database, clock = self.harness.database, self.harness.clock
        parts: dict[str, Any] = {
            "database": database,
            "clock": clock,
            "vault": Vault([Fernet.generate_key().decode()]),
            "http": Http(),
        }
        self.webhooks = Webhooks(**parts, sender=WebhookSender(**parts, jitter=lambda: 0.5))
        consumers: list[OutboxConsumer] = [WebhookConsumer(clock), MailConsumer(clock, PLAN)]
        self.outbox = Outbox(
            database=database,
            clock=clock,
            event_feed=ChangeSignal(),
            on_enqueued=lambda: None,
            consumers=consumers,
        )

    async def subscribe(self, events: list[str] | None) -> str:
        given: dict[str, Any] = {"events": events, "note": "", "secret": None}
        made, _ = await self.webhooks.create(self.harness.workspace, "https://example.com/", **given)
        return made.id

    async def of(self, hook_id: str) -> list[dict[str, Any]]:
        await self.outbox.enqueue_events()
        with open_reading(self.harness.database) as transaction:
            chosen = select(webhook_deliveries.c.body).where(webhook_deliveries.c.webhook_id == hook_id)
            rows = transaction.execute(chosen.order_by(webhook_deliveries.c.event_id, webhook_deliveries.c.type))
            return [json.loads(body) for body in rows.scalars()]

    async def add_waiting_posts(self, count: int) -> list[str]:
        """Add so many posts, each of which finds the token lost."""
        self.harness.platform.prepare_errors = [GONE] * count
        held = [await self.harness.add() for _ in range(count)]
        for delivery_id in held:
            assert (await self.harness.work(delivery_id)).state is State.NEEDS_RECONNECT
        return held


@pytest.fixture
async def notifications(database: Database, clock: FakeClock, tmp_path: Path) -> NotificationHarness:
    return NotificationHarness(AccountInspectionHarness(await PublisherHarness.create(database, clock, tmp_path)))


async def test_five_waiting_posts_and_their_account_are_one_notification(notifications: NotificationHarness) -> None:
    unasked, everything = await notifications.subscribe(None), await notifications.subscribe([ALL_TYPES])
    held = await notifications.add_waiting_posts(5)
    assert [message["type"] for message in await notifications.of(unasked)] == ["account.action_needed"]
    types = Counter(message["type"] for message in await notifications.of(everything))
    assert types == {"account.action_needed": 1, "delivery.needs_reconnect": 5, "post.needs_reconnect": 5}
    with open_reading(notifications.harness.database) as transaction:
        assert len(list(transaction.execute(select(mails)))) == 1

    # The check-up that follows finds the same, and tells nobody a second time.
    notifications.harness.clock.advance(61)
    notifications.inspection.login.says = ENDED
    assert await notifications.inspection.inspector.inspect_due() == 1
    assert (await notifications.inspection.account()).health == "dead"
    assert len(await notifications.of(unasked)) == 1

    await notifications.inspection.check(Inspection())
    for delivery_id in held:
        assert (await notifications.harness.work(delivery_id)).state is State.PUBLISHED
    types = Counter(message["type"] for message in await notifications.of(everything))
    assert types["post.published"] == 5
    assert types["post.failed"] == types["post.partially_published"] == 0
    assert len(await notifications.of(unasked)) == 1


async def test_a_waiting_post_is_reported_as_waiting(notifications: NotificationHarness) -> None:
    everything = await notifications.subscribe([ALL_TYPES])
    await notifications.add_waiting_posts(1)
    told = {message["type"]: message["data"] for message in await notifications.of(everything)}
    assert told["post.needs_reconnect"]["status"] == "needs_reconnect"
    assert told["post.needs_reconnect"]["platforms"][0]["state"] == "needs_reconnect"
    with open_reading(notifications.harness.database) as transaction:
        view = post_store.get(transaction, notifications.harness.workspace.id, notifications.harness.posts[0].id)
    assert view.status == "needs_reconnect"


async def test_the_mail_says_how_many_posts_wait(notifications: NotificationHarness) -> None:
    await notifications.add_waiting_posts(5)
    await notifications.outbox.enqueue_events()
    notifications.harness.clock.advance(31)
    with mail_server() as server:
        plan = MailSettings(Smtp("127.0.0.1", server.port, "none"), PLAN.sender, PLAN.to, None, PLAN.own_url)
        harness = notifications.harness
        sender = MailSender(
            database=harness.database, clock=harness.clock, settings=plan, labels={"wall": "Wall"}, jitter=lambda: 0.5
        )
        assert await sender.send_due() == 1
        ((_, letter),) = server.got
        text = letter.get_body(("plain",))
        assert text is not None
        assert "Posts waiting for this account: 5." in text.get_content()


async def test_a_passing_error_flags_the_account_until_the_next_successful_publish(
    notifications: NotificationHarness,
) -> None:
    harness, inspection = notifications.harness, notifications.inspection
    (held,) = await notifications.add_waiting_posts(1)
    assert (await inspection.account()).health == "action_needed"
    harness.clock.advance(1)
    next_one = await harness.add()
    assert (await harness.work(next_one)).state is State.PUBLISHED
    account = await inspection.account()
    assert (account.health, account.health_detail) == ("ok", None)
    assert [told["health"] for told in await inspection.events("account.health")] == ["action_needed", "ok"]
    # What waited goes on by itself, once.
    assert (await harness.row(held)).state is State.QUEUED
    assert (await harness.work(held)).state is State.PUBLISHED
    assert len(harness.platform.published) == len(set(harness.platform.published)) == 2


async def test_a_passing_error_is_cleared_by_the_next_inspection(notifications: NotificationHarness) -> None:
    (held,) = await notifications.add_waiting_posts(1)
    assert await notifications.inspection.inspector.inspect_due() == 0
    notifications.harness.clock.advance(61)
    assert await notifications.inspection.inspector.inspect_due() == 1
    assert (await notifications.inspection.account()).health == "ok"
    assert (await notifications.harness.work(held)).state is State.PUBLISHED
    assert await notifications.inspection.inspector.inspect_due() == 0


async def test_a_successful_publish_does_not_clear_what_an_inspection_found(
    notifications: NotificationHarness,
) -> None:
    harness, inspection = notifications.harness, notifications.inspection
    await inspection.check(Inspection(problem=GONE.message))
    assert (await harness.work(await harness.add())).state is State.PUBLISHED
    assert (await inspection.account()).health == "action_needed"


async def test_a_publish_that_began_before_the_error_does_not_clear_it(notifications: NotificationHarness) -> None:
    harness, inspection = notifications.harness, notifications.inspection
    error_at = (harness.clock.now() + timedelta(seconds=60)).isoformat()
    detail = {"message": GONE.message.as_json(), "met": {"platform": "wall", "at": error_at}}
    with open_transaction(harness.database) as transaction:
        account_store.set_health(transaction, harness.account_id, "action_needed", detail)
    assert (await harness.work(await harness.add())).state is State.PUBLISHED
    assert (await inspection.account()).health == "action_needed"
