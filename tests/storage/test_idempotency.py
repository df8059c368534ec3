"""Idempotency keys: begin, finish, repeat, take over, refuse."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from araldo.errors import PostInvalid
from araldo.storage import idempotency
from araldo.storage.database import Database
from araldo.storage.idempotency import IdempotentRequest, PreviousResult, StillRunning
from tests.support.clock import FakeClock
from tests.support.database import open_transaction

REQUEST = IdempotentRequest("key_1", "/posts", "abc", "hash-1")


async def begin(database: Database, clock: FakeClock, request: IdempotentRequest = REQUEST) -> PreviousResult | None:
    with open_transaction(database) as transaction:
        return idempotency.begin(transaction, request, clock.now())


async def test_a_repeated_request_gets_the_first_result(database: Database, clock: FakeClock) -> None:
    assert await begin(database, clock) is None
    with pytest.raises(StillRunning):
        await begin(database, clock)
    with open_transaction(database) as transaction:
        idempotency.finish(transaction, REQUEST, answer={"made": 1})
    assert await begin(database, clock) == PreviousResult(None, {"made": 1})


async def test_a_key_reused_with_another_body_is_refused(database: Database, clock: FakeClock) -> None:
    await begin(database, clock)
    with pytest.raises(PostInvalid):
        await begin(database, clock, replace(REQUEST, body_hash="hash-2"))


async def test_other_keys_and_routes_are_independent(database: Database, clock: FakeClock) -> None:
    await begin(database, clock)
    assert await begin(database, clock, replace(REQUEST, caller_id="key_2")) is None
    assert await begin(database, clock, replace(REQUEST, route="/images")) is None


async def test_a_request_with_an_expired_lease_is_taken_over_once(database: Database, clock: FakeClock) -> None:
    await begin(database, clock)
    clock.advance(idempotency.LEASE.total_seconds())
    assert await begin(database, clock) is None
    with pytest.raises(StillRunning):
        await begin(database, clock)


async def test_a_key_is_free_after_a_failure_and_after_a_day(database: Database, clock: FakeClock) -> None:
    await begin(database, clock)
    with open_transaction(database) as transaction:
        idempotency.release(transaction, REQUEST)
    assert await begin(database, clock, replace(REQUEST, body_hash="hash-2")) is None
    clock.advance(idempotency.LIFETIME.total_seconds() + 1)
    with open_transaction(database, clock) as transaction:
        assert idempotency.prune(transaction, transaction.now - idempotency.LIFETIME, 9) == 1
    assert await begin(database, clock) is None


async def test_concurrent_requests_with_one_key_run_once(database: Database, clock: FakeClock) -> None:
    found = await asyncio.gather(*(begin(database, clock) for _ in range(4)), return_exceptions=True)
    assert found.count(None) == 1
    assert sum(isinstance(one, StillRunning) for one in found) == 3
