"""Deliveries as the guard needs them: claimed by compare-and-set, changed under a fence, attempts kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, distinct, func, insert, or_, select, update

from araldo.posts.models import AT_REST, PICTURE_WANTED, WORKING, Delivery, PictureState, State, may_move
from araldo.posts.store import delivery_of
from araldo.storage.database import Transaction, new_id
from araldo.storage.schema import accounts, attempts, deliveries

_d = deliveries.c
# How long a delivery without a known id counts as somebody's possible twin.
_TWINS_FOR = timedelta(days=2)
# How far a look goes back before the first send, and more.
_SEEN_LATE = timedelta(minutes=10)


def _pending(now: datetime) -> ColumnElement[bool]:
    """There is something to do for it now: publish what is due, or make a picture ahead of time."""
    ripe = or_(_d.next_at.is_(None), _d.next_at <= now)
    return or_(
        and_(_d.state.in_(WORKING), ripe),
        and_(_d.state == State.SCHEDULED, _d.due_at <= now),
        and_(_d.state == State.SCHEDULED, _d.picture_state.in_(PICTURE_WANTED), ripe),
        and_(_d.state.in_({State.DRAFT, *AT_REST}), _d.picture_state.in_(PICTURE_WANTED - {PictureState.STALE}), ripe),
    )


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(_d.lease_until.is_(None), _d.lease_until <= now)


async def due(transaction: Transaction, now: datetime, limit: int) -> list[tuple[str, int]]:
    """(id, rev) of what waits for a worker now, the longest waiting first."""
    wanted = select(_d.id, _d.rev).where(_pending(now), _free(now))
    rows = await transaction.execute(wanted.order_by(func.coalesce(_d.next_at, _d.due_at, _d.created_at)).limit(limit))
    return [(row.id, row.rev) for row in rows]


async def next_moment(transaction: Transaction, now: datetime) -> datetime | None:
    """When the next delivery that is not yet due will be; None when nothing is planned."""
    later = [
        select(func.min(_d.next_at)).where(_d.state.in_(WORKING), _d.next_at > now),
        select(func.min(_d.due_at)).where(_d.state == State.SCHEDULED, _d.due_at > now),
    ]
    moments = [(await transaction.execute(query)).scalar() for query in later]
    return min((moment for moment in moments if moment is not None), default=None)


async def claim(
    transaction: Transaction, delivery_id: str, rev: int, *, owner: str, now: datetime, until: datetime
) -> Delivery | None:
    """Take the lease; None when the nudge is stale or somebody else holds it."""
    taken = await transaction.execute(
        update(deliveries)
        .where(_d.id == delivery_id, _d.rev == rev, _pending(now), _free(now))
        .values(fence=_d.fence + 1, lease_owner=owner, lease_until=until)
        .returning(*deliveries.c)
    )
    row = taken.one_or_none()
    return None if row is None else delivery_of(row._asdict())


async def renew(transaction: Transaction, held: Delivery, until: datetime) -> bool:
    """False when the delivery is no longer ours: stop at once."""
    done = await transaction.execute(
        update(deliveries)
        .where(_d.id == held.id, _d.rev == held.rev, _d.fence == held.fence, _d.lease_owner == held.lease_owner)
        .values(lease_until=until)
    )
    return bool(done.rowcount)


async def save(transaction: Transaction, held: Delivery, now: datetime, **changes: Any) -> Delivery | None:
    """The holder's write, on (rev, fence); None when another has come between, and then nothing is written."""
    state = State(changes.get("state", held.state))
    if not may_move(held.state, state):
        raise ValueError(f"a delivery does not go from {held.state} to {state}")
    done = await transaction.execute(
        update(deliveries)
        .where(_d.id == held.id, _d.rev == held.rev, _d.fence == held.fence)
        .values(**changes, updated_at=now)
    )
    return replace(held, **{**changes, "updated_at": now, "state": state}) if done.rowcount else None


async def free_all_leases(transaction: Transaction) -> None:
    """For the one process that may hold any, at its start: whoever held them is dead."""
    await transaction.execute(
        update(deliveries).where(_d.lease_until.is_not(None)).values(lease_until=None, lease_owner=None)
    )


