"""Failed sign-ins: counted over all processes on both databases, and limited by name, address and user."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from araldo.errors import TooMany
from araldo.storage.database import Database
from araldo.storage.local_blobs import LocalBlobs
from araldo.storage.user_tables import sign_in_tries
from araldo.storage.vault import Vault
from araldo.workflows.accounts.login_throttle import CountedTry, LoginThrottle
from araldo.workflows.maintenance import housekeeping
from araldo.workspaces.login_throttle import (
    KNOWN_FOR,
    MAX_CODES_PER_USER,
    MAX_TRIES_PER_ADDRESS,
    MAX_TRIES_PER_NAME,
    SLOW_AFTER,
    SLOW_S,
    WINDOW_S,
)
from tests.support.clock import FakeClock
from tests.support.database import open_reading

VAULT = Vault([Fernet.generate_key().decode()])


class WrongPassword(Exception):
    pass


@pytest.fixture
def limit(database: Database) -> LoginThrottle:
    return LoginThrottle(database, VAULT)


@pytest.fixture
async def beside(database: Database, clock: FakeClock) -> AsyncIterator[LoginThrottle]:
    """The throttle of another process on the same database."""
    other = Database(database.url, clock)
    yield LoginThrottle(other, VAULT)
    await other.close()


async def make_failed_try(limit: LoginThrottle, address: str, name: str | None = None) -> None:
    with pytest.raises(WrongPassword):
        async with limit.attempt(address=address, name=name):
            raise WrongPassword


async def sign_in(limit: LoginThrottle, address: str, name: str) -> None:
    async with limit.attempt(address=address, name=name):
        pass


async def refused_for_s(limit: LoginThrottle, address: str, name: str | None = None) -> float:
    """Assert that a try is refused, and return for how many seconds."""
    with pytest.raises(TooMany) as raised:
        async with limit.attempt(address=address, name=name):
            raise AssertionError("no try was to be made")
    return raised.value.after_s


async def undo(limit: LoginThrottle, counted: CountedTry) -> None:
    await limit._database.write(lambda transaction: limit.undo(transaction, counted))


async def starts_lockout(limit: LoginThrottle, address: str, name: str) -> bool:
    return await limit._database.write(
        lambda transaction: limit.record_lockout(transaction, address=address, name=name)
    )


async def test_tries_for_a_name_from_an_address_are_limited_within_the_window(
    limit: LoginThrottle, clock: FakeClock
) -> None:
    for _ in range(MAX_TRIES_PER_NAME):
        await make_failed_try(limit, "192.0.2.1", "owner")
        clock.advance(1)
    wait_s = await refused_for_s(limit, "192.0.2.1", "owner")
    assert wait_s == WINDOW_S - MAX_TRIES_PER_NAME
    await make_failed_try(limit, "192.0.2.1", "another")
    clock.advance(wait_s)
    await make_failed_try(limit, "192.0.2.1", "owner")


async def test_an_attacker_does_not_lock_out_other_addresses(limit: LoginThrottle) -> None:
    for _ in range(MAX_TRIES_PER_NAME):
        await make_failed_try(limit, "192.0.2.1", "owner")
    await refused_for_s(limit, "192.0.2.1", "owner")
    await sign_in(limit, "198.51.100.1", "owner")


async def test_failed_tries_count_over_all_processes_and_a_restart_forgets_none(
    limit: LoginThrottle, beside: LoginThrottle, database: Database, clock: FakeClock
) -> None:
    for number in range(MAX_TRIES_PER_NAME):
        await make_failed_try((limit, beside)[number % 2], "192.0.2.1", "owner")
    for number in range(MAX_CODES_PER_USER):
        await (limit, beside)[number % 2].count_code("usr_1")
    await refused_for_s(beside, "192.0.2.1", "owner")
    restarted = Database(database.url, clock)
    after = LoginThrottle(restarted, VAULT)
    assert await refused_for_s(after, "192.0.2.1", "owner") == WINDOW_S
    with pytest.raises(TooMany):
        await after.count_code("usr_1")
    assert await starts_lockout(limit, "192.0.2.1", "owner")
    assert not await starts_lockout(after, "192.0.2.1", "owner")
    await restarted.close()


async def test_concurrent_tries_of_two_processes_never_exceed_the_limit(
    limit: LoginThrottle, beside: LoginThrottle
) -> None:
    tries = [(limit, beside)[number % 2].count_code("usr_1") for number in range(3 * MAX_CODES_PER_USER)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, CountedTry) for result in results) == MAX_CODES_PER_USER
    assert sum(isinstance(result, TooMany) for result in results) == 2 * MAX_CODES_PER_USER


async def test_tries_from_many_addresses_are_slowed_down_except_known_ones(
    limit: LoginThrottle, beside: LoginThrottle, clock: FakeClock
) -> None:
    await sign_in(beside, "198.51.100.1", "owner")
    for number in range(SLOW_AFTER + 1):
        await make_failed_try(limit, f"10.0.0.{number}", "owner")
    assert await refused_for_s(limit, "10.0.1.1", "owner") == SLOW_S
    assert await refused_for_s(beside, "10.0.1.2", "owner") == SLOW_S
    await make_failed_try(limit, "10.0.1.1", "another")
    await sign_in(limit, "198.51.100.1", "owner")
    clock.advance(SLOW_S)
    await make_failed_try(limit, "10.0.1.1", "owner")
    assert await refused_for_s(limit, "10.0.1.2", "owner") == SLOW_S
    clock.advance(WINDOW_S)
    for number in range(SLOW_AFTER):
        await make_failed_try(limit, f"10.0.2.{number}", "owner")


async def test_codes_are_limited_per_user_across_addresses(limit: LoginThrottle) -> None:
    for _ in range(MAX_CODES_PER_USER):
        await limit.count_code("usr_1")
    with pytest.raises(TooMany):
        await limit.count_code("usr_1")
    await limit.count_code("usr_2")


async def test_each_lockout_is_reported_once(limit: LoginThrottle, clock: FakeClock) -> None:
    for _ in range(2):
        for number in range(MAX_TRIES_PER_NAME):
            await make_failed_try(limit, "192.0.2.1", "owner")
            assert await starts_lockout(limit, "192.0.2.1", "owner") is (number == MAX_TRIES_PER_NAME - 1)
        assert not await starts_lockout(limit, "192.0.2.1", "owner")
        clock.advance(WINDOW_S)


@pytest.mark.parametrize(
    ("first", "second"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8::1", "2001:db8::ffff:2"), ("::ffff:192.0.2.7", "192.0.2.7")],
)
async def test_tries_from_an_address_are_limited_across_names(limit: LoginThrottle, first: str, second: str) -> None:
    for number in range(MAX_TRIES_PER_ADDRESS):
        await make_failed_try(limit, first, f"name {number}")
    await refused_for_s(limit, second)
    await make_failed_try(limit, "2001:db8:0:1::1")


async def test_successful_tries_do_not_count(limit: LoginThrottle) -> None:
    for _ in range(MAX_TRIES_PER_ADDRESS + 1):
        await sign_in(limit, "192.0.2.7", "owner")
        await undo(limit, await limit.count_code("usr_1"))
    for _ in range(MAX_TRIES_PER_NAME):
        await make_failed_try(limit, "192.0.2.7", "owner")


async def test_concurrent_tries_are_counted_before_they_run(limit: LoginThrottle) -> None:
    open_tries = [limit.attempt(address="192.0.2.7", name="owner") for _ in range(MAX_TRIES_PER_NAME)]
    for one in open_tries:
        await one.__aenter__()
    await refused_for_s(limit, "192.0.2.7", "owner")
    for one in open_tries:
        await one.__aexit__(None, None, None)
    await sign_in(limit, "192.0.2.7", "owner")


async def test_audited_links_are_limited_by_address_over_all_processes(
    limit: LoginThrottle, beside: LoginThrottle, clock: FakeClock
) -> None:
    async def count(throttle: LoginThrottle) -> bool:
        return await throttle._database.write(lambda transaction: throttle.count_audited_link(transaction, "192.0.2.7"))

    for number in range(MAX_TRIES_PER_ADDRESS):
        assert await count((limit, beside)[number % 2])
    for throttle in (limit, beside):
        assert not await throttle.may_audit_link("192.0.2.7")
        assert not await count(throttle)
    clock.advance(WINDOW_S)
    assert await limit.may_audit_link("192.0.2.7")


async def test_a_clock_that_is_set_back_locks_nobody_out_for_hours(limit: LoginThrottle, clock: FakeClock) -> None:
    clock.advance(3_600)
    for _ in range(MAX_TRIES_PER_NAME):
        await make_failed_try(limit, "192.0.2.1", "owner")
    clock.advance(-3_600)
    await make_failed_try(limit, "192.0.2.1", "owner")


async def test_expired_tries_are_deleted_in_slices_and_no_name_is_stored(
    limit: LoginThrottle, database: Database, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "_ROWS_AT_ONCE", 7)
    keeping = housekeeping.Housekeeping(database=database, clock=clock, blobs=LocalBlobs(tmp_path))
    for number in range(20):
        await make_failed_try(limit, f"10.0.0.{number}", f"name {number}")
    await sign_in(limit, "198.51.100.1", "owner")
    with open_reading(database) as transaction:
        stored = [row.digest for row in transaction.execute(select(sign_in_tries))]
    assert len(stored) == 3 * 20 + 4
    assert not any("name" in digest or "10.0" in digest for digest in stored)
    await keeping.purge()
    assert rows_of(database) == len(stored)
    clock.advance(WINDOW_S)
    await keeping.purge()
    assert rows_of(database) == 1
    clock.advance((KNOWN_FOR - timedelta(seconds=WINDOW_S)).total_seconds())
    await keeping.purge()
    assert rows_of(database) == 0


def rows_of(database: Database) -> int:
    with open_reading(database) as transaction:
        return transaction.execute(select(func.count()).select_from(sign_in_tries)).scalar_one()
