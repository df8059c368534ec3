"""Publish one delivery exactly once: prepare a ticket, record the intent, send, and check before every repeat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import ReconnectNeeded, Rejected, TryLater
from araldo.local_faults import is_transient
from araldo.loops import FailureLog
from araldo.media.urls import MediaUrls
from araldo.messages import Message
from araldo.pictures.models import PictureState
from araldo.platforms.account_facts import declaration_of
from araldo.platforms.base import (
    CheckResult,
    Declaration,
    Platform,
    Publication,
    Published,
    Ready,
    Repeatable,
    TicketUnusable,
    UnknownStatus,
    Waiting,
)
from araldo.posts import approval_store, rules
from araldo.posts.delivery_changes import DeliveryChanges
from araldo.posts.models import WORKING, Delivery, Post, State
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database
from araldo.telemetry.observer import Observer
from araldo.workflows.deliveries.claims import ClaimedDelivery
from araldo.workflows.deliveries.lease import LeasedDelivery, LeaseLost, hold_lease
from araldo.workflows.deliveries.outcomes import DeliveryOutcomes
from araldo.workflows.pictures.delivery_pictures import DeliveryPictures
from araldo.workflows.publishing.destinations import Destinations
from araldo.workflows.publishing.job import DeliveryJob, Step, ticket_of
from araldo.workflows.publishing.polling import POLL_PAUSE_MAX_S, PollPacing
from araldo.workflows.publishing.publication import PublicationReader, idempotency_key
from araldo.workflows.publishing.repeats import PublishTimings
from araldo.workflows.publishing.send import PREPARES_MAX, Sender

log = structlog.get_logger()

# How long one job polls a ticket that the platform is still processing; a longer wait ends the job until `next_at`.
_POLL_FOR_S = 30.0
# How many checks of a ticket that was never sent may answer `Unknown` before another ticket is prepared.
_UNKNOWN_CHECKS_MAX = 2


class Publisher:
    """Carry deliveries through picture, ticket and visible write until they are settled or have to wait."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        pictures: DeliveryPictures,
        blobs: Blobs,
        destinations: Destinations,
        media_urls: MediaUrls,
        times: PublishTimings,
        observer: Observer | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._observer = observer or Observer()
        self._platforms = platforms
        self._pictures = pictures
        self._publications = PublicationReader(database=database, clock=clock, blobs=blobs, media_urls=media_urls)
        self._destinations = destinations
        self._times = times
        self._failures = FailureLog(clock)
        self._pacing = PollPacing()
        self._outcomes = DeliveryOutcomes(database, clock)
        self._sender = Sender(
            database=database,
            clock=clock,
            destinations=destinations,
            outcomes=self._outcomes,
            times=times,
        )

    async def work(self, claimed: ClaimedDelivery) -> bool:
        """Do whatever is due for this delivery; return whether it is due again by itself, now or later."""
        leased = LeasedDelivery(claimed.row, self._database, since=claimed.at, late_at=claimed.late_at)
        async with hold_lease(leased, self._database, self._clock, lease_s=self._times.lease_s):
            try:
                await self._run_and_record_outcome(leased, claimed)
            except LeaseLost:
                log.info("delivery_taken_over")
            else:
                self._report(claimed.row, leased.row)
        return leased.row.state in WORKING or leased.row.picture_is_due

    def _report(self, before: Delivery, after: Delivery) -> None:
        """Report and log the state that the job has brought the delivery to, or until when it waits."""
        code = {} if after.error is None else {"code": after.error.get("code")}
        if after.state is not before.state and after.state not in {State.SCHEDULED, *WORKING}:
            self._observer.settled(after.platform, after.state)
            write = log.info if after.state is State.PUBLISHED else log.warning
            write("delivery_settled", platform=after.platform, state=after.state, **code)
        elif after.state is State.WAITING and after.next_at is not None:
            log.info("delivery_waits", platform=after.platform, until=after.next_at.isoformat(), **code)

    async def _run_and_record_outcome(self, leased: LeasedDelivery, claimed: ClaimedDelivery) -> None:
        """Run the steps and record any error that ends them as the delivery's next state. Raises LeaseLost."""
        try:
            await self._run(leased, claimed)
        except TryLater as wait:
            await self._outcomes.record_try_later(leased, wait)
        except Rejected as refusal:
            await self._outcomes.record_rejected(leased, refusal)
        except ReconnectNeeded as gone:
            await self._outcomes.record_reconnect_needed(leased, gone)
        except LeaseLost:
            raise
        except Exception as fault:
            if is_transient(fault):
                self._failures.write("local_fault", fault)
                await self._outcomes.record_local_fault(leased, fault)
            else:
                log.exception("delivery_bug")
                await self._outcomes.record_bug(leased, fault)

    async def _run(self, leased: LeasedDelivery, claimed: ClaimedDelivery) -> None:
        row, platform, account = leased.row, self._platforms[leased.row.platform], claimed.account
        due = claimed.is_due(self._clock.now())
        if due and row.state is State.SCHEDULED:
            # Publishing gets tries of its own; those of a picture generated ahead of time do not count.
            await leased.save(DeliveryChanges(state=State.QUEUED, tries=0, next_at=None))
        if due and (await self._record_if_missed(leased) or await self._record_if_unapproved(leased, claimed)):
            return
        if row.picture_is_due and not await self._ensure_picture(leased, claimed.post, platform.declaration, account):
            return
        if not due or await self._check_preconditions(leased, claimed.post, account) or account is None:
            return
        destination = await self._destinations.open(account)
        await self._publish_when_ready(DeliveryJob(leased, claimed.post, account, platform, destination, claimed.media))

    async def _ensure_picture(
        self, leased: LeasedDelivery, post: Post, declared: Declaration, account: Account | None
    ) -> bool:
        """Generate the pictures; return True when they are `ready` or have failed for good, False to try later."""
        try:
            await self._pictures.generate(leased, post, declared, account)
        except TryLater as wait:
            return not await self._outcomes.postpone_picture(leased, wait)
        if leased.row.state not in WORKING and (leased.row.tries or leased.row.next_at):
            await leased.save(DeliveryChanges(tries=0, next_at=None))
        return True

    async def _record_if_missed(self, leased: LeasedDelivery) -> bool:
        """Record `missed` and return True when the late limit has passed. Never while an attempt is open."""
        if leased.row.open_attempts or leased.late_at is None or self._clock.now() <= leased.late_at:
            return False
        await self._outcomes.record_missed(leased)
        return True

    async def _record_if_unapproved(self, leased: LeasedDelivery, claimed: ClaimedDelivery) -> bool:
        """Record `missed` and return True when the post needs an approval and has none. Never while an attempt is open.

        Spares the work for what the intent refuses anyway.
        """
        row = leased.row
        if row.open_attempts or not claimed.needs_approval:
            return False
        if await self._database.read(
            lambda transaction: approval_store.may_go_out(transaction, row.workspace_id, row.post_id)
        ):
            return False
        await self._outcomes.record_unapproved(leased)
        return True

    async def _check_preconditions(self, leased: LeasedDelivery, post: Post, account: Account | None) -> bool:
        """Return True when something forbids sending, which is recorded. Always False while an attempt is open.

        Raises Rejected when the account is gone or the post breaks a rule of the platform.
        """
        row = leased.row
        if row.open_attempts:
            return False
        if await self._record_if_missed(leased):
            return True
        if row.picture.state is PictureState.FAILED:
            await self._outcomes.record_picture_missing(leased)
        elif account is None:
            raise Rejected(Message("publish.account_missing"), service="araldo", code="account_missing")
        else:
            self._require_rules(post, row, account)
            return False
        return True

    def _require_rules(self, post: Post, row: Delivery, account: Account) -> None:
        """Apply the rules of the API once more: limits may have changed since the post was created. Raises Rejected."""
        declarations = {name: platform.declaration for name, platform in self._platforms.items()}
        declarations[row.platform] = declaration_of(declarations[row.platform], account.facts)
        request = rules.post_request_for(post, [row], "publish")
        problems = rules.find_problems(request, declarations, self._clock.now())
        if problems:
            raise Rejected(problems[0].message, service="araldo", code=problems[0].code)

    async def _publish_when_ready(self, job: DeliveryJob) -> None:
        """Prepare a ticket where there is none, check it, and send it when it is ready.

        Repeat until the outcome is recorded or the delivery waits until `next_at`.
        """
        step, publication = Step.CHECK, None
        while step is Step.CHECK:
            if job.leased.row.open_attempts and not job.platform.declaration.can_check:
                why = Message("send.cannot_check", {"label": job.platform.declaration.label})
                await self._outcomes.record_unconfirmed(job.leased, why)
                return
            if job.leased.row.ticket is None:
                publication = await self._prepare_ticket(job)
            finding = await self._check_until_answered(job)
            step = Step.END if finding is None else await self._act_on(job, finding, publication)

    async def _act_on(self, job: DeliveryJob, finding: CheckResult, publication: Publication | None) -> Step:
        """Do what a finding asks for. `publication`: None where this job has not read it yet."""
        if isinstance(finding, Published):
            await self._sender.results.record_published(job, finding)
            return Step.END
        if isinstance(finding, Repeatable):
            return await self._repeat(job, finding, publication)
        if not isinstance(finding, Ready):
            return await self._handle_unusable_ticket(job, finding)
        if not await self._sender.repeats.may_send(job.leased):
            return Step.END
        return await self._sender.send(job, publication or await self._publications.read(job), finding.quota)

    async def _repeat(self, job: DeliveryJob, finding: Repeatable, publication: Publication | None) -> Step:
        """Send a ticket again that cannot be published twice by that; for the first time, if no attempt is open."""
        until = finding.until if job.leased.row.open_attempts else None
        if not await self._sender.repeats.may_repeat(job.leased, finding.until):
            return Step.END
        publication = publication or await self._publications.read(job)
        return await self._sender.send(job, publication, repeatable_until=until)

    async def _handle_unusable_ticket(self, job: DeliveryJob, finding: CheckResult) -> Step:
        """Handle an unusable ticket, or one of unknown status.

        END: the delivery is settled as unconfirmed. CHECK: with the same ticket or another one. Raises Rejected,
        TryLater.
        """
        leased, why = job.leased, _reason_of(finding)
        if leased.row.open_attempts:
            # The request was sent, and the platform cannot say what became of it: a person decides.
            await self._outcomes.record_unconfirmed(leased, why)
            return Step.END
        if isinstance(finding, UnknownStatus):
            await self._handle_unknown_status(job, finding)
        else:
            await self._drop_ticket(job, why)
        return Step.CHECK

    async def _handle_unknown_status(self, job: DeliveryJob, finding: UnknownStatus) -> None:
        """Handle an unknown status with no open attempt: never sent, or a person has said that it was not published."""
        leased, ticket = job.leased, ticket_of(job.leased.row)
        if ticket.sends:
            # A person chose "retry": send the same ticket as if for the first time. `sent_since` stays, so that
            # checks still search from the first send on.
            unsent = replace(ticket, sends=0, send_before=None, empty_read_at=None)
            await leased.save(DeliveryChanges(ticket=unsent.as_json()))
        elif leased.row.tries < _UNKNOWN_CHECKS_MAX:
            raise TryLater(finding.why, after_s=5, service=job.account.service, code="cannot_tell")
        else:
            await self._drop_ticket(job, finding.why)

    async def _drop_ticket(self, job: DeliveryJob, why: Message) -> None:
        """Drop a ticket of which nothing is published. Raises Rejected after `PREPARES_MAX` tickets."""
        if job.leased.row.prepares >= PREPARES_MAX:
            raise Rejected(why, service=job.account.service, code="ticket_dead")
        await job.leased.save(DeliveryChanges(ticket=None))

    async def _prepare_ticket(self, job: DeliveryJob) -> Publication:
        """Upload text and pictures, invisibly, and store the ticket before anything can become visible.

        Return the publication that it is for.
        """
        leased = job.leased
        if leased.row.state is not State.PREPARING:
            await leased.save(DeliveryChanges(state=State.PREPARING, error=None))
        publication = await self._publications.read(job)
        key = idempotency_key(leased.row, publication)
        ticket = await job.platform.prepare(job.destination, publication, key)
        # Only tickets that were prepared count here; failed calls of `prepare` are bounded by `tries`.
        await leased.save(DeliveryChanges(ticket=ticket.as_json(), prepares=leased.row.prepares + 1, tries=0))
        return publication

    async def _check_until_answered(self, job: DeliveryJob) -> CheckResult | None:
        """Poll the ticket until the finding is not `Waiting`; None when the delivery has to wait until `next_at`."""
        leased, name = job.leased, job.platform.declaration.name
        started = self._clock.running()
        polled = False
        while True:
            to = await self._destinations.for_check(job.destination, leased.row)
            asked = self._clock.running() - started
            finding = await job.platform.check(to, ticket_of(leased.row))
            if not isinstance(finding, Waiting):
                if polled:
                    self._pacing.record(name, asked)
                return finding
            polled = True
            waited = self._clock.running() - started
            ticket = leased.row.ticket if finding.ticket is None else finding.ticket.as_json()
            pause = finding.after_s if finding.after_s is not None else self._pacing.pause(name, waited)
            if waited + pause > _POLL_FOR_S or pause > POLL_PAUSE_MAX_S:
                next_at = self._clock.now() + timedelta(seconds=pause)
                await leased.save(DeliveryChanges(state=State.WAITING, ticket=ticket, next_at=next_at))
                return None
            if ticket != leased.row.ticket:
                await leased.save(DeliveryChanges(ticket=ticket))
            await self._clock.sleep(pause)


def _reason_of(finding: CheckResult) -> Message:
    if isinstance(finding, TicketUnusable | UnknownStatus):
        return finding.why
    raise TypeError(f"{finding} has no reason")
