"""Store of deliveries and attempts for the publisher: changed by compare-and-set under a fence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    String,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from araldo.pictures import store as picture_store
from araldo.platforms.base import Ticket
from araldo.posts.delivery_changes import DeliveryChanges
from araldo.posts.models import WORKING, Delivery, State, may_move
from araldo.posts.store import changed_columns, deliveries_of
from araldo.storage.database import Transaction, new_id
from araldo.storage.prebuilt import RenderedChange
from araldo.storage.schema import accounts, attempts, deliveries, workspaces
from araldo.storage.utc import UtcTime

_d = deliveries.c
_delivery_id = bindparam("b_delivery_id", type_=String())
_account_id = bindparam("b_account_id", type_=String())
_since = bindparam("b_since", type_=UtcTime())
# The statements of a delivery's way to its result, built once.
_NEXT_NUMBER = select(func.coalesce(func.max(attempts.c.number), 0) + 1).where(attempts.c.delivery_id == _delivery_id)
# Read by a statement that begins after the delivery is locked, so that it sees what was committed until then.
_NEEDS_APPROVAL = select(workspaces.c.approval_required).where(workspaces.c.id == bindparam("b_workspace_id"))
_ADD_ATTEMPT = (
    insert(attempts)
    .values(number=_NEXT_NUMBER.scalar_subquery())
    .returning(attempts.c.number, _NEEDS_APPROVAL.scalar_subquery())
)
_ANSWER_ATTEMPT = (
    update(attempts)
    .where(attempts.c.delivery_id == _delivery_id, attempts.c.number == bindparam("b_number"))
    .values({name: bindparam(name) for name in ("answer", "seconds", "outcome", "closed_at")})
)
# Nobody, where the parameter is NULL.
_is_released = _d.lease_owner == bindparam("b_released", type_=String())
_STORE_PUBLISHED = (
    update(deliveries)
    .where(_d.id == _delivery_id, _d.state != State.PUBLISHED)
    .values(
        state=State.PUBLISHED,
        remote_id=bindparam("remote_id"),
        permalink=bindparam("permalink"),
        published_at=bindparam("b_now"),
        updated_at=bindparam("b_now"),
        open_attempts=0,
        next_at=None,
        error=None,
        lease_owner=case((_is_released, None), else_=_d.lease_owner),
        lease_until=case((_is_released, None), else_=_d.lease_until),
    )
    .returning(select(accounts.c.health).where(accounts.c.id == _account_id).scalar_subquery())
)
_CLOSE_AS_PUBLISHED = (
    update(attempts)
    .where(attempts.c.delivery_id == _delivery_id, attempts.c.outcome.is_(None))
    .values(outcome="published", closed_at=bindparam("b_now"))
)
# The same, with the answer of the attempt that was answered.
_is_answered = attempts.c.number == bindparam("b_number")
_CLOSE_ANSWERED_AS_PUBLISHED = RenderedChange(
    update(attempts)
    .where(attempts.c.delivery_id == _delivery_id, or_(_is_answered, attempts.c.outcome.is_(None)))
    .values(
        answer=case((_is_answered, bindparam("answer", type_=attempts.c.answer.type)), else_=attempts.c.answer),
        seconds=case((_is_answered, bindparam("seconds")), else_=attempts.c.seconds),
        outcome="published",
        closed_at=bindparam("b_now"),
    )
)
_STORE_PERMALINK = (
    update(deliveries).where(_d.id == _delivery_id, _d.permalink.is_(None)).values(permalink=bindparam("permalink"))
)
_STORE_REMOTE_ID_TOO = _STORE_PERMALINK.values(remote_id=bindparam("remote_id"))
# How long a delivery without a remote id may be what a match by text has found for another one.
_IDENTICAL_TEXT_FOR = timedelta(days=2)
# More than a check searches back before the first send.
_SEARCH_MARGIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class OpenedAttempt:
    """An intent to send: the changed delivery, the attempt's number, and whether the workspace requires approvals."""

    row: Delivery
    number: int
    needs_approval: bool


@dataclass(frozen=True, slots=True)
class StoredPublish:
    """A publish that was recorded for the first time. `account_health`: None without an account."""

    account_health: str | None


