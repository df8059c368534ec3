"""What an error makes of a delivery: later, failed, waiting for an account, or for a person to decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from araldo.accounts import store as account_store
from araldo.clock import Clock
from araldo.errors import OutsideError, ReconnectNeeded, Rejected, Sentence, TryLater
from araldo.posts import delivery_store
from araldo.posts.models import WORKING, Delivery, PictureState, State
from araldo.storage.database import Database
from araldo.workflows.lease import Held
from araldo.workflows.reconnect import Reconnect

# Somebody is looking on when a post goes out at once, nobody when it was scheduled: the latter can wait longer.
_TRIES_AT_ONCE, _TRIES_SCHEDULED = 8, 30
_LONGEST_PAUSE_S = 600.0
_LOCAL_PAUSE_S = 2.0
# A provider that answered so may have been paid: it is asked again seldom.
_MAYBE_PAID, _TRIES_PAID = frozenset({"timeout", "bad_response"}), 2

_BUG = Sentence(
    "Something went wrong inside Araldo; the log has the details.",
    "Qualcosa è andato storto dentro Araldo; i dettagli sono nel log.",
)
LOCAL_FAULT = Sentence(
    "Araldo's computer lacks something for the moment (disk space, memory, open files or the database): "
    "see that it has it again.",
    "Al computer di Araldo manca per ora qualcosa (spazio su disco, memoria, file aperti o il database): "
    "fai in modo che lo riabbia.",
)
_NOT_SEEN = Sentence(
    "It was sent, and whether it is out could not be seen: look at the platform, then decide. In the way was: {why}",
    "È stato inviato e non si è potuto verificare se è uscito: guarda sulla piattaforma, poi decidi. L'ostacolo: {why}",
)
_MISSED = Sentence(
    "It was too late to publish it: its time had passed by more than the limit.",
    "Era troppo tardi per pubblicarlo: il suo orario era passato da più del limite.",
)


class Verdicts:
    """Every one keeps the first law: with an open attempt nothing is called failed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._reconnect = Reconnect(clock)

    async def try_later(self, held: Held, wait: TryLater, most: int | None = None) -> None:
        """Wait and try again, at most `most` times: by default few for what goes out at once, many for the scheduled.

        Of what is not due yet only its picture can have failed: see `picture_later`.
        """
        row = held.row
        if row.state not in WORKING:
            await self._picture_ahead(held, wait.as_json(), wait.after_s, most or _TRIES_AT_ONCE)
            return
        most = most or (_TRIES_SCHEDULED if _is_scheduled(row) else _TRIES_AT_ONCE)
        # A long wait was named by the platform (a quota, a limit): the limit on lateness ends it, not a count.
        counts = wait.after_s < _LONGEST_PAUSE_S
        if counts and row.tries >= most:
            await self._give_up(held, wait.as_json(), wait.sentence)
            return
        pause = max(wait.after_s, min(_LONGEST_PAUSE_S, 2.0**row.tries))
        next_at = self._clock.now() + timedelta(seconds=pause)
        if held.late_at is not None and not row.open_attempts:
            # Not later than the moment at which it is `missed`: that is news, too.
            next_at = min(next_at, held.late_at + timedelta(seconds=1))
        await held.save(state=State.WAITING, tries=row.tries + counts, next_at=next_at, error=wait.as_json())

    async def picture_later(self, held: Held, wait: TryLater) -> bool:
        """Put off a picture that its provider could not make now; False when it is failed instead.

        It is put off for a scheduled post alone: of any other, a person is looking on and can ask again.
        """
        row = held.row
        if not _is_scheduled(row) or row.state not in {State.SCHEDULED, *WORKING}:
            await self._picture_failed(held, wait.as_json())
            return False
        await self.try_later(held, wait, _TRIES_PAID if wait.code in _MAYBE_PAID else None)
        return True

    async def _picture_ahead(self, held: Held, error: dict[str, Any], after_s: float, most: int | None) -> None:
        """Try the picture of what is not due yet again after a pause.

        Once `most` tries have failed (None: any number), a scheduled post's is tried one more time when the post is
        due, and another's is failed. A picture that is ready stays so, whatever fails around it.
        """
        row = held.row
        if not row.picture_is_due:
            await self._put_off_start(held, error, after_s)
            return
        worn_out = most is not None and row.tries >= most
        pause = max(after_s, min(_LONGEST_PAUSE_S, 2.0 ** min(row.tries, 10)))
        next_at = self._clock.now() + timedelta(seconds=pause)
        if row.state is State.SCHEDULED and row.due_at is not None:
            next_at = row.due_at if worn_out else min(next_at, row.due_at)
        elif worn_out:
            await self._picture_failed(held, error)
            return
        # While it is tried again it counts as being made, so that not every try is news; then it waits for its turn.
        state = PictureState.QUEUED if worn_out else PictureState.MAKING
        await held.save(picture_state=state, picture_error=error, tries=row.tries + 1, next_at=next_at)

    async def _put_off_start(self, held: Held, error: dict[str, Any], after_s: float) -> None:
        """Try again to begin with a scheduled post whose time has come; before that there is nothing to put off."""
        now = self._clock.now()
        if held.row.state is State.SCHEDULED and held.row.due_at is not None and held.row.due_at <= now:
            next_at = now + timedelta(seconds=max(after_s, _LOCAL_PAUSE_S))
            await held.save(state=State.QUEUED, error=error, tries=held.row.tries + 1, next_at=next_at)

    async def _picture_failed(self, held: Held, error: dict[str, Any]) -> None:
        await held.save(picture_state=PictureState.FAILED, picture_error=error, tries=0, next_at=None)

    async def rejected(self, held: Held, refusal: Rejected) -> None:
        await self._give_up(held, refusal.as_json(), refusal.sentence)

    async def reconnect(self, held: Held, gone: ReconnectNeeded) -> None:
        """The delivery waits for its account; an open attempt stays open and is looked up after reconnecting."""
        row = held.row
        async with self._database.transaction() as transaction:
            account = await account_store.find(transaction, row.workspace_id, row.account_id)
            if account is None:
                raise LookupError(f"{row.id} was at work without an account")
            if account.connected_at > held.since:
                # Connected again while the old token was in use: this delivery could not be resumed with the others.
                await held.save_in(transaction, state=State.WAITING, next_at=self._clock.now(), error=gone.as_json())
                return
            await held.save_in(transaction, state=State.NEEDS_RECONNECT, next_at=None, error=gone.as_json())
            await self._reconnect.lost(transaction, account, row.platform, gone)

    async def local_fault(self, held: Held, fault: Exception) -> None:
        """A passing fault of this machine: tried again as what a platform puts off is."""
        raw, code = type(fault).__name__, "local_fault"
        wait = TryLater(LOCAL_FAULT, after_s=_LOCAL_PAUSE_S, service="araldo", code=code, raw=raw)
        if held.row.state in WORKING:
            await self.try_later(held, wait)
        else:
            # It costs nothing: a picture made ahead is tried until its post is due.
            most = None if held.row.state is State.SCHEDULED else _TRIES_AT_ONCE
            await self._picture_ahead(held, wait.as_json(), wait.after_s, most)

    async def bug(self, held: Held, bug: Exception) -> None:
        """Tried again a few times, slowly: what is out is never sent twice, for every round begins with a look."""
        row = held.row
        error = own_error("internal", _BUG) | {"raw": type(bug).__name__}
        if row.state not in WORKING:
            await self._picture_ahead(held, error, 5.0, _TRIES_AT_ONCE)
        elif row.tries >= _TRIES_AT_ONCE:
            await self._give_up(held, error, _BUG)
        else:
            next_at = self._clock.now() + timedelta(seconds=min(_LONGEST_PAUSE_S, 5.0 * 2.0**row.tries))
            await held.save(state=State.WAITING, tries=row.tries + 1, next_at=next_at, error=error)

    async def missed(self, held: Held) -> None:
        await held.save(state=State.MISSED, next_at=None, error=own_error("missed", _MISSED))

    async def no_picture(self, held: Held) -> None:
        await held.save(state=State.FAILED, next_at=None, error=held.row.picture_error)

    async def unconfirmed(self, held: Held, why: Sentence) -> None:
        await held.save(state=State.UNCONFIRMED, next_at=None, error=own_error("unconfirmed", why))

    async def note_answer(self, held: Held, number: int, answer: OutsideError, seconds: float) -> None:
        """The attempt stays open; what came back is kept with it."""
        async with self._database.transaction() as transaction:
            await delivery_store.answer_attempt(
                transaction,
                held.row.id,
                number,
                answer=answer.as_json(),
                seconds=seconds,
                outcome=None,
                now=self._clock.now(),
            )

    async def _give_up(self, held: Held, error: dict[str, Any], why: Sentence) -> None:
        if held.row.open_attempts:
            # The refusal was of a look, and says nothing of what was sent.
            await self.unconfirmed(held, _NOT_SEEN.with_(why=why))
        elif held.row.picture_is_due:
            failed = {"picture_state": PictureState.FAILED, "picture_error": error}
            await held.save(state=State.FAILED, next_at=None, error=error, **failed)
        else:
            await held.save(state=State.FAILED, next_at=None, error=error)


def _is_scheduled(row: Delivery) -> bool:
    """Whether it was given a time, and did not go out at once."""
    return row.due_at is not None and row.due_at > row.created_at


def own_error(code: str, sentence: Sentence) -> dict[str, Any]:
    """An error of ours in the shape that a stored error has."""
    return {"kind": "Araldo", "service": "araldo", "code": code, "sentence": sentence.as_json()}
