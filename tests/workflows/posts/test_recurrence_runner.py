"""Recurring posts: on both databases, with several runners, and across crashes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from araldo.errors import Conflict, NotFound, PostInvalid
from araldo.posts import change_store, list_store
from araldo.posts import store as post_store
from araldo.posts.models import Delivery, Post, PostView, Series, State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database, Transaction
from araldo.storage.events import list_after
from araldo.storage.schema import deliveries, posts, recurrences
from araldo.workflows.deliveries.claims import ClaimedDelivery
from araldo.workflows.engine import Engine
from araldo.workflows.posts.recurrence import RecurrenceRunner
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.made_up_platforms import WALL
from tests.support.publisher_harness import PublisherHarness


class ProcessKilled(BaseException):
    """Stands for a kill: an error that no code of ours catches."""


DRAFT = NewPost(content="Buon lunedì", platforms=[WALL.name], makes_pictures=False)
# The clock stands at Thursday 31 January 2030, ten o'clock in Rome.
FRIDAY = datetime(2030, 2, 1, 10, 0)  # noqa: DTZ001 - a wall time


@dataclass
class RecurrenceHarness:
    """One post that may recur, and two runners on the same database."""

    harness: PublisherHarness
    post_id: str
    runner: RecurrenceRunner
    other_runner: RecurrenceRunner

    async def start(self, rrule: str, start: datetime | None = FRIDAY, zone: str | None = None) -> None:
        await self.runner.start(self.harness.workspace, self.post_id, rrule, zone, start)

    async def created_posts(self) -> list[PostView]:
        """Return the recurrence's posts in the order of their times."""
        with open_reading(self.harness.database) as transaction:
            views, _ = list_store.list_posts(
                transaction, self.harness.workspace.id, list_store.PostFilter(), limit=1000, cursor=None
            )
        created = [view for view in views if view.post.recurrence_id is not None]
        return sorted(created, key=lambda view: str(view.post.wall_time))

    async def wall_times(self) -> list[str]:
        return [str(view.post.wall_time)[:16] for view in await self.created_posts()]

    async def upcoming(self) -> list[tuple[str, bool]]:
        view = await self.runner.read(self.harness.workspace, self.post_id)
        return [(one.when.wall_time[:16], one.post is not None) for one in view.upcoming]

    async def ended(self) -> bool:
        view = await self.runner.read(self.harness.workspace, self.post_id)
        return view.recurrence.ended_at is not None

    def pass_time(self, **span: float) -> None:
        self.harness.clock.advance(timedelta(**span).total_seconds())


def runner_of(harness: PublisherHarness) -> RecurrenceRunner:
    async def nothing(_: ClaimedDelivery) -> bool:
        return False

    async def nothing_due(_: int) -> tuple[list[ClaimedDelivery], datetime | None]:
        return [], None

    engine = Engine(name="delivery", work=nothing, claim_due=nothing_due, clock=harness.clock, sweep_s=1)
    return RecurrenceRunner(database=harness.database, clock=harness.clock, engine=engine)


@pytest.fixture
async def recurring(database: Database, clock: FakeClock, tmp_path: Path) -> RecurrenceHarness:
    harness = await PublisherHarness.create(database, clock, tmp_path)
    await harness.add(DRAFT)
    return RecurrenceHarness(harness, harness.posts[0].id, runner_of(harness), runner_of(harness))


async def test_occurrences_are_created_as_posts_two_weeks_ahead(recurring: RecurrenceHarness) -> None:
    await recurring.start("FREQ=WEEKLY;COUNT=5")
    made = await recurring.created_posts()
    assert [str(view.post.wall_time) for view in made] == ["2030-02-01T10:00:00", "2030-02-08T10:00:00"]
    assert await recurring.upcoming() == [
        ("2030-02-01T10:00", True),
        ("2030-02-08T10:00", True),
        ("2030-02-15T10:00", False),
        ("2030-02-22T10:00", False),
        ("2030-03-01T10:00", False),
    ]
    for view in made:
        (row,) = view.deliveries
        assert (view.post.content, view.status, view.post.zone) == ("Buon lunedì", "scheduled", "Europe/Rome")
        assert view.post.due_at == row.due_at == view.post.occurrence_at
    with open_reading(recurring.harness.database) as transaction:
        (event,) = list_after(transaction, 0, limit=9, post_id=made[0].post.id)
    assert (event.kind, event.data["recurrence_id"]) == ("post.created", made[0].post.recurrence_id)
    assert await recurring.runner.create_due_posts() == 0
    recurring.pass_time(days=8)
    assert await recurring.runner.create_due_posts() == 2
    recurring.pass_time(days=14)
    await recurring.runner.create_due_posts()
    assert len(await recurring.created_posts()) == 5
    # All are made, but it goes on until the last has come.
    assert not await recurring.ended()
    recurring.pass_time(days=8)
    assert await recurring.runner.create_due_posts() == 0
    assert await recurring.ended()


