"""The one visible write of a delivery: intent first, then the request, then what its answer makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import NotSent, OutcomeUnknown, OutsideError, PrepareAnew, ReconnectNeeded, Rejected, TryLater
from araldo.loops import FailureLog
from araldo.messages import Message
from araldo.platforms.base import Destination, Platform, Published, Quota, Ticket
from araldo.posts import delivery_store
from araldo.posts.models import Delivery, Post, State
from araldo.storage.database import Database, Transaction
from araldo.storage.events import ChangeSignal
from araldo.workflows.destinations import Destinations
from araldo.workflows.lease import LeasedDelivery, LeaseLost, record_delivery_event
from araldo.workflows.outcomes import DeliveryOutcomes
from araldo.workflows.reconnect import Reconnect
from araldo.workspaces import audit_store

SENDS_MAX = 3
PREPARES_MAX = 3
# A ticket that was refused so often, and surely is not out, gives way to a new one.
_REFUSALS_MAX = 3
# How long the request of an intent may take to leave, in seconds, whatever the time-outs.
_SEND_WINDOW_S = 10.0
# What was sent this long ago is either counted by the platform or will never be, in seconds.
_UNDER_WAY_S = 60.0
# Others may leave room at any time, so a full allowance is read again after this many seconds.
_QUOTA_RECHECK_S = 1800.0


@dataclass(frozen=True, slots=True)
class Times:
    """In seconds; what they are for is in `araldo.settings.PublishSettings`."""

    http_timeout_s: float
    lease_s: float

    @property
    def send_window_s(self) -> float:
        """Shorter than a request may take, so that a repeat is not put off for long."""
        return min(_SEND_WINDOW_S, self.http_timeout_s / 2)


@dataclass(frozen=True, slots=True)
class DeliveryJob:
    """All that the steps of one delivery need: plain values, read once."""

    leased: LeasedDelivery
    post: Post
    account: Account
    platform: Platform


def ticket_of(row: Delivery) -> Ticket:
    if row.ticket is None:
        raise LookupError(f"{row.id} has no ticket")
    return Ticket.from_json(row.ticket)


class Sender:
    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        committed: ChangeSignal,
        destinations: Destinations,
        outcomes: DeliveryOutcomes,
        times: Times,
    ) -> None:
        self._database = database
        self._clock = clock
        self._committed = committed
        self._destinations = destinations
        self._outcomes = outcomes
        self._times = times
        self._reconnect = Reconnect(clock)
        self._failures = FailureLog(clock)

    async def may_send(self, leased: LeasedDelivery) -> bool:
        """A repeat waits until the request before it can no longer be under way, and there are few of them."""
        if not leased.row.open_attempts:
            return True
        ticket = ticket_of(leased.row)
        if ticket.sends >= SENDS_MAX:
            await self._outcomes.unconfirmed(leased, Message("send.no_clear_answer", {"count": ticket.sends}))
            return False
        quiet = (ticket.send_before or self._clock.now()) + timedelta(seconds=self._times.http_timeout_s)
        if self._clock.now() < quiet:
            await leased.save(state=State.WAITING, next_at=quiet)
            return False
        return True

    async def send(self, job: DeliveryJob, quota: Quota | None) -> bool:
        """Intent, then the one visible write. False when the answer is not definite: look again."""
        leased = job.leased
        to = await self._destinations.open(job.account, leased.row)
        ticket, number = await self._intend(job, quota)
        started = self._clock.running()
        try:
            published = await job.platform.publish(to, ticket)
        except OutcomeUnknown as unknown:
            await self._outcomes.note_answer(leased, number, unknown, self._clock.running() - started)
            return False
        except (TryLater, Rejected, ReconnectNeeded) as refusal:
            seconds = self._clock.running() - started
            doubtful = leased.row.open_attempts == 1 and not isinstance(refusal, NotSent)
            out = await self._recheck_after_refusal(job, to, ticket) if doubtful else None
            if out is None:
                return await self._handle_refusal(leased, number, refusal, seconds)
            if not out.sure:
                await self._outcomes.note_answer(leased, number, refusal, seconds)
                return False
            await self.record(job, out, number=number, seconds=seconds)
            return True
        await self.record(job, published, number=number, seconds=self._clock.running() - started)
        return True

    async def _intend(self, job: DeliveryJob, quota: Quota | None) -> tuple[Ticket, int]:
        """One committed transaction: from here on it may be out. The ticket as sent, and the attempt's number."""
        leased, now = job.leased, self._clock.now()
        send_before = now + timedelta(seconds=self._times.send_window_s)
        before = ticket_of(leased.row)
        ticket = replace(
            before,
            sent_since=before.sent_since or now,
            send_before=send_before,
            sends=before.sends + 1,
            empty_read_at=None,
        )
        async with self._database.transaction() as transaction:
            full_for_s = (
                None
                if quota is None
                else await self._seconds_until_quota_frees(transaction, job.leased.row, job.account.id, quota)
            )
            if full_for_s is None:
                opened = await delivery_store.open_attempt(
                    transaction, leased.row, ticket=ticket.as_json(), now=now, send_before=send_before
                )
                if opened is None:
                    raise LeaseLost
                leased.row, number = opened
                await record_delivery_event(transaction, leased.row, self._clock)
        if quota is not None and full_for_s is not None:
            raise TryLater(quota.full, after_s=full_for_s, service="araldo", code="quota")
        self._committed.notify()
        return ticket, number

    async def _seconds_until_quota_frees(
        self, transaction: Transaction, row: Delivery, account_id: str, quota: Quota
    ) -> float | None:
        """Seconds until there may be room in the account's allowance; None when there is, and it is ours."""
        # Written first: on PostgreSQL this holds up the account's other intents until ours is committed.
        await account_store.save(transaction, account_id, quota=quota.as_json())
        under_way = await delivery_store.sent_lately(
            transaction, row, since=quota.read_at, under_way_since=quota.read_at - timedelta(seconds=_UNDER_WAY_S)
        )
        if quota.used + under_way < quota.total:
            return None
        window = timedelta(seconds=quota.window_s)
        oldest = await delivery_store.oldest_published(transaction, account_id, quota.read_at - window)
        if quota.used < quota.total:
            # Only our own sends fill it: a moment tells whether they went out.
            return _UNDER_WAY_S
        frees_s = _QUOTA_RECHECK_S if oldest is None else (oldest + window - quota.read_at).total_seconds() + 1
        return min(_QUOTA_RECHECK_S, frees_s)

    async def _recheck_after_refusal(self, job: DeliveryJob, to: Destination, ticket: Ticket) -> Published | None:
        """One look after a refusal: it is believed, unless what it refused is there.

        What may be another's with the same words leaves the attempt open: the looks that follow decide, or a person.
        """
        try:
            finding = await job.platform.check(to, ticket)
        except OutsideError:
            return None
        return finding if isinstance(finding, Published) else None

    async def _handle_refusal(self, leased: LeasedDelivery, number: int, refusal: OutsideError, seconds: float) -> bool:
        """A refusal closes its own attempt as not out, unless an older one is open: then only a look can tell."""
        if leased.row.open_attempts > 1:
            await self._outcomes.note_answer(leased, number, refusal, seconds)
            return False
        row = leased.row
        # Since when it may be out stays known: a refusal that no look could question is not beyond doubt.
        unsent = replace(ticket_of(row), send_before=None, sends=0, empty_read_at=None)
        # What never left this machine was not refused by anybody.
        repeated = isinstance(refusal, TryLater) and not isinstance(refusal, NotSent) and row.tries + 1 >= _REFUSALS_MAX
        dead = repeated or isinstance(refusal, PrepareAnew)
        worn_out = dead and row.prepares < PREPARES_MAX
        async with self._database.transaction() as transaction:
            await delivery_store.answer_attempt(
                transaction,
                row.id,
                number,
                answer=refusal.as_json(),
                seconds=seconds,
                outcome="refused",
                now=self._clock.now(),
            )
            await leased.save_in(transaction, open_attempts=0, ticket=None if worn_out else unsent.as_json())
        raise refusal

    async def record(
        self, job: DeliveryJob, published: Published, *, number: int | None = None, seconds: float = 0.0
    ) -> None:
        """It is out: stored under any fence, for it is true. Then its link, which fails nothing when unreadable."""
        row = job.leased.row
        async with self._database.transaction() as transaction:
            known = await self._resolve_remote_id_owner(transaction, row, published)
            if known is not None:
                await self._store(transaction, job.leased, known, number, seconds)
        if known is None:
            # Nothing is settled by words that two of ours share: a person can tell them apart.
            await self._outcomes.unconfirmed(job.leased, Message("send.twin_post"))
        elif known.remote_id is not None:
            await self._read_details(job, known, known.remote_id)

    async def _read_details(self, job: DeliveryJob, known: Published, remote_id: str) -> None:
        """Read the link and count the pictures. Best effort: nothing that goes wrong here changes what is out."""
        try:
            if known.permalink is None:
                await self._fill_in_link(job, remote_id)
            await self._count_pictures(job, remote_id)
        except Exception as failure:
            self._failures.write("details_not_read", failure, delivery=job.leased.row.id)

    async def _resolve_remote_id_owner(
        self, transaction: Transaction, row: Delivery, published: Published
    ) -> Published | None:
        """Without the id when another delivery owns it, or could; None when that it is out rests on such an id."""
        if published.remote_id is None:
            return published
        if published.by_text and await delivery_store.has_twin(transaction, row, self._clock.now()):
            return Published() if published.sure else None
        if not await delivery_store.is_owned(transaction, row, published.remote_id):
            return published
        # The other's answer may have come while we looked: words that are its own say nothing of ours.
        return Published() if published.sure else None

    async def _store(
        self, transaction: Transaction, leased: LeasedDelivery, published: Published, number: int | None, seconds: float
    ) -> None:
        row, now = leased.row, self._clock.now()
        if number is not None:
            answer = {"remote_id": published.remote_id, "permalink": published.permalink}
            await delivery_store.answer_attempt(
                transaction, row.id, number, answer=answer, seconds=seconds, outcome="published", now=now
            )
        new = await delivery_store.store_published(
            transaction, row.id, now, remote_id=published.remote_id, permalink=published.permalink
        )
        if new:
            await audit_store.record_published(
                transaction, workspace_id=row.workspace_id, post_id=row.post_id, platform=row.platform, at=now
            )
            leased.row = replace(row, state=State.PUBLISHED, error=None)
            await record_delivery_event(transaction, leased.row, self._clock)
        if number is not None:
            began_at = now - timedelta(seconds=seconds)
            await self._reconnect.succeeded(transaction, row.workspace_id, row.account_id, row.platform, began_at)

    async def _count_pictures(self, job: DeliveryJob, remote_id: str) -> None:
        """It fails nothing: what is out is out. But a person should know when a part of it is not."""
        sent = ticket_of(job.leased.row).pictures
        if sent < 2:
            return
        to = await self._destinations.open(job.account, job.leased.row)
        shown = await job.platform.pictures_shown(to, remote_id)
        if shown is not None and shown != sent:
            note = Message(
                "send.pictures_missing", {"label": job.platform.declaration.label, "shown": shown, "sent": sent}
            )
            async with self._database.transaction() as transaction:
                await delivery_store.store_notes(transaction, job.leased.row.id, [note.as_json()])

    async def _fill_in_link(self, job: DeliveryJob, remote_id: str) -> None:
        to = await self._destinations.open(job.account, job.leased.row)
        link = await job.platform.link(to, remote_id)
        if link is not None:
            async with self._database.transaction() as transaction:
                await delivery_store.store_link(transaction, job.leased.row.id, link)
