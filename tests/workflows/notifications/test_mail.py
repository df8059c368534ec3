"""Mail through a real SMTP server: one mail for a post, encrypted, retried while the server is unreachable."""

from __future__ import annotations

import asyncio
import errno
import ssl
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from aiosmtplib import SMTPConnectError
from sqlalchemy import select
from structlog.testing import capture_logs

from araldo.messages import Message, message_of
from araldo.messages.times import ZonedInstant
from araldo.notify import mail_store
from araldo.notify.models import RETRY_DELAYS_S
from araldo.smtp import Smtp, is_address
from araldo.storage.database import Database, Transaction
from araldo.storage.events import record_event
from araldo.storage.schema import mails
from araldo.storage.signals import ChangeSignal
from araldo.telemetry.observer import Observer
from araldo.workflows.notifications.mail import GATHER, MailConsumer, MailSender, MailSettings
from araldo.workflows.notifications.outbox import Outbox
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import Workspace, WorkspaceChanges
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.logs import expected_lines
from tests.support.mailserver import MailServer, certificate, mail_server
from tests.support.noted_calls import NotedCalls
from tests.support.processes import free_port

SAD = {"code": "1", "message": {"en": "Too long.", "it": "Troppo lungo."}}


@dataclass
class MailHarness:
    database: Database
    clock: FakeClock
    workspace: Workspace
    plan: MailSettings
    server: MailServer

    def outbox(self, plan: MailSettings | None) -> Outbox:
        consumers = [MailConsumer(self.clock, plan)]
        return Outbox(
            database=self.database,
            clock=self.clock,
            event_feed=ChangeSignal(),
            on_enqueued=lambda: None,
            consumers=consumers,
        )

    def sender(self, plan: MailSettings | None = None, observer: Observer | None = None) -> MailSender:
        return MailSender(
            database=self.database,
            clock=self.clock,
            settings=plan or self.plan,
            labels={"wall": "Wall"},
            jitter=lambda: 0.5,
            observer=observer,
        )

    async def account(self, health: str = "dead", account_id: str = "acc_1", message: Any = SAD["message"]) -> None:
        data = {"account_id": account_id, "name": "Pagina", "health": health, "message": message}
        with open_transaction(self.database) as transaction:
            now, workspace_id = self.clock.now(), self.workspace.id
            record_event(transaction, "account.health", workspace_id=workspace_id, at=now, data=data)

    async def send(self) -> int:
        """Enqueue and send as the two workers do, after the time in which events are gathered."""
        await self.outbox(self.plan).enqueue_events()
        self.clock.advance(30)
        return await self.sender().send_due()

    async def rows(self) -> list[Any]:
        with open_reading(self.database) as transaction:
            return list(transaction.execute(select(mails).order_by(mails.c.created_at)))


@pytest.fixture
async def mail_harness(database: Database, clock: FakeClock) -> AsyncIterator[MailHarness]:
    with open_transaction(database) as transaction:
        workspace = workspace_store.add(transaction, "Araldo", clock.now(), language="it")
    with mail_server() as server:
        smtp = Smtp("127.0.0.1", server.port, "none")
        plan = MailSettings(smtp, "araldo@studio.example", ["anna@studio.example"], None, "http://127.0.0.1:8000")
        yield MailHarness(database, clock, workspace, plan, server)


async def test_events_are_gathered_into_one_mail_in_the_workspaces_language(mail_harness: MailHarness) -> None:
    await mail_harness.account("expiring")
    await mail_harness.outbox(mail_harness.plan).enqueue_events()
    mail_harness.clock.advance(29)
    await mail_harness.account("dead")
    await mail_harness.outbox(mail_harness.plan).enqueue_events()
    assert await mail_harness.sender().send_due() == 0
    mail_harness.clock.advance(1)
    assert await mail_harness.sender().send_due() == 1
    assert await mail_harness.sender().send_due() == 0
    ((recipients, message),) = mail_harness.server.got
    assert recipients == ["anna@studio.example"]
    assert message["subject"] == "[Araldo] L'accesso a Pagina è terminato"
    assert message["from"] == "araldo@studio.example"
    assert message["date"].datetime == mail_harness.clock.now()
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Troppo lungo." in plain.get_content()
    assert "<p>Troppo lungo.</p>" in html.get_content()
    (row,) = await mail_harness.rows()
    assert (row.state, row.attempts, len(row.event_ids)) == ("sent", 1, 2)
    assert message["message-id"] == f"<{row.id}@studio.example>"


