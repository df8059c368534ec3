"""Events reach webhooks: each once into the log, at least once over the wire, whoever crashes or answers badly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from standardwebhooks import Webhook as Verifier

from araldo.errors import Conflict, NotFound, PostInvalid
from araldo.http import Http
from araldo.local_faults import TransientFault
from araldo.messages import message_of
from araldo.notify import outbox_store, webhook_store
from araldo.notify.models import RETRY_DELAYS_S, Webhook, WebhookDelivery
from araldo.storage import events as event_store
from araldo.storage.database import Database
from araldo.storage.events import ChangeSignal, record_event
from araldo.storage.vault import Vault
from araldo.workflows.outbox import Outbox
from araldo.workflows.webhook_consumer import WebhookConsumer
from araldo.workflows.webhook_delivery import WebhookSender
from araldo.workflows.webhooks import Webhooks
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import Workspace
from tests.support.clock import FakeClock
from tests.support.receiver import Receiver, running_receiver


@dataclass
class Post:
    """The office: one workspace, one receiver, and all that lies between."""

    database: Database
    clock: FakeClock
    workspace: Workspace
    receiver: Receiver
    outbox: Outbox
    sender: WebhookSender
    webhooks: Webhooks
    secret: str = ""

    async def hook(self, **more: Any) -> Webhook:
        given = {"events": None, "note": "", "secret": None, **more}
        made, self.secret = await self.webhooks.create(self.workspace, self.receiver.url, **given)
        return made

    async def tell(self, health: str = "dead", count: int = 1) -> None:
        async with self.database.transaction() as transaction:
            for number in range(count):
                said = {"en": "It has ended.", "it": "È finito."}
                data = {"account_id": f"acc_{number}", "name": "Pagina", "health": health, "message": said}
                await record_event(
                    transaction, "account.health", workspace_id=self.workspace.id, at=self.clock.now(), data=data
                )

    async def log(self, hook: Webhook) -> list[WebhookDelivery]:
        async with self.database.reading() as transaction:
            rows, _ = await webhook_store.list_deliveries(transaction, hook, limit=100, cursor=None, state=None)
            return rows

    async def one(self, hook: Webhook) -> WebhookDelivery:
        (row,) = await self.log(hook)
        return row

    async def state_of(self, hook: Webhook) -> Webhook:
        async with self.database.reading() as transaction:
            return await webhook_store.get(transaction, self.workspace.id, hook.id)


@pytest.fixture
async def office(database: Database, clock: FakeClock) -> AsyncIterator[Post]:
    async with running_receiver() as receiver, Http(allow=[receiver.pair]) as http:
        yield await open_office(database, clock, receiver, http)


async def open_office(database: Database, clock: FakeClock, receiver: Receiver, http: Http) -> Post:
    vault, messages_queued = Vault([Fernet.generate_key().decode()]), ChangeSignal()
    async with database.transaction() as transaction:
        workspace = await workspace_store.get_or_create_first(transaction, clock.now())
    sender = WebhookSender(
        database=database, clock=clock, messages_queued=messages_queued, vault=vault, http=http, jitter=lambda: 0.5
    )
    outbox = Outbox(
        database=database,
        clock=clock,
        events_available=ChangeSignal(),
        messages_queued=messages_queued,
        consumers=[WebhookConsumer(clock)],
    )
    webhooks = Webhooks(
        database=database, clock=clock, messages_queued=messages_queued, vault=vault, http=http, sender=sender
    )
    return Post(database, clock, workspace, receiver, outbox, sender, webhooks)


async def test_a_fault_of_this_machine_is_no_attempt(office: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    hook = await office.hook()
    await office.tell()
    await office.outbox.enqueue_events()

    async def no_descriptor(*_: Any, **__: Any) -> Any:
        raise TransientFault("no descriptor")

    with monkeypatch.context() as broken:
        broken.setattr(Http, "post_untrusted", no_descriptor)
        await office.sender.send_due()
    row = await office.one(hook)
    assert (row.state, row.attempts, row.log) == ("pending", 0, [])
    assert (await office.state_of(hook)).failing_since is None
    # When its lease has run out.
    office.clock.advance(30)
    assert await office.sender.send_due() == 1
    assert (await office.one(hook)).state == "delivered"


async def test_told_signed_and_written_down(office: Post) -> None:
    hook = await office.hook()
    await office.tell()
    assert await office.outbox.enqueue_events() == 1
    assert await office.outbox.enqueue_events() == 0
    assert await office.sender.send_due() == 1
    assert await office.sender.send_due() == 0
    row, (got,) = await office.one(hook), office.receiver.got
    assert got.json == {
        "type": "account.dead",
        "timestamp": "2030-01-31T09:00:00.000Z",
        "data": {"account_id": "acc_0", "name": "Pagina", "health": "dead", "message": "È finito."},
    }
    assert got.headers["webhook-id"] == row.id
    assert got.headers["webhook-signature"] == Verifier(office.secret).sign(row.id, office.clock.now(), got.body)
    assert got.headers["content-type"] == "application/json"
    assert (row.state, row.attempts, row.status_code, row.body) == ("delivered", 1, 204, got.body)
    assert row.delivered_at == office.clock.now()
    assert office.secret not in repr(hook)
    assert office.secret not in hook.secret


async def test_only_what_is_subscribed_to_and_only_while_active(office: Post) -> None:
    wants_expiring = await office.hook(events=["account.expiring"])
    sleeping = await office.hook(events=["*"])
    await office.webhooks.change(office.workspace, sleeping.id, {"active": False})
    await office.tell("expiring")
    await office.tell("dead")
    await office.tell("ok")
    await office.outbox.enqueue_events()
    assert [row.type for row in await office.log(wants_expiring)] == ["account.expiring"]
    assert await office.log(sleeping) == []


async def test_another_try_at_each_time_of_the_schedule_under_the_same_id_then_no_more(office: Post) -> None:
    hook = await office.hook()
    office.receiver.answers = [500, 302, 429, 400, 503, 404, 500, 500]
    await office.tell()
    await office.outbox.enqueue_events()
    for seconds in RETRY_DELAYS_S:
        assert await office.sender.send_due() == 1
        row = await office.one(hook)
        assert (row.state, row.next_at) == ("pending", office.clock.now() + timedelta(seconds=seconds))
        office.clock.advance(seconds - 1)
        assert await office.sender.send_due() == 0
        office.clock.advance(1)
    assert await office.sender.send_due() == 1
    row = await office.one(hook)
    assert (row.state, row.next_at, row.attempts) == ("failed", None, 8)
    assert row.error is not None
    assert "500" in message_of(row.error).to("en")
    assert [line["status"] for line in row.log] == [500, 302, 429, 400, 503, 404, 500, 500]
    assert len({got.headers["webhook-id"] for got in office.receiver.got}) == 1
    assert len({got.body for got in office.receiver.got}) == 1
    # Each attempt is signed for its own moment, else receivers would refuse it as too old.
    assert len({got.headers["webhook-timestamp"] for got in office.receiver.got}) == 8


async def test_sent_again_by_a_person(office: Post) -> None:
    hook = await office.hook()
    await office.tell()
    await office.outbox.enqueue_events()
    await office.sender.send_due()
    row = await office.one(hook)
    await office.webhooks.send_again(office.workspace, hook.id, row.id)
    assert await office.sender.send_due() == 1
    assert [got.headers["webhook-id"] for got in office.receiver.got] == [row.id, row.id]
    assert len((await office.one(hook)).log) == 2
    with pytest.raises(NotFound):
        await office.webhooks.send_again(office.workspace, hook.id, "msg_unknown")


async def test_gone_for_good_is_not_asked_again(office: Post) -> None:
    hook = await office.hook()
    await office.tell(count=3)
    await office.outbox.enqueue_events()
    office.receiver.answers = [410, 410, 410]
    await office.sender.send_due()
    stopped = await office.state_of(hook)
    assert not stopped.active
    assert stopped.stopped is not None
    assert {row.state for row in await office.log(hook)} == {"failed"}
    async with office.database.reading() as transaction:
        told = [event.kind for event in await event_store.list_after(transaction, 0, limit=10)]
    assert told.count("webhook.stopped") == 1
    with pytest.raises(Conflict):
        await office.webhooks.send_again(office.workspace, hook.id, (await office.log(hook))[0].id)
    again = await office.webhooks.change(office.workspace, hook.id, {"active": True})
    assert (again.active, again.stopped, again.failing_since) == (True, None, None)


async def test_five_days_of_nothing_but_failures(office: Post) -> None:
    hook = await office.hook()

    async def fail() -> Webhook:
        office.receiver.answers = [500]
        await office.tell()
        await office.outbox.enqueue_events()
        await office.sender.send_due()
        return await office.state_of(hook)

    assert (await fail()).failing_since == office.clock.now()
    office.clock.advance(4 * 86_400)
    await office.sender.send_due()
    # Something arrived in between: it counts from anew.
    assert (await office.state_of(hook)).failing_since is None
    await fail()
    office.clock.advance(5 * 86_400)
    office.receiver.answers = [500]
    await office.sender.send_due()
    stopped = await office.state_of(hook)
    assert not stopped.active
    assert stopped.stopped is not None
    assert "5" in message_of(stopped.stopped).to("en")


async def test_a_crash_between_sending_and_writing_it_down_repeats_it_under_the_same_id(office: Post) -> None:
    hook = await office.hook()
    await office.tell()
    await office.outbox.enqueue_events()
    office.receiver.hold = asyncio.Event()
    sending = asyncio.create_task(office.sender.send_due())
    await office.receiver.until(1)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    office.receiver.hold.set()
    # Another process: it waits until the lease has run out, and not longer.
    assert await office.sender.send_due() == 0
    office.clock.advance(31)
    assert await office.sender.send_due() == 1
    row = await office.one(hook)
    assert row.state == "delivered"
    assert {got.headers["webhook-id"] for got in office.receiver.got} == {row.id}


async def test_a_crash_while_passing_on_loses_nothing_and_doubles_nothing(
    office: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = await office.hook()
    await office.tell(count=3)
    real = webhook_store.add_deliveries
    calls = 0

    async def crash_once(*args: Any) -> None:
        nonlocal calls
        calls += 1
        await real(*args)
        if calls == 2:
            raise ZeroDivisionError

    monkeypatch.setattr(webhook_store, "add_deliveries", crash_once)
    with pytest.raises(ZeroDivisionError):
        await office.outbox.enqueue_events()
    assert await office.log(hook) == []
    assert await office.outbox.enqueue_events() == 3
    assert len(await office.log(hook)) == 3


async def test_several_processes_pass_each_event_on_once_and_send_it_once(database: Database, clock: FakeClock) -> None:
    async with running_receiver() as receiver, Http(allow=[receiver.pair]) as http:
        others = [Database(database.url) for _ in range(3)]
        offices = [await open_office(one, clock, receiver, http) for one in (database, *others)]
        first = offices[0]
        # All open the same secrets.
        for office in offices:
            office.sender._vault = first.webhooks._vault
        hook = await first.hook()

        async def telling() -> None:
            for _ in range(10):
                await first.tell()

        async def passing(office: Post) -> None:
            for _ in range(15):
                await office.outbox.enqueue_events()

        await asyncio.gather(telling(), *(passing(office) for office in offices))
        await asyncio.gather(*(office.outbox.enqueue_events() for office in offices))
        assert len(await first.log(hook)) == 10
        for _ in range(5):
            await asyncio.gather(*(office.sender.send_due() for office in offices))
        assert len(receiver.got) == 10
        assert {row.state for row in await first.log(hook)} == {"delivered"}
        for other in others:
            await other.close()


async def test_a_slow_receiver_does_not_hold_up_the_others(office: Post) -> None:
    async with running_receiver() as slow:
        slow.hold, office.sender._http._allow = asyncio.Event(), frozenset({slow.pair, office.receiver.pair})
        await office.webhooks.create(office.workspace, slow.url, events=None, note="", secret=None)
        await office.tell(count=30)
        await office.outbox.enqueue_events()
        await office.hook()
        office.clock.advance(1)
        await office.tell(count=3)
        await office.outbox.enqueue_events()
        running = asyncio.create_task(office.sender.run())
        try:
            await asyncio.gather(office.receiver.until(3), slow.until(4))
            assert len(slow.got) == 4
        finally:
            slow.hold.set()
            running.cancel()
            await asyncio.wait([running])


async def test_a_test_says_what_came_of_it_and_is_not_repeated(office: Post) -> None:
    hook = await office.hook(events=[])
    office.receiver.answers, office.receiver.text = [418], "short and stout"
    failed = await office.webhooks.send_test(office.workspace, hook.id)
    assert (failed.type, failed.state, failed.status_code, failed.next_at) == ("test", "failed", 418, None)
    assert failed.log[0]["answer"] == "short and stout"
    fine = await office.webhooks.send_test(office.workspace, hook.id)
    assert (fine.state, fine.status_code, fine.attempts) == ("delivered", 204, 1)
    assert [got.json["data"]["message"] for got in office.receiver.got] == ["Questa è una prova da Araldo."] * 2
    assert await office.sender.send_due() == 0


async def test_a_huge_answer_is_cut_and_counts_as_taken(office: Post) -> None:
    hook = await office.hook()
    office.receiver.answers, office.receiver.text = [200], "a" * 1_000_000
    row = await office.webhooks.send_test(office.workspace, hook.id)
    assert (row.state, len(row.log[0]["answer"])) == ("delivered", 300)


async def test_replacing_the_secret_leaves_no_gap(office: Post) -> None:
    hook = await office.hook()
    old = office.secret
    _, new = await office.webhooks.rotate_secret(office.workspace, hook.id, None)
    assert new != old

    async def signatures() -> list[str]:
        row = await office.webhooks.send_test(office.workspace, hook.id)
        got = office.receiver.got[-1]
        signed = got.headers["webhook-signature"].split(" ")
        expected = [Verifier(secret).sign(row.id, office.clock.now(), got.body) for secret in (new, old)]
        assert signed == expected[: len(signed)]
        return signed

    assert len(await signatures()) == 2
    office.clock.advance(24 * 3_600)
    assert len(await signatures()) == 1


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.com/x", "url_invalid"),
        ("not a url", "url_invalid"),
        ("http://me:secret@example.com/", "url_has_credentials"),
        ("http://127.0.0.1/hook", "address_not_public"),
        ("http://169.254.169.254/latest", "address_not_public"),
        ("https://example.com:8443/", "port_not_allowed"),
    ],
)
async def test_addresses_that_are_refused_at_once(office: Post, url: str, code: str) -> None:
    with pytest.raises(PostInvalid) as refused:
        await office.webhooks.create(office.workspace, url, events=["delivery.fail"], note="", secret=None)
    found = {problem.pointer: problem.code for problem in refused.value.problems}
    assert found == {"/url": code, "/events/0": "event_unknown"}


async def test_a_name_that_leads_inside_is_refused_when_it_is_sent(office: Post) -> None:
    hook, _ = await office.webhooks.create(office.workspace, "http://localhost/", events=None, note="", secret=None)
    row = await office.webhooks.send_test(office.workspace, hook.id)
    assert (row.state, row.status_code) == ("failed", None)
    assert row.error is not None
    assert "not on the public internet" in message_of(row.error).to("en")


async def test_what_ended_long_ago_is_forgotten(office: Post) -> None:
    hook = await office.hook()
    await office.webhooks.send_test(office.workspace, hook.id)
    office.clock.advance(31 * 86_400)
    await office.sender._delete_old()
    assert await office.log(hook) == []
    async with office.database.reading() as transaction:
        assert await outbox_store.get_position(transaction, "webhooks") == 0


async def test_an_event_that_cannot_be_worded_stands_in_nobodys_way(office: Post) -> None:
    hook = await office.hook()
    async with office.database.transaction() as transaction:
        broken = {"health": "dead", "account_id": "acc", "message": {"de": "Nein."}}
        await record_event(
            transaction, "account.health", workspace_id=office.workspace.id, at=office.clock.now(), data=broken
        )
    await office.tell("expiring")
    await office.outbox.enqueue_events()
    assert [row.type for row in await office.log(hook)] == ["account.expiring"]