@cache
def _save_statement(columns: frozenset[str]) -> RenderedChange:
    """Return the update of these columns, built once: building and hashing one costs more than running it."""
    mine = (_d.id == bindparam("b_id"), _d.rev == bindparam("b_rev"), _d.fence == bindparam("b_fence"))
    new = {name: bindparam(name, type_=_d[name].type) for name in columns}
    return RenderedChange(update(deliveries).where(*mine).values(new))


def save(transaction: Transaction, leased: Delivery, now: datetime, changes: DeliveryChanges) -> Delivery | None:
    """Write by compare-and-set on (rev, fence); None, with nothing written, when another writer came first.

    Raises ValueError for a change of state that is not in `MOVES`.
    """
    return _save(transaction, leased, now, changes.values())


def save_decision(transaction: Transaction, row: Delivery, now: datetime, changes: DeliveryChanges) -> Delivery | None:
    """Write a person's decision as `save` does, and raise `rev`: a worker that has the lease stops."""
    return _save(transaction, row, now, changes.values() | {"rev": row.rev + 1})


def _save(transaction: Transaction, leased: Delivery, now: datetime, changes: dict[str, Any]) -> Delivery | None:
    state = changes.get("state", leased.state)
    if not may_move(leased.state, state):
        raise ValueError(f"a delivery does not go from {leased.state} to {state}")
    changes["updated_at"] = now
    keys = {"b_id": leased.id, "b_rev": leased.rev, "b_fence": leased.fence}
    columns = changed_columns(leased, changes)
    if not transaction.change(_save_statement(frozenset(columns)), keys | columns):
        return None
    if "picture" in changes:
        picture_store.save_leased(transaction, leased.id, leased.picture, changes["picture"])
    return replace(leased, **changes)


def open_attempt(
    transaction: Transaction, leased: Delivery, *, ticket: dict[str, Any], now: datetime, send_before: datetime
) -> OpenedAttempt | None:
    """Record the intent to send: state `publishing`, the fence raised, the ticket stored, an attempt row added.

    None when the lease is lost.
    """
    fence = leased.fence + 1
    changes = {"state": State.PUBLISHING, "open_attempts": leased.open_attempts + 1, "ticket": ticket, "next_at": None}
    raised = _save(transaction, leased, now, changes | {"fence": fence})
    if raised is None:
        return None
    attempt = {
        "b_delivery_id": leased.id,
        "b_workspace_id": leased.workspace_id,
        "id": new_id("att"),
        "workspace_id": leased.workspace_id,
        "delivery_id": leased.id,
        "fence": fence,
        "opened_at": now,
        "send_before": send_before,
        "asked": ticket,
    }
    number, needs_approval = transaction.execute(_ADD_ATTEMPT, attempt).one()
    return OpenedAttempt(raised, number, bool(needs_approval))


def answer_attempt(
    transaction: Transaction,
    delivery_id: str,
    number: int,
    *,
    answer: dict[str, Any],
    seconds: float,
    outcome: str | None,
    now: datetime,
) -> None:
    """Store the platform's answer to an attempt; `outcome` None leaves the attempt open."""
    closed_at = None if outcome is None else now
    values = {"answer": answer, "seconds": seconds, "outcome": outcome, "closed_at": closed_at}
    transaction.execute(_ANSWER_ATTEMPT, {"b_delivery_id": delivery_id, "b_number": number, **values})


def close_attempts(transaction: Transaction, delivery_id: str, answer: dict[str, Any], now: datetime) -> None:
    """Close all open attempts by a person's decision, which is stored as their answer."""
    transaction.execute(
        update(attempts)
        .where(attempts.c.delivery_id == delivery_id, attempts.c.outcome.is_(None))
        .values(outcome="decided", answer=answer, closed_at=now)
    )


def store_published(
    transaction: Transaction,
    row: Delivery,
    now: datetime,
    *,
    remote_id: str | None,
    permalink: str | None,
    answered: tuple[int, float] | None = None,
    unless_owned: bool = False,
    released: str | None = None,
) -> StoredPublish | None:
    """Record a confirmed publish and close the open attempts; None when it was recorded before.

    `answered`: the number of the attempt that was answered with it, and the seconds that took, if it was.
    `unless_owned`: write nothing, and return None, when another delivery to the same profile has that remote id.
    `released`: the owner of a lease that ends with it.
    The one write without a fence check, because a confirmed publish is final.
    Raises the database's IntegrityError when another delivery of the account owns that remote id.
    """
    keys = {**_self_of(row), "b_now": now, "b_released": released}
    found = {"remote_id": remote_id, "permalink": permalink}
    if unless_owned:
        stored = transaction.execute(_STORE_UNOWNED, keys | found | {"b_remote_id": remote_id}).one_or_none()
        if stored is None:
            return None
    else:
        stored = transaction.execute(_STORE_PUBLISHED, keys | found).one_or_none()
    if answered is None:
        transaction.execute(_CLOSE_AS_PUBLISHED, keys)
    else:
        number, seconds = answered
        answer = {"b_number": number, "answer": found, "seconds": seconds}
        transaction.change(_CLOSE_ANSWERED_AS_PUBLISHED, keys | answer)
    return None if stored is None else StoredPublish(stored[0])


