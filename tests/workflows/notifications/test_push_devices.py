"""People's browsers for push notifications: which are taken, and when they get nothing more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from cryptography.fernet import Fernet
from structlog.testing import capture_logs

from araldo.errors import Conflict, PostInvalid
from araldo.notify import push_store
from araldo.notify.push_encryption import encode_base64url, make_private_key, public_point
from araldo.notify.push_keys import ensure_key_pair
from araldo.notify.push_models import DEVICES_MAX
from araldo.storage.database import Database
from araldo.storage.vault import Vault
from araldo.workflows.accounts.sessions import Sessions
from araldo.workflows.notifications.push_devices import NewSubscription
from araldo.workspaces import user_store
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.push_harness import PushHarness, open_push_harness
from tests.support.push_service import Browser


@pytest.fixture
async def harness(database: Database, clock: FakeClock) -> AsyncIterator[PushHarness]:
    async with open_push_harness(database, clock) as made:
        yield made


async def test_a_removed_member_gets_nothing_more(harness: PushHarness) -> None:
    """Not even what was enqueued before, and in a session that goes on in another workspace."""
    other = harness.add_workspace("Altro")
    harness.sign_in("Olga")
    session = harness.sign_in("Anna")
    await harness.subscribe(session, harness.browser("anna"))
    harness.sign_in("Anna", workspace=other)
    await Sessions(harness.database).change(session, workspace_id=other.id, language=None)
    harness.record()
    await harness.outbox.enqueue_events()
    assert len(harness.messages()) == 1
    with open_transaction(harness.database, harness.clock) as transaction:
        user_store.remove_member(transaction, session.user.id, harness.workspace.id)
    harness.record("expiring", "acc_2")
    assert await harness.send() == 0
    assert (harness.service.taken, harness.device_ids(), harness.messages()) == ([], [], [])


async def test_a_session_that_ends_takes_its_browser_with_it(harness: PushHarness) -> None:
    session, other = harness.sign_in("Anna"), harness.sign_in("Anna")
    await harness.subscribe(session, harness.browser("first"))
    kept = await harness.subscribe(other, harness.browser("second"))
    await Sessions(harness.database).sign_out(session)
    assert harness.device_ids() == [kept.id]
    harness.record()
    await harness.outbox.enqueue_events()
    # Expired, and not yet deleted.
    harness.clock.advance(31 * 86_400)
    assert await harness.sender.send_due() == 1
    assert harness.service.taken == []
    assert await harness.devices.list_all(other) == []
    assert [message.state for message in harness.messages()] == ["failed"]


@pytest.mark.parametrize(
    ("endpoint", "code"),
    [
        ("http://push.example/1", "https_needed"),
        ("https://10.0.0.1/1", "address_not_public"),
        ("https://[::1]/1", "address_not_public"),
        ("https://169.254.169.254/latest", "address_not_public"),
        ("https://push.example:8443/1", "port_not_allowed"),
        ("https://user:pw@push.example/1", "url_has_credentials"),
        ("ftp://push.example/1", "url_invalid"),
        ("", "url_invalid"),
    ],
)
async def test_an_endpoint_inside_is_refused(harness: PushHarness, endpoint: str, code: str) -> None:
    session, keys = harness.sign_in("Anna"), harness.browser("anna").keys
    with pytest.raises(PostInvalid) as refused:
        await harness.devices.add(session, NewSubscription(endpoint, **keys))
    assert [(one.pointer, one.code) for one in refused.value.problems] == [("/endpoint", code)]


async def test_a_name_that_leads_inside_is_refused_when_it_is_reached(harness: PushHarness) -> None:
    session = harness.sign_in("Anna")
    browser = Browser("https://localhost/push/1")
    device = await harness.subscribe(session, browser)
    result = await harness.devices.send_test(session, device.id)
    assert result.error is not None
    assert result.error.key == "addresses.address_not_public"


async def test_keys_that_are_none_are_refused(harness: PushHarness) -> None:
    session, browser = harness.sign_in("Anna"), harness.browser("anna")
    for p256dh, auth, names in (
        (browser.keys["p256dh"], "short", ["auth"]),
        (browser.keys["auth"], browser.keys["auth"], ["p256dh"]),
        ("!", "!", ["p256dh", "auth"]),
    ):
        with pytest.raises(PostInvalid) as refused:
            await harness.devices.add(session, NewSubscription(browser.endpoint, p256dh, auth))
        assert [one.pointer for one in refused.value.problems] == [f"/keys/{name}" for name in names]


async def test_a_browser_is_one_device_however_often_it_subscribes(harness: PushHarness) -> None:
    session, browser = harness.sign_in("Anna"), harness.browser("anna")
    first = await harness.subscribe(session, browser)
    both = await asyncio.gather(*(harness.subscribe(harness.sign_in("Anna"), browser) for _ in range(2)))
    assert {first.id, *(one.id for one in both)} == {first.id}
    assert harness.device_ids() == [first.id]
    # Somebody else signs in there: the browser is theirs.
    other = harness.sign_in("Berta")
    second = await harness.subscribe(other, browser)
    assert harness.device_ids() == [second.id]
    assert await harness.devices.list_all(session) == []


async def test_there_is_a_limit_of_devices(harness: PushHarness) -> None:
    session = harness.sign_in("Anna")
    for number in range(DEVICES_MAX):
        await harness.subscribe(session, harness.browser(str(number)))
    with pytest.raises(Conflict):
        await harness.subscribe(session, harness.browser("more"))
    await harness.subscribe(session, harness.browser("0"))
    assert len(harness.device_ids()) == DEVICES_MAX


async def test_a_test_is_sent_at_once_and_says_what_happened(harness: PushHarness) -> None:
    session, browser = harness.sign_in("Anna"), harness.browser("anna")
    device = await harness.subscribe(session, browser)
    assert (await harness.devices.send_test(session, device.id)).error is None
    assert browser.open(harness.service.taken[0])["title"] == "Funziona"
    harness.service.answers = [(503, {}), (410, {})]
    refused = await harness.devices.send_test(session, device.id)
    assert (refused.is_gone, refused.error is None) == (False, False)
    assert [message.next_at for message in harness.messages()] == [None, None]
    assert (await harness.devices.send_test(session, device.id)).is_gone
    assert harness.device_ids() == []


async def test_nothing_secret_is_stored_in_the_clear_or_logged(harness: PushHarness) -> None:
    session, browser = harness.sign_in("Anna"), harness.browser("secret-endpoint")
    harness.service.answers = [(503, {}), (410, {})]
    with capture_logs() as lines:
        device = await harness.subscribe(session, browser)
        harness.record()
        await harness.send()
        harness.clock.advance(60)
        await harness.sender.send_due()
    with open_reading(harness.database) as transaction:
        pair = push_store.find_key_pair(transaction)
    assert pair is not None
    assert "secret-endpoint" not in repr((lines, device, pair))
    assert browser.keys["auth"] not in repr((lines, device))
    assert {"push_not_sent", "push_device_gone"} <= {line["event"] for line in lines}


async def test_the_key_pair_is_made_once_and_replaced_when_its_key_is_lost(harness: PushHarness) -> None:
    first = await harness.devices.read_public_key()
    await ensure_key_pair(harness.database, harness.vault)
    assert await harness.devices.read_public_key() == first
    session = harness.sign_in("Anna")
    await harness.subscribe(session, harness.browser("anna"))
    harness.vault = Vault([Fernet.generate_key().decode()])
    harness.record()
    await harness.send()
    assert (harness.messages()[0].state, harness.service.taken) == ("failed", [])
    second = await harness.devices.read_public_key()
    assert second != first
    assert harness.device_ids() == []
    browser = harness.browser("again")
    device = await harness.subscribe(session, browser)
    assert (await harness.devices.send_test(session, device.id)).error is None
    assert harness.service.taken[0].public_key == second


async def test_two_processes_that_start_at_once_share_a_key_pair(harness: PushHarness) -> None:
    stored = await harness.devices.read_public_key()
    with open_transaction(harness.database, harness.clock) as transaction:
        late = encode_base64url(public_point(make_private_key()))
        push_store.add_key_pair(transaction, late, harness.vault.seal("late"))
    assert await harness.devices.read_public_key() == stored
