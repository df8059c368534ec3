"""Requests of an API key: limited over all processes on both databases, with what is left in the headers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.types import Scope

from araldo.api.request_limits import RequestAllowance, RequestLimiter
from araldo.storage.database import Database
from araldo.workspaces import store as workspace_store
from araldo.workspaces.keys import NewApiKey, make_key
from araldo.workspaces.request_rate import KeyUsage
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction

LIMIT = 100


class KeyHarness:
    """An API key, and limiters of several processes that its requests arrive at."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database, self.clock, self.key = database, clock, make_key()
        self._opened: list[Database] = []
        self.key_id = self.add_key(self.key)

    def add_key(self, key: NewApiKey) -> str:
        with open_transaction(self.database, self.clock) as transaction:
            workspace = workspace_store.get_or_create_first(transaction, self.clock.now())
            return workspace_store.add_key(transaction, workspace.id, "", key, self.clock.now())

    def start_process(self, limit: int = LIMIT) -> RequestLimiter:
        self._opened.append(Database(self.database.url, self.clock))
        return RequestLimiter(self._opened[-1], self.clock, limit)

    def usage(self, key: NewApiKey | None = None) -> KeyUsage:
        with open_reading(self.database) as transaction:
            found = workspace_store.find_key(transaction, (key or self.key).hash, self.clock.now())
        assert found is not None
        return found.usage

    async def ask(self, limiter: RequestLimiter) -> RequestAllowance:
        scope: Scope = {}
        allowance = await limiter.admit(scope, self.key_id, self.usage())
        assert allowance is not None
        return allowance

    async def close(self) -> None:
        for opened in self._opened:
            await opened.close()


@pytest.fixture
async def harness(database: Database, clock: FakeClock) -> AsyncIterator[KeyHarness]:
    opened = KeyHarness(database, clock)
    yield opened
    await opened.close()


async def test_two_processes_together_admit_the_limit_and_say_what_is_left(harness: KeyHarness) -> None:
    limiters = [harness.start_process(), harness.start_process()]
    # Of one process alone it is exact.
    assert [(await harness.ask(limiters[0])).remaining for _ in range(7)] == list(range(99, 92, -1))
    made = 7
    while (allowance := await harness.ask(limiters[made % 2])).remaining >= 0:
        made += 1
        # What the other process has reserved and not used counts as used: a slice of five at most.
        assert 0 <= LIMIT - made - allowance.remaining <= 5
        assert allowance.reset_s == 60
    # The last slice of the other process may have requests left.
    other = limiters[(made + 1) % 2]
    while (await harness.ask(other)).remaining >= 0:
        made += 1
    assert made == LIMIT
    assert [(await harness.ask(limiter)).remaining for limiter in limiters] == [-1, -1]
    harness.clock.advance(60)
    assert [(await harness.ask(limiter)).remaining for limiter in limiters] == [99, 94]


async def test_concurrent_requests_reserve_one_slice_after_the_other(harness: KeyHarness) -> None:
    limiters = [harness.start_process(), harness.start_process()]
    asked = [harness.ask(limiters[number % 2]) for number in range(2 * LIMIT)]
    allowances = await asyncio.gather(*asked)
    assert sum(allowance.remaining >= 0 for allowance in allowances) == LIMIT


async def test_a_restart_gives_no_request_back(harness: KeyHarness) -> None:
    first = harness.start_process()
    for _ in range(40):
        await harness.ask(first)
    second = harness.start_process()
    assert (await harness.ask(second)).remaining == 59
    made = 41
    while (await harness.ask(second)).remaining >= 0:
        made += 1
    assert made == LIMIT


async def test_requests_of_a_window_cause_few_writes(harness: KeyHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    writes = []
    reserve = workspace_store.reserve_requests

    def counting(*what: object) -> object:
        writes.append(what)
        return reserve(*what)  # type: ignore[arg-type]  # passed on as given

    monkeypatch.setattr(workspace_store, "reserve_requests", counting)
    limiter = harness.start_process()
    for _ in range(3 * LIMIT):
        await harness.ask(limiter)
    assert len(writes) == 20


async def test_keys_are_limited_each_for_itself_and_zero_is_no_limit(harness: KeyHarness) -> None:
    limiter, other = harness.start_process(3), make_key()
    other_id = harness.add_key(other)
    assert [(await harness.ask(limiter)).remaining for _ in range(4)] == [2, 1, 0, -1]
    allowance = await limiter.admit({}, other_id, harness.usage(other))
    assert allowance is not None
    assert allowance.remaining == 2
    assert await harness.start_process(0).admit({}, harness.key_id, harness.usage()) is None


async def test_requests_are_admitted_while_nothing_can_be_written(tmp_path: Path, clock: FakeClock) -> None:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}", clock, lock_timeout_s=0.05)
    await database.migrate()
    harness = KeyHarness(database, clock)
    limiter = RequestLimiter(database, clock, LIMIT)
    with closing(sqlite3.connect(tmp_path / "test.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert [(await harness.ask(limiter)).remaining for _ in range(3)] == [99, 98, 97]
        other.execute("ROLLBACK")
    assert harness.usage() == KeyUsage(0, 0)
    await database.close()