def store_permalink(
    transaction: Transaction, delivery_id: str, permalink: str | None, *, remote_id: str | None = None
) -> None:
    """Store a permalink read after publishing, unless there is one. `remote_id`: for a delivery that had none."""
    found = {"b_delivery_id": delivery_id, "permalink": permalink}
    if remote_id is None:
        transaction.execute(_STORE_PERMALINK, found)
    else:
        transaction.execute(_STORE_REMOTE_ID_TOO, found | {"remote_id": remote_id})


def store_notes(transaction: Transaction, delivery_id: str, notes: list[dict[str, Any]]) -> None:
    """Store messages on the published post that are no errors."""
    transaction.execute(update(deliveries).where(_d.id == delivery_id).values(notes=notes))


def find_without_permalink(transaction: Transaction, since: datetime, limit: int) -> list[Delivery]:
    """Return deliveries published since then without a permalink, and maybe without an id; the newest first."""
    missing = (_d.state == State.PUBLISHED, _d.permalink.is_(None), _d.ticket.is_not(None))
    rows = transaction.execute(
        select(deliveries).where(*missing, _d.published_at > since).order_by(_d.published_at.desc()).limit(limit)
    )
    return deliveries_of(transaction, rows)


def _others(table: FromClause = deliveries) -> tuple[ColumnElement[bool], ...]:
    """Match the other deliveries to the same remote profile; parameters as `_self_of` makes them.

    Two accounts in different workspaces may refer to the same remote profile.
    """
    own = accounts.alias("own")
    same_profile = (accounts.c.kind == own.c.kind, accounts.c.remote_id == own.c.remote_id)
    account_ids = select(accounts.c.id).join(own, and_(*same_profile)).where(own.c.id == _account_id)
    return table.c.account_id.in_(account_ids), table.c.id != _delivery_id


def _self_of(delivery: Delivery) -> dict[str, Any]:
    return {"b_account_id": delivery.account_id, "b_delivery_id": delivery.id}


_owner = deliveries.alias("owner")
_OWNER = select(_owner.c.id).where(*_others(_owner), _owner.c.remote_id == bindparam("b_remote_id")).limit(1)
_STORE_UNOWNED = _STORE_PUBLISHED.where(~_OWNER.exists())
_TAKEN = select(_d.remote_id).where(*_others(), _d.remote_id.is_not(None), _d.published_at > _since)
_TAKEN_TICKETS = select(_d.ticket).where(*_others(), _d.remote_id.is_(None), _d.open_attempts > 0)
_SAME_TEXT = select(_d.ticket).where(
    *_others(),
    _d.platform == bindparam("b_platform"),
    _d.remote_id.is_(None),
    or_(_d.open_attempts > 0, _d.state == State.PUBLISHED),
    _d.updated_at > _since,
)
# What was published lately, by its own index, and what is in flight, by the states in which an attempt may be open:
# not by way of everything that was ever published on the account.
_on_account = (_d.account_id == _account_id, _d.id != _delivery_id)
_may_be_open = or_(*(_d.state == state for state in sorted({*WORKING, State.UNCONFIRMED, State.NEEDS_RECONNECT})))
_is_in_flight = (
    select(attempts.c.id)
    .where(
        attempts.c.delivery_id == _d.id,
        attempts.c.outcome.is_(None),
        attempts.c.opened_at > bindparam("b_in_flight_since"),
    )
    .exists()
)
_PUBLISHED_SINCE = select(func.count()).where(*_on_account, _d.published_at >= _since)
_IN_FLIGHT = select(func.count()).where(*_on_account, _may_be_open, _d.open_attempts > 0, _is_in_flight)
_COUNT_NOT_IN_QUOTA = select(_PUBLISHED_SINCE.scalar_subquery() + _IN_FLIGHT.scalar_subquery())