@pytest.mark.parametrize(
    ("language", "zone", "text"),
    [
        ("en", "Europe/Rome", "Access expires on Thu 7 Feb 2030, 10:00 (Europe/Rome)."),
        ("it", "Europe/Rome", "L'accesso scade il gio 7 feb 2030, 10:00 (Europe/Rome)."),
        ("it", "America/New_York", "L'accesso scade il gio 7 feb 2030, 04:00 (America/New_York)."),
    ],
)
async def test_a_mail_writes_times_in_its_language_and_names_their_zone(
    mail_harness: MailHarness, language: str, zone: str, text: str
) -> None:
    with open_transaction(mail_harness.database) as transaction:
        workspace_store.change_workspace(transaction, mail_harness.workspace.id, WorkspaceChanges(language=language))
    expires = ZonedInstant(mail_harness.clock.now() + timedelta(days=7), zone)
    message = Message("health.access_expires", {"day": expires}).as_json()
    await mail_harness.account("expiring", message=message)
    assert await mail_harness.send() == 1
    plain = mail_harness.server.got[0][1].get_body(("plain",))
    assert plain is not None
    assert text in plain.get_content().replace("=\n", "")


async def test_an_event_after_the_mail_was_sent_makes_another_mail(mail_harness: MailHarness) -> None:
    await mail_harness.account()
    assert await mail_harness.send() == 1
    await mail_harness.account("expiring")
    await mail_harness.account("dead", "acc_2")
    assert await mail_harness.send() == 2
    assert len(mail_harness.server.got) == 3


async def test_a_published_post_is_mailed_only_where_subscribed(mail_harness: MailHarness) -> None:
    asked = replace(mail_harness.plan, events=["account.expiring"])
    await mail_harness.account("dead")
    await mail_harness.account("ok")
    await mail_harness.account("expiring", "acc_2")
    await mail_harness.outbox(asked).enqueue_events()
    assert [row.about for row in await mail_harness.rows()] == ["acc_2"]


async def test_events_while_mail_was_disabled_are_not_mailed_later(mail_harness: MailHarness) -> None:
    await mail_harness.outbox(None).enqueue_events()
    await mail_harness.account()
    await mail_harness.outbox(None).enqueue_events()
    await mail_harness.account("expiring", "acc_2")
    assert await mail_harness.send() == 0
    await mail_harness.account("dead", "acc_3")
    assert await mail_harness.send() == 1
    assert [row.about for row in await mail_harness.rows()] == ["acc_3"]


# SQLite has one writer, so ids are assigned in the order of the commits.
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_an_event_that_is_committed_after_mail_was_enabled_is_mailed(mail_harness: MailHarness) -> None:
    """Its id is lower than that of an event that was committed before mail was enabled."""
    inserted, go_on = threading.Event(), threading.Event()

    def wait(_transaction: Transaction, _items: list[object]) -> None:
        inserted.set()
        go_on.wait(20)

    def record_slowly(transaction: Transaction) -> None:
        data = {"account_id": "acc_slow", "name": "Pagina", "health": "dead", "message": SAD["message"]}
        workspace_id = mail_harness.workspace.id
        record_event(transaction, "account.health", workspace_id=workspace_id, at=transaction.now, data=data)
        transaction.before_commit(wait, None)

    await mail_harness.outbox(None).enqueue_events()
    slow = asyncio.create_task(mail_harness.database.write(record_slowly))
    await asyncio.to_thread(inserted.wait, 20)
    await mail_harness.account("dead", "acc_quick")
    await mail_harness.outbox(mail_harness.plan).enqueue_events()
    go_on.set()
    await slow
    await mail_harness.outbox(mail_harness.plan).enqueue_events()
    assert "acc_slow" in [row.about for row in await mail_harness.rows()]


