"""Mail to a real server: one letter for a post, encrypted, tried again while the server is away, never in the way."""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from aiosmtplib import SMTPConnectError
from sqlalchemy import select

from araldo.local_faults import TransientFault
from araldo.messages import message_of
from araldo.notify import mail_store
from araldo.notify.models import RETRY_DELAYS_S
from araldo.smtp import Smtp, is_address
from araldo.storage.database import Database
from araldo.storage.events import ChangeSignal, record_event
from araldo.storage.schema import mails
from araldo.workflows.mail import MailConsumer, MailSender, MailSettings
from araldo.workflows.outbox import Outbox
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import Workspace
from tests.support.clock import FakeClock
from tests.support.mailserver import MailServer, certificate, mail_server
from tests.support.processes import free_port

SAD = {"code": "1", "message": {"en": "Too long.", "it": "Troppo lungo."}}


@dataclass
class PostHarness:
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
            events_available=ChangeSignal(),
            messages_queued=ChangeSignal(),
            consumers=consumers,
        )

    def sender(self, plan: MailSettings | None = None) -> MailSender:
        return MailSender(
            database=self.database,
            clock=self.clock,
            settings=plan or self.plan,
            labels={"wall": "Wall"},
            jitter=lambda: 0.5,
        )

    async def account(self, health: str = "dead", account_id: str = "acc_1") -> None:
        data = {"account_id": account_id, "name": "Pagina", "health": health, "message": SAD["message"]}
        async with self.database.transaction() as transaction:
            now, workspace_id = self.clock.now(), self.workspace.id
            await record_event(transaction, "account.health", workspace_id=workspace_id, at=now, data=data)

    async def send(self) -> int:
        """As the two workers do, after the time in which letters are gathered."""
        await self.outbox(self.plan).enqueue_events()
        self.clock.advance(30)
        return await self.sender().send_due()

    async def rows(self) -> list[Any]:
        async with self.database.reading() as transaction:
            return list(await transaction.execute(select(mails).order_by(mails.c.created_at)))


@pytest.fixture
async def desk(database: Database, clock: FakeClock) -> AsyncIterator[PostHarness]:
    async with database.transaction() as transaction:
        workspace = await workspace_store.get_or_create_first(transaction, clock.now())
    with mail_server() as server:
        smtp = Smtp("127.0.0.1", server.port, "none")
        plan = MailSettings(smtp, "araldo@studio.example", ["anna@studio.example"], None, "http://127.0.0.1:8000")
        yield PostHarness(database, clock, workspace, plan, server)


async def test_gathered_then_one_letter_in_the_workspaces_language(desk: PostHarness) -> None:
    await desk.account("expiring")
    await desk.outbox(desk.plan).enqueue_events()
    desk.clock.advance(29)
    await desk.account("dead")
    await desk.outbox(desk.plan).enqueue_events()
    assert await desk.sender().send_due() == 0
    desk.clock.advance(1)
    assert await desk.sender().send_due() == 1
    assert await desk.sender().send_due() == 0
    ((recipients, message),) = desk.server.got
    assert recipients == ["anna@studio.example"]
    assert message["subject"] == "[Araldo] L'accesso a Pagina è scaduto"
    assert message["from"] == "araldo@studio.example"
    assert message["date"].datetime == desk.clock.now()
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Troppo lungo." in plain.get_content()
    assert "<p>Troppo lungo.</p>" in html.get_content()
    (row,) = await desk.rows()
    assert (row.state, row.attempts, len(row.event_ids)) == ("sent", 1, 2)
    assert message["message-id"] == f"<{row.id}@studio.example>"


async def test_what_comes_after_it_was_sent_makes_another(desk: PostHarness) -> None:
    await desk.account()
    assert await desk.send() == 1
    await desk.account("expiring")
    await desk.account("dead", "acc_2")
    assert await desk.send() == 2
    assert len(desk.server.got) == 3


async def test_good_news_only_where_asked_for(desk: PostHarness) -> None:
    asked = replace(desk.plan, events=["account.expiring"])
    await desk.account("dead")
    await desk.account("ok")
    await desk.account("expiring", "acc_2")
    await desk.outbox(asked).enqueue_events()
    assert [row.about for row in await desk.rows()] == ["acc_2"]


async def test_what_happened_while_mail_was_off_is_not_mailed_later(desk: PostHarness) -> None:
    await desk.outbox(None).enqueue_events()
    await desk.account()
    await desk.outbox(None).enqueue_events()
    await desk.account("expiring", "acc_2")
    assert await desk.send() == 0
    await desk.account("dead", "acc_3")
    assert await desk.send() == 1
    assert [row.about for row in await desk.rows()] == ["acc_3"]