async def test_the_next_occurrence_is_created_however_far_away(recurring: RecurrenceHarness) -> None:
    await recurring.start("FREQ=MONTHLY;BYMONTHDAY=20")
    assert await recurring.wall_times() == ["2030-02-20T10:00"]
    recurring.pass_time(days=20, minutes=1)
    await recurring.runner.create_due_posts()
    assert await recurring.wall_times() == ["2030-02-20T10:00", "2030-03-20T10:00"]


async def test_the_wall_time_stays_the_same_when_clocks_change(recurring: RecurrenceHarness) -> None:
    clock = recurring.harness.clock
    clock.advance((datetime(2030, 3, 25, 12, 0, tzinfo=UTC) - clock.now()).total_seconds())
    await recurring.start("FREQ=DAILY;COUNT=8", datetime(2030, 3, 29, 10, 0))  # noqa: DTZ001 - a wall time
    made = await recurring.created_posts()
    assert {str(view.post.wall_time)[11:] for view in made} == {"10:00:00"}
    assert [view.post.due_at.hour for view in made if view.post.due_at] == [9, 9, 8, 8, 8, 8, 8, 8]


async def test_concurrent_runners_create_each_occurrence_once(recurring: RecurrenceHarness) -> None:
    await recurring.start("FREQ=DAILY;COUNT=60")
    for _ in range(4):
        recurring.pass_time(days=9)
        await asyncio.gather(*(worker.create_due_posts() for worker in (recurring.runner, recurring.other_runner) * 3))
    walls = await recurring.wall_times()
    assert len(walls) == len(set(walls)) == 50
    with open_reading(recurring.harness.database) as transaction:
        kept = transaction.execute(select(posts.c.occurrence_at).where(posts.c.recurrence_id.is_not(None)))
        assert len(set(kept.scalars())) == 50