def lock_platform_rows(transaction: Transaction, delivery: Delivery) -> list[Delivery]:
    """Return all deliveries of the post on the delivery's platform, itself too; locked, on PostgreSQL."""
    same = (_d.post_id == delivery.post_id, _d.platform == delivery.platform)
    rows = transaction.execute(select(deliveries).where(*same).order_by(_d.id).with_for_update())
    return deliveries_of(transaction, rows)


def count_on_platform(transaction: Transaction, delivery: Delivery) -> int:
    """Return how many deliveries the post has on the delivery's platform, itself too."""
    same = (_d.post_id == delivery.post_id, _d.platform == delivery.platform)
    return transaction.execute(select(func.count()).where(*same)).scalar_one()


def find_taken_ids(transaction: Transaction, delivery: Delivery) -> frozenset[str]:
    """Return the ids that other deliveries to the same profile own, which a check must not match.

    These are remote ids, and the ids of tickets with an open attempt. Only of what may have been published since
    this delivery was first sent, because a check searches no further back.
    """
    sent_since = (delivery.ticket or {}).get("sent_since")
    if sent_since is None:
        return frozenset()
    since = {"b_since": datetime.fromisoformat(sent_since) - _SEARCH_MARGIN}
    known = transaction.execute(_TAKEN, _self_of(delivery) | since)
    sent = transaction.execute(_TAKEN_TICKETS, _self_of(delivery))
    ids = [id_ for ticket in sent.scalars() if ticket is not None for id_ in Ticket.from_json(ticket).ids]
    return frozenset([*known.scalars(), *ids])


def is_remote_id_owned(transaction: Transaction, delivery: Delivery, remote_id: str) -> bool:
    """Return whether another delivery to the same profile has that remote id."""
    return transaction.execute(_OWNER, _self_of(delivery) | {"b_remote_id": remote_id}).first() is not None


def has_identical_text(transaction: Transaction, delivery: Delivery, now: datetime) -> bool:
    """Return whether another delivery to the same profile has the same text and may be published under an unknown id.

    A match by text cannot tell the two apart.
    """
    text = (delivery.ticket or {}).get("text")
    since = {"b_platform": delivery.platform, "b_since": now - _IDENTICAL_TEXT_FOR}
    rows = transaction.execute(_SAME_TEXT, _self_of(delivery) | since)
    return any((ticket or {}).get("text") == text for ticket in rows.scalars().all())


def count_not_in_quota(
    transaction: Transaction, delivery: Delivery, *, since: datetime, in_flight_since: datetime
) -> int:
    """Count the account's other deliveries that the platform's count of `since` cannot include yet.

    Those published after `since`, and those with an attempt open since `in_flight_since`.
    """
    since_when = {"b_since": since, "b_in_flight_since": in_flight_since}
    return int(transaction.execute(_COUNT_NOT_IN_QUOTA, _self_of(delivery) | since_when).scalar_one())


def oldest_published(transaction: Transaction, account_id: str, since: datetime) -> datetime | None:
    """Return when the account's first publish after `since` happened; None when there was none."""
    found = transaction.execute(
        select(func.min(_d.published_at)).where(_d.account_id == account_id, _d.published_at > since)
    )
    oldest: datetime | None = found.scalar_one()
    return oldest


def count_waiting_for_account(transaction: Transaction, account_id: str) -> int:
    """Return how many deliveries wait for the account to be connected again."""
    waiting = select(func.count()).where(_d.account_id == account_id, _d.state == State.NEEDS_RECONNECT)
    return transaction.execute(waiting).scalar_one()


def resume_after_reconnect(transaction: Transaction, account_ids: Iterable[str], now: datetime) -> list[Delivery]:
    """Queue again and return the deliveries that wait for these accounts; those due later are scheduled again."""
    is_later = and_(_d.due_at > now, _d.open_attempts == 0)
    state = case((is_later, literal(State.SCHEDULED)), else_=literal(State.QUEUED))
    resumed = transaction.execute(
        update(deliveries)
        .where(_d.account_id.in_(list(account_ids)), _d.state == State.NEEDS_RECONNECT)
        .values(state=state, rev=_d.rev + 1, next_at=None, tries=0, error=None, updated_at=now)
        .returning(*deliveries.c)
    )
    return deliveries_of(transaction, resumed)
