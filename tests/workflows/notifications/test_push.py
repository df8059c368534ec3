"""Push notifications to a push service on loopback: who gets them, what they say, and when one is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from araldo.errors import NotFound
from araldo.messages import message_of
from araldo.notify.push_encryption import topic_of
from araldo.storage.database import Database
from araldo.workflows.accounts.sessions import Sessions
from araldo.workflows.notifications.push_consumer import GATHER
from araldo.workspaces.roles import Role
from tests.support.clock import FakeClock
from tests.support.push_harness import PushHarness, open_push_harness


@pytest.fixture
async def harness(database: Database, clock: FakeClock) -> AsyncIterator[PushHarness]:
    async with open_push_harness(database, clock) as made:
        yield made


async def test_a_browser_gets_and_decrypts_what_needs_its_person(harness: PushHarness) -> None:
    browser = harness.browser("anna")
    await harness.subscribe(harness.sign_in("Anna"), browser)
    harness.record()
    assert await harness.send() == 1
    (taken,) = harness.service.taken
    assert browser.open(taken) == {
        "title": "L'accesso a Pagina è terminato",
        "body": "L'accesso è terminato.\nStudio",
        "path": "/accounts",
        "workspace": harness.workspace.id,
        "tag": topic_of("acc_1"),
    }
    assert (taken.headers["content-encoding"], taken.headers["urgency"]) == ("aes128gcm", "high")
    assert taken.headers["topic"] == topic_of("acc_1")
    assert int(taken.headers["ttl"]) == 86_400 - GATHER.total_seconds()
    origin = f"http://{harness.service.pair}"
    expires = int((harness.clock.now() + timedelta(hours=12)).timestamp())
    assert taken.claims == {"aud": origin, "exp": expires, "sub": "mailto:ops@studio.example"}
    assert taken.public_key == await harness.devices.read_public_key()
    (message,) = harness.messages()
    assert (message.state, message.attempts) == ("sent", 1)
    assert await harness.sender.send_due() == 0


async def test_it_is_written_in_the_persons_language(harness: PushHarness) -> None:
    session, browser = harness.sign_in("Anna"), harness.browser("anna")
    await Sessions(harness.database).change(session, workspace_id=None, language="en")
    await harness.subscribe(session, browser)
    harness.record()
    await harness.send()
    assert browser.open(harness.service.taken[0])["title"] == "Access to Pagina has ended"


async def test_events_about_one_object_are_gathered(harness: PushHarness) -> None:
    browser = harness.browser("anna")
    await harness.subscribe(harness.sign_in("Anna"), browser)
    harness.record("expiring")
    harness.record("expiring", "acc_2")
    await harness.outbox.enqueue_events()
    harness.record("dead")
    assert await harness.send() == 2
    titles = sorted(browser.open(taken)["title"] for taken in harness.service.taken)
    assert titles == ["L'accesso a Pagina scade presto", "L'accesso a Pagina è terminato"]
    harness.record("dead")
    assert await harness.send() == 1
    assert len(harness.service.taken) == 3


async def test_each_person_is_told_what_their_role_can_do_something_about(harness: PushHarness) -> None:
    for name, role in (("olga", Role.OWNER), ("elio", Role.EDITOR), ("vera", Role.VIEWER)):
        await harness.subscribe(harness.sign_in(name, role), harness.browser(name))

    post_id = harness.add_post("Saldi")

    async def told(kind: str, **data: Any) -> list[str]:
        harness.service.taken.clear()
        harness.record_event(kind, {"due_at": None, **data}, post_id=post_id)
        await harness.send()
        return sorted(taken.browser for taken in harness.service.taken)

    assert await told("approval.requested", by="elio") == ["olga"]
    assert await told("approval.sent_back", by="olga") == ["elio"]
    # Somebody without an account who has the same name.
    assert await told("approval.sent_back", by="elio", by_link=True) == ["elio", "olga"]
    assert await told("approval.given", by="olga") == []
    harness.service.taken.clear()
    harness.record()
    await harness.send()
    assert [taken.browser for taken in harness.service.taken] == ["olga"]


async def test_a_notification_about_a_post_leads_to_it_and_keeps_the_note_inside(harness: PushHarness) -> None:
    browser = harness.browser("anna")
    await harness.subscribe(harness.sign_in("Anna"), browser)
    post_id = harness.add_post("Saldi " * 50)
    harness.record_event("approval.requested", {"due_at": None, "by": "elio"}, post_id=post_id)
    await harness.send()
    payload = browser.open(harness.service.taken[0])
    assert payload["title"] == "Un post attende l'approvazione"
    assert payload["path"] == f"/posts/{post_id}"
    assert payload["body"].startswith("Saldi Saldi")
    assert len(payload["body"]) < 160
    assert "internal" not in str(payload)


async def test_another_workspace_sees_nothing(harness: PushHarness) -> None:
    other = harness.add_workspace("Altro")
    anna, berta = harness.sign_in("Anna"), harness.sign_in("Berta", workspace=other)
    mine = await harness.subscribe(anna, harness.browser("anna"))
    await harness.subscribe(berta, harness.browser("berta"))
    harness.record()
    await harness.send()
    assert [taken.browser for taken in harness.service.taken] == ["anna"]
    assert [device.id for device, _ in await harness.devices.list_all(anna)] == [mine.id]
    with pytest.raises(NotFound):
        await harness.devices.remove(berta, mine.id)
    with pytest.raises(NotFound):
        await harness.devices.send_test(berta, mine.id)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_has_ended_is_deleted(harness: PushHarness, status: int) -> None:
    await harness.subscribe(harness.sign_in("Anna"), harness.browser("anna"))
    harness.service.answers = [(status, {})]
    harness.record()
    harness.record("dead", "acc_2")
    await harness.send()
    assert (harness.device_ids(), harness.messages()) == ([], [])


async def test_a_busy_service_is_asked_again_when_it_said(harness: PushHarness) -> None:
    browser = harness.browser("anna")
    await harness.subscribe(harness.sign_in("Anna"), browser)
    harness.service.answers = [(429, {"Retry-After": "600"}), (503, {}), (500, {"Retry-After": "soon"})]
    harness.record()
    await harness.send()
    (message,) = harness.messages()
    assert message.next_at == harness.clock.now() + timedelta(seconds=600)
    assert message.error is not None
    assert message_of(message.error).to("en") == "The browser's push service answered with status 429."
    for pause in (599, 1, 30, 120):
        harness.clock.advance(pause)
        await harness.sender.send_due()
    assert len(harness.service.taken) == 4
    (message,) = harness.messages()
    assert (message.state, message.attempts) == ("sent", 4)
    # The browser is told of what is left of the day.
    first, last = harness.service.taken[0], harness.service.taken[-1]
    assert int(first.headers["ttl"]) - int(last.headers["ttl"]) == 750


async def test_a_date_to_wait_for_is_understood(harness: PushHarness) -> None:
    await harness.subscribe(harness.sign_in("Anna"), harness.browser("anna"))
    wanted = harness.clock.now() + timedelta(hours=2)
    harness.service.answers = [(503, {"Retry-After": format_datetime(wanted, usegmt=True)})]
    harness.record()
    await harness.send()
    assert harness.messages()[0].next_at == wanted


@pytest.mark.parametrize(
    ("status", "headers"), [(400, {}), (403, {}), (413, {}), (302, {}), (429, {"Retry-After": "999999999"})]
)
async def test_what_would_be_refused_again_is_not_repeated(
    harness: PushHarness, status: int, headers: dict[str, str]
) -> None:
    session = harness.sign_in("Anna")
    await harness.subscribe(session, harness.browser("anna"))
    harness.service.answers = [(status, headers)]
    harness.record()
    await harness.send()
    (message,) = harness.messages()
    assert (message.state, message.next_at) == ("failed", None)
    ((device, _),) = await harness.devices.list_all(session)
    assert device.error is not None
    # The next one that is taken clears the error.
    harness.record("dead", "acc_2")
    await harness.send()
    ((device, _),) = await harness.devices.list_all(session)
    assert (device.error, device.last_sent_at) == (None, harness.clock.now())


async def test_a_service_that_stays_away_is_given_up_after_a_day(harness: PushHarness) -> None:
    await harness.subscribe(harness.sign_in("Anna"), harness.browser("anna"))
    harness.service.answers = [(503, {"Retry-After": "7200"})] * 50
    harness.record()
    await harness.send()
    while harness.messages()[0].next_at is not None:
        harness.clock.advance(7200)
        await harness.sender.send_due()
    assert harness.messages()[0].state == "failed"
    assert len(harness.service.taken) <= 12


async def test_a_process_that_dies_after_sending_doubles_the_message_under_the_same_topic(
    harness: PushHarness,
) -> None:
    browser = harness.browser("anna")
    await harness.subscribe(harness.sign_in("Anna"), browser)
    harness.record()
    await harness.outbox.enqueue_events()
    harness.clock.advance(GATHER.total_seconds())
    harness.service.hold = asyncio.Event()
    dying = asyncio.create_task(harness.sender.send_due())
    await harness.service.arrived.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    harness.service.hold = None
    assert await harness.sender.send_due() == 0
    harness.clock.advance(31)
    assert await harness.sender.send_due() == 1
    first, second = harness.service.taken
    assert first.headers["topic"] == second.headers["topic"]
    assert browser.open(first) == browser.open(second)
    # A key pair and a salt of its own for each.
    assert first.body != second.body
    assert harness.messages()[0].state == "sent"
