"""Claim what is due, in one transaction for many deliveries, with all that publishing reads."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.pictures.models import PictureState
from araldo.posts import approval_store, claim_store
from araldo.posts import store as post_store
from araldo.posts.claim_store import Lease
from araldo.posts.models import WORKING, Delivery, Post, State
from araldo.storage.database import Database, Transaction
from araldo.workflows.deliveries.lease import record_delivery_event

# Most deliveries that one transaction claims: every write waits for it.
CLAIMED_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery that this process leased `at` a moment, with its post, account and pictures as they were then."""

    at: datetime
    row: Delivery
    post: Post
    account: Account | None
    media: dict[str, Medium]
    # Whether its workspace lets nothing go out without approval.
    needs_approval: bool = False

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def late_at(self) -> datetime | None:
        """The late limit as a moment; None for a delivery without a due time."""
        return None if self.row.due_at is None else self.row.due_at + timedelta(seconds=self.post.late_limit_s)

    def is_due(self, now: datetime) -> bool:
        """Return whether it is to be published now; otherwise only its picture is to be generated."""
        if self.row.state is State.SCHEDULED:
            return self.row.due_at is not None and self.row.due_at <= now
        return self.row.state in WORKING


class Claims:
    """Leases deliveries to this process for `lease_s` seconds."""

    def __init__(self, database: Database, *, lease_s: float) -> None:
        self._database = database
        self._lease_s = lease_s

    async def claim_due(self, limit: int) -> tuple[list[ClaimedDelivery], datetime | None]:
        """Claim up to `limit` deliveries; return them, and when the next one falls due (None: none is planned).

        Nothing is written while nothing is due.
        """
        any_due, next_at = await self._database.read(_look)
        if not any_due:
            return [], next_at
        limit = min(limit, CLAIMED_AT_ONCE)
        claimed = await self._database.write(
            lambda transaction: _read_with(
                transaction, claim_store.claim_due(transaction, self._lease(transaction), limit)
            )
        )
        return claimed, next_at

    async def claim(self, delivery_id: str, rev: int) -> ClaimedDelivery | None:
        """Claim one delivery; None when `rev` is stale, nothing is due or another worker has it."""

        def in_transaction(transaction: Transaction) -> list[ClaimedDelivery]:
            row = claim_store.claim(transaction, self._lease(transaction), delivery_id, rev)
            return [] if row is None else _read_with(transaction, [row])

        return next(iter(await self._database.write(in_transaction)), None)

    def _lease(self, transaction: Transaction) -> Lease:
        return Lease(secrets.token_hex(8), transaction.now + timedelta(seconds=self._lease_s))


def _look(transaction: Transaction) -> tuple[bool, datetime | None]:
    return claim_store.is_any_due(transaction, transaction.now), claim_store.next_due_at(transaction, transaction.now)


def _read_with(transaction: Transaction, rows: Sequence[Delivery]) -> list[ClaimedDelivery]:
    """Read posts, accounts and media of claimed deliveries; begin those of which nothing stands in the way."""
    posts = post_store.find_all(transaction, {row.post_id for row in rows})
    accounts = account_store.find_all(transaction, {row.account_id for row in rows if row.account_id is not None})
    media = media_store.find_by_ids(transaction, {medium_id for row in rows for medium_id in _ready_pictures(row)})
    requiring = approval_store.requiring(transaction, {row.workspace_id for row in rows})
    claimed = [
        ClaimedDelivery(
            transaction.now,
            row,
            posts[row.post_id],
            None if row.account_id is None else accounts[row.account_id],
            {medium_id: media[medium_id] for medium_id in _ready_pictures(row) if medium_id in media},
            row.workspace_id in requiring,
        )
        for row in rows
    ]
    smooth = [one.row for one in claimed if _can_begin(one, transaction.now)]
    begun = {row.id: row for row in claim_store.begin_preparing(transaction, smooth)}
    for row in begun.values():
        record_delivery_event(transaction, row)
    return [replace(one, row=begun.get(one.row.id, one.row)) for one in claimed]


def _ready_pictures(row: Delivery) -> list[str]:
    """Return the ids of the media to publish; [] also for a row that contradicts itself, which its own job finds."""
    if row.picture_is_due or row.picture.state is PictureState.FAILED:
        return []
    try:
        return row.picture.medium_ids
    except LookupError:
        # Raised here, one such row would keep all others from being claimed.
        return []


def _can_begin(claimed: ClaimedDelivery, now: datetime) -> bool:
    """Return whether the next step is to prepare a ticket: due, not late, pictures ready, nothing prepared or sent.

    Where an approval is needed, the job itself looks for it first.
    """
    row = claimed.row
    early = row.state in {State.SCHEDULED, State.QUEUED} and row.ticket is None and not row.open_attempts
    late = claimed.late_at is not None and now > claimed.late_at
    has_pictures = not row.picture_is_due and row.picture.state is not PictureState.FAILED
    return (
        early
        and claimed.is_due(now)
        and not late
        and has_pictures
        and claimed.account is not None
        and not claimed.needs_approval
    )
