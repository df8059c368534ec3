"""Observe the jobs of deliveries from outside: their ids in every log line, attempts and lateness."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar

from structlog.contextvars import bind_contextvars

from araldo.clock import Clock
from araldo.errors import NotSent, OutcomeUnknown, OutsideError
from araldo.platforms.base import CheckResult, Destination, Platform, Publication, Published, Ticket
from araldo.telemetry.observer import Observer
from araldo.workflows.deliveries.claims import ClaimedDelivery

_current: ContextVar[ClaimedDelivery | None] = ContextVar("current_delivery", default=None)


class ObservedWork:
    """Runs a job, a task of its own, with the ids of its delivery in every log line."""

    def __init__(self, work: Callable[[ClaimedDelivery], Awaitable[bool]]) -> None:
        self._work = work

    async def __call__(self, claimed: ClaimedDelivery) -> bool:
        # Not reset: the engine's own line about a job that failed has the ids, too.
        bind_contextvars(delivery_id=claimed.row.id, post_id=claimed.row.post_id)
        _current.set(claimed)
        return await self._work(claimed)


class ObservedPlatform:
    """A platform whose calls are observed."""

    def __init__(self, platform: Platform, observer: Observer, clock: Clock) -> None:
        self.declaration = platform.declaration
        self._platform = platform
        self._observer = observer
        self._clock = clock

    async def prepare(self, destination: Destination, publication: Publication) -> Ticket:
        with self._observer.operation(self.declaration.name, "prepare") as observed:
            ticket = await self._platform.prepare(destination, publication)
            observed.outcome = "prepared"
            return ticket

    async def check(self, destination: Destination, ticket: Ticket) -> CheckResult:
        with self._observer.operation(self.declaration.name, "check") as observed:
            result = await self._platform.check(destination, ticket)
            observed.outcome = type(result).__name__.lower()
            return result

    async def publish(self, destination: Destination, ticket: Ticket) -> Published:
        self._report_lateness(ticket)
        with self._observer.operation(self.declaration.name, "publish") as observed:
            try:
                published = await self._platform.publish(destination, ticket)
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


def _outcome_of(answer: OutsideError) -> str:
    if isinstance(answer, OutcomeUnknown):
        return "unknown"
    return "not_sent" if isinstance(answer, NotSent) else "refused"