async def test_a_server_that_is_away_is_tried_again(desk: PostHarness) -> None:
    away = replace(desk.plan, smtp=Smtp("127.0.0.1", free_port(), "none"))
    await desk.account()
    await desk.outbox(desk.plan).enqueue_events()
    desk.clock.advance(30)
    assert await desk.sender(away).send_due() == 1
    (row,) = await desk.rows()
    assert (row.state, row.attempts) == ("pending", 1)
    assert "127.0.0.1" in message_of(row.error).to("it")
    desk.clock.advance(RETRY_DELAYS_S[0])
    desk.server.busy = 1
    await desk.sender().send_due()
    assert (await desk.rows())[0].attempts == 2
    desk.clock.advance(RETRY_DELAYS_S[1])
    await desk.sender().send_due()
    assert [row.state for row in await desk.rows()] == ["sent"]
    assert len(desk.server.got) == 1


async def test_a_fault_of_this_machine_is_no_try(desk: PostHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_descriptor(*_: Any, **__: Any) -> Any:
        raise SMTPConnectError("no connection") from OSError(errno.EMFILE, "Too many open files")

    await desk.account()
    with monkeypatch.context() as broken:
        broken.setattr(aiosmtplib, "send", no_descriptor)
        with pytest.raises(TransientFault):
            await desk.send()
    (row,) = await desk.rows()
    assert (row.state, row.attempts, row.error) == ("pending", 0, None)
    # When its lease has run out.
    desk.clock.advance(90)
    assert await desk.sender().send_due() == 1
    assert [row.state for row in await desk.rows()] == ["sent"]


async def test_after_the_last_try_there_is_none(desk: PostHarness) -> None:
    desk.server.busy = 99
    await desk.account()
    await desk.outbox(desk.plan).enqueue_events()
    desk.clock.advance(30)
    for seconds in (*RETRY_DELAYS_S, 0):
        assert await desk.sender().send_due() == 1
        desk.clock.advance(seconds)
    (row,) = await desk.rows()
    assert (row.state, row.attempts, row.next_at) == ("failed", 8, None)


async def test_one_refused_address_does_not_keep_the_others_from_knowing(desk: PostHarness) -> None:
    desk.server.refused = {"gone@studio.example"}
    both = replace(desk.plan, to=["gone@studio.example", "anna@studio.example"])
    await desk.account()
    await desk.outbox(both).enqueue_events()
    desk.clock.advance(30)
    await desk.sender(both).send_due()
    assert [recipients for recipients, _ in desk.server.got] == [["anna@studio.example"]]
    assert (await desk.rows())[0].state == "sent"
    # All of them refused: nobody knows, so it is tried again.
    desk.server.refused.add("anna@studio.example")
    await desk.account("expiring")
    await desk.send()
    assert (await desk.rows())[1].state == "pending"


async def test_a_crash_between_sending_and_noting_it_repeats_that_one_letter(
    desk: PostHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.account()
    await desk.outbox(desk.plan).enqueue_events()
    desk.clock.advance(30)
    real = mail_store.finish

    async def crash(*_: Any, **__: Any) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(mail_store, "finish", crash)
    with pytest.raises(ZeroDivisionError):
        await desk.sender().send_due()
    monkeypatch.setattr(mail_store, "finish", real)
    assert await desk.sender().send_due() == 0
    desk.clock.advance(91)
    assert await desk.sender().send_due() == 1
    assert len({message["message-id"] for _, message in desk.server.got}) == 1
    assert [row.state for row in await desk.rows()] == ["sent"]


async def test_several_processes_send_each_letter_once(desk: PostHarness) -> None:
    for number in range(6):
        await desk.account("dead", f"acc_{number}")
    await asyncio.gather(*(desk.outbox(desk.plan).enqueue_events() for _ in range(3)))
    desk.clock.advance(30)
    await asyncio.gather(*(desk.sender().send_due() for _ in range(3)))
    assert len(desk.server.got) == 6


async def test_encrypted_and_logged_in(desk: PostHarness, tmp_path: Path) -> None:
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
            await desk.account()
            await desk.outbox(desk.plan).enqueue_events()
            desk.clock.advance(30)
            await desk.sender(replace(desk.plan, smtp=wrong)).send_due()
            error = (await desk.rows())[-1].error
            assert error is not None, code
            assert "secret" not in str(error)
        assert server.got == []
        desk.clock.advance(1_000)
        await desk.sender(replace(desk.plan, smtp=smtp)).send_due()
        assert server.got
        assert server.logged_in


async def test_starttls_is_demanded_of_a_server_that_has_none(desk: PostHarness) -> None:
    plain = replace(desk.plan, smtp=Smtp("127.0.0.1", desk.server.port, "starttls"))
    await desk.account()
    await desk.outbox(desk.plan).enqueue_events()
    desk.clock.advance(30)
    await desk.sender(plain).send_due()
    assert desk.server.got == []
    assert (await desk.rows())[0].state == "pending"


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