async def test_the_engine_says_when_the_next_mail_is_due(mail_harness: MailHarness) -> None:
    """Processes that share the work defer a job for that moment."""
    announced = list[float]()
    away = replace(mail_harness.plan, smtp=Smtp("127.0.0.1", free_port(), "none"))
    engine = mail_harness.sender(away).engine
    engine.share_work(lambda: announced.append(mail_harness.clock.running()), drain_s=0)
    await mail_harness.outbox(away).enqueue_events()
    await mail_harness.account()
    await mail_harness.outbox(away).enqueue_events()
    send_at = mail_harness.clock.now() + GATHER
    assert await engine.sweep_while_due(2) == send_at
    mail_harness.clock.advance(31)
    await engine.run_due()
    assert len(announced) == 1
    (row,) = await mail_harness.rows()
    assert row.next_at is not None
    assert await engine.sweep_while_due(2) == row.next_at


async def test_a_mail_is_counted_as_a_request_that_was_sent(mail_harness: MailHarness) -> None:
    observer = NotedCalls()
    away = replace(mail_harness.plan, smtp=Smtp("127.0.0.1", free_port(), "none"))
    await mail_harness.outbox(away).enqueue_events()
    await mail_harness.account()
    await mail_harness.outbox(away).enqueue_events()
    mail_harness.clock.advance(31)
    assert await mail_harness.sender(away, observer).send_due() == 1
    mail_harness.clock.advance(3600)
    assert await mail_harness.sender(observer=observer).send_due() == 1
    assert observer.calls == [("mail", "mail_not_sent"), ("mail", "2xx")]


async def test_an_unreachable_mail_server_is_retried(mail_harness: MailHarness) -> None:
    away = replace(mail_harness.plan, smtp=Smtp("127.0.0.1", free_port(), "none"))
    await mail_harness.account()
    await mail_harness.outbox(mail_harness.plan).enqueue_events()
    mail_harness.clock.advance(30)
    assert await mail_harness.sender(away).send_due() == 1
    (row,) = await mail_harness.rows()
    assert (row.state, row.attempts) == ("pending", 1)
    assert "127.0.0.1" in message_of(row.error).to("it")
    mail_harness.clock.advance(RETRY_DELAYS_S[0])
    mail_harness.server.busy = 1
    await mail_harness.sender().send_due()
    assert (await mail_harness.rows())[0].attempts == 2
    mail_harness.clock.advance(RETRY_DELAYS_S[1])
    await mail_harness.sender().send_due()
    assert [row.state for row in await mail_harness.rows()] == ["sent"]
    assert len(mail_harness.server.got) == 1


