"""Create the posts of recurrences ahead of time, each occurrence exactly once even after a crash."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from araldo.clock import Clock
from araldo.errors import Conflict, NotFound, PostInvalid, Problem
from araldo.local_faults import is_transient
from araldo.loops import FailureLog
from araldo.messages import Message
from araldo.posts import change_store, recurrence_store
from araldo.posts import store as post_store
from araldo.posts.copying import copy_post
from araldo.posts.models import Post, PostView, State
from araldo.posts.recurrence import START_WITHIN, Rule, normal, occurrences, parse_rule
from araldo.posts.recurrence_store import CreatedPost, Recurrence
from araldo.posts.timing import When, zone_problem
from araldo.storage.database import Database, Transaction, new_id
from araldo.storage.events import record_event
from araldo.workflows.deliveries.claims import ClaimedDelivery
from araldo.workflows.deliveries.lease import record_delivery_event
from araldo.workflows.engine import Engine
from araldo.workflows.posts.approval_steps import settle_approval
from araldo.workspaces.models import Workspace
from araldo.workspaces.permissions import NO_PERMISSIONS

# How far ahead occurrences are created as posts, to be seen, edited or cancelled one by one; the next one always is.
AHEAD = timedelta(days=14)
_BATCH = 50
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A coming occurrence; `post` is None while it has not been created."""

    when: When
    post: CreatedPost | None


@dataclass(frozen=True, slots=True)
class RecurrenceView:
    """A recurrence, its next occurrences, and how many of its posts are scheduled for later."""

    recurrence: Recurrence
    upcoming: list[Upcoming]
    scheduled_posts: int


