"""Leases in the database: find what is due, claim many deliveries in one statement, renew and release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, String, bindparam, case, func, select, update

from araldo.posts.models import Delivery, State
from araldo.posts.store import deliveries_of
from araldo.storage.database import Transaction
from araldo.storage.prebuilt import RenderedChange
from araldo.storage.schema import deliveries
from araldo.storage.utc import UtcTime

_d = deliveries.c
_now = bindparam("b_now", type_=UtcTime())
# Something to do now, and no other worker has it.
_FREE = _d.wake_at <= _now
# The longest waiting first.
_DUE: Select[str] = select(_d.id).where(_FREE).order_by(_d.wake_at).limit(bindparam("b_limit"))
_LATER = select(_d.wake_at).where(_d.wake_at > _now).order_by(_d.wake_at).limit(1)
_LEASE = {
    "fence": _d.fence + 1,
    "lease_owner": bindparam("b_owner"),
    "lease_until": bindparam("b_until", type_=UtcTime()),
}
_CLAIM = update(deliveries).where(_d.id.in_(_DUE)).values(_LEASE).returning(*_d)
# A CTE, so that PostgreSQL looks once: run again, a subquery that skips locked rows finds others.
_UNLOCKED = _DUE.with_for_update(skip_locked=True).cte("unlocked")
_CLAIM_UNLOCKED = update(deliveries).where(_d.id.in_(select(_UNLOCKED.c.id))).values(_LEASE).returning(*_d)
_CLAIM_ONE = (
    update(deliveries)
    .where(_d.id == bindparam("b_id"), _d.rev == bindparam("b_rev"), _FREE)
    .values(_LEASE)
    .returning(*_d)
)
_OWN = (_d.id == bindparam("b_id"), _d.lease_owner == bindparam("b_owner"))
_RENEW = RenderedChange(
    update(deliveries)
    .where(*_OWN, _d.rev == bindparam("b_rev"), _d.fence == bindparam("b_fence"))
    .values(lease_until=bindparam("b_until"))
)
_RELEASE = update(deliveries).where(*_OWN).values(lease_owner=None, lease_until=None)
_RELEASE_PUBLISHED = RenderedChange(
    update(deliveries)
    .where(_OWN[0])
    .values(
        permalink=func.coalesce(_d.permalink, bindparam("permalink", type_=String())),
        lease_owner=case((_OWN[1], None), else_=_d.lease_owner),
        lease_until=case((_OWN[1], None), else_=_d.lease_until),
    )
)
_BEGIN_PREPARING = (
    update(deliveries)
    .where(_d.id == bindparam("b_id"))
    .values(state=State.PREPARING, tries=bindparam("b_tries"), next_at=None, error=None, updated_at=_now)
)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who claims, and until when."""

    owner: str
    until: datetime

    @property
    def parameters(self) -> dict[str, object]:
        return {"b_owner": self.owner, "b_until": self.until}


def is_any_due(transaction: Transaction, now: datetime) -> bool:
    """Return whether there is a delivery to claim."""
    return transaction.execute(_DUE, {"b_now": now, "b_limit": 1}).first() is not None


def next_due_at(transaction: Transaction, now: datetime) -> datetime | None:
    """Return when a worker has to look at a delivery next, after `now`; None when none is planned."""
    return transaction.execute(_LATER, {"b_now": now}).scalar()


def claim_due(transaction: Transaction, lease: Lease, limit: int) -> list[Delivery]:
    """Lease up to `limit` deliveries with work to do now and raise their fences; return them, the longest due first.

    On PostgreSQL rows that another transaction has locked are skipped, so that workers do not wait for each other.
    """
    statement = _CLAIM_UNLOCKED if transaction.is_postgresql else _CLAIM
    taken = transaction.execute(statement, {"b_now": transaction.now, "b_limit": limit, **lease.parameters})
    rows = deliveries_of(transaction, taken)
    return sorted(rows, key=lambda row: row.next_at or row.due_at or row.created_at)


def claim(transaction: Transaction, lease: Lease, delivery_id: str, rev: int) -> Delivery | None:
    """Lease one delivery; None when `rev` is stale, nothing is due or another worker has it."""
    keys = {"b_id": delivery_id, "b_rev": rev, "b_now": transaction.now}
    return next(iter(deliveries_of(transaction, transaction.execute(_CLAIM_ONE, keys | lease.parameters))), None)


def begin_preparing(transaction: Transaction, rows: Sequence[Delivery]) -> list[Delivery]:
    """Set claimed deliveries to `preparing` and return them as they are then; they are locked by their claim.

    In the order of their posts, whose status changes too: two workers lock the rows of posts in the same order.
    """
    begun = [
        replace(
            row,
            state=State.PREPARING,
            # Publishing gets tries of its own; those of a picture generated ahead of time do not count.
            tries=0 if row.state is State.SCHEDULED else row.tries,
            next_at=None,
            error=None,
            updated_at=transaction.now,
        )
        for row in rows
    ]
    if begun:
        transaction.execute(
            _BEGIN_PREPARING,
            [
                {"b_id": row.id, "b_tries": row.tries, "b_now": transaction.now}
                for row in sorted(begun, key=lambda row: row.post_id)
            ],
        )
    return begun


def renew(transaction: Transaction, leased: Delivery, until: datetime) -> bool:
    """Extend the lease; False when another worker has taken the delivery over, or a person has changed it."""
    keys = {"b_id": leased.id, "b_rev": leased.rev, "b_fence": leased.fence, "b_owner": leased.lease_owner}
    return bool(transaction.change(_RENEW, keys | {"b_until": until}))


def release(transaction: Transaction, leased: Delivery) -> None:
    """Release the lease if the delivery is still leased by its owner, whatever its rev and fence are now."""
    transaction.execute(_RELEASE, {"b_id": leased.id, "b_owner": leased.lease_owner})
    # A caller may wait until no worker has the delivery.
    transaction.has_changes = True


def release_published(transaction: Transaction, leased: Delivery, permalink: str | None) -> None:
    """Release the lease as `release` does, and store the permalink, whoever has the lease, unless there is one."""
    keys = {"b_id": leased.id, "b_owner": leased.lease_owner}
    transaction.change(_RELEASE_PUBLISHED, keys | {"permalink": permalink})
    transaction.has_changes = True
