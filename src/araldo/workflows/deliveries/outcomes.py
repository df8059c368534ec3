"""Record how publishing ended: retried later, failed, waiting for an account, or for a person to decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from araldo.accounts import store as account_store
from araldo.clock import Clock
from araldo.errors import OutsideError, ReconnectNeeded, Rejected, TryLater
from araldo.messages import Message
from araldo.pictures.models import DeliveryPicture, PictureState
from araldo.posts import delivery_store
from araldo.posts.delivery_changes import DeliveryChanges
from araldo.posts.models import WORKING, Delivery, State
from araldo.storage.database import Database, Transaction
from araldo.workflows.deliveries.backoff import BACKOFF_MAX_S, add_jitter, compute_backoff_s
from araldo.workflows.deliveries.lease import LeasedDelivery, save_leased
from araldo.workflows.deliveries.resume import AccountRecovery

# A person is waiting for a post that goes out at once, nobody for a scheduled one: the latter is retried longer.
_TRIES_IMMEDIATE, _TRIES_SCHEDULED = 8, 30
_LOCAL_FAULT_PAUSE_S = 2.0
# After these errors the provider may have charged for the picture, so it is retried only twice.
_MAYBE_CHARGED, _TRIES_MAYBE_CHARGED = frozenset({"timeout", "bad_response"}), 2


class DeliveryOutcomes:
    """Save a delivery's next state. Every method keeps one rule: with an open attempt a delivery is never `failed`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._recovery = AccountRecovery(clock)

    async def record_try_later(self, leased: LeasedDelivery, wait: TryLater, most: int | None = None) -> None:
        """Wait and try again, at most `most` times; by default 8 for an immediate post, 30 for a scheduled one.

        30 also where this machine is at fault: the last try of an immediate post has to be the platform's refusal.
        Of a delivery that is not due yet only the picture can have failed: see `postpone_picture`.
        """
        row = leased.row
        if row.state not in WORKING:
            await self._retry_picture(leased, wait.as_json(), wait.after_s, most or _TRIES_IMMEDIATE)
            return
        is_patient = _is_scheduled(row) or wait.code == "local_fault"
        most = most or (_TRIES_SCHEDULED if is_patient else _TRIES_IMMEDIATE)
        # The platform asked for a long wait (a quota, a rate limit): the late limit ends it, not the count of tries.
        counts = wait.after_s < BACKOFF_MAX_S
        if counts and row.tries >= most:
            await self._give_up(leased, wait.as_json(), wait.message)
            return
        next_at = self._next_try_at(row, wait.after_s)
        if leased.late_at is not None and not row.open_attempts:
            # Wake up no later than the late limit, so that `missed` is recorded and notified in time.
            next_at = min(next_at, leased.late_at + timedelta(seconds=1))
        error = wait.as_json()
        await leased.save(DeliveryChanges(state=State.WAITING, tries=row.tries + counts, next_at=next_at, error=error))

    async def postpone_picture(self, leased: LeasedDelivery, wait: TryLater) -> bool:
        """Retry later a picture that its provider could not generate now; False when it is recorded as failed.

        Only a scheduled post's picture is retried: with any other post, a person is there and can ask again.
        """
        row = leased.row
        if not _is_scheduled(row) or row.state not in {State.SCHEDULED, *WORKING}:
            await self._record_picture_failed(leased, wait.as_json())
            return False
        await self.record_try_later(leased, wait, _TRIES_MAYBE_CHARGED if wait.code in _MAYBE_CHARGED else None)
        return True

    async def _retry_picture(
        self, leased: LeasedDelivery, error: dict[str, Any], after_s: float, most: int | None
    ) -> None:
        """Retry, after a pause, the picture of a delivery that is not due yet.

        Once `most` tries have failed (None: no limit), a scheduled post's picture is tried one last time when the post
        is due; any other post's picture is recorded as failed. A picture that is ready stays so, whatever fails.
        """
        row = leased.row
        if not row.picture_is_due:
            await self._postpone_start(leased, error, after_s)
            return
        exhausted = most is not None and row.tries >= most
        next_at = self._next_try_at(row, after_s)
        if row.state is State.SCHEDULED and row.due_at is not None:
            next_at = row.due_at if exhausted else min(next_at, row.due_at)
        elif exhausted:
            await self._record_picture_failed(leased, error)
            return
        # Between tries the state stays `making`, so that not every try becomes an event.
        state = PictureState.QUEUED if exhausted else PictureState.MAKING
        picture = replace(row.picture, state=state, error=error)
        await leased.save(DeliveryChanges(picture=picture, tries=row.tries + 1, next_at=next_at))

    async def _postpone_start(self, leased: LeasedDelivery, error: dict[str, Any], after_s: float) -> None:
        """Retry, after a pause, to start a scheduled post that is due. Before its time there is nothing to postpone."""
        row, now = leased.row, self._clock.now()
        if row.state is State.SCHEDULED and row.due_at is not None and row.due_at <= now:
            pause_s = add_jitter(max(after_s, _LOCAL_FAULT_PAUSE_S), row.id, row.tries)
            next_at = now + timedelta(seconds=pause_s)
            await leased.save(DeliveryChanges(state=State.QUEUED, error=error, tries=row.tries + 1, next_at=next_at))

    async def _record_picture_failed(self, leased: LeasedDelivery, error: dict[str, Any]) -> None:
        await leased.save(DeliveryChanges(picture=_failed(leased.row.picture, error), tries=0, next_at=None))

    async def record_rejected(self, leased: LeasedDelivery, refusal: Rejected) -> None:
        await self._give_up(leased, refusal.as_json(), refusal.message)

    async def record_reconnect_needed(self, leased: LeasedDelivery, gone: ReconnectNeeded) -> None:
        """Let the delivery wait for its account. An open attempt stays open and is checked after reconnecting."""

        def in_transaction(transaction: Transaction, row: Delivery) -> Delivery:
            account = account_store.find(transaction, row.workspace_id, row.account_id)
            if account is None:
                raise LookupError(f"{row.id} was being published without an account")
            if account.connected_at > leased.since:
                # The account was reconnected while this delivery used the old token, so `resume` did not include it.
                again = DeliveryChanges(state=State.WAITING, next_at=transaction.now, error=gone.as_json())
                return save_leased(transaction, row, again)
            self._recovery.flag_account(transaction, account, row.platform, gone)
            stopped = DeliveryChanges(state=State.NEEDS_RECONNECT, next_at=None, error=gone.as_json())
            return save_leased(transaction, row, stopped)

        await leased.write(in_transaction)

    async def record_local_fault(self, leased: LeasedDelivery, fault: Exception) -> None:
        """Retry after a passing fault of this machine, as after a TryLater of the platform."""
        wait = TryLater(
            Message("outcomes.local_fault"),
            after_s=_LOCAL_FAULT_PAUSE_S,
            service="araldo",
            code="local_fault",
            raw=type(fault).__name__,
        )
        if leased.row.state in WORKING:
            await self.record_try_later(leased, wait)
        else:
            # Retrying costs nothing, so a scheduled post's picture is retried until the post is due.
            most = None if leased.row.state is State.SCHEDULED else _TRIES_IMMEDIATE
            await self._retry_picture(leased, wait.as_json(), wait.after_s, most)

    async def record_bug(self, leased: LeasedDelivery, bug: Exception) -> None:
        """Retry a few times, slowly. Nothing is sent twice, because every run of a sent ticket begins with a check."""
        row = leased.row
        error = own_error("internal", Message("outcomes.internal_error")) | {"raw": type(bug).__name__}
        if row.state not in WORKING:
            await self._retry_picture(leased, error, 5.0, _TRIES_IMMEDIATE)
        elif row.tries >= _TRIES_IMMEDIATE:
            await self._give_up(leased, error, Message("outcomes.internal_error"))
        else:
            next_at = self._next_try_at(row, first_s=5.0)
            await leased.save(DeliveryChanges(state=State.WAITING, tries=row.tries + 1, next_at=next_at, error=error))

    async def record_missed(self, leased: LeasedDelivery) -> None:
        error = own_error("missed", Message("outcomes.missed"))
        await leased.save(DeliveryChanges(state=State.MISSED, next_at=None, error=error))

    async def record_unapproved(self, leased: LeasedDelivery) -> None:
        """Record that the post was not approved at its time; with an open attempt, that it is not sent again."""
        if leased.row.open_attempts:
            await self.record_unconfirmed(leased, Message("approval.withdrawn_after_send"))
            return
        error = own_error("not_approved", Message("approval.missing_at_time"))
        await leased.save(DeliveryChanges(state=State.MISSED, next_at=None, error=error))

    async def record_picture_missing(self, leased: LeasedDelivery) -> None:
        await leased.save(DeliveryChanges(state=State.FAILED, next_at=None, error=leased.row.picture.error))

    async def record_unconfirmed(self, leased: LeasedDelivery, why: Message) -> None:
        await leased.save(DeliveryChanges(state=State.UNCONFIRMED, next_at=None, error=own_error("unconfirmed", why)))

    async def record_answer(self, leased: LeasedDelivery, number: int, answer: OutsideError, seconds: float) -> None:
        """Store the answer with attempt `number`, which stays open."""
        await self._database.write(
            lambda transaction: delivery_store.answer_attempt(
                transaction,
                leased.row.id,
                number,
                answer=answer.as_json(),
                seconds=seconds,
                outcome=None,
                now=self._clock.now(),
            )
        )

    def _next_try_at(self, row: Delivery, asked_s: float = 0.0, first_s: float = 1.0) -> datetime:
        backoff_s = compute_backoff_s(row.id, row.tries, asked_s=asked_s, first_s=first_s)
        return self._clock.now() + timedelta(seconds=backoff_s)

    async def _give_up(self, leased: LeasedDelivery, error: dict[str, Any], why: Message) -> None:
        if leased.row.open_attempts:
            # The refused request was a check, which says nothing about the request that was sent.
            await self.record_unconfirmed(leased, Message("outcomes.outcome_unverified", {"why": why}))
        elif leased.row.picture_is_due:
            failed = _failed(leased.row.picture, error)
            await leased.save(DeliveryChanges(state=State.FAILED, next_at=None, error=error, picture=failed))
        else:
            await leased.save(DeliveryChanges(state=State.FAILED, next_at=None, error=error))


def _failed(picture: DeliveryPicture, error: dict[str, Any]) -> DeliveryPicture:
    return replace(picture, state=PictureState.FAILED, error=error)


def _is_scheduled(row: Delivery) -> bool:
    """Return whether the delivery has a time of its own, rather than going out as soon as it was created."""
    return row.due_at is not None and row.due_at > row.created_at


def own_error(code: str, message: Message) -> dict[str, Any]:
    """Return one of Araldo's own errors in the shape of a stored error."""
    return {"kind": "Araldo", "service": "araldo", "code": code, "message": message.as_json()}