class RecurrenceRunner:
    """Starts and stops recurrences, and creates their posts."""

    def __init__(self, *, database: Database, clock: Clock, engine: Engine[ClaimedDelivery]) -> None:
        self._database = database
        self._clock = clock
        self._engine = engine
        self._failures = FailureLog(clock)

    async def start(
        self, workspace: Workspace, post_id: str, rrule: str, zone: str | None, start: datetime | None
    ) -> None:
        """Let the post recur. `start`: local time without a zone, by default the post's own time.

        Raises NotFound, PostInvalid, and Conflict when the post recurs already.
        """
        now = self._clock.now()

        def in_transaction(transaction: Transaction) -> Recurrence:
            view = post_store.get(transaction, workspace.id, post_id)
            rule = _new_rule(view, rrule, zone or view.post.zone or workspace.zone, start, now)
            first = next(occurrences(rule, now), None)
            if first is None:
                raise PostInvalid([Problem("/rrule", "rrule_no_occurrence", Message("recurrence.never_occurs"))])
            recurrence = Recurrence(
                id=new_id("rec"),
                workspace_id=workspace.id,
                post_id=post_id,
                rrule=normal(rrule),
                zone=rule.zone,
                start=rule.start.isoformat(),
                next_at=first.instant,
                last_made_at=None,
                created_at=now,
                ended_at=None,
            )
            recurrence_store.add(transaction, recurrence)
            return recurrence

        recurrence = await self._database.write(in_transaction)
        await self._create_ahead(recurrence)

    async def stop(self, workspace: Workspace, post_id: str, *, cancel_future: bool) -> None:
        """End the recurrence that the post has or was created by. Raises NotFound.

        With `cancel_future` its posts that are still `scheduled` are cancelled.
        """
        now = self._clock.now()

        def in_transaction(transaction: Transaction) -> None:
            post_store.get(transaction, workspace.id, post_id)
            recurrence = recurrence_store.latest_of(transaction, workspace.id, post_id)
            # First, because it locks the recurrence: a post that is being created is either seen below or never made.
            recurrence_store.end(transaction, recurrence.id, now)
            if cancel_future:
                for row in recurrence_store.cancel_scheduled(transaction, recurrence.id, now):
                    record_delivery_event(transaction, row)

        await self._database.write(in_transaction)

    async def read(self, workspace: Workspace, post_id: str) -> RecurrenceView:
        """Return the recurrence that the post has or was created by. Raises NotFound."""
        now = self._clock.now()

        def in_transaction(transaction: Transaction) -> tuple[Recurrence, dict[datetime, CreatedPost], int]:
            post_store.get(transaction, workspace.id, post_id)
            recurrence = recurrence_store.latest_of(transaction, workspace.id, post_id)
            scheduled = recurrence_store.count_scheduled(transaction, recurrence.id, now)
            try:
                view = post_store.get(transaction, workspace.id, recurrence.post_id)
            except NotFound:
                # The post to copy was deleted.
                return recurrence, recurrence_store.created_posts(transaction, recurrence.id, now), scheduled
            return recurrence, _known_posts(transaction, recurrence, view, now), scheduled

        recurrence, known, scheduled = await self._database.read(in_transaction)
        if recurrence.ended_at is None:
            coming = list(islice(occurrences(_rule(recurrence), now), _SHOWN))
        else:
            # Only the posts that exist already are still to come.
            coming = [When.at(at, recurrence.zone) for at in sorted(known) if at > now][:_SHOWN]
        return RecurrenceView(recurrence, [Upcoming(when, known.get(when.instant)) for when in coming], scheduled)

    async def create_occurrence(self, workspace: Workspace, post_id: str, at: datetime) -> Upcoming:
        """Create the post of a coming occurrence now, to be edited or cancelled; the existing one if there is one.

        Raises NotFound, Conflict when the recurrence has ended, and PostInvalid when it does not occur at `at`.
        """
        now = self._clock.now()

        def in_transaction(transaction: Transaction) -> tuple[Upcoming, bool]:
            post_store.get(transaction, workspace.id, post_id)
            recurrence = recurrence_store.latest_of(transaction, workspace.id, post_id)
            # Locked, so that it neither ends nor creates the same occurrence meanwhile.
            if not recurrence_store.lock_active(transaction, recurrence.id):
                raise Conflict(Message("recurrence.ended"), code="recurrence_ended")
            when = _coming_occurrence(recurrence, at, now)
            view = change_store.get_for_change(transaction, workspace.id, recurrence.post_id)
            known = _known_posts(transaction, recurrence, view, at)
            if at in known:
                return Upcoming(when, known[at]), False
            post = self._add_post(transaction, recurrence, view, when, now)
            return Upcoming(when, CreatedPost(post.id, "scheduled", changed=False, due_at=post.due_at)), True

        occurrence, is_new = await self._database.write(in_transaction)
        if is_new:
            self._engine.nudge()
        return occurrence

    async def create_due_posts(self) -> int:
        """Create the posts that are due in all workspaces; return how many."""
        now = self._clock.now()
        recurrences = await self._database.read(
            lambda transaction: recurrence_store.find_due(transaction, now, now + AHEAD, _BATCH)
        )
        return sum([await self._create_isolated(recurrence) for recurrence in recurrences])

    async def _create_isolated(self, recurrence: Recurrence) -> int:
        """Create one recurrence's posts. A bug with one must not stop the others."""
        try:
            return await self._create_ahead(recurrence)
        except Exception as failure:
            if is_transient(failure):
                raise
            self._failures.write("recurrence_bug", failure, recurrence=recurrence.id)
            return 0

    async def _create_ahead(self, recurrence: Recurrence | None) -> int:
        """Create all posts of one recurrence that are due, or end it after its last occurrence; return how many."""
        created = 0
        for _ in range(_BATCH):
            now = self._clock.now()
            if recurrence is None or not _is_due(recurrence, now):
                break
            if recurrence.next_at is None:
                # The last occurrence's time has come.
                await self._end(recurrence, now)
                break
            created += await self._create_next(recurrence, now)
            recurrence = await self._database.read(partial(recurrence_store.find, recurrence_id=recurrence.id))
        if created:
            self._engine.nudge()
        return created

    async def _create_next(self, seen: Recurrence, now: datetime) -> bool:
        """Move on to the next occurrence and create the post of this one, in one transaction.

        False when no post was created: another process did, the occurrence is past, or the post was deleted.
        """
        occurrence = seen.next_at
        assert occurrence is not None
        following = next(occurrences(_rule(seen), max(occurrence, now)), None)
        next_at = None if following is None else following.instant

        def in_transaction(transaction: Transaction) -> bool:
            try:
                view = change_store.get_for_change(transaction, seen.workspace_id, seen.post_id)
            except NotFound:
                # The post to copy was deleted.
                recurrence_store.end(transaction, seen.id, now)
                return False
            # An occurrence that passed while no process was running is skipped.
            in_time = occurrence > now
            last_made_at = occurrence if in_time else seen.last_made_at
            if not recurrence_store.advance(transaction, seen, next_at=next_at, last_made_at=last_made_at):
                return False
            if not in_time or occurrence in _known_posts(transaction, seen, view, occurrence):
                return False
            self._add_post(transaction, seen, view, When.at(occurrence, seen.zone), now)
            return True

        return await self._database.write(in_transaction)

    async def _end(self, recurrence: Recurrence, now: datetime) -> None:
        await self._database.write(lambda transaction: recurrence_store.end(transaction, recurrence.id, now))

    def _add_post(
        self, transaction: Transaction, recurrence: Recurrence, view: PostView, when: When, now: datetime
    ) -> Post:
        copied, rows = copy_post(view.post, view.deliveries, when=when, now=now, new_id=new_id)
        post = replace(copied, recurrence_id=recurrence.id, occurrence_at=when.instant)
        post_store.add(transaction, post, rows)
        data = {"intent": "schedule", "platforms": [row.platform for row in rows], "recurrence_id": recurrence.id}
        record_event(transaction, "post.created", workspace_id=post.workspace_id, at=now, post_id=post.id, data=data)
        # Each occurrence is a post of its own, and needs an approval of its own.
        settle_approval(transaction, post.workspace_id, post.id, NO_PERMISSIONS, goes_out_now=False)
        return post


