"""Idempotency keys: one row per (caller, route, key), so that a repeated request has no second effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from araldo.errors import Conflict, PostInvalid, Problem
from araldo.messages import Message
from araldo.storage.database import Transaction
from araldo.storage.leases import is_unleased
from araldo.storage.schema import idempotency

ROUTE_MAX = 80
LIFETIME = timedelta(hours=24)
LEASE = timedelta(seconds=120)

# Of a key that was used with another body.
OTHER_BODY = Problem("", "idempotency_key_reused", Message("idempotency.other_body"))

_i = idempotency.c


@dataclass(frozen=True, slots=True)
class IdempotentRequest:
    """A request with an Idempotency-Key: `caller_id` is `Caller.id`, `body_hash` identifies the body."""

    caller_id: str
    route: str
    key: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class PreviousResult:
    """The result of an earlier request with the same key: a post, or the answer to repeat."""

    post_id: str | None
    answer: dict[str, Any] | None


class StillRunning(Conflict):
    code = "idempotency_running"


def _is_row_of(request: IdempotentRequest) -> ColumnElement[bool]:
    return and_(_i.caller_id == request.caller_id, _i.route == request.route, _i.key == request.key)


def begin(transaction: Transaction, request: IdempotentRequest, now: datetime) -> PreviousResult | None:
    """Return the earlier result, or None when the caller is to do the work.

    Raises PostInvalid when the body differs, StillRunning while the earlier request is being handled.
    """
    found = transaction.execute(select(idempotency).where(_is_row_of(request))).one_or_none()
    if found is None:
        values = {
            "caller_id": request.caller_id,
            "route": request.route,
            "key": request.key,
            "body_hash": request.body_hash,
        }
        try:
            with transaction.savepoint():
                transaction.execute(insert(idempotency).values(**values, lease_until=now + LEASE, created_at=now))
            return None
        except IntegrityError:
            # A concurrent request with the same key was committed first.
            found = transaction.execute(select(idempotency).where(_is_row_of(request))).one()
    if found.body_hash != request.body_hash:
        raise PostInvalid([OTHER_BODY])
    if found.post_id is not None or found.answer is not None:
        return PreviousResult(found.post_id, found.answer)
    took_over = transaction.execute(
        update(idempotency)
        .where(_is_row_of(request), _i.post_id.is_(None), is_unleased(idempotency, now))
        .values(lease_until=now + LEASE)
    )
    if not took_over.rowcount:
        raise StillRunning(Message("idempotency.running"))
    return None


def find_posts(
    transaction: Transaction, requests: Sequence[IdempotentRequest]
) -> dict[IdempotentRequest, str | Problem]:
    """Return the posts that requests of one caller to one route have made already; a problem for a different body."""
    if not requests:
        return {}
    first, by_key = requests[0], {request.key: request for request in requests}
    found = transaction.execute(
        select(_i.key, _i.body_hash, _i.post_id).where(
            _i.caller_id == first.caller_id, _i.route == first.route, _i.key.in_(by_key), _i.post_id.is_not(None)
        )
    )
    return {by_key[row.key]: row.post_id if row.body_hash == by_key[row.key].body_hash else OTHER_BODY for row in found}


def finish(
    transaction: Transaction,
    request: IdempotentRequest,
    *,
    post_id: str | None = None,
    answer: dict[str, Any] | None = None,
) -> None:
    """Store the result. Call it in the transaction that creates the post."""
    transaction.execute(
        update(idempotency).where(_is_row_of(request)).values(post_id=post_id, answer=answer, lease_until=None)
    )


def release(transaction: Transaction, request: IdempotentRequest) -> None:
    """Delete a key without a result: it may be used again, with another body."""
    transaction.execute(delete(idempotency).where(_is_row_of(request), _i.post_id.is_(None), _i.answer.is_(None)))


def prune(transaction: Transaction, before: datetime, limit: int) -> int:
    """Delete at most `limit` keys that were first used before `before`, which are then free again; return how many."""
    old = select(_i.caller_id, _i.route, _i.key).where(_i.created_at < before).order_by(_i.created_at).limit(limit)
    return transaction.execute(delete(idempotency).where(tuple_(_i.caller_id, _i.route, _i.key).in_(old))).rowcount


def hold_unfinished(transaction: Transaction) -> None:
    """Keep the keys of unfinished requests until they expire: after a restore nobody knows what became of them."""
    unfinished = (_i.post_id.is_(None), _i.answer.is_(None))
    transaction.execute(update(idempotency).where(*unfinished).values(lease_until=transaction.now + LIFETIME))
