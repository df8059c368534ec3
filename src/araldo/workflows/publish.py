"""Publishing one delivery exactly once: ticket, intent, attempt, and a look before every repeat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import OutcomeUnknown, OutsideError, ReconnectNeeded, Rejected, Sentence, TryLater
from araldo.media import store as media_store
from araldo.media.urls import MediaUrls
from araldo.platforms.base import (
    Destination,
    Finding,
    Gone,
    Picture,
    Platform,
    Publication,
    Published,
    Ready,
    Ticket,
    Unknown,
    Waiting,
)
from araldo.posts import delivery_store
from araldo.posts import store as post_store
from araldo.posts.compose import compose_text
from araldo.posts.models import PICTURE_WANTED, Delivery, PictureState, Post, State
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database
from araldo.storage.events import Bell
from araldo.workflows.destinations import Destinations
from araldo.workflows.illustrate import Illustrator
from araldo.workflows.lease import Held, Lost, holding, tell_of
from araldo.workflows.verdicts import Verdicts

log = structlog.get_logger()

SENDS_MAX = 3
PREPARES_MAX = 3
# How long a job stays with a picture that the platform is still taking in, in seconds; longer waits end the job.
_PATIENCE_S = 30.0
_FIRST_POLL_S, _LAST_POLL_S = 0.25, 2.0
# How long the request of an intent may take to leave, in seconds.
_SEND_WINDOW_S = 10.0


@dataclass(frozen=True, slots=True)
class Times:
    """In seconds; what they are for is in `araldo.settings.PublishSettings`."""

    http_timeout_s: float
    lease_s: float


@dataclass(frozen=True, slots=True)
class Job:
    """All that the steps of one delivery need: plain values, read once."""

    held: Held
    post: Post
    account: Account
    platform: Platform


class Publisher:
    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        illustrator: Illustrator,
        blobs: Blobs,
        destinations: Destinations,
        media_urls: MediaUrls,
        bell: Bell,
        times: Times,
    ) -> None:
        self._database = database
        self._clock = clock
        self._platforms = platforms
        self._illustrator = illustrator
        self._blobs = blobs
        self._destinations = destinations
        self._media_urls = media_urls
        self._bell = bell
        self._times = times
        self._verdicts = Verdicts(database, clock)

    async def work(self, delivery_id: str, rev: int) -> None:
        """What the engine runs: whatever is due for this delivery, or nothing when the nudge is stale."""
        async with holding(
            delivery_id,
            rev,
            database=self._database,
            clock=self._clock,
            bell=self._bell,
            lease_s=self._times.lease_s,
        ) as held:
            if held is None:
                return
            try:
                await self._guarded(held)
            except Lost:
                log.info("delivery_taken_over", delivery=delivery_id)

    async def _guarded(self, held: Held) -> None:
        """Every way in which the steps can end becomes a state."""
        try:
            await self._go(await self._job(held))
        except TryLater as wait:
            await self._verdicts.try_later(held, wait)
        except Rejected as refusal:
            await self._verdicts.rejected(held, refusal)
        except ReconnectNeeded as gone:
            await self._verdicts.reconnect(held, gone)
        except Lost:
            raise
        except Exception as bug:
            log.exception("delivery_bug", delivery=held.row.id)
            await self._verdicts.bug(held, bug)

    async def _job(self, held: Held) -> Job:
        row = held.row
        async with self._database.reading() as transaction:
            view = await post_store.get(transaction, row.workspace_id, row.post_id)
            account = await account_store.get(transaction, row.workspace_id, row.account_id)
        return Job(held, view.post, account, self._platforms[row.platform])

    async def _go(self, job: Job) -> None:
        held = job.held
        due = _is_due(held.row, self._clock.now())
        if due and held.row.state is State.SCHEDULED:
            await held.save(state=State.QUEUED)
        if held.row.picture_state in PICTURE_WANTED:
            await self._illustrator.illustrate(held, job.post, job.platform.declaration, job.account)
        if not due:
            return
        if not held.row.open_attempts:
            if self._is_late(job):
                await self._verdicts.missed(held)
                return
            if held.row.picture_state is PictureState.FAILED:
                await self._verdicts.no_picture(held)
                return
        await self._look_and_send(job)

    def _is_late(self, job: Job) -> bool:
        due_at = job.held.row.due_at
        return due_at is not None and self._clock.now() > due_at + timedelta(seconds=job.post.late_limit_s)

    async def _look_and_send(self, job: Job) -> None:
        """Round after round: prepare when there is no ticket, look, send when it is ready; until it is settled."""
        settled = False
        while not settled:
            if job.held.row.ticket is None:
                await self._prepare(job)
            finding = await self._look(job)
            if isinstance(finding, Published):
                await self._record(job, finding)
                settled = True
            elif isinstance(finding, Ready):
                settled = not await self._may_send(job.held) or await self._send(job)
            elif finding is None:
                settled = True
            else:
                settled = await self._dead_end(job, finding)

    async def _dead_end(self, job: Job, finding: Finding) -> bool:
        """The ticket is gone, or nobody can tell. False when it was dropped, to prepare another."""
        held, why, service = job.held, _why(finding), job.account.service
        if held.row.open_attempts:
            # Something was sent: only a person can say.
            await self._verdicts.unconfirmed(held, why)
            return True
        if isinstance(finding, Unknown):
            raise TryLater(why, after_s=5, service=service, code="cannot_tell")
        if held.row.prepares >= PREPARES_MAX:
            raise Rejected(why, service=service, code="ticket_dead")
        await held.save(ticket=None)
        return False

    async def _prepare(self, job: Job) -> None:
        held = job.held
        await held.save(state=State.PREPARING, prepares=held.row.prepares + 1, error=None)
        to = await self._destination(job)
        declared = job.platform.declaration
        text = compose_text(job.post.content, job.post.cta, job.post.hashtags) if declared.shows_text else ""
        publication = Publication(text=text, picture=await self._picture(held.row))
        ticket = await job.platform.prepare(to, publication)
        await held.save(ticket=ticket.as_json(), tries=0)

    async def _picture(self, row: Delivery) -> Picture | None:
        if row.picture_media_id is None:
            return None
        async with self._database.reading() as transaction:
            medium = await media_store.find(transaction, row.picture_media_id, row.workspace_id)
        if medium is None:
            raise LookupError(f"{row.id} names a picture that is not there")
        url = self._media_urls.sign(medium.id, self._clock.now())
        data = await self._blobs.get(medium.digest)
        return Picture(data, url, medium.width, medium.height, medium.alt)

    async def _destination(self, job: Job) -> Destination:
        return await self._destinations.open(job.account, job.held.row)

    async def _look(self, job: Job) -> Finding | None:
        """Check until there is an answer; None when the wait outgrows the job, which then is for later."""
        held, pause = job.held, _FIRST_POLL_S
        give_up = self._clock.running() + _PATIENCE_S
        while True:
            finding = await job.platform.check(await self._destination(job), _ticket(held.row))
            if not isinstance(finding, Waiting):
                return finding
            ticket = held.row.ticket if finding.ticket is None else finding.ticket.as_json()
            wait = finding.after_s if finding.after_s is not None else pause
            if self._clock.running() + wait > give_up or wait > _LAST_POLL_S:
                later = self._clock.now() + timedelta(seconds=wait)
                await held.save(state=State.WAITING, ticket=ticket, next_at=later)
                return None
            if held.row.state is not State.WAITING or ticket != held.row.ticket:
                await held.save(state=State.WAITING, ticket=ticket)
            await self._clock.sleep(wait)
            pause = min(_LAST_POLL_S, pause * 1.5)

    async def _may_send(self, held: Held) -> bool:
        """A repeat waits until the request before it can no longer be under way, and there are few of them."""
        if not held.row.open_attempts:
            return True
        ticket = _ticket(held.row)
        if ticket.sends >= SENDS_MAX:
            sentence = Sentence(
                "Sent {count} times without a clear answer, and it is not to be found.",
                "Inviato {count} volte senza una risposta chiara, e non si trova.",
            )
            await self._verdicts.unconfirmed(held, sentence.with_(count=ticket.sends))
            return False
        quiet = (ticket.send_before or self._clock.now()) + timedelta(seconds=self._times.http_timeout_s)
        if self._clock.now() < quiet:
            await held.save(state=State.WAITING, next_at=quiet)
            return False
        return True

    async def _send(self, job: Job) -> bool:
        """Intent, then the one visible write. False when the answer is not definite: look again."""
        held = job.held
        to = await self._destination(job)
        now = self._clock.now()
        window = timedelta(seconds=_SEND_WINDOW_S)
        before = _ticket(held.row)
        ticket = replace(
            before,
            sent_since=before.sent_since or now,
            send_before=now + window,
            sends=before.sends + 1,
            empty_read_at=None,
        )
        async with self._database.transaction() as transaction:
            opened = await delivery_store.open_attempt(
                transaction, held.row, ticket=ticket.as_json(), now=now, send_before=now + window
            )
            if opened is None:
                raise Lost
            held.row, number = opened
            await tell_of(transaction, held.row, self._clock)
        self._bell.ring()
        started = self._clock.running()
        try:
            published = await job.platform.publish(to, ticket)
        except OutcomeUnknown as unknown:
            await self._verdicts.note_answer(held, number, unknown, self._clock.running() - started)
            return False
        except (TryLater, Rejected, ReconnectNeeded) as refusal:
            return await self._refused(held, number, refusal, self._clock.running() - started)
        await self._record(job, published, number=number, seconds=self._clock.running() - started)
        return True

    async def _refused(self, held: Held, number: int, refusal: OutsideError, seconds: float) -> bool:
        """A refusal closes its own attempt as not out, unless an older one is open: then only a look can tell."""
        if held.row.open_attempts > 1:
            await self._verdicts.note_answer(held, number, refusal, seconds)
            return False
        unsent = replace(_ticket(held.row), sent_since=None, send_before=None, sends=0, empty_read_at=None)
        async with self._database.transaction() as transaction:
            await delivery_store.answer_attempt(
                transaction,
                held.row.id,
                number,
                answer=refusal.as_json(),
                seconds=seconds,
                outcome="refused",
                now=self._clock.now(),
            )
            await held.save_in(transaction, open_attempts=0, ticket=unsent.as_json())
        raise refusal

    async def _record(self, job: Job, published: Published, *, number: int | None = None, seconds: float = 0.0) -> None:
        """It is out: stored under any fence, for it is true. Then its link, which fails nothing when unreadable."""
        row, remote_id = job.held.row, published.remote_id
        async with self._database.transaction() as transaction:
            if remote_id is not None and remote_id in await delivery_store.taken_ids(transaction, row):
                # Another delivery owns this id: this one is out all the same, but not as that.
                published = Published()
            if number is not None:
                answer = {"remote_id": remote_id, "permalink": published.permalink}
                await delivery_store.answer_attempt(
                    transaction,
                    row.id,
                    number,
                    answer=answer,
                    seconds=seconds,
                    outcome="published",
                    now=self._clock.now(),
                )
            new = await delivery_store.store_published(
                transaction,
                row.id,
                self._clock.now(),
                remote_id=published.remote_id,
                permalink=published.permalink,
            )
            if new:
                job.held.row = replace(row, state=State.PUBLISHED, error=None)
                await tell_of(transaction, job.held.row, self._clock)
        if published.remote_id is not None and published.permalink is None:
            await self._fill_in_link(job, published.remote_id)

    async def _fill_in_link(self, job: Job, remote_id: str) -> None:
        link = await job.platform.link(await self._destination(job), remote_id)
        if link is not None:
            async with self._database.transaction() as transaction:
                await delivery_store.store_link(transaction, job.held.row.id, link)


def _is_due(row: Delivery, now: datetime) -> bool:
    if row.state is State.SCHEDULED:
        return row.due_at is not None and row.due_at <= now
    return row.state is not State.DRAFT


def _ticket(row: Delivery) -> Ticket:
    if row.ticket is None:
        raise LookupError(f"{row.id} has no ticket")
    return Ticket.from_json(row.ticket)


def _why(finding: Finding) -> Sentence:
    if isinstance(finding, Gone | Unknown):
        return finding.why
    raise TypeError(f"{finding} says no why")