async def open_attempt(
    transaction: Transaction, held: Delivery, *, ticket: dict[str, Any], now: datetime, send_before: datetime
) -> tuple[Delivery, int] | None:
    """The intent: `publishing`, the fence raised, the ticket with its `send_before`, and an attempt row, together.

    The answer is the delivery as it now stands and the attempt's number.
    """
    fence = held.fence + 1
    changes = {"state": State.PUBLISHING, "open_attempts": held.open_attempts + 1, "ticket": ticket, "next_at": None}
    raised = await save(transaction, held, now, fence=fence, **changes)
    if raised is None:
        return None
    counted = await transaction.execute(select(func.count()).where(attempts.c.delivery_id == held.id))
    number = counted.scalar_one() + 1
    await transaction.execute(
        insert(attempts).values(
            id=new_id("att"),
            workspace_id=held.workspace_id,
            delivery_id=held.id,
            number=number,
            fence=fence,
            opened_at=now,
            send_before=send_before,
            asked=ticket,
        )
    )
    return raised, number


async def answer_attempt(
    transaction: Transaction,
    delivery_id: str,
    number: int,
    *,
    answer: dict[str, Any],
    seconds: float,
    outcome: str | None,
    now: datetime,
) -> None:
    """Keep what came back; `outcome` None leaves the attempt open."""
    await transaction.execute(
        update(attempts)
        .where(attempts.c.delivery_id == delivery_id, attempts.c.number == number)
        .values(answer=answer, seconds=seconds, outcome=outcome, closed_at=None if outcome is None else now)
    )


async def close_attempts(transaction: Transaction, delivery_id: str, answer: dict[str, Any], now: datetime) -> None:
    """By a person's word, which is kept with them."""
    await transaction.execute(
        update(attempts)
        .where(attempts.c.delivery_id == delivery_id, attempts.c.outcome.is_(None))
        .values(outcome="decided", answer=answer, closed_at=now)
    )


async def store_published(
    transaction: Transaction, delivery_id: str, now: datetime, *, remote_id: str | None, permalink: str | None
) -> bool:
    """It is out: the one write that needs no fence, for it is true whoever brings it. False when it was known.

    Raises the database's IntegrityError when another delivery of the account owns that remote id.
    """
    done = await transaction.execute(
        update(deliveries)
        .where(_d.id == delivery_id, _d.state != State.PUBLISHED)
        .values(
            state=State.PUBLISHED,
            remote_id=remote_id,
            permalink=permalink,
            published_at=now,
            updated_at=now,
            open_attempts=0,
            next_at=None,
            error=None,
        )
    )
    await transaction.execute(
        update(attempts)
        .where(attempts.c.delivery_id == delivery_id, attempts.c.outcome.is_(None))
        .values(outcome="published", closed_at=now)
    )
    return bool(done.rowcount)


async def store_link(
    transaction: Transaction, delivery_id: str, permalink: str | None, *, remote_id: str | None = None
) -> None:
    """What was not known when it went out; what is known stays. `remote_id` is for one that has none."""
    found: dict[str, str | None] = (
        {"permalink": permalink}
        if remote_id is None
        else {
            "permalink": permalink,
            "remote_id": remote_id,
        }
    )
    await transaction.execute(update(deliveries).where(_d.id == delivery_id, _d.permalink.is_(None)).values(**found))


async def store_notes(transaction: Transaction, delivery_id: str, notes: list[dict[str, Any]]) -> None:
    """What a person should know of what went out."""
    await transaction.execute(update(deliveries).where(_d.id == delivery_id).values(notes=notes))


async def without_link(transaction: Transaction, since: datetime, limit: int) -> list[Delivery]:
    """Out since then and without a link, maybe without an id; those published last first."""
    missing = (_d.state == State.PUBLISHED, _d.permalink.is_(None), _d.ticket.is_not(None))
    rows = await transaction.execute(
        select(deliveries).where(*missing, _d.published_at > since).order_by(_d.published_at.desc()).limit(limit)
    )
    return [delivery_of(row._asdict()) for row in rows]


async def release_lease(transaction: Transaction, held: Delivery) -> None:
    """Give the lease back, whatever has become of the delivery, if it is still ours."""
    await transaction.execute(
        update(deliveries)
        .where(_d.id == held.id, _d.lease_owner == held.lease_owner)
        .values(lease_owner=None, lease_until=None)
    )


