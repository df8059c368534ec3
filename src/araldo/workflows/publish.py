"""Publishing one delivery exactly once: ticket, intent, attempt, and a look before every repeat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import ReconnectNeeded, Rejected, TryLater
from araldo.local_faults import is_passing
from araldo.loops import FailureLog
from araldo.media import store as media_store
from araldo.media.urls import MediaUrls
from araldo.messages import Message
from araldo.platforms.base import (
    Declaration,
    Destination,
    Finding,
    Gone,
    Picture,
    Platform,
    Publication,
    Published,
    Ready,
    Unknown,
    Waiting,
)
from araldo.posts import rules
from araldo.posts import store as post_store
from araldo.posts.models import WORKING, Delivery, PictureState, Post, PostView, State
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database
from araldo.storage.events import ChangeSignal
from araldo.workflows.destinations import Destinations
from araldo.workflows.lease import LeasedDelivery, LeaseLost, acquire_lease
from araldo.workflows.outcomes import DeliveryOutcomes
from araldo.workflows.pictures import Pictures
from araldo.workflows.send import PREPARES_MAX, DeliveryJob, Sender, Times, ticket_of

log = structlog.get_logger()

# How long a job stays with a picture that the platform is still taking in, in seconds; longer waits end the job.
_PATIENCE_S = 30.0
_FIRST_POLL_S, _LAST_POLL_S = 0.25, 2.0
# How often a ticket that was never sent may be unreadable before another one is made.
_UNREADABLE_MAX = 2


class Publisher:
    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        pictures: Pictures,
        blobs: Blobs,
        destinations: Destinations,
        media_urls: MediaUrls,
        committed: ChangeSignal,
        times: Times,
    ) -> None:
        self._database = database
        self._clock = clock
        self._platforms = platforms
        self._pictures = pictures
        self._blobs = blobs
        self._destinations = destinations
        self._media_urls = media_urls
        self._committed = committed
        self._times = times
        self._failures = FailureLog(clock)
        self._outcomes = DeliveryOutcomes(database, clock)
        self._sender = Sender(
            database=database,
            clock=clock,
            committed=committed,
            destinations=destinations,
            outcomes=self._outcomes,
            times=times,
        )

    async def work(self, delivery_id: str, rev: int) -> None:
        """What the engine runs: whatever is due for this delivery, or nothing when the nudge is stale."""
        async with acquire_lease(
            delivery_id,
            rev,
            database=self._database,
            clock=self._clock,
            committed=self._committed,
            lease_s=self._times.lease_s,
        ) as leased:
            if leased is None:
                return
            try:
                await self._run_and_record_outcome(leased)
            except LeaseLost:
                log.info("delivery_taken_over", delivery=delivery_id)

    async def _run_and_record_outcome(self, leased: LeasedDelivery) -> None:
        """Every way in which the steps can end becomes a state."""
        try:
            await self._run(leased)
        except TryLater as wait:
            await self._outcomes.try_later(leased, wait)
        except Rejected as refusal:
            await self._outcomes.rejected(leased, refusal)
        except ReconnectNeeded as gone:
            await self._outcomes.reconnect(leased, gone)
        except LeaseLost:
            raise
        except Exception as fault:
            if is_passing(fault):
                self._failures.write("local_fault", fault, delivery=leased.row.id)
                await self._outcomes.local_fault(leased, fault)
            else:
                log.exception("delivery_bug", delivery=leased.row.id)
                await self._outcomes.bug(leased, fault)

    async def _run(self, leased: LeasedDelivery) -> None:
        row, platform = leased.row, self._platforms[leased.row.platform]
        async with self._database.reading() as transaction:
            view = await post_store.get(transaction, row.workspace_id, row.post_id)
            account = await account_store.find(transaction, row.workspace_id, row.account_id)
        if row.due_at is not None:
            leased.late_at = row.due_at + timedelta(seconds=view.post.late_limit_s)
        due = _is_due(row, self._clock.now())
        if due and row.state is State.SCHEDULED:
            # Tries of a picture made ahead do not count any more.
            await leased.save(state=State.QUEUED, tries=0, next_at=None)
        if due and await self._record_if_missed(leased):
            return
        if row.picture_is_due and not await self._ensure_picture(leased, view.post, platform.declaration, account):
            return
        if not due or await self._check_preconditions(leased, view, account) or account is None:
            return
        await self._publish_when_ready(DeliveryJob(leased, view.post, account, platform))

    async def _ensure_picture(
        self, leased: LeasedDelivery, post: Post, declared: Declaration, account: Account | None
    ) -> bool:
        """Whether the picture is settled: `ready`, or `failed` for good."""
        try:
            await self._pictures.make(leased, post, declared, account)
        except TryLater as wait:
            return not await self._outcomes.picture_later(leased, wait)
        if leased.row.state not in WORKING and (leased.row.tries or leased.row.next_at):
            await leased.save(tries=0, next_at=None)
        return True

    async def _record_if_missed(self, leased: LeasedDelivery) -> bool:
        """Whether it is too late for it; never when it may be out already."""
        if leased.row.open_attempts or leased.late_at is None or self._clock.now() <= leased.late_at:
            return False
        await self._outcomes.missed(leased)
        return True

    async def _check_preconditions(self, leased: LeasedDelivery, view: PostView, account: Account | None) -> bool:
        """Whether something stands in its way before anything is sent; never what may be out already."""
        row = leased.row
        if row.open_attempts:
            return False
        if await self._record_if_missed(leased):
            return True
        if row.picture_state is PictureState.FAILED:
            await self._outcomes.no_picture(leased)
        elif account is None:
            raise Rejected(Message("publish.account_missing"), service="araldo", code="account_missing")
        else:
            self._require_rules(view, row)
            return False
        return True

    def _require_rules(self, view: PostView, row: Delivery) -> None:
        """The same rules as at the door: limits may have changed since it was taken in. Raises Rejected."""
        declarations = {name: platform.declaration for name, platform in self._platforms.items()}
        asked = rules.post_request_for(view, [row.platform], "publish")
        problems = rules.check(asked, declarations, self._clock.now())
        if problems:
            raise Rejected(problems[0].message, service="araldo", code=problems[0].code)

    async def _publish_when_ready(self, job: DeliveryJob) -> None:
        """Round after round: prepare when there is no ticket, look, send when it is ready; until it is settled."""
        settled = False
        while not settled:
            if job.leased.row.ticket is None:
                await self._prepare_ticket(job)
            finding = await self._check_until_answered(job)
            if isinstance(finding, Published):
                await self._sender.record(job, finding)
                settled = True
            elif isinstance(finding, Ready):
                settled = not await self._sender.may_send(job.leased) or await self._sender.send(job, finding.quota)
            elif finding is None:
                settled = True
            else:
                settled = await self._handle_unusable_ticket(job, finding)

    async def _handle_unusable_ticket(self, job: DeliveryJob, finding: Finding) -> bool:
        """The ticket is gone, or nobody can tell. False when it was dropped, to prepare another."""
        leased, why = job.leased, _why(finding)
        if leased.row.open_attempts:
            # Something was sent: only a person can say.
            await self._outcomes.unconfirmed(leased, why)
            return True
        if isinstance(finding, Unknown):
            return await self._handle_unknown_status(job, finding)
        await self._drop_ticket(job, why)
        return False

    async def _handle_unknown_status(self, job: DeliveryJob, finding: Unknown) -> bool:
        """Nobody can tell, and nothing is open: it was never sent, or a person has said that it is not out."""
        leased, ticket = job.leased, ticket_of(job.leased.row)
        if ticket.sends:
            # A person's word: the same ticket once more, as if it had not been sent. Looks still begin at the first.
            await leased.save(ticket=replace(ticket, sends=0, send_before=None, empty_read_at=None).as_json())
        elif leased.row.tries < _UNREADABLE_MAX:
            raise TryLater(finding.why, after_s=5, service=job.account.service, code="cannot_tell")
        else:
            await self._drop_ticket(job, finding.why)
        return False

    async def _drop_ticket(self, job: DeliveryJob, why: Message) -> None:
        """Nothing of it is out: another ticket may be prepared, a few times."""
        if job.leased.row.prepares >= PREPARES_MAX:
            raise Rejected(why, service=job.account.service, code="ticket_dead")
        await job.leased.save(ticket=None)

    async def _prepare_ticket(self, job: DeliveryJob) -> None:
        leased = job.leased
        await leased.save(state=State.PREPARING, error=None)
        to = await self._destination(job)
        declared = job.platform.declaration
        post = job.post
        words = rules.text_on(declared.name, post.content, post.texts, post.cta, post.hashtags)
        text = words if declared.shows_text else ""
        pictures = [await self._picture_for(post, leased.row, medium_id) for medium_id in leased.row.picture_ids]
        publication = Publication(text=text, pictures=tuple(pictures))
        ticket = await job.platform.prepare(to, publication)
        # What could not be made does not count: `tries` bounds that.
        await leased.save(ticket=ticket.as_json(), prepares=leased.row.prepares + 1, tries=0)

    async def _picture_for(self, post: Post, row: Delivery, medium_id: str) -> Picture:
        async with self._database.reading() as transaction:
            medium = await media_store.find(transaction, medium_id, row.workspace_id)
        if medium is None:
            raise LookupError(f"{row.id} names a picture that is not there")
        url = self._media_urls.sign(medium.id, self._clock.now())
        data = await self._blobs.get(medium.digest)
        # Of several, each has words of its own.
        own = row.picture_alt if row.pictures is None else medium.alt or row.picture_alt
        alt = rules.alt_on(row.platform, post.content, post.texts, own)
        return Picture(data, url, medium.width, medium.height, alt)

    async def _destination(self, job: DeliveryJob) -> Destination:
        return await self._destinations.open(job.account, job.leased.row)

    async def _check_until_answered(self, job: DeliveryJob) -> Finding | None:
        """Check until there is an answer; None when the wait outgrows the job, which then is for later."""
        leased, pause = job.leased, _FIRST_POLL_S
        give_up = self._clock.running() + _PATIENCE_S
        while True:
            finding = await job.platform.check(await self._destination(job), ticket_of(leased.row))
            if not isinstance(finding, Waiting):
                return finding
            ticket = leased.row.ticket if finding.ticket is None else finding.ticket.as_json()
            wait = finding.after_s if finding.after_s is not None else pause
            if self._clock.running() + wait > give_up or wait > _LAST_POLL_S:
                later = self._clock.now() + timedelta(seconds=wait)
                await leased.save(state=State.WAITING, ticket=ticket, next_at=later)
                return None
            if leased.row.state is not State.WAITING or ticket != leased.row.ticket:
                await leased.save(state=State.WAITING, ticket=ticket)
            await self._clock.sleep(wait)
            pause = min(_LAST_POLL_S, pause * 1.5)


def _is_due(row: Delivery, now: datetime) -> bool:
    if row.state is State.SCHEDULED:
        return row.due_at is not None and row.due_at <= now
    return row.state in WORKING


def _why(finding: Finding) -> Message:
    if isinstance(finding, Gone | Unknown):
        return finding.why
    raise TypeError(f"{finding} says no why")
