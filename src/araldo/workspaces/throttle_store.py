"""Failed sign-ins in the database, so that all processes count together and a restart forgets nothing."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from araldo.storage.database import Transaction
from araldo.storage.user_tables import sign_in_tries
from araldo.workspaces.login_throttle import FailedTries

_t = sign_in_tries.c
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def read(transaction: Transaction, digests: Collection[str]) -> dict[str, FailedTries]:
    """Return the tries under each of the digests; none under those without a row."""
    rows = transaction.execute(select(sign_in_tries).where(_t.digest.in_(digests)))
    return dict.fromkeys(digests, FailedTries()) | {row.digest: _tries(row) for row in rows}


def lock(transaction: Transaction, digests: Collection[str]) -> dict[str, FailedTries]:
    """Return the tries under each digest, locked until the transaction ends. Rows that are missing are inserted.

    In the order of the digests, so that two processes do not wait for each other.
    """
    return {digest: _lock(transaction, digest) for digest in sorted(digests)}


def _lock(transaction: Transaction, digest: str) -> FailedTries:
    wanted = select(sign_in_tries).where(_t.digest == digest).with_for_update()
    while (row := transaction.execute(wanted).one_or_none()) is None:
        # Another process may insert the same row concurrently.
        with suppress(IntegrityError), transaction.savepoint():
            empty = {"digest": digest, "made": [], "expires_at": transaction.now}
            transaction.execute(insert(sign_in_tries).values(**empty))
            return FailedTries()
    return _tries(row)


def save(transaction: Transaction, digest: str, tries: FailedTries, expires_at: datetime) -> None:
    """Store the tries of a locked row, to be deleted some time after `expires_at`."""
    made = [(moment - _EPOCH) // _MICROSECOND for moment in tries.made]
    values = {"made": made, "paused_at": tries.paused_at, "lockout_at": tries.lockout_at, "expires_at": expires_at}
    transaction.execute(update(sign_in_tries).where(_t.digest == digest).values(**values))


def exists(transaction: Transaction, digest: str) -> bool:
    """Return whether there is a row that has not expired."""
    valid = select(_t.digest).where(_t.digest == digest, _t.expires_at > transaction.now)
    return transaction.execute(valid).one_or_none() is not None


def delete_expired(transaction: Transaction, limit: int) -> int:
    """Delete at most `limit` rows that have expired, and return how many were."""
    expired = _t.expires_at <= transaction.now
    some = select(_t.digest).where(expired).order_by(_t.expires_at).limit(limit).scalar_subquery()
    return transaction.execute(delete(sign_in_tries).where(_t.digest.in_(some), expired)).rowcount


def _tries(row: Row[tuple[object, ...]]) -> FailedTries:
    made = tuple(_EPOCH + number * _MICROSECOND for number in row.made)
    return FailedTries(made, row.paused_at, row.lockout_at)
