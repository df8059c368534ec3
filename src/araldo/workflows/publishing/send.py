"""The one visible write of a delivery: record the intent, send the request, decide what its answer means."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from araldo.accounts import store as account_store
from araldo.clock import Clock
from araldo.errors import NotSent, OutcomeUnknown, OutsideError, PrepareAgain, ReconnectNeeded, Rejected, TryLater
from araldo.messages import Message
from araldo.platforms.base import Publication, Published, Quota, Ticket
from araldo.posts import approval_store, delivery_store
from araldo.posts.delivery_changes import DeliveryChanges
from araldo.posts.models import Delivery, State
from araldo.storage.database import Database, Transaction
from araldo.workflows.deliveries.lease import LeasedDelivery, LeaseLost, record_delivery_event, save_leased
from araldo.workflows.deliveries.outcomes import DeliveryOutcomes
from araldo.workflows.publishing.destinations import Destinations
from araldo.workflows.publishing.job import DeliveryJob, Step, ticket_of
from araldo.workflows.publishing.repeats import PublishTimings, Repeats
from araldo.workflows.publishing.results import PublishResults

PREPARES_MAX = 3
# After this many refusals a ticket of which nothing is published is replaced by a new one.
_REFUSALS_MAX = 3
# A post that was sent longer ago than this is in the platform's count by now, or never will be, in seconds.
_IN_FLIGHT_S = 60.0
# Requests in flight may be counted twice, by the platform already and by us still: a new read settles it.
_IN_FLIGHT_RECHECK_S = 1.0
# A full quota may free up at any time (the account may be used elsewhere too), so it is read again after this long.
_QUOTA_RECHECK_S = 1800.0


class _NotApproved(Exception):
    """The post is not, or no longer, approved: undoes the intent."""


def _ticket_to_send(before: Ticket, now: datetime, send_before: datetime) -> Ticket:
    return replace(
        before,
        sent_since=before.sent_since or now,
        send_before=send_before,
        sends=before.sends + 1,
        empty_read_at=None,
    )


class Sender:
    """Send tickets and record what became of them."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        destinations: Destinations,
        outcomes: DeliveryOutcomes,
        times: PublishTimings,
    ) -> None:
        self._database = database
        self._clock = clock
        self._destinations = destinations
        self._outcomes = outcomes
        self._times = times
        self.results = PublishResults(database=database, clock=clock, outcomes=outcomes)
        self.repeats = Repeats(clock=clock, outcomes=outcomes, times=times)

    async def send(
        self,
        job: DeliveryJob,
        publication: Publication,
        quota: Quota | None = None,
        *,
        repeatable_until: datetime | None = None,
    ) -> Step:
        """Record the intent, then do the one visible write.

        `repeatable_until`: of a repeat that cannot publish twice before then, and does not leave close to it.

        END: the outcome is recorded. CHECK: the answer was unclear, and the ticket has to be checked. Raises the
        refusal (TryLater, Rejected, ReconnectNeeded) when nothing was published; TryLater when the quota is used up;
        LeaseLost.
        """
        leased = job.leased
        if not ticket_of(leased.row).is_of(publication):
            return await self._handle_changed_publication(leased)
        opened = await self._record_intent(job, quota, repeatable_until)
        if opened is None:
            return Step.END
        ticket, number = opened
        started = self._clock.running()
        self.repeats.note_request(leased.row.id)
        try:
            published = await job.platform.publish(job.destination, ticket, publication)
        except OutcomeUnknown as unknown:
            self.repeats.note_unknown_outcome(leased.row.id, started)
            await self._outcomes.record_answer(leased, number, unknown, self._clock.running() - started)
            return Step.CHECK
        except (TryLater, Rejected, ReconnectNeeded) as refusal:
            seconds = self._clock.running() - started
            must_recheck = (
                leased.row.open_attempts == 1
                and not isinstance(refusal, NotSent)
                and job.platform.declaration.can_check
            )
            found = await self._recheck_after_refusal(job, ticket) if must_recheck else None
            if found is None:
                return await self._handle_refusal(leased, number, refusal, seconds, repeatable_until)
            if not found.certain:
                await self._outcomes.record_answer(leased, number, refusal, seconds)
                return Step.CHECK
            await self.results.record_published(job, found, number=number, seconds=seconds)
            return Step.END
        await self.results.record_published(job, published, number=number, seconds=self._clock.running() - started)
        return Step.END

    async def _handle_changed_publication(self, leased: LeasedDelivery) -> Step:
        """Send nothing, because the post is not what the ticket was prepared for.

        END: an attempt is open, and a person decides. Raises NotSent, with the ticket dropped, when none is.
        """
        if leased.row.open_attempts:
            await self._outcomes.record_unconfirmed(leased, Message("send.changed"))
            return Step.END
        if leased.row.prepares < PREPARES_MAX:
            await leased.save(DeliveryChanges(ticket=None))
        raise NotSent(Message("send.changed"), after_s=1, service="araldo", code="publication_changed")

    async def _record_intent(
        self, job: DeliveryJob, quota: Quota | None, repeatable_until: datetime | None
    ) -> tuple[Ticket, int] | None:
        """Open an attempt in one committed transaction, after which the post may become visible at any time.

        Return the ticket to send and the attempt's number; None, with the delivery queued again, when the
        account's credentials are others than those it was opened with; None, with that recorded, when the post needs an
        approval and has none. Raises TryLater when the quota is used up, and
        LeaseLost.
        """
        row = job.leased.row

        def in_transaction(transaction: Transaction) -> tuple[Delivery, int | None] | float:
            # With a quota the write comes first: on PostgreSQL it locks the account's row, so that its intents happen
            # one at a time.
            version = (
                account_store.get_credentials_version(transaction, job.account.id)
                if quota is None
                else account_store.store_quota(transaction, job.account.id, quota.as_json())
            )
            if version != job.destination.credentials.version:
                again = DeliveryChanges(state=State.WAITING, next_at=transaction.now)
                return save_leased(transaction, row, again), None
            if quota is not None:
                frees_in_s = self._seconds_until_quota_frees(transaction, row, job.account.id, quota)
                if frees_in_s is not None:
                    return frees_in_s
            send_before = self.repeats.find_send_before(transaction.now, repeatable_until)
            ticket = _ticket_to_send(ticket_of(row), transaction.now, send_before)
            opened = delivery_store.open_attempt(
                transaction, row, ticket=ticket.as_json(), now=transaction.now, send_before=send_before
            )
            if opened is None:
                raise LeaseLost
            # After the delivery is locked: whoever changes the post or its approval locks it too, and comes first or
            # waits until this intent is committed.
            if opened.needs_approval and not approval_store.is_approved(transaction, row.workspace_id, row.post_id):
                raise _NotApproved
            record_delivery_event(transaction, opened.row)
            return opened.row, opened.number

        try:
            opened = await self._database.write(in_transaction, one_at_a_time=None if quota is None else job.account.id)
        except _NotApproved:
            await self._outcomes.record_unapproved(job.leased)
            return None
        if isinstance(opened, float):
            assert quota is not None
            raise TryLater(quota.full, after_s=opened, service="araldo", code="quota")
        job.leased.row, number = opened
        return None if number is None else (ticket_of(job.leased.row), number)

    def _seconds_until_quota_frees(
        self, transaction: Transaction, row: Delivery, account_id: str, quota: Quota
    ) -> float | None:
        """Reserve one post of the account's quota; None when reserved, else the seconds until one may be free.

        The account's row is locked.
        """
        uncounted = delivery_store.count_not_in_quota(
            transaction, row, since=quota.read_at, in_flight_since=quota.read_at - timedelta(seconds=_IN_FLIGHT_S)
        )
        if quota.used + uncounted < quota.total:
            return None
        window = timedelta(seconds=quota.window_s)
        oldest = delivery_store.oldest_published(transaction, account_id, quota.read_at - window)
        if quota.used < quota.total:
            # Only our own requests in flight fill the rest.
            return _IN_FLIGHT_RECHECK_S
        frees_in_s = _QUOTA_RECHECK_S if oldest is None else (oldest + window - quota.read_at).total_seconds() + 1
        return min(_QUOTA_RECHECK_S, frees_in_s)

    async def _recheck_after_refusal(self, job: DeliveryJob, ticket: Ticket) -> Published | None:
        """Check once after a refusal and return the post when it is published all the same; None: it was refused.

        A match by text only may be another post of ours (`certain` is False): the caller then keeps the attempt open,
        and later checks or a person decide.
        """
        try:
            finding = await job.platform.check(
                await self._destinations.for_check(job.destination, job.leased.row), ticket
            )
        except OutsideError:
            return None
        return finding if isinstance(finding, Published) else None

    async def _handle_refusal(
        self,
        leased: LeasedDelivery,
        number: int,
        refusal: OutsideError,
        seconds: float,
        repeatable_until: datetime | None,
    ) -> Step:
        """Close the attempt as refused and raise the refusal.

        With an earlier attempt open, the attempt stays open too, because no later refusal is final: return CHECK, or
        raise a refusal that a repeat has to wait for.
        """
        if leased.row.open_attempts > 1:
            await self._outcomes.record_answer(leased, number, refusal, seconds)
            if repeatable_until is not None and isinstance(refusal, TryLater | ReconnectNeeded):
                raise refusal
            return Step.CHECK
        row = leased.row
        # `sent_since` stays: the recheck may have failed or come too early, so later checks search from there on.
        unsent = replace(ticket_of(row), send_before=None, sends=0, empty_read_at=None)
        # A request that never left this machine was not refused by the platform.
        repeated = isinstance(refusal, TryLater) and not isinstance(refusal, NotSent) and row.tries + 1 >= _REFUSALS_MAX
        unusable = repeated or isinstance(refusal, PrepareAgain)
        drop_ticket = unusable and row.prepares < PREPARES_MAX

        def in_transaction(transaction: Transaction, row: Delivery) -> Delivery:
            delivery_store.answer_attempt(
                transaction,
                row.id,
                number,
                answer=refusal.as_json(),
                seconds=seconds,
                outcome="refused",
                now=transaction.now,
            )
            ticket = None if drop_ticket else unsent.as_json()
            return save_leased(transaction, row, DeliveryChanges(open_attempts=0, ticket=ticket))

        await leased.write(in_transaction)
        raise refusal
