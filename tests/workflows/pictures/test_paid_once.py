"""A picture that one process has paid for, or is having generated, is not paid for by another one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from araldo.app import Araldo
from araldo.errors import OutsideError
from araldo.images.providers import FinishedPicture
from araldo.images.providers.base import PictureRequest
from araldo.images.spec import ImageSpec
from araldo.media import generation_claim_store as claim_store
from araldo.storage.database import Database
from araldo.storage.picture_tables import picture_claims
from araldo.workflows.maintenance.housekeeping import Housekeeping
from araldo.workflows.pictures.image_cache import CLAIM_LEASE
from araldo.workspaces import store as workspace_store
from tests.images.pictures import encode_picture, quarters
from tests.images.providers.contract import as_base64
from tests.images.providers.fakes import FakeServer, json_reply, reply_with, serving
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.running_system import settings_for
from tests.support.waiting import until

REQUEST = PictureRequest("a horn", "bold", ImageSpec(120, 120))


class PaidPictures:
    """Processes on one database and one folder of blobs, and a provider that counts its requests."""

    def __init__(self, database: Database, clock: FakeClock, folder: Path, provider: FakeServer) -> None:
        self.database, self.clock, self.provider = database, clock, provider
        self._settings = settings_for(
            folder,
            "http://127.0.0.1:9",
            database={"url": database.url},
            images={"openai_base_url": provider.url, "openai_api_key": "k", "openai_model": "m-1"},
        )
        self._started: list[Araldo] = []
        self.workspaces = [self._add_workspace(name) for name in ("mine", "others")]

    def _add_workspace(self, name: str) -> str:
        with open_transaction(self.database, self.clock) as transaction:
            return workspace_store.add(transaction, name, self.clock.now()).id

    def start_process(self) -> Araldo:
        self._started.append(Araldo(self._settings, self.clock))
        self.clock.before_advance.append(self._started[-1].database.wait_until_idle)
        return self._started[-1]

    def generate(self, process: Araldo, workspace: int = 0, variant: int = 0) -> asyncio.Task[FinishedPicture]:
        request = PictureRequest(REQUEST.prompt, REQUEST.style, REQUEST.spec, variant=variant)
        generated = process.picture_generator.generate(self.workspaces[workspace], "openai", request)
        return asyncio.create_task(generated)

    async def wait_for_sleepers(self, count: int) -> None:
        """Wait until so many tasks wait for the clock: a claim to be renewed, or a process that waits for a picture."""
        await asyncio.to_thread(until, lambda: self.clock.sleepers == count)

    def claims(self) -> int:
        with open_reading(self.database) as transaction:
            return transaction.execute(select(func.count()).select_from(picture_claims)).scalar_one()

    async def close(self) -> None:
        for process in self._started:
            await process.close()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that only the tests advance."""
    return FakeClock(short_s=0.5)


@pytest.fixture
async def paid(database: Database, clock: FakeClock, tmp_path: Path) -> AsyncIterator[PaidPictures]:
    reply = json_reply({"data": [{"b64_json": as_base64(encode_picture(quarters((128, 128))))}]})
    async with serving(reply) as provider:
        pictures = PaidPictures(database, clock, tmp_path, provider)
        yield pictures
        await pictures.close()


async def test_a_picture_is_found_by_another_process_and_after_a_restart(paid: PaidPictures) -> None:
    first = await paid.generate(paid.start_process())
    again = await paid.generate(paid.start_process())
    assert (first.cached, again.cached, again.data == first.data) == (False, True, True)
    assert len(paid.provider.requests) == 1
    # Another workspace's picture is never shown.
    assert not (await paid.generate(paid.start_process(), workspace=1)).cached
    assert (len(paid.provider.requests), paid.claims()) == (2, 0)


async def test_a_process_waits_for_the_picture_that_another_one_generates(paid: PaidPictures) -> None:
    paid.provider.gate = asyncio.Event()
    first = paid.generate(paid.start_process())
    await paid.provider.wait_for_requests(1)
    waiting = paid.generate(paid.start_process())
    await paid.wait_for_sleepers(2)
    # For longer than a lease: it is renewed, and the other process keeps waiting.
    for _ in range(3 * int(CLAIM_LEASE.total_seconds())):
        paid.clock.advance(1)
        await paid.wait_for_sleepers(2)
    assert len(paid.provider.requests) == 1
    paid.provider.gate.set()
    made = await first
    paid.clock.advance(1)
    found = await waiting
    assert (found.cached, found.data == made.data) == (True, True)
    assert (len(paid.provider.requests), paid.claims()) == (1, 0)


async def test_a_failure_lets_the_waiting_process_generate(paid: PaidPictures) -> None:
    paid.provider.gate = asyncio.Event()
    paid.provider.replies.insert(0, reply_with(b"", status=401))
    first = paid.generate(paid.start_process())
    await paid.provider.wait_for_requests(1)
    waiting = paid.generate(paid.start_process())
    await paid.wait_for_sleepers(2)
    paid.provider.gate.set()
    with pytest.raises(OutsideError):
        await first
    paid.clock.advance(1)
    assert not (await waiting).cached
    assert (len(paid.provider.requests), paid.claims()) == (2, 0)


async def test_a_request_that_nobody_waits_for_any_more_keeps_its_claim_until_it_is_stored(paid: PaidPictures) -> None:
    paid.provider.gate = asyncio.Event()
    first = paid.generate(paid.start_process())
    await paid.provider.wait_for_requests(1)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    waiting = paid.generate(paid.start_process())
    await paid.wait_for_sleepers(2)
    paid.provider.gate.set()
    await asyncio.to_thread(until, lambda: paid.claims() == 0)
    paid.clock.advance(1)
    assert (await waiting).cached
    assert len(paid.provider.requests) == 1


async def test_the_claim_of_a_killed_process_expires(paid: PaidPictures, tmp_path: Path) -> None:
    killed, survivor = paid.start_process(), paid.start_process()
    paid.provider.gate = asyncio.Event()
    left = paid.generate(killed)
    await paid.provider.wait_for_requests(1)
    # What remains of a killed process: its row, which nothing renews.
    with open_transaction(paid.database, paid.clock) as transaction:
        transaction.execute(picture_claims.update().values(owner="killed"))
    waiting = paid.generate(survivor)
    await paid.wait_for_sleepers(2)
    paid.clock.advance(CLAIM_LEASE.total_seconds())
    await paid.provider.wait_for_requests(2)
    paid.provider.gate.set()
    assert not (await waiting).cached
    await left
    assert len(paid.provider.requests) == 2


async def test_claims_of_crashed_processes_are_deleted(paid: PaidPictures) -> None:
    process = paid.start_process()
    keeping = Housekeeping(database=paid.database, clock=paid.clock, blobs=process.blobs)
    with open_transaction(paid.database, paid.clock) as transaction:
        now = paid.clock.now()
        for digest, lease in (("a", CLAIM_LEASE), ("b", timedelta(days=1))):
            assert claim_store.claim(transaction, paid.workspaces[0], digest, "crashed", now + lease)
            assert not claim_store.claim(transaction, paid.workspaces[0], digest, "other", now + lease)
    paid.clock.advance(CLAIM_LEASE.total_seconds())
    await keeping.purge()
    assert paid.claims() == 1
