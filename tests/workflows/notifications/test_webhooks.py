"""Webhooks: each event is enqueued once and sent at least once, through crashes and bad answers."""

from __future__ import annotations

import asyncio
import errno
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from standardwebhooks import Webhook as Verifier

from araldo.errors import Conflict, NotFound
from araldo.http import Http
from araldo.local_faults import TransientFault
from araldo.messages import message_of
from araldo.notify import outbox_store, webhook_store
from araldo.notify.models import RETRY_DELAYS_S, Webhook, WebhookChanges
from araldo.storage import events as event_store
from araldo.storage.database import Database
from araldo.storage.events import record_event
from araldo.storage.local_blobs import LocalBlobs
from araldo.storage.schema import webhook_deliveries
from araldo.workflows.maintenance.housekeeping import Housekeeping
from araldo.workflows.notifications import webhook_delivery
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.receiver import running_receiver
from tests.support.webhook_harness import WebhookHarness, open_harness


async def test_a_local_fault_is_not_an_attempt(harness: WebhookHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    hook = await harness.create_webhook()
    await harness.record_health_event()
    await harness.outbox.enqueue_events()

    async def no_descriptor(*_: Any, **__: Any) -> Any:
        raise TransientFault("no descriptor")

    with monkeypatch.context() as broken:
        broken.setattr(Http, "post_untrusted", no_descriptor)
        await harness.sender.send_due()
    row = await harness.only_delivery(hook)
    assert (row.state, row.attempts, row.log) == ("pending", 0, [])
    assert (await harness.state_of(hook)).failing_since is None
    # When its lease has run out.
    harness.clock.advance(30)
    assert await harness.sender.send_due() == 1
    assert (await harness.only_delivery(hook)).state == "delivered"


async def test_an_event_is_sent_signed_and_logged(harness: WebhookHarness) -> None:
    hook = await harness.create_webhook()
    await harness.record_health_event()
    assert await harness.outbox.enqueue_events() == 1
    assert await harness.outbox.enqueue_events() == 0
    assert await harness.sender.send_due() == 1
    assert await harness.sender.send_due() == 0
    row, (got,) = await harness.only_delivery(hook), harness.receiver.got
    assert got.json == {
        "type": "account.dead",
        "timestamp": "2030-01-31T09:00:00.000Z",
        "data": {"account_id": "acc_0", "name": "Pagina", "health": "dead", "message": "È finito."},
    }
    assert got.headers["webhook-id"] == row.id
    assert got.headers["webhook-signature"] == Verifier(harness.secret).sign(row.id, harness.clock.now(), got.body)
    assert got.headers["content-type"] == "application/json"
    assert (row.state, row.attempts, row.status_code, row.body) == ("delivered", 1, 204, got.body)
    assert row.delivered_at == harness.clock.now()
    assert harness.secret not in repr(hook)
    assert harness.secret not in hook.secret


async def test_only_subscribed_events_are_sent_and_only_while_active(harness: WebhookHarness) -> None:
    wants_expiring = await harness.create_webhook(events=["account.expiring"])
    sleeping = await harness.create_webhook(events=["*"])
    await harness.webhooks.change(harness.workspace, sleeping.id, WebhookChanges(active=False))
    await harness.record_health_event("expiring")
    await harness.record_health_event("dead")
    await harness.record_health_event("ok")
    await harness.outbox.enqueue_events()
    assert [row.type for row in await harness.deliveries(wants_expiring)] == ["account.expiring"]
    assert await harness.deliveries(sleeping) == []


async def test_a_failed_message_is_retried_on_schedule_under_the_same_id(
    harness: WebhookHarness,
) -> None:
    hook = await harness.create_webhook()
    harness.receiver.answers = [500, 302, 429, 400, 503, 404, 500, 500]
    await harness.record_health_event()
    await harness.outbox.enqueue_events()
    for seconds in RETRY_DELAYS_S:
        assert await harness.sender.send_due() == 1
        row = await harness.only_delivery(hook)
        assert (row.state, row.next_at) == ("pending", harness.clock.now() + timedelta(seconds=seconds))
        harness.clock.advance(seconds - 1)
        assert await harness.sender.send_due() == 0
        harness.clock.advance(1)
    assert await harness.sender.send_due() == 1
    row = await harness.only_delivery(hook)
    assert (row.state, row.next_at, row.attempts) == ("failed", None, 8)
    assert row.error is not None
    assert "500" in message_of(row.error).to("en")
    assert [line["status"] for line in row.log] == [500, 302, 429, 400, 503, 404, 500, 500]
    assert len({got.headers["webhook-id"] for got in harness.receiver.got}) == 1
    assert len({got.body for got in harness.receiver.got}) == 1
    # Each attempt is signed for its own moment, else receivers would refuse it as too old.
    assert len({got.headers["webhook-timestamp"] for got in harness.receiver.got}) == 8


async def test_a_person_can_send_a_message_again(harness: WebhookHarness) -> None:
    hook = await harness.create_webhook()
    await harness.record_health_event()
    await harness.outbox.enqueue_events()
    await harness.sender.send_due()
    row = await harness.only_delivery(hook)
    await harness.webhooks.send_again(harness.workspace, hook.id, row.id)
    assert await harness.sender.send_due() == 1
    assert [got.headers["webhook-id"] for got in harness.receiver.got] == [row.id, row.id]
    assert len((await harness.only_delivery(hook)).log) == 2
    with pytest.raises(NotFound):
        await harness.webhooks.send_again(harness.workspace, hook.id, "msg_unknown")


async def test_a_receiver_that_answers_410_is_disabled(harness: WebhookHarness) -> None:
    hook = await harness.create_webhook()
    await harness.record_health_event(count=3)
    await harness.outbox.enqueue_events()
    harness.receiver.answers = [410, 410, 410]
    await harness.sender.send_due()
    stopped = await harness.state_of(hook)
    assert not stopped.active
    assert stopped.stopped is not None
    assert {row.state for row in await harness.deliveries(hook)} == {"failed"}
    with open_reading(harness.database) as transaction:
        told = [event.kind for event in event_store.list_after(transaction, 0, limit=10)]
    assert told.count("webhook.stopped") == 1
    with pytest.raises(Conflict):
        await harness.webhooks.send_again(harness.workspace, hook.id, (await harness.deliveries(hook))[0].id)
    again = await harness.webhooks.change(harness.workspace, hook.id, WebhookChanges(active=True))
    assert (again.active, again.stopped, again.failing_since) == (True, None, None)


async def test_a_webhook_is_disabled_after_five_days_of_failures(harness: WebhookHarness) -> None:
    hook = await harness.create_webhook()

    async def fail() -> Webhook:
        harness.receiver.answers = [500]
        await harness.record_health_event()
        await harness.outbox.enqueue_events()
        await harness.sender.send_due()
        return await harness.state_of(hook)

    assert (await fail()).failing_since == harness.clock.now()
    harness.clock.advance(4 * 86_400)
    await harness.sender.send_due()
    # Something arrived in between: it counts from anew.
    assert (await harness.state_of(hook)).failing_since is None
    await fail()
    harness.clock.advance(5 * 86_400)
    harness.receiver.answers = [500]
    await harness.sender.send_due()
    stopped = await harness.state_of(hook)
    assert not stopped.active
    assert stopped.stopped is not None
    assert "5" in message_of(stopped.stopped).to("en")


async def test_a_crash_between_sending_and_recording_repeats_the_message_under_the_same_id(
    harness: WebhookHarness,
) -> None:
    hook = await harness.create_webhook()
    await harness.record_health_event()
    await harness.outbox.enqueue_events()
    harness.receiver.hold = asyncio.Event()
    sending = asyncio.create_task(harness.sender.send_due())
    await harness.receiver.until(1)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    harness.receiver.hold.set()
    # Another process: it waits until the lease has run out, and not longer.
    assert await harness.sender.send_due() == 0
    harness.clock.advance(31)
    assert await harness.sender.send_due() == 1
    row = await harness.only_delivery(hook)
    assert row.state == "delivered"
    assert {got.headers["webhook-id"] for got in harness.receiver.got} == {row.id}


async def test_a_crash_while_enqueuing_neither_loses_nor_duplicates_messages(
    harness: WebhookHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = await harness.create_webhook()
    await harness.record_health_event(count=3)
    real = webhook_store.add_deliveries
    calls = 0

    def crash_once(*args: Any) -> None:
        nonlocal calls
        calls += 1
        real(*args)
        if calls == 2:
            raise ZeroDivisionError

    monkeypatch.setattr(webhook_store, "add_deliveries", crash_once)
    with pytest.raises(ZeroDivisionError):
        await harness.outbox.enqueue_events()
    assert await harness.deliveries(hook) == []
    assert await harness.outbox.enqueue_events() == 3
    assert len(await harness.deliveries(hook)) == 3


async def test_several_processes_enqueue_and_send_each_event_once(database: Database, clock: FakeClock) -> None:
    async with running_receiver() as receiver, Http(allow=[receiver.pair]) as http:
        others = [Database(database.url, clock) for _ in range(3)]
        harnesses = [await open_harness(one, clock, receiver, http) for one in (database, *others)]
        first = harnesses[0]
        # All open the same secrets.
        for harness in harnesses:
            harness.sender._vault = first.webhooks._vault
        hook = await first.create_webhook()

        async def record_events() -> None:
            for _ in range(10):
                await first.record_health_event()

        async def enqueue(harness: WebhookHarness) -> None:
            for _ in range(15):
                await harness.outbox.enqueue_events()

        await asyncio.gather(record_events(), *(enqueue(harness) for harness in harnesses))
        await asyncio.gather(*(harness.outbox.enqueue_events() for harness in harnesses))
        assert len(await first.deliveries(hook)) == 10
        for _ in range(5):
            await asyncio.gather(*(harness.sender.send_due() for harness in harnesses))
        assert len(receiver.got) == 10
        assert {row.state for row in await first.deliveries(hook)} == {"delivered"}
        for other in others:
            await other.close()


async def test_a_database_that_refuses_writes_is_not_asked_without_pause(
    harness: WebhookHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.create_webhook()
    await harness.record_health_event()
    await harness.outbox.enqueue_events()
    begun, refused, tried = harness.clock.running(), 0, asyncio.Event()

    async def no_space(*_: Any, **__: Any) -> Any:
        nonlocal refused
        refused += 1
        if refused == 5:
            tried.set()
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(harness.database, "write", no_space)
        running = asyncio.create_task(harness.sender.run())
        await asyncio.wait_for(tried.wait(), 10)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert harness.clock.running() - begun >= refused - 1
    assert await harness.sender.send_due() == 1


async def test_a_slow_receiver_does_not_delay_the_others(harness: WebhookHarness) -> None:
    async with running_receiver() as slow:
        slow.hold, harness.sender._http._allow = (
            asyncio.Event(),
            frozenset({slow.pair, harness.receiver.pair}),
        )
        await harness.webhooks.create(harness.workspace, slow.url, events=None, note="", secret=None)
        await harness.record_health_event(count=30)
        await harness.outbox.enqueue_events()
        await harness.create_webhook()
        harness.clock.advance(1)
        await harness.record_health_event(count=3)
        await harness.outbox.enqueue_events()
        running = asyncio.create_task(harness.sender.run())
        try:
            await asyncio.gather(harness.receiver.until(3), slow.until(4))
            assert len(slow.got) == 4
        finally:
            slow.hold.set()
            running.cancel()
            await asyncio.wait([running])


async def test_the_engine_says_when_the_next_attempt_is_due(harness: WebhookHarness) -> None:
    """Processes that share the work defer a job for that moment."""
    hook = await harness.create_webhook()
    harness.receiver.answers = [500]
    await harness.record_health_event()
    await harness.outbox.enqueue_events()
    assert await harness.sender.send_due() == 1
    next_at = harness.clock.now() + timedelta(seconds=RETRY_DELAYS_S[0])
    assert (await harness.only_delivery(hook)).next_at == next_at
    assert await harness.sender.engine.sweep_while_due(2) == next_at


async def test_a_test_message_returns_its_result_and_is_not_retried(harness: WebhookHarness) -> None:
    hook = await harness.create_webhook(events=[])
    harness.receiver.answers, harness.receiver.text = [418], "short and stout"
    failed = await harness.webhooks.send_test(harness.workspace, hook.id)
    assert (failed.type, failed.state, failed.status_code, failed.next_at) == ("test", "failed", 418, None)
    assert failed.log[0]["answer"] == "short and stout"
    fine = await harness.webhooks.send_test(harness.workspace, hook.id)
    assert (fine.state, fine.status_code, fine.attempts) == ("delivered", 204, 1)
    assert [got.json["data"]["message"] for got in harness.receiver.got] == ["Questa è una prova da Araldo."] * 2
    assert await harness.sender.send_due() == 0


async def test_a_huge_answer_is_truncated_and_counts_as_accepted(harness: WebhookHarness) -> None:
    hook = await harness.create_webhook()
    harness.receiver.answers, harness.receiver.text = [200], "a" * 1_000_000
    row = await harness.webhooks.send_test(harness.workspace, hook.id)
    assert (row.state, len(row.log[0]["answer"])) == ("delivered", 300)


async def test_a_host_name_that_resolves_to_a_private_address_is_refused_when_sending(
    harness: WebhookHarness,
) -> None:
    hook, _ = await harness.webhooks.create(harness.workspace, "http://localhost/", events=None, note="", secret=None)
    row = await harness.webhooks.send_test(harness.workspace, hook.id)
    assert (row.state, row.status_code) == ("failed", None)
    assert row.error is not None
    assert "not on the public internet" in message_of(row.error).to("en")


async def test_old_messages_are_deleted(harness: WebhookHarness, tmp_path: Path) -> None:
    hook = await harness.create_webhook()
    await harness.webhooks.send_test(harness.workspace, hook.id)
    housekeeping = Housekeeping(database=harness.database, clock=harness.clock, blobs=LocalBlobs(tmp_path))
    harness.clock.advance(29 * 86_400)
    await harness.record_health_event()
    await harness.outbox.enqueue_events()
    await housekeeping.purge()
    assert len(await harness.deliveries(hook)) == 2
    harness.clock.advance(2 * 86_400)
    await housekeeping.purge()
    assert [row.state for row in await harness.deliveries(hook)] == ["pending"]
    with open_reading(harness.database) as transaction:
        assert outbox_store.get_position(transaction, "webhooks") == 1


async def test_an_event_that_cannot_be_rendered_does_not_block_others(harness: WebhookHarness) -> None:
    hook = await harness.create_webhook()
    with open_transaction(harness.database) as transaction:
        broken = {"health": "dead", "account_id": "acc", "message": {"key": "accounts.reconnect"}}  # without its values
        record_event(
            transaction,
            "account.health",
            workspace_id=harness.workspace.id,
            at=harness.clock.now(),
            data=broken,
        )
    await harness.record_health_event("expiring")
    await harness.outbox.enqueue_events()
    assert [row.type for row in await harness.deliveries(hook)] == ["account.expiring"]


async def test_a_message_whose_wording_has_a_bug_keeps_no_other_from_being_sent(
    harness: WebhookHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("a bug")

    hook = await harness.create_webhook()
    await harness.record_health_event(count=2)
    await harness.outbox.enqueue_events()
    faulty, _ = await harness.deliveries(hook)
    with open_transaction(harness.database) as transaction:
        transaction.execute(
            update(webhook_deliveries).where(webhook_deliveries.c.id == faulty.id).values(type="post.published")
        )
    monkeypatch.setattr(outbox_store, "find_post", lambda *_: object())
    monkeypatch.setattr(webhook_delivery, "build_payload", fail)
    assert await harness.sender.send_due() == 2
    assert len(harness.receiver.got) == 2