async def test_a_crash_neither_duplicates_nor_skips_an_occurrence(
    recurring: RecurrenceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The runner is killed after the next occurrence and the post were written, before they are committed."""
    real, calls = post_store.add, 0

    def dying(transaction: Transaction, post: Post, rows: Sequence[Delivery]) -> None:
        nonlocal calls
        calls += 1
        real(transaction, post, rows)
        if calls in {1, 4, 9}:
            raise ProcessKilled

    monkeypatch.setattr(post_store, "add", dying)
    with pytest.raises(ProcessKilled):
        await recurring.start("FREQ=DAILY;COUNT=20")
    # Begun, though nothing was made: another worker finds it.
    for _ in range(4):
        try:
            await recurring.other_runner.create_due_posts()
        except ProcessKilled:
            continue
    recurring.pass_time(days=10)
    await recurring.other_runner.create_due_posts()
    assert await recurring.wall_times() == [f"2030-02-{day:02}T10:00" for day in range(1, 21)]
    assert calls == 23


async def test_existing_occurrences_are_not_duplicated_after_restoring_an_old_row(recurring: RecurrenceHarness) -> None:
    """As after restoring a copy of the recurrences alone."""
    await recurring.start("FREQ=DAILY;COUNT=3")
    first = (await recurring.created_posts())[0].post.occurrence_at
    with open_transaction(recurring.harness.database) as transaction:
        transaction.execute(update(recurrences).values(next_at=first, ended_at=None, last_made_at=None))
    assert await recurring.other_runner.create_due_posts() == 0
    assert len(await recurring.created_posts()) == 3


async def test_occurrences_that_passed_while_nothing_ran_are_skipped(recurring: RecurrenceHarness) -> None:
    await recurring.start("FREQ=DAILY")
    before = len(await recurring.created_posts())
    recurring.pass_time(days=30)
    await recurring.runner.create_due_posts()
    walls = await recurring.wall_times()
    assert walls[:before] == [f"2030-02-{day:02}T10:00" for day in range(1, before + 1)]
    # The clock stands at ten on the second of March, so that one is past.
    assert walls[before] == "2030-03-03T10:00"


async def test_stopping_keeps_created_posts_or_cancels_scheduled_ones(recurring: RecurrenceHarness) -> None:
    await recurring.start("FREQ=DAILY")
    made = await recurring.created_posts()
    # One is on its way already.
    with open_transaction(recurring.harness.database) as transaction:
        first = made[0].deliveries[0]
        transaction.execute(update(deliveries).values(state="queued").where(deliveries.c.id == first.id))
    await recurring.runner.stop(recurring.harness.workspace, recurring.post_id, cancel_future=False)
    recurring.pass_time(minutes=1)
    assert await recurring.runner.create_due_posts() == 0
    assert [view.status for view in await recurring.created_posts()] == ["publishing", *["scheduled"] * (len(made) - 1)]
    await recurring.runner.stop(recurring.harness.workspace, recurring.post_id, cancel_future=True)
    left = await recurring.created_posts()
    assert [view.status for view in left] == ["publishing", *["cancelled"] * (len(made) - 1)]
    assert {view.deliveries[0].rev for view in left[1:]} == {2}
    with open_reading(recurring.harness.database) as transaction:
        told = list_after(transaction, 0, limit=9, post_id=left[1].post.id)
    assert [event.kind for event in told] == ["post.created", "delivery.cancelled"]


async def test_stopping_while_another_runner_creates_leaves_nothing_scheduled(recurring: RecurrenceHarness) -> None:
    await recurring.start("FREQ=DAILY")
    recurring.pass_time(days=10)
    await asyncio.gather(
        recurring.runner.create_due_posts(),
        recurring.runner.stop(recurring.harness.workspace, recurring.post_id, cancel_future=True),
        recurring.other_runner.create_due_posts(),
    )
    now = recurring.harness.clock.now()
    later = [view for view in await recurring.created_posts() if view.post.due_at and view.post.due_at > now]
    assert {view.status for view in later} == {"cancelled"}
    assert await recurring.runner.create_due_posts() == 0


async def test_the_post_itself_is_one_of_its_occurrences(recurring: RecurrenceHarness) -> None:
    due_at = datetime(2030, 2, 1, 9, 0, tzinfo=UTC)
    await recurring.harness.add(replace(DRAFT, intent="schedule", due_at=due_at))
    recurring.post_id = recurring.harness.posts[1].id
    await recurring.start("FREQ=DAILY;COUNT=3", None)
    assert await recurring.wall_times() == ["2030-02-02T10:00", "2030-02-03T10:00"]
    own = (await recurring.runner.read(recurring.harness.workspace, recurring.post_id)).upcoming[0].post
    assert own is not None
    assert (own.id, own.status) == (recurring.post_id, "scheduled")
    again = await recurring.runner.create_occurrence(recurring.harness.workspace, recurring.post_id, due_at)
    assert again.post == own


async def test_an_occurrence_copies_the_current_post_and_a_deleted_post_ends_the_recurrence(
    recurring: RecurrenceHarness,
) -> None:
    await recurring.start("FREQ=WEEKLY")
    with open_transaction(recurring.harness.database) as transaction:
        transaction.execute(update(posts).where(posts.c.id == recurring.post_id).values(content="Nuovo"))
    recurring.pass_time(days=7)
    await recurring.runner.create_due_posts()
    assert [view.post.content for view in await recurring.created_posts()] == ["Buon lunedì", "Buon lunedì", "Nuovo"]
    with open_transaction(recurring.harness.database) as transaction:
        now = recurring.harness.clock.now()
        transaction.execute(update(posts).where(posts.c.id == recurring.post_id).values(deleted_at=now))
    recurring.pass_time(days=7)
    assert await recurring.runner.create_due_posts() == 0
    with open_reading(recurring.harness.database) as transaction:
        assert transaction.execute(select(recurrences.c.ended_at)).scalar_one() is not None


async def test_a_post_has_one_active_recurrence(recurring: RecurrenceHarness) -> None:
    await recurring.start("FREQ=WEEKLY")
    with pytest.raises(Conflict):
        await recurring.start("FREQ=DAILY")
    await recurring.runner.stop(recurring.harness.workspace, recurring.post_id, cancel_future=True)
    await recurring.start("FREQ=DAILY;COUNT=2")
    outcomes = await asyncio.gather(
        recurring.runner.stop(recurring.harness.workspace, recurring.post_id, cancel_future=True),
        recurring.start("FREQ=DAILY;COUNT=400", FRIDAY + timedelta(hours=1)),
        recurring.start("FREQ=DAILY;COUNT=400", FRIDAY + timedelta(hours=1)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) in {1, 2}


@pytest.mark.parametrize(
    ("rrule", "start", "zone", "code"),
    [
        ("FREQ=HOURLY", FRIDAY, None, "rrule_too_often"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", FRIDAY, None, "rrule_no_occurrence"),
        ("FREQ=DAILY;UNTIL=20290101", datetime.fromisoformat("2028-12-30T10:00"), None, "rrule_no_occurrence"),
        ("FREQ=DAILY", None, None, "start_missing"),
        ("FREQ=DAILY", datetime.fromisoformat("1990-01-01"), None, "start_too_far"),
        ("FREQ=DAILY", datetime.fromisoformat("9999-12-31"), None, "start_too_far"),
        ("FREQ=DAILY", FRIDAY, "Europe/Rom", "zone_unknown"),
    ],
)
async def test_values_that_cannot_be_stored_are_refused(
    recurring: RecurrenceHarness, rrule: str, start: datetime | None, zone: str | None, code: str
) -> None:
    with pytest.raises(PostInvalid) as refused:
        await recurring.start(rrule, start, zone)
    assert [problem.code for problem in refused.value.problems] == [code]
    with pytest.raises(NotFound):
        await recurring.runner.read(recurring.harness.workspace, recurring.post_id)


async def test_an_occurrence_is_cancelled_alone(recurring: RecurrenceHarness) -> None:
    await recurring.start("FREQ=DAILY;COUNT=3")
    middle = (await recurring.created_posts())[1].deliveries[0]
    await recurring.harness.person_changes(middle.id, State.CANCELLED)
    recurring.pass_time(hours=1)
    await recurring.other_runner.create_due_posts()
    assert [view.status for view in await recurring.created_posts()] == ["scheduled", "cancelled", "scheduled"]


async def test_a_far_occurrence_is_created_ahead_and_skipped_once(recurring: RecurrenceHarness) -> None:
    """It is created once, by whoever is first, and what was cancelled or deleted is not created again."""
    await recurring.start("FREQ=WEEKLY;COUNT=6")
    workspace, at = recurring.harness.workspace, datetime(2030, 3, 1, 9, 0, tzinfo=UTC)
    made = await asyncio.gather(
        *(
            runner.create_occurrence(workspace, recurring.post_id, at)
            for runner in (recurring.runner, recurring.other_runner) * 2
        )
    )
    (ahead,) = {occurrence.post.id for occurrence in made if occurrence.post}
    assert await recurring.wall_times() == ["2030-02-01T10:00", "2030-02-08T10:00", "2030-03-01T10:00"]
    (far,) = [view for view in await recurring.created_posts() if view.post.id == ahead]
    assert (far.status, far.post.zone, far.post.occurrence_at) == ("scheduled", "Europe/Rome", at)
    await recurring.harness.person_changes(far.deliveries[0].id, State.CANCELLED)
    with open_transaction(recurring.harness.database) as transaction:
        transaction.execute(update(posts).where(posts.c.id == ahead).values(deleted_at=recurring.harness.clock.now()))
        # As after thirty days: the row stays until its time has come.
        assert change_store.purge_deleted(transaction, at - timedelta(days=1)) == 0
    view = await recurring.runner.read(workspace, recurring.post_id)
    statuses = [None if one.post is None else one.post.status for one in view.upcoming]
    assert statuses == ["scheduled", "scheduled", None, None, "deleted", None]
    for _ in range(5):
        recurring.pass_time(days=7)
        await recurring.other_runner.create_due_posts()
    walls = await recurring.wall_times()
    assert len(walls) == 5
    assert "2030-03-01T10:00" not in walls
    with open_transaction(recurring.harness.database) as transaction:
        assert change_store.purge_deleted(transaction, at + timedelta(days=1)) == 1


@pytest.mark.parametrize("span", [timedelta(hours=1), timedelta(days=-7), timedelta(days=365 * 40)])
async def test_only_coming_occurrences_are_created_ahead(recurring: RecurrenceHarness, span: timedelta) -> None:
    await recurring.start("FREQ=WEEKLY")
    at = datetime(2030, 2, 1, 9, 0, tzinfo=UTC) + span
    with pytest.raises(PostInvalid) as refused:
        await recurring.runner.create_occurrence(recurring.harness.workspace, recurring.post_id, at)
    assert [problem.code for problem in refused.value.problems] == ["no_occurrence"]
    await recurring.runner.stop(recurring.harness.workspace, recurring.post_id, cancel_future=False)
    with pytest.raises(Conflict):
        await recurring.runner.create_occurrence(recurring.harness.workspace, recurring.post_id, at)


async def test_a_series_is_read_and_ended_from_each_of_its_posts(recurring: RecurrenceHarness) -> None:
    await recurring.start("FREQ=WEEKLY;COUNT=5")
    workspace, created = recurring.harness.workspace, await recurring.created_posts()
    assert {view.series for view in created} == {Series(recurring.post_id, ended=False)}
    view = await recurring.runner.read(workspace, created[1].post.id)
    assert (view.recurrence.post_id, view.scheduled_posts) == (recurring.post_id, 2)
    await recurring.harness.person_changes(created[0].deliveries[0].id, State.CANCELLED)
    assert (await recurring.runner.read(workspace, recurring.post_id)).scheduled_posts == 1
    await recurring.runner.stop(workspace, created[1].post.id, cancel_future=True)
    assert await recurring.ended()
    with open_reading(recurring.harness.database) as transaction:
        template = post_store.get(transaction, workspace.id, recurring.post_id)
        assert template.series == Series(recurring.post_id, ended=True)
        with pytest.raises(NotFound):
            post_store.get(transaction, "ws_other", created[1].post.id)
    with pytest.raises(NotFound):
        await recurring.runner.read(replace(workspace, id="ws_other"), created[1].post.id)
