"""The second factor in the database: one sealed secret a person, and hashes of recovery codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from araldo.storage.database import Transaction, new_id
from araldo.storage.user_tables import recovery_codes, user_totp

_t, _r = user_totp.c, recovery_codes.c


@dataclass(frozen=True, slots=True)
class Enrolment:
    """`sealed`: the secret as the vault keeps it. Without `confirmed_at` nothing is asked for yet."""

    sealed: str = field(repr=False)
    last_step: int
    confirmed_at: datetime | None


async def find(transaction: Transaction, user_id: str) -> Enrolment | None:
    row = (await transaction.execute(select(user_totp).where(_t.user_id == user_id))).one_or_none()
    return None if row is None else Enrolment(row.secret, row.last_step, row.confirmed_at)


async def begin(transaction: Transaction, user_id: str, sealed: str, now: datetime) -> bool:
    """Keep a new secret in the place of one that was never confirmed; False when there is a confirmed one."""
    await transaction.execute(delete(user_totp).where(_t.user_id == user_id, _t.confirmed_at.is_(None)))
    if await find(transaction, user_id) is not None:
        return False
    await transaction.execute(insert(user_totp).values(user_id=user_id, secret=sealed, last_step=0, created_at=now))
    return True


async def accept_step(transaction: Transaction, user_id: str, step: int) -> bool:
    """By compare-and-set: of two that bring the same code, one is accepted."""
    later = (_t.user_id == user_id, _t.last_step < step)
    return bool((await transaction.execute(update(user_totp).where(*later).values(last_step=step))).rowcount)


async def confirm(transaction: Transaction, user_id: str, now: datetime) -> bool:
    """False when it was confirmed before."""
    unconfirmed = (_t.user_id == user_id, _t.confirmed_at.is_(None))
    return bool((await transaction.execute(update(user_totp).where(*unconfirmed).values(confirmed_at=now))).rowcount)


async def remove(transaction: Transaction, user_id: str) -> bool:
    """The secret and the recovery codes; whether a secret was there."""
    await transaction.execute(delete(recovery_codes).where(_r.user_id == user_id))
    return bool((await transaction.execute(delete(user_totp).where(_t.user_id == user_id))).rowcount)


async def replace_recovery_codes(transaction: Transaction, user_id: str, hashes: Iterable[str], now: datetime) -> None:
    await transaction.execute(delete(recovery_codes).where(_r.user_id == user_id))
    rows = [{"id": new_id("rec"), "user_id": user_id, "hash": one, "created_at": now} for one in hashes]
    await transaction.execute(insert(recovery_codes), rows)


async def redeem_recovery_code(transaction: Transaction, user_id: str, code_hash: str, now: datetime) -> bool:
    """Whether it is one of the person's that was not used before; it is used from here on."""
    unused = (_r.user_id == user_id, _r.hash == code_hash, _r.used_at.is_(None))
    return bool((await transaction.execute(update(recovery_codes).where(*unused).values(used_at=now))).rowcount)


async def count_recovery_codes(transaction: Transaction, user_id: str) -> int:
    counted = select(func.count()).where(_r.user_id == user_id, _r.used_at.is_(None))
    return int((await transaction.execute(counted)).scalar_one())
