"""Codes of authenticator apps and recovery codes, in both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from araldo.storage.database import Database
from araldo.workspaces import store as workspace_store
from araldo.workspaces import totp_store, user_store
from araldo.workspaces.totp import find_matching_step, hash_recovery_code, make_recovery_codes, make_secret
from tests.support.clock import FakeClock
from tests.support.database import open_transaction

# RFC 6238, appendix B, SHA-1: the last six of its eight digits.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert find_matching_step(SECRET, code, now, 0) == seconds // 30
    assert find_matching_step(SECRET, code, now, seconds // 30) is None
    for off, step in ((-30, seconds // 30), (30, seconds // 30), (-60, None), (60, None)):
        assert find_matching_step(SECRET, code, datetime.fromtimestamp(seconds + off, UTC), 0) == step


@pytest.mark.parametrize("code", ["", "28708", "2870822", "٢٨٧٠٨٢", "287 08a", "-87082", "2.8708"])
def test_malformed_codes_are_rejected(code: str) -> None:
    assert find_matching_step(SECRET, code, datetime.fromtimestamp(59, UTC), 0) is None


def test_recovery_codes_are_ten_and_read_however_they_are_typed() -> None:
    codes = make_recovery_codes()
    assert (len(set(codes)), {len(one) for one in codes}) == (10, {29})
    assert hash_recovery_code(f" {codes[0].upper().replace('-', '')} ") == hash_recovery_code(codes[0])
    assert make_secret() != make_secret()


async def enrolled(database: Database, clock: FakeClock) -> str:
    with open_transaction(database) as transaction:
        workspace_store.get_or_create_first(transaction, clock.now())
        user = user_store.get_or_create_first(transaction, clock.now())
        assert totp_store.begin(transaction, user.id, "first", clock.now())
        assert totp_store.begin(transaction, user.id, "sealed", clock.now())
        assert totp_store.confirm(transaction, user.id, clock.now())
        totp_store.replace_recovery_codes(transaction, user.id, ["h1", "h2"], clock.now())
    return user.id


async def test_a_confirmed_secret_is_not_replaced_and_goes_with_its_codes(database: Database, clock: FakeClock) -> None:
    user_id = await enrolled(database, clock)
    with open_transaction(database) as transaction:
        assert not totp_store.begin(transaction, user_id, "another", clock.now())
        assert not totp_store.confirm(transaction, user_id, clock.now())
        found = totp_store.find(transaction, user_id)
        assert found is not None
        assert (found.sealed, found.confirmed_at) == ("sealed", clock.now())
        assert totp_store.remove(transaction, user_id)
        assert totp_store.count_recovery_codes(transaction, user_id) == 0
        assert totp_store.find(transaction, user_id) is None
        assert not totp_store.remove(transaction, user_id)


async def test_concurrent_uses_of_one_code_succeed_once(database: Database, clock: FakeClock) -> None:
    user_id = await enrolled(database, clock)

    async def bring() -> tuple[bool, bool]:
        with open_transaction(database) as transaction:
            step = totp_store.accept_step(transaction, user_id, 42)
            return step, totp_store.redeem_recovery_code(transaction, user_id, "h1", clock.now())

    came = await asyncio.gather(*(bring() for _ in range(6)))
    assert (sum(step for step, _ in came), sum(code for _, code in came)) == (1, 1)
    with open_transaction(database) as transaction:
        assert not totp_store.accept_step(transaction, user_id, 41)
        assert totp_store.accept_step(transaction, user_id, 43)
        assert totp_store.count_recovery_codes(transaction, user_id) == 1
