"""Observe the jobs of deliveries from outside: their ids in every log line, attempts and lateness."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar

import structlog
from structlog.contextvars import bind_contextvars

from araldo.clock import Clock
from araldo.errors import NotSent, OutcomeUnknown, OutsideError
from araldo.platforms.base import CheckResult, Destination, Platform, Publication, Published, Ticket
from araldo.storage import events as event_store
from araldo.storage.database import Database
from araldo.telemetry.observer import Observer
from araldo.workflows.deliveries.claims import ClaimedDelivery

log = structlog.get_logger()

_current: ContextVar[ClaimedDelivery | None] = ContextVar("current_delivery", default=None)


class ObservedWork:
    """Runs a job, a task of its own, with the ids of its delivery in every log line.

    Its span belongs to the trace of the request that asked for it.
    """

    def __init__(
        self, work: Callable[[ClaimedDelivery], Awaitable[bool]], observer: Observer, database: Database
    ) -> None:
        self._work = work
        self._observer = observer
        self._database = database

    async def __call__(self, claimed: ClaimedDelivery) -> bool:
        # Not reset: the engine's own line about a job that failed has the ids, too.
        bind_contextvars(delivery_id=claimed.row.id, post_id=claimed.row.post_id)
        _current.set(claimed)
        row, continues = claimed.row, await self._find_trace_parent(claimed)
        with self._observer.job(row.platform, row.id, row.post_id, continues) as observed:
            works_again = await self._work(claimed)
            observed.outcome = "due again" if works_again else "done"
            return works_again

    async def _find_trace_parent(self, claimed: ClaimedDelivery) -> str | None:
        if not self._observer.is_tracing:
            return None
        row = claimed.row
        try:
            return await self._database.read(
                lambda transaction: event_store.find_trace_parent(transaction, row.post_id, row.id)
            )
        except Exception as failure:
            # A trace of its own is better than no work.
            log.warning("trace_not_continued", why=type(failure).__name__)
            return None


class ObservedPlatform:
    """A platform whose calls are observed."""

    def __init__(self, platform: Platform, observer: Observer, clock: Clock) -> None:
        self.declaration = platform.declaration
        self._platform = platform
        self._observer = observer
        self._clock = clock

    async def prepare(self, destination: Destination, publication: Publication, key: str) -> Ticket:
        with self._observer.operation(self.declaration.name, "prepare") as observed:
            ticket = await self._platform.prepare(destination, publication, key)
            observed.outcome = "prepared"
            return ticket

    async def check(self, destination: Destination, ticket: Ticket) -> CheckResult:
        with self._observer.operation(self.declaration.name, "check") as observed:
            result = await self._platform.check(destination, ticket)
            observed.outcome = type(result).__name__.lower()
            return result

    async def publish(self, destination: Destination, ticket: Ticket, publication: Publication) -> Published:
        self._report_lateness(ticket)
        with self._observer.operation(self.declaration.name, "publish") as observed:
            try:
                published = await self._platform.publish(destination, ticket, publication)
            except OutsideError as answer:
                observed.outcome = _outcome_of(answer)
                raise
            observed.outcome = "published"
            return published

    async def read_permalink(self, destination: Destination, remote_id: str) -> str | None:
        return await self._platform.read_permalink(destination, remote_id)

    async def count_visible_pictures(self, destination: Destination, remote_id: str) -> int | None:
        return await self._platform.count_visible_pictures(destination, remote_id)

    def _report_lateness(self, ticket: Ticket) -> None:
        claimed = _current.get()
        if claimed is not None and claimed.row.due_at is not None and ticket.sends == 1:
            late = self._clock.now() - claimed.row.due_at
            self._observer.lateness(self.declaration.name, late.total_seconds())


def observe_platforms(platforms: Iterable[Platform], observer: Observer, clock: Clock) -> dict[str, ObservedPlatform]:
    """Return the platforms by name, with their calls observed."""
    return {platform.declaration.name: ObservedPlatform(platform, observer, clock) for platform in platforms}


def _outcome_of(answer: OutsideError) -> str:
    if isinstance(answer, OutcomeUnknown):
        return "unknown"
    return "not_sent" if isinstance(answer, NotSent) else "refused"
