"""The second factor in the database: one sealed secret per user, and hashes of recovery codes."""

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
    """`sealed`: the secret, encrypted by the vault. Until `confirmed_at` is set, signing in needs no code."""

    sealed: str = field(repr=False)
    last_step: int
    confirmed_at: datetime | None


def find(transaction: Transaction, user_id: str) -> Enrolment | None:
    row = transaction.execute(select(user_totp).where(_t.user_id == user_id)).one_or_none()
    return None if row is None else Enrolment(row.secret, row.last_step, row.confirmed_at)


def begin(transaction: Transaction, user_id: str, sealed: str, now: datetime) -> bool:
    """Store a new secret, replacing an unconfirmed one; return False when a confirmed one exists."""
    transaction.execute(delete(user_totp).where(_t.user_id == user_id, _t.confirmed_at.is_(None)))
    if find(transaction, user_id) is not None:
        return False
    transaction.execute(insert(user_totp).values(user_id=user_id, secret=sealed, last_step=0, created_at=now))
    return True


def accept_step(transaction: Transaction, user_id: str, step: int) -> bool:
    """Record the step by compare-and-set and return whether it is new: each code is accepted once."""
    later = (_t.user_id == user_id, _t.last_step < step)
    return bool(transaction.execute(update(user_totp).where(*later).values(last_step=step)).rowcount)


def confirm(transaction: Transaction, user_id: str, now: datetime) -> bool:
    """Mark the secret as confirmed; return False when it already was."""
    unconfirmed = (_t.user_id == user_id, _t.confirmed_at.is_(None))
    return bool(transaction.execute(update(user_totp).where(*unconfirmed).values(confirmed_at=now)).rowcount)


def remove(transaction: Transaction, user_id: str) -> bool:
    """Delete the secret and the recovery codes; return whether there was a secret."""
    transaction.execute(delete(recovery_codes).where(_r.user_id == user_id))
    return bool(transaction.execute(delete(user_totp).where(_t.user_id == user_id)).rowcount)


def replace_recovery_codes(transaction: Transaction, user_id: str, hashes: Iterable[str], now: datetime) -> None:
    transaction.execute(delete(recovery_codes).where(_r.user_id == user_id))
    rows = [{"id": new_id("rec"), "user_id": user_id, "hash": code_hash, "created_at": now} for code_hash in hashes]
    transaction.execute(insert(recovery_codes), rows)


def redeem_recovery_code(transaction: Transaction, user_id: str, code_hash: str, now: datetime) -> bool:
    """Mark an unused recovery code of the user as used; return whether there was one."""
    unused = (_r.user_id == user_id, _r.hash == code_hash, _r.used_at.is_(None))
    return bool(transaction.execute(update(recovery_codes).where(*unused).values(used_at=now)).rowcount)


def count_recovery_codes(transaction: Transaction, user_id: str) -> int:
    counted = select(func.count()).where(_r.user_id == user_id, _r.used_at.is_(None))
    return int(transaction.execute(counted).scalar_one())
