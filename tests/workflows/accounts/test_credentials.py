"""Credentials are renewed before they are used: once, by one of several workers, and stored before the use."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from araldo.accounts import credential_store
from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.errors import ReconnectNeeded, TryLater
from araldo.platforms.credentials import Credentials
from araldo.posts.models import State
from araldo.storage.database import Database
from araldo.storage.leases import release_all_leases
from araldo.workflows.accounts.credentials import AccountCredentials
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.made_up_service import AWAY, LIFETIME, WallServer
from tests.support.publisher_harness import PublisherHarness

LEASE_S = 91


class RenewalHarness:
    def __init__(self, harness: PublisherHarness) -> None:
        self.harness, self.server = harness, harness.service.server
        # As in another process: only the database is shared.
        self.other = AccountCredentials(harness.database, harness.clock, harness.vault, {"made_up": harness.service})

    @property
    def account(self) -> Account:
        with open_reading(self.harness.database) as transaction:
            return account_store.get(transaction, self.harness.workspace.id, self.harness.account_id)

    @property
    def stored(self) -> Credentials:
        return self.harness.credentials.decrypt(self.account)

    def make_due(self) -> None:
        """Store credentials whose time to renew has come."""
        moment = self.harness.clock.now()
        tokens = {"access": "a", "refresh": self.server.issue()}
        sealed = self.harness.vault.seal(Credentials(tokens, {"handle": "w"}, "h", moment).as_json())
        with open_transaction(self.harness.database, self.harness.clock) as transaction:
            assert credential_store.store_renewed(
                transaction, self.harness.account_id, self.account.credentials_version, sealed
            )

    async def open(self) -> Credentials:
        return await self.harness.credentials.open(self.account)


@pytest.fixture
async def renewal(
    database: Database, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> RenewalHarness:
    monkeypatch.setattr("tests.support.made_up_service.SERVER", WallServer())
    made = RenewalHarness(await PublisherHarness.create(database, clock, tmp_path))
    made.make_due()
    return made


async def test_what_is_due_is_renewed_and_stored_before_it_is_used(renewal: RenewalHarness) -> None:
    before = renewal.stored
    opened = await renewal.open()
    assert opened.version == before.version + 1
    assert opened == renewal.stored
    assert await renewal.open() == opened
    renewal.harness.clock.advance(LIFETIME.total_seconds())
    assert (await renewal.open()).version == opened.version + 1
    assert set(renewal.server.uses.values()) == {1}


async def test_many_workers_at_once_use_a_refresh_token_once(renewal: RenewalHarness) -> None:
    account = renewal.account
    opened = await asyncio.gather(
        *(one.open(account) for one in (renewal.harness.credentials, renewal.other) for _ in range(5)),
        return_exceptions=True,
    )
    found = [one for one in opened if isinstance(one, Credentials)]
    # One that could not wait any longer is postponed; nobody gets the old credentials.
    assert {one.version for one in found} == {account.credentials_version + 1}
    assert all(isinstance(one, TryLater) for one in opened if not isinstance(one, Credentials))
    assert list(renewal.server.uses.values()) == [1]


async def test_while_another_worker_renews_the_work_is_postponed(renewal: RenewalHarness) -> None:
    renewal.server.renewing, renewal.server.go_on = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(renewal.open())
    await renewal.server.renewing.wait()
    with pytest.raises(TryLater) as postponed:
        await renewal.other.open(renewal.account)
    assert postponed.value.code == "being_renewed"
    renewal.server.go_on.set()
    assert await renewal.other.open(renewal.account) == await first
    assert list(renewal.server.uses.values()) == [1]


async def test_no_transaction_is_open_while_the_service_is_asked(renewal: RenewalHarness) -> None:
    renewal.server.renewing, renewal.server.go_on = asyncio.Event(), asyncio.Event()
    renewing = asyncio.create_task(renewal.open())
    await renewal.server.renewing.wait()
    with open_transaction(renewal.harness.database) as transaction:
        account_store.set_default(transaction, renewal.account, default=True)
    renewal.server.go_on.set()
    await renewing
    assert renewal.account.is_default


async def test_a_service_that_is_away_keeps_the_credentials_and_is_asked_again(renewal: RenewalHarness) -> None:
    renewal.server.faults = [AWAY]
    before = renewal.stored
    with pytest.raises(TryLater):
        await renewal.open()
    assert renewal.stored == before
    # The lease is released, so nobody has to wait for its end.
    assert (await renewal.open()).version == before.version + 1


async def test_a_renewal_lost_with_its_process_ends_in_one_question_to_the_person(renewal: RenewalHarness) -> None:
    """The service rotated the token, and the process died before it stored the new one."""
    renewal.server.renewing, renewal.server.go_on = asyncio.Event(), asyncio.Event()
    killed = asyncio.create_task(renewal.open())
    await renewal.server.renewing.wait()
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    # The token is spent at the service, and nobody knows the one that followed.
    renewal.server.refresh_tokens.discard(renewal.stored.secrets["refresh"])
    renewal.server.renewing = renewal.server.go_on = None
    renewal.harness.clock.advance(LEASE_S)
    delivery_id = await renewal.harness.add()
    row = await renewal.harness.work_until_settled(delivery_id)
    assert row.state is State.NEEDS_RECONNECT
    assert renewal.server.uses[renewal.stored.secrets["refresh"]] == 2
    assert renewal.harness.platform.published == []


async def test_a_grace_period_of_the_service_makes_up_for_the_lost_answer(renewal: RenewalHarness) -> None:
    renewal.server.renewing, renewal.server.go_on = asyncio.Event(), asyncio.Event()
    killed = asyncio.create_task(renewal.open())
    await renewal.server.renewing.wait()
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    renewal.server.renewing = renewal.server.go_on = None
    with pytest.raises(TryLater):
        await renewal.open()
    # A new start of the only process on SQLite, as after a kill; with others running, the lease ends by itself.
    await renewal.harness.database.write(release_all_leases)
    assert (await renewal.open()).version == renewal.stored.version


async def test_what_a_person_reconnects_meanwhile_wins(renewal: RenewalHarness) -> None:
    renewal.server.renewing, renewal.server.go_on = asyncio.Event(), asyncio.Event()
    renewing = asyncio.create_task(renewal.open())
    await renewal.server.renewing.wait()
    account = renewal.account
    sealed = renewal.harness.vault.seal(Credentials({"access": "new", "refresh": "new"}, {}, "h").as_json())
    with open_transaction(renewal.harness.database, renewal.harness.clock) as transaction:
        assert credential_store.store_renewed(transaction, account.id, account.credentials_version, sealed)
    renewal.server.go_on.set()
    assert (await renewing).secrets["access"] == "new"
    assert renewal.stored.secrets["access"] == "new"


async def test_an_intent_with_replaced_credentials_is_not_opened(renewal: RenewalHarness) -> None:
    async def replace_credentials() -> None:
        if len(renewal.harness.platform.calls) == 2:
            renewal.make_due()

    renewal.harness.platform.before_check = replace_credentials
    delivery_id = await renewal.harness.add()
    row = await renewal.harness.work(delivery_id)
    assert (row.state, row.open_attempts) == (State.WAITING, 0)
    assert (await renewal.harness.work_until_settled(delivery_id)).state is State.PUBLISHED
    assert len(renewal.harness.platform.published) == 1


async def test_without_credentials_the_person_is_asked(renewal: RenewalHarness) -> None:
    with open_transaction(renewal.harness.database) as transaction:
        credential_store.delete_credentials(transaction, renewal.account.id)
    with pytest.raises(ReconnectNeeded):
        await renewal.open()
