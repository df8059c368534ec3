"""What an error makes of a delivery: later, failed, waiting for an account, or for a person to decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from araldo.accounts import store as account_store
from araldo.clock import Clock
from araldo.errors import OutsideError, ReconnectNeeded, Rejected, TryLater
from araldo.messages import Message
from araldo.posts import delivery_store
from araldo.posts.models import WORKING, Delivery, PictureState, State
from araldo.storage.database import Database
from araldo.workflows.lease import LeasedDelivery
from araldo.workflows.reconnect import Reconnect

# Somebody is looking on when a post goes out at once, nobody when it was scheduled: the latter can wait longer.
_TRIES_AT_ONCE, _TRIES_SCHEDULED = 8, 30
_LONGEST_PAUSE_S = 600.0
_LOCAL_PAUSE_S = 2.0
# A provider that answered so may have been paid: it is asked again seldom.
_MAYBE_PAID, _TRIES_PAID = frozenset({"timeout", "bad_response"}), 2


class DeliveryOutcomes:
    """Every one keeps the first law: with an open attempt nothing is called failed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._reconnect = Reconnect(clock)

    async def try_later(self, leased: LeasedDelivery, wait: TryLater, most: int | None = None) -> None:
        """Wait and try again, at most `most` times: by default few for what goes out at once, many for the scheduled.

        Of what is not due yet only its picture can have failed: see `picture_later`.
        """
        row = leased.row
        if row.state not in WORKING:
            await self._picture_ahead(leased, wait.as_json(), wait.after_s, most or _TRIES_AT_ONCE)
            return
        most = most or (_TRIES_SCHEDULED if _is_scheduled(row) else _TRIES_AT_ONCE)
        # A long wait was named by the platform (a quota, a limit): the limit on lateness ends it, not a count.
        counts = wait.after_s < _LONGEST_PAUSE_S
        if counts and row.tries >= most:
            await self._give_up(leased, wait.as_json(), wait.message)
            return
        pause = max(wait.after_s, min(_LONGEST_PAUSE_S, 2.0**row.tries))
        next_at = self._clock.now() + timedelta(seconds=pause)
        if leased.late_at is not None and not row.open_attempts:
            # Not later than the moment at which it is `missed`: that is news, too.
            next_at = min(next_at, leased.late_at + timedelta(seconds=1))
        await leased.save(state=State.WAITING, tries=row.tries + counts, next_at=next_at, error=wait.as_json())

    async def picture_later(self, leased: LeasedDelivery, wait: TryLater) -> bool:
        """Put off a picture that its provider could not make now; False when it is failed instead.

        It is put off for a scheduled post alone: of any other, a person is looking on and can ask again.
        """
        row = leased.row
        if not _is_scheduled(row) or row.state not in {State.SCHEDULED, *WORKING}:
            await self._picture_failed(leased, wait.as_json())
            return False
        await self.try_later(leased, wait, _TRIES_PAID if wait.code in _MAYBE_PAID else None)
        return True

    async def _picture_ahead(
        self, leased: LeasedDelivery, error: dict[str, Any], after_s: float, most: int | None
    ) -> None:
        """Try the picture of what is not due yet again after a pause.

        Once `most` tries have failed (None: any number), a scheduled post's is tried one more time when the post is
        due, and another's is failed.
        """
        row = leased.row
        worn_out = most is not None and row.tries >= most
        pause = max(after_s, min(_LONGEST_PAUSE_S, 2.0 ** min(row.tries, 10)))
        next_at = self._clock.now() + timedelta(seconds=pause)
        if row.state is State.SCHEDULED and row.due_at is not None:
            next_at = row.due_at if worn_out else min(next_at, row.due_at)
        elif worn_out:
            await self._picture_failed(leased, error)
            return
        # While it is tried again it counts as being made, so that not every try is news; then it waits for its turn.
        state = PictureState.QUEUED if worn_out else PictureState.MAKING
        await leased.save(picture_state=state, picture_error=error, tries=row.tries + 1, next_at=next_at)

    async def _picture_failed(self, leased: LeasedDelivery, error: dict[str, Any]) -> None:
        await leased.save(picture_state=PictureState.FAILED, picture_error=error, tries=0, next_at=None)

    async def rejected(self, leased: LeasedDelivery, refusal: Rejected) -> None:
        await self._give_up(leased, refusal.as_json(), refusal.message)

    async def reconnect(self, leased: LeasedDelivery, gone: ReconnectNeeded) -> None:
        """The delivery waits for its account; an open attempt stays open and is looked up after reconnecting."""
        row = leased.row
        async with self._database.transaction() as transaction:
            account = await account_store.find(transaction, row.workspace_id, row.account_id)
            if account is None:
                raise LookupError(f"{row.id} was at work without an account")
            if account.connected_at > leased.since:
                # Connected again while the old token was in use: this delivery could not be resumed with the others.
                await leased.save_in(transaction, state=State.WAITING, next_at=self._clock.now(), error=gone.as_json())
                return
            await leased.save_in(transaction, state=State.NEEDS_RECONNECT, next_at=None, error=gone.as_json())
            await self._reconnect.lost(transaction, account, row.platform, gone)

    async def local_fault(self, leased: LeasedDelivery, fault: Exception) -> None:
        """A passing fault of this machine: tried again as what a platform puts off is."""
        raw, code = type(fault).__name__, "local_fault"
        wait = TryLater(Message("outcomes.local_fault"), after_s=_LOCAL_PAUSE_S, service="araldo", code=code, raw=raw)
        if leased.row.state in WORKING:
            await self.try_later(leased, wait)
        else:
            # It costs nothing: a picture made ahead is tried until its post is due.
            most = None if leased.row.state is State.SCHEDULED else _TRIES_AT_ONCE
            await self._picture_ahead(leased, wait.as_json(), wait.after_s, most)

    async def bug(self, leased: LeasedDelivery, bug: Exception) -> None:
        """Tried again a few times, slowly: what is out is never sent twice, for every round begins with a look."""
        row = leased.row
        error = own_error("internal", Message("outcomes.internal_error")) | {"raw": type(bug).__name__}
        if row.state not in WORKING:
            await self._picture_ahead(leased, error, 5.0, _TRIES_AT_ONCE)
        elif row.tries >= _TRIES_AT_ONCE:
            await self._give_up(leased, error, Message("outcomes.internal_error"))
        else:
            next_at = self._clock.now() + timedelta(seconds=min(_LONGEST_PAUSE_S, 5.0 * 2.0**row.tries))
            await leased.save(state=State.WAITING, tries=row.tries + 1, next_at=next_at, error=error)

    async def missed(self, leased: LeasedDelivery) -> None:
        await leased.save(state=State.MISSED, next_at=None, error=own_error("missed", Message("outcomes.missed")))

    async def no_picture(self, leased: LeasedDelivery) -> None:
        await leased.save(state=State.FAILED, next_at=None, error=leased.row.picture_error)

    async def unconfirmed(self, leased: LeasedDelivery, why: Message) -> None:
        await leased.save(state=State.UNCONFIRMED, next_at=None, error=own_error("unconfirmed", why))

    async def note_answer(self, leased: LeasedDelivery, number: int, answer: OutsideError, seconds: float) -> None:
        """The attempt stays open; what came back is kept with it."""
        async with self._database.transaction() as transaction:
            await delivery_store.answer_attempt(
                transaction,
                leased.row.id,
                number,
                answer=answer.as_json(),
                seconds=seconds,
                outcome=None,
                now=self._clock.now(),
            )

    async def _give_up(self, leased: LeasedDelivery, error: dict[str, Any], why: Message) -> None:
        if leased.row.open_attempts:
            # The refusal was of a look, and says nothing of what was sent.
            await self.unconfirmed(leased, Message("outcomes.outcome_not_seen", {"why": why}))
        elif leased.row.picture_is_due:
            failed = {"picture_state": PictureState.FAILED, "picture_error": error}
            await leased.save(state=State.FAILED, next_at=None, error=error, **failed)
        else:
            await leased.save(state=State.FAILED, next_at=None, error=error)


def _is_scheduled(row: Delivery) -> bool:
    """Whether it was given a time, and did not go out at once."""
    return row.due_at is not None and row.due_at > row.created_at


def own_error(code: str, message: Message) -> dict[str, Any]:
    """An error of ours in the shape that a stored error has."""
    return {"kind": "Araldo", "service": "araldo", "code": code, "message": message.as_json()}