def _others(delivery: Delivery) -> tuple[ColumnElement[bool], ...]:
    """Other deliveries to the same place. A place that two workspaces have connected is two accounts, and one place."""
    mine = accounts.alias("mine")
    same_place = (accounts.c.kind == mine.c.kind, accounts.c.remote_id == mine.c.remote_id)
    at_it = select(accounts.c.id).join(mine, and_(*same_place)).where(mine.c.id == delivery.account_id)
    return _d.account_id.in_(at_it), _d.id != delivery.id


async def taken_ids(transaction: Transaction, delivery: Delivery) -> frozenset[str]:
    """What other deliveries to the place own: remote ids, and the handles of what may be out without one.

    Only of what may have gone out since this one was first sent: a look goes no further back.
    """
    sent_since = (delivery.ticket or {}).get("sent_since")
    if sent_since is None:
        return frozenset()
    others = _others(delivery)
    lately = _d.published_at > datetime.fromisoformat(sent_since) - _SEEN_LATE
    known = await transaction.execute(select(_d.remote_id).where(*others, _d.remote_id.is_not(None), lately))
    sent = await transaction.execute(select(_d.ticket).where(*others, _d.remote_id.is_(None), _d.open_attempts > 0))
    handles = [handle for ticket in sent.scalars() for handle in (ticket or {}).get("handles", [])]
    return frozenset([*known.scalars(), *handles])


async def is_owned(transaction: Transaction, delivery: Delivery, remote_id: str) -> bool:
    """Whether another delivery to the place has that id."""
    owners = select(_d.id).where(*_others(delivery), _d.remote_id == remote_id)
    return (await transaction.execute(owners.limit(1))).first() is not None


async def has_twin(transaction: Transaction, delivery: Delivery, now: datetime) -> bool:
    """Whether another delivery to the same place says the same and may be out under an id that nobody knows yet."""
    text = (delivery.ticket or {}).get("text")
    rows = await transaction.execute(
        select(_d.ticket).where(
            *_others(delivery),
            _d.platform == delivery.platform,
            _d.remote_id.is_(None),
            or_(_d.open_attempts > 0, _d.state == State.PUBLISHED),
            _d.updated_at > now - _TWINS_FOR,
        )
    )
    return any((ticket or {}).get("text") == text for ticket in rows.scalars())


async def sent_lately(
    transaction: Transaction, delivery: Delivery, *, since: datetime, under_way_since: datetime
) -> int:
    """Sendings of the account's other deliveries that went out after `since`, or are under way."""
    counted = await transaction.execute(
        select(func.count(distinct(_d.id)))
        .select_from(attempts.join(deliveries, attempts.c.delivery_id == _d.id))
        .where(
            _d.account_id == delivery.account_id,
            _d.id != delivery.id,
            or_(
                and_(attempts.c.outcome.is_(None), attempts.c.opened_at > under_way_since),
                and_(attempts.c.outcome == "published", attempts.c.closed_at >= since),
            ),
        )
    )
    return counted.scalar_one()


async def oldest_published(transaction: Transaction, account_id: str, since: datetime) -> datetime | None:
    """When the first of the account's deliveries after that moment went out."""
    found = await transaction.execute(
        select(func.min(_d.published_at)).where(_d.account_id == account_id, _d.published_at > since)
    )
    oldest: datetime | None = found.scalar_one()
    return oldest


async def count_held(transaction: Transaction, account_id: str) -> int:
    """How many deliveries wait for the account to be connected again."""
    waiting = select(func.count()).where(_d.account_id == account_id, _d.state == State.NEEDS_RECONNECT)
    return (await transaction.execute(waiting)).scalar_one()


async def resume_after_reconnect(transaction: Transaction, account_ids: Iterable[str], now: datetime) -> list[Delivery]:
    """What waited for these accounts, queued again; what has an open attempt goes on by looking."""
    resumed = await transaction.execute(
        update(deliveries)
        .where(_d.account_id.in_(list(account_ids)), _d.state == State.NEEDS_RECONNECT)
        .values(state=State.QUEUED, rev=_d.rev + 1, next_at=None, tries=0, error=None, updated_at=now)
        .returning(*deliveries.c)
    )
    return [delivery_of(row._asdict()) for row in resumed]
