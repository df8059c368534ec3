"""When a ticket may be sent, and when it may be sent again while it is unknown whether it was published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from araldo.clock import Clock, ClockSteps
from araldo.messages import Message
from araldo.platforms.base import Ticket
from araldo.posts.delivery_changes import DeliveryChanges
from araldo.posts.models import State
from araldo.workflows.deliveries.backoff import compute_backoff_s
from araldo.workflows.deliveries.lease import LeasedDelivery
from araldo.workflows.deliveries.outcomes import DeliveryOutcomes
from araldo.workflows.publishing.job import ticket_of

SENDS_MAX = 3
# How long after the intent its request may still leave this machine, in seconds, whatever the time-outs.
_SEND_WINDOW_S = 10.0
# A service's clock may differ from ours by this much, in seconds: no repeat is on its way so close to its end.
REPEAT_MARGIN_S = 60.0
_BACKOFF_MAX_S = 300.0
# How long the start of a send of unknown outcome is kept.
_KEPT_S = 86_400.0


@dataclass(frozen=True, slots=True)
class PublishTimings:
    """In seconds; `araldo.settings.PublishSettings` says what each is for."""

    http_timeout_s: float
    lease_s: float

    @property
    def send_window_s(self) -> float:
        """How long after the intent the request may leave: less than a time-out, so that a repeat can follow soon."""
        return min(_SEND_WINDOW_S, self.http_timeout_s / 2)


class Repeats:
    """One per process: it knows which of this process's requests can still be in flight."""

    def __init__(self, *, clock: Clock, outcomes: DeliveryOutcomes, times: PublishTimings) -> None:
        self._clock = clock
        self._outcomes = outcomes
        self._times = times
        # Until when a request of this process can be in flight, on the steady clock, by delivery.
        self._in_flight: dict[str, float] = {}
        # When the first send of unknown outcome began, on the steady clock, by delivery.
        self._unknown_since: dict[str, float] = {}
        self._steps = ClockSteps(clock)
        # The same of any other process's, after the clock was set forwards.
        self._all_end_at = 0.0

    async def may_send(self, leased: LeasedDelivery) -> bool:
        """Return whether the ticket may be sent now; otherwise record that the delivery waits or is unconfirmed.

        A repeat waits until the request before it can no longer be in flight; at most `SENDS_MAX` are sent.
        """
        if not leased.row.open_attempts:
            return True
        ticket = ticket_of(leased.row)
        if ticket.sends >= SENDS_MAX:
            await self._record_no_clear_answer(leased, ticket)
            return False
        now = self._clock.now()
        previous_ends_at = (ticket.send_before or now) + timedelta(seconds=self._times.http_timeout_s)
        # The wall clock may have been set forwards since.
        running = self._clock.running()
        if self._steps.find() > 0:
            self._all_end_at = running + self._times.send_window_s + self._times.http_timeout_s
        steady_s = max(self._in_flight.get(leased.row.id, 0.0), self._all_end_at) - running
        return await self._wait_until(leased, max(previous_ends_at, now + timedelta(seconds=steady_s)))

    async def may_repeat(self, leased: LeasedDelivery, until: datetime) -> bool:
        """Return whether a ticket that may be repeated `until` then is sent again now; otherwise record as `may_send`.

        The first repeat is sent at once, whatever is in flight, and the others with a growing pause.
        """
        if not leased.row.open_attempts:
            return True
        ticket, now = ticket_of(leased.row), self._clock.now()
        last = self._last_repeat_at(until)
        if now >= last or self._has_expired(leased.row.id, ticket, last):
            await self._record_no_clear_answer(leased, ticket)
            return False
        sent_at = (ticket.send_before or now) - timedelta(seconds=self._times.send_window_s)
        pause_s = 0.0
        if ticket.sends >= 2:
            pause_s = compute_backoff_s(leased.row.id, ticket.sends - 1, max_s=_BACKOFF_MAX_S)
        return await self._wait_until(leased, min(last, sent_at + timedelta(seconds=pause_s)))

    def find_send_before(self, now: datetime, repeatable_until: datetime | None) -> datetime:
        """Return the time before which a request that is intended `now` must leave."""
        window_ends_at = now + timedelta(seconds=self._times.send_window_s)
        return (
            window_ends_at if repeatable_until is None else min(window_ends_at, self._last_repeat_at(repeatable_until))
        )

    def note_request(self, delivery_id: str) -> None:
        """Note that a request may leave from now on."""
        now = self._clock.running()
        # The oldest come first.
        while self._in_flight and next(iter(self._in_flight.values())) <= now:
            del self._in_flight[next(iter(self._in_flight))]
        self._in_flight.pop(delivery_id, None)
        self._in_flight[delivery_id] = now + self._times.send_window_s + self._times.http_timeout_s

    def note_unknown_outcome(self, delivery_id: str, started: float) -> None:
        """Note that it is unknown whether a request published; `started`: when it began, on the steady clock."""
        while self._unknown_since and next(iter(self._unknown_since.values())) < started - _KEPT_S:
            del self._unknown_since[next(iter(self._unknown_since))]
        self._unknown_since.setdefault(delivery_id, started)

    def _last_repeat_at(self, until: datetime) -> datetime:
        return until - timedelta(seconds=self._times.http_timeout_s + REPEAT_MARGIN_S)

    def _has_expired(self, delivery_id: str, ticket: Ticket, last: datetime) -> bool:
        """Return whether `last` has passed although the wall clock, which may have been set back, says otherwise."""
        if ticket.sent_since is None:
            return False
        if self._clock.now() < ticket.sent_since:
            return True
        started = self._unknown_since.get(delivery_id)
        allowed_s = (last - ticket.sent_since).total_seconds()
        return started is not None and self._clock.running() - started >= allowed_s

    async def _wait_until(self, leased: LeasedDelivery, moment: datetime) -> bool:
        """Return whether the moment has come; otherwise record that the delivery waits for it."""
        if self._clock.now() >= moment:
            return True
        await leased.save(DeliveryChanges(state=State.WAITING, next_at=moment))
        return False

    async def _record_no_clear_answer(self, leased: LeasedDelivery, ticket: Ticket) -> None:
        why = Message("send.no_clear_answer", {"count": ticket.sends})
        await self._outcomes.record_unconfirmed(leased, why)