def _is_due(recurrence: Recurrence, now: datetime) -> bool:
    """Return whether a post has to be created; the same condition as that of `recurrence_store.find_due`."""
    soon = recurrence.next_at is not None and recurrence.next_at <= now + AHEAD
    return soon or recurrence.last_made_at is None or recurrence.last_made_at <= now


def _known_posts(
    transaction: Transaction, recurrence: Recurrence, view: PostView, since: datetime
) -> dict[datetime, CreatedPost]:
    """Return the posts from `since` on by occurrence; `view`, the post that is copied, is itself one where it is due.

    Then no copy of it is needed, also after it was sent.
    """
    known = recurrence_store.created_posts(transaction, recurrence.id, since)
    due_at = view.post.due_at
    if due_at is None or due_at < since or all(row.state is State.DRAFT for row in view.deliveries):
        return known
    return {due_at: CreatedPost(view.post.id, view.status, changed=False, due_at=due_at)} | known


def _coming_occurrence(recurrence: Recurrence, at: datetime, now: datetime) -> When:
    """Return the occurrence at this time. Raises PostInvalid when there is none, it is past or too far away."""
    if now < at <= now + START_WITHIN:
        when = next(occurrences(_rule(recurrence), at - timedelta(microseconds=1)), None)
        if when is not None and when.instant == at:
            return when
    raise PostInvalid([Problem("/schedule_time", "no_occurrence", Message("recurrence.no_occurrence"))])


def _new_rule(view: PostView, rrule: str, zone: str, start: datetime | None, now: datetime) -> Rule:
    unknown = zone_problem(zone)
    if unknown is not None:
        raise PostInvalid([unknown])
    if start is None:
        if view.post.due_at is None:
            raise PostInvalid([Problem("/start", "start_missing", Message("recurrence.start_missing"))])
        start = datetime.fromisoformat(When.at(view.post.due_at, zone).wall_time)
    if abs(start - now.replace(tzinfo=None)) > START_WITHIN:
        raise PostInvalid([Problem("/start", "start_too_far", Message("recurrence.start_too_far"))])
    rule = parse_rule(rrule, zone, start)
    if isinstance(rule, list):
        raise PostInvalid(rule)
    return rule


def _rule(recurrence: Recurrence) -> Rule:
    """Return the stored rule. Raises ValueError when it is invalid."""
    rule = parse_rule(recurrence.rrule, recurrence.zone, datetime.fromisoformat(recurrence.start))
    if isinstance(rule, list):
        raise ValueError(f"{recurrence.id} has an invalid rule: {rule}")
    return rule
