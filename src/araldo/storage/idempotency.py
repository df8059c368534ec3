"""Idempotency-Key: one row for each (caller, route, key), so that a repeated request makes nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from araldo.errors import Conflict, PostInvalid, Problem
from araldo.messages import Message
from araldo.storage.database import Transaction
from araldo.storage.schema import idempotency

ROUTE_MAX = 80
LIFETIME = timedelta(hours=24)
LEASE = timedelta(seconds=120)

_i = idempotency.c


@dataclass(frozen=True, slots=True)
class IdempotentRequest:
    """Which request this is: asked by whom (`Caller.id`), where, under which Idempotency-Key, with which body."""

    caller_id: str
    route: str
    key: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class PreviousResult:
    """What an earlier request with the same key made: a post, or an answer to give again."""

    post_id: str | None
    answer: dict[str, Any] | None


class StillRunning(Conflict):
    code = "idempotency_running"


def _is_row_of(request: IdempotentRequest) -> ColumnElement[bool]:
    return and_(_i.caller_id == request.caller_id, _i.route == request.route, _i.key == request.key)


async def begin(transaction: Transaction, request: IdempotentRequest, now: datetime) -> PreviousResult | None:
    """None: it is ours to do. Raises PostInvalid for another body, StillRunning while the first is at work."""
    await transaction.execute(delete(idempotency).where(_i.created_at < now - LIFETIME))
    found = (await transaction.execute(select(idempotency).where(_is_row_of(request)))).one_or_none()
    if found is None:
        values = {
            "caller_id": request.caller_id,
            "route": request.route,
            "key": request.key,
            "body_hash": request.body_hash,
        }
        try:
            async with transaction.begin_nested():
                await transaction.execute(insert(idempotency).values(**values, lease_until=now + LEASE, created_at=now))
            return None
        except IntegrityError:
            # A twin came first, and is committed since.
            found = (await transaction.execute(select(idempotency).where(_is_row_of(request)))).one()
    if found.body_hash != request.body_hash:
        raise PostInvalid([Problem("", "idempotency_key_reused", Message("idempotency.other_body"))])
    if found.post_id is not None or found.answer is not None:
        return PreviousResult(found.post_id, found.answer)
    took_over = await transaction.execute(
        update(idempotency)
        .where(_is_row_of(request), _i.post_id.is_(None), or_(_i.lease_until.is_(None), _i.lease_until <= now))
        .values(lease_until=now + LEASE)
    )
    if not took_over.rowcount:
        raise StillRunning(Message("idempotency.running"))
    return None


async def finish(
    transaction: Transaction,
    request: IdempotentRequest,
    *,
    post_id: str | None = None,
    answer: dict[str, Any] | None = None,
) -> None:
    """In the very transaction that made the post."""
    await transaction.execute(
        update(idempotency).where(_is_row_of(request)).values(post_id=post_id, answer=answer, lease_until=None)
    )


async def release(transaction: Transaction, request: IdempotentRequest) -> None:
    """Nothing was made: the key may be used again, with a mended body."""
    await transaction.execute(delete(idempotency).where(_is_row_of(request), _i.post_id.is_(None), _i.answer.is_(None)))


async def release_all_leases(transaction: Transaction) -> None:
    """For the one process that serves requests, at its start: whoever was at work is dead."""
    await transaction.execute(update(idempotency).where(_i.lease_until.is_not(None)).values(lease_until=None))