async def test_a_local_fault_does_not_count_as_an_attempt(
    mail_harness: MailHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_descriptor(*_: Any, **__: Any) -> Any:
        raise SMTPConnectError("no connection") from OSError(errno.EMFILE, "Too many open files")

    await mail_harness.account()
    with monkeypatch.context() as broken:
        broken.setattr(aiosmtplib, "send", no_descriptor)
        with capture_logs() as lines:
            await mail_harness.send()
    assert [(line["event"], line["why"]) for line in expected_lines(lines)] == [("job_failed", "SMTPConnectError")]
    (row,) = await mail_harness.rows()
    assert (row.state, row.attempts, row.error) == ("pending", 0, None)
    # When its lease has run out.
    mail_harness.clock.advance(90)
    assert await mail_harness.sender().send_due() == 1
    assert [row.state for row in await mail_harness.rows()] == ["sent"]


async def test_a_mail_fails_after_its_last_attempt(mail_harness: MailHarness) -> None:
    mail_harness.server.busy = 99
    await mail_harness.account()
    await mail_harness.outbox(mail_harness.plan).enqueue_events()
    mail_harness.clock.advance(30)
    for seconds in (*RETRY_DELAYS_S, 0):
        assert await mail_harness.sender().send_due() == 1
        mail_harness.clock.advance(seconds)
    (row,) = await mail_harness.rows()
    assert (row.state, row.attempts, row.next_at) == ("failed", 8, None)


async def test_one_refused_recipient_does_not_block_the_others(mail_harness: MailHarness) -> None:
    mail_harness.server.refused = {"gone@studio.example"}
    both = replace(mail_harness.plan, to=["gone@studio.example", "anna@studio.example"])
    await mail_harness.account()
    await mail_harness.outbox(both).enqueue_events()
    mail_harness.clock.advance(30)
    await mail_harness.sender(both).send_due()
    assert [recipients for recipients, _ in mail_harness.server.got] == [["anna@studio.example"]]
    assert (await mail_harness.rows())[0].state == "sent"
    # All of them refused: nobody knows, so it is tried again.
    mail_harness.server.refused.add("anna@studio.example")
    await mail_harness.account("expiring")
    await mail_harness.send()
    assert (await mail_harness.rows())[1].state == "pending"


async def test_a_crash_between_sending_and_recording_repeats_only_that_mail(
    mail_harness: MailHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await mail_harness.account()
    await mail_harness.outbox(mail_harness.plan).enqueue_events()
    mail_harness.clock.advance(30)

    def crash(*_: Any, **__: Any) -> bool:
        raise ZeroDivisionError

    with monkeypatch.context() as broken, capture_logs() as lines:
        broken.setattr(mail_store.queue, "finish", crash)
        await mail_harness.sender().send_due()
    assert [(line["event"], type(line["exc_info"])) for line in expected_lines(lines)] == [
        ("job_failed", ZeroDivisionError)
    ]
    assert await mail_harness.sender().send_due() == 0
    mail_harness.clock.advance(91)
    assert await mail_harness.sender().send_due() == 1
    assert len({message["message-id"] for _, message in mail_harness.server.got}) == 1
    assert [row.state for row in await mail_harness.rows()] == ["sent"]


async def test_several_processes_send_each_mail_once(mail_harness: MailHarness) -> None:
    for number in range(6):
        await mail_harness.account("dead", f"acc_{number}")
    await asyncio.gather(*(mail_harness.outbox(mail_harness.plan).enqueue_events() for _ in range(3)))
    mail_harness.clock.advance(30)
    await asyncio.gather(*(mail_harness.sender().send_due() for _ in range(3)))
    assert len(mail_harness.server.got) == 6


async def test_mail_is_sent_encrypted_and_authenticated(mail_harness: MailHarness, tmp_path: Path) -> None:
    serving, trusting = certificate(tmp_path)
    with mail_server(tls=serving, log_in=True) as server:
        smtp = Smtp("127.0.0.1", server.port, "starttls", "araldo", "secret", trusting)
        assert "secret" not in repr(smtp)
        for wrong, code in (
            # This server says nothing to the library's second way of signing in, so the answer is waited for in vain.
            (replace(smtp, password="wrong", timeout_s=1), "535"),
            # A certificate that nobody vouches for, and a server that is spoken to without encryption.
            (replace(smtp, trust=ssl.create_default_context()), "SMTPConnectError"),
            (replace(smtp, tls="none"), "530"),
        ):
            await mail_harness.account()
            await mail_harness.outbox(mail_harness.plan).enqueue_events()
            mail_harness.clock.advance(30)
            await mail_harness.sender(replace(mail_harness.plan, smtp=wrong)).send_due()
            error = (await mail_harness.rows())[-1].error
            assert error is not None, code
            assert "secret" not in str(error)
        assert server.got == []
        mail_harness.clock.advance(1_000)
        await mail_harness.sender(replace(mail_harness.plan, smtp=smtp)).send_due()
        assert server.got
        assert server.logged_in


async def test_a_server_without_starttls_is_refused(mail_harness: MailHarness) -> None:
    plain = replace(mail_harness.plan, smtp=Smtp("127.0.0.1", mail_harness.server.port, "starttls"))
    await mail_harness.account()
    await mail_harness.outbox(mail_harness.plan).enqueue_events()
    mail_harness.clock.advance(30)
    await mail_harness.sender(plain).send_due()
    assert mail_harness.server.got == []
    assert (await mail_harness.rows())[0].state == "pending"


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("anna@studio.example", True),
        ("", False),
        ("anna", False),
        ("anna@", False),
        ("Anna <anna@studio.example>", False),
        ("a@b.example\nBcc: c@d.example", False),
    ],
)
def test_addresses(text: str, fine: bool) -> None:
    assert is_address(text) is fine


async def test_a_process_without_mail_makes_another_one_mail_nothing_old(mail_harness: MailHarness) -> None:
    await mail_harness.account(account_id="acc_old")
    mailing = mail_harness.outbox(mail_harness.plan)
    await mail_harness.outbox(None).enqueue_events()
    await mailing.enqueue_events()
    # Starts later, with other settings, and disables the consumer of both.
    await mail_harness.outbox(None).enqueue_events()
    for account_id in ("acc_missed", "acc_new"):
        await mail_harness.account(account_id=account_id)
        await mailing.enqueue_events()
    assert [row.about for row in await mail_harness.rows()] == ["acc_new"]
