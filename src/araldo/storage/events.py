"""Events, recorded in the transaction of the change that they describe, and read without missing any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, bindparam, func, insert, literal_column, or_, select, text

from araldo.storage.database import Transaction
from araldo.storage.prebuilt import RenderedChange
from araldo.storage.schema import events
from araldo.telemetry.tracing import trace_parent

# PostgreSQL's advisory locks of transactions that insert events: this number above, a bound of their ids below.
_LOCKS, _BOUND_BITS = 0x6172, 48
_LAST_ASSIGNED = "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM events_id_seq"
_LOCKED = f"pg_advisory_xact_lock_shared(({_LOCKS}::bigint << {_BOUND_BITS}) | ({_LAST_ASSIGNED}))"
_LOWEST_BOUND = text(
    "SELECT min((classid::bigint << 32 | objid::bigint) & ((1::bigint << :bits) - 1)) FROM pg_locks"
    " WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND (classid::bigint << 32 >> :bits) = :locks"
).bindparams(bits=_BOUND_BITS, locks=_LOCKS)
_INSERT = insert(events)
_e = events.c


def _lock_and_insert() -> Insert:
    """Build the insert of one event after the lock: the row comes from the CTE that locks, and then its id is assigned.

    One statement, because each costs a round trip. PostgreSQL runs a CTE with a volatile function as it is written.
    """
    lock = select(literal_column(_LOCKED).label("lock")).cte("locked")
    columns = [column for column in _e if column.name != "id"]
    row = select(*(bindparam(column.name, type_=column.type) for column in columns)).select_from(lock)
    return _INSERT.from_select(columns, row)


_LOCK = text(f"SELECT {_LOCKED}")
_INSERT_ONE, _LOCK_AND_INSERT = RenderedChange(_INSERT), RenderedChange(_lock_and_insert())


@dataclass(frozen=True, slots=True)
class Event:
    id: int
    workspace_id: str
    kind: str
    post_id: str | None
    delivery_id: str | None
    data: dict[str, Any]
    at: datetime


def record_event(
    transaction: Transaction,
    kind: str,
    *,
    workspace_id: str,
    at: datetime,
    post_id: str | None = None,
    delivery_id: str | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Record an event just before the commit, and let waiting readers know after it; see `find_horizon`."""
    row = {"kind": kind, "workspace_id": workspace_id, "post_id": post_id, "delivery_id": delivery_id, "at": at}
    transaction.before_commit(_insert_events, {**row, "data": data or {}, "trace_parent": trace_parent.get()})
    transaction.has_changes = True


def _insert_events(transaction: Transaction, rows: list[Any]) -> None:
    # On PostgreSQL the lock comes before the ids are assigned: whoever reads the newest id afterwards also finds this
    # lock. It is shared, so that writers do not wait for each other, and released after the commit is visible.
    if len(rows) == 1:
        transaction.change(_LOCK_AND_INSERT if transaction.is_postgresql else _INSERT_ONE, rows[0])
        return
    if transaction.is_postgresql:
        transaction.execute(_LOCK)
    transaction.execute(_INSERT, rows)


def find_horizon(transaction: Transaction) -> int:
    """Return the id up to which all events are committed: a reader that goes on from its last id misses none.

    On PostgreSQL a transaction may commit a lower id after another has committed a higher one. The horizon stays below
    what such a transaction may still commit. Events up to it are visible only to transactions that begin afterwards.
    """
    if not transaction.is_postgresql:
        return newest_id(transaction)
    # In this order: a transaction that locks after the first statement is assigned ids above its result.
    assigned = int(transaction.execute(text(_LAST_ASSIGNED)).scalar_one())
    bound = transaction.execute(_LOWEST_BOUND).scalar_one()
    return assigned if bound is None else min(assigned, int(bound))


def list_after(
    transaction: Transaction,
    last: int,
    *,
    limit: int,
    workspace_id: str | None = None,
    post_id: str | None = None,
    until: int | None = None,
) -> list[Event]:
    """Return events with ids after `last`, in order: of one post, one workspace, or all.

    `until`: the horizon, for a reader that goes on from its last id.
    """
    wanted = select(events).where(events.c.id > last)
    if workspace_id is not None:
        wanted = wanted.where(events.c.workspace_id == workspace_id)
    if post_id is not None:
        wanted = wanted.where(events.c.post_id == post_id)
    if until is not None:
        wanted = wanted.where(events.c.id <= until)
    rows = transaction.execute(wanted.order_by(events.c.id).limit(limit))
    return [Event(row.id, row.workspace_id, row.kind, row.post_id, row.delivery_id, row.data, row.at) for row in rows]


def find_trace_parent(transaction: Transaction, post_id: str, delivery_id: str) -> str | None:
    """Return the `traceparent` of the last request or job that changed the post or this delivery; None: not traced."""
    theirs = (_e.post_id == post_id, or_(_e.delivery_id == delivery_id, _e.delivery_id.is_(None)))
    wanted = select(_e.trace_parent).where(*theirs, _e.trace_parent.is_not(None)).order_by(_e.id.desc()).limit(1)
    return transaction.execute(wanted).scalar()


def newest_id(transaction: Transaction) -> int:
    """Return the highest id that is visible; 0 when there is none.

    It may be above the horizon, which falls while a lower id is still to be committed.
    """
    return transaction.execute(select(func.max(events.c.id))).scalar() or 0
