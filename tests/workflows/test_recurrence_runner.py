"""Posts that come again: on both databases, by several workers, and over crashes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from araldo.errors import Conflict, NotFound, PostInvalid
from araldo.posts import list_store
from araldo.posts import store as post_store
from araldo.posts.models import Delivery, Post, PostView, State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database, Transaction
from araldo.storage.events import ChangeSignal, list_after
from araldo.storage.schema import deliveries, posts, recurrences
from araldo.workflows.engine import Engine
from araldo.workflows.recurrence_runner import RecurrenceRunner
from tests.support.clock import FakeClock
from tests.support.made_up_platforms import WALL
from tests.support.publisher_harness import PublisherHarness


class Died(BaseException):
    """What no code of ours catches, as a kill is."""


DRAFT = NewPost(content="Buon lunedì", platforms=[WALL.name], makes_pictures=False)
# The clock stands at Thursday 31 January 2030, ten o'clock in Rome.
FRIDAY = datetime(2030, 2, 1, 10, 0)  # noqa: DTZ001 - a wall time


@dataclass
class Again:
    """A stage with a post on it that may come again, and two workers who see to that."""

    stage: PublisherHarness
    post_id: str
    one: RecurrenceRunner
    other: RecurrenceRunner

    async def begin(self, rrule: str, start: datetime | None = FRIDAY, zone: str | None = None) -> None:
        await self.one.start(self.stage.workspace, self.post_id, rrule, zone, start)

    async def made(self) -> list[PostView]:
        """In the order of their times."""
        async with self.stage.database.reading() as transaction:
            views, _ = await list_store.list_posts(
                transaction, self.stage.workspace.id, list_store.PostFilter(), limit=1000, cursor=None
            )
        again = [view for view in views if view.post.recurrence_id is not None]
        return sorted(again, key=lambda view: str(view.post.wall_time))

    async def walls(self) -> list[str]:
        return [str(view.post.wall_time)[:16] for view in await self.made()]

    async def upcoming(self) -> list[tuple[str, bool]]:
        _, coming = await self.one.read(self.stage.workspace, self.post_id)
        return [(one.when.wall_time[:16], one.post_id is not None) for one in coming]

    async def ended(self) -> bool:
        recurrence, _ = await self.one.read(self.stage.workspace, self.post_id)
        return recurrence.ended_at is not None

    def pass_time(self, **span: float) -> None:
        self.stage.clock.advance(timedelta(**span).total_seconds())


def recurrer_of(stage: PublisherHarness) -> RecurrenceRunner:
    async def nothing(_: str, __: int) -> None: ...

    async def nothing_due(_: int) -> tuple[list[tuple[str, int]], datetime | None]:
        return [], None

    engine = Engine(work=nothing, find_due=nothing_due, clock=stage.clock, sweep_s=1)
    return RecurrenceRunner(
        database=stage.database, clock=stage.clock, committed=ChangeSignal(), engine=engine, every_s=60
    )


@pytest.fixture
async def again(database: Database, clock: FakeClock, tmp_path: Path) -> Again:
    stage = await PublisherHarness.set(database, clock, tmp_path)
    await stage.add(DRAFT)
    return Again(stage, stage.posts[0].id, recurrer_of(stage), recurrer_of(stage))


async def test_occurrences_are_posts_of_their_own_two_weeks_ahead(again: Again) -> None:
    await again.begin("FREQ=WEEKLY;COUNT=5")
    made = await again.made()
    assert [str(view.post.wall_time) for view in made] == ["2030-02-01T10:00:00", "2030-02-08T10:00:00"]
    assert await again.upcoming() == [
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
    async with again.stage.database.reading() as transaction:
        (event,) = await list_after(transaction, 0, limit=9, post_id=made[0].post.id)
    assert (event.kind, event.data["recurrence_id"]) == ("post.created", made[0].post.recurrence_id)
    assert await again.one.create_due_posts() == 0
    again.pass_time(days=8)
    assert await again.one.create_due_posts() == 2
    again.pass_time(days=14)
    await again.one.create_due_posts()
    assert len(await again.made()) == 5
    # All are made, but it goes on until the last has come.
    assert not await again.ended()
    again.pass_time(days=8)
    assert await again.one.create_due_posts() == 0
    assert await again.ended()


async def test_the_next_one_is_there_however_far_it_is(again: Again) -> None:
    await again.begin("FREQ=MONTHLY;BYMONTHDAY=20")
    assert await again.walls() == ["2030-02-20T10:00"]
    again.pass_time(days=20, minutes=1)
    await again.one.create_due_posts()
    assert await again.walls() == ["2030-02-20T10:00", "2030-03-20T10:00"]


async def test_ten_stays_ten_when_clocks_change(again: Again) -> None:
    again.stage.clock.advance((datetime(2030, 3, 25, 12, 0, tzinfo=UTC) - again.stage.clock.now()).total_seconds())
    await again.begin("FREQ=DAILY;COUNT=8", datetime(2030, 3, 29, 10, 0))  # noqa: DTZ001 - a wall time
    made = await again.made()
    assert {str(view.post.wall_time)[11:] for view in made} == {"10:00:00"}
    assert [view.post.due_at.hour for view in made if view.post.due_at] == [9, 9, 8, 8, 8, 8, 8, 8]


async def test_workers_at_once_make_each_occurrence_once(again: Again) -> None:
    await again.begin("FREQ=DAILY;COUNT=60")
    for _ in range(4):
        again.pass_time(days=9)
        await asyncio.gather(*(worker.create_due_posts() for worker in (again.one, again.other) * 3))
    walls = await again.walls()
    assert len(walls) == len(set(walls)) == 50
    async with again.stage.database.reading() as transaction:
        kept = await transaction.execute(select(posts.c.occurrence_at).where(posts.c.recurrence_id.is_not(None)))
        assert len(set(kept.scalars())) == 50


async def test_a_crash_between_makes_none_twice_and_leaves_none_out(
    again: Again, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker dies after the step on was written and the post was, and before they are committed."""
    real, calls = post_store.add, 0

    async def dying(transaction: Transaction, post: Post, rows: Sequence[Delivery]) -> None:
        nonlocal calls
        calls += 1
        await real(transaction, post, rows)
        if calls in {1, 4, 9}:
            raise Died

    monkeypatch.setattr(post_store, "add", dying)
    with pytest.raises(Died):
        await again.begin("FREQ=DAILY;COUNT=20")
    # Begun, though nothing was made: another worker finds it.
    for _ in range(4):
        try:
            await again.other.create_due_posts()
        except Died:
            continue
    again.pass_time(days=10)
    await again.other.create_due_posts()
    assert await again.walls() == [f"2030-02-{day:02}T10:00" for day in range(1, 21)]
    assert calls == 23


async def test_what_is_made_already_is_not_made_again_though_the_row_was_set_back(again: Again) -> None:
    """As after restoring a copy of the recurrences alone."""
    await again.begin("FREQ=DAILY;COUNT=3")
    first = (await again.made())[0].post.occurrence_at
    async with again.stage.database.transaction() as transaction:
        await transaction.execute(update(recurrences).values(next_at=first, ended_at=None, last_made_at=None))
    assert await again.other.create_due_posts() == 0
    assert len(await again.made()) == 3


async def test_what_was_due_while_nobody_was_there_is_not_made_late(again: Again) -> None:
    await again.begin("FREQ=DAILY")
    before = len(await again.made())
    again.pass_time(days=30)
    await again.one.create_due_posts()
    walls = await again.walls()
    assert walls[:before] == [f"2030-02-{day:02}T10:00" for day in range(1, before + 1)]
    # The clock stands at ten on the second of March, so that one is past.
    assert walls[before] == "2030-03-03T10:00"


async def test_ending_keeps_what_is_made_or_cancels_what_is_still_scheduled(again: Again) -> None:
    await again.begin("FREQ=DAILY")
    made = await again.made()
    # One is on its way already.
    async with again.stage.database.transaction() as transaction:
        first = made[0].deliveries[0]
        await transaction.execute(update(deliveries).values(state="queued").where(deliveries.c.id == first.id))
    await again.one.stop(again.stage.workspace, again.post_id, cancel_future=False)
    again.pass_time(minutes=1)
    assert await again.one.create_due_posts() == 0
    assert [view.status for view in await again.made()] == ["publishing", *["scheduled"] * (len(made) - 1)]
    await again.one.stop(again.stage.workspace, again.post_id, cancel_future=True)
    left = await again.made()
    assert [view.status for view in left] == ["publishing", *["cancelled"] * (len(made) - 1)]
    assert {view.deliveries[0].rev for view in left[1:]} == {2}
    async with again.stage.database.reading() as transaction:
        told = await list_after(transaction, 0, limit=9, post_id=left[1].post.id)
    assert [event.kind for event in told] == ["post.created", "delivery.cancelled"]


async def test_ending_while_others_make_leaves_nothing_scheduled(again: Again) -> None:
    await again.begin("FREQ=DAILY")
    again.pass_time(days=10)
    await asyncio.gather(
        again.one.create_due_posts(),
        again.one.stop(again.stage.workspace, again.post_id, cancel_future=True),
        again.other.create_due_posts(),
    )
    later = [view for view in await again.made() if view.post.due_at and view.post.due_at > again.stage.clock.now()]
    assert {view.status for view in later} == {"cancelled"}
    assert await again.one.create_due_posts() == 0


async def test_the_post_itself_is_one_of_its_occurrences(again: Again) -> None:
    due_at = datetime(2030, 2, 1, 9, 0, tzinfo=UTC)
    await again.stage.add(replace(DRAFT, intent="schedule", due_at=due_at))
    again.post_id = again.stage.posts[1].id
    await again.begin("FREQ=DAILY;COUNT=3", None)
    assert await again.walls() == ["2030-02-02T10:00", "2030-02-03T10:00"]


async def test_a_copy_is_of_the_post_as_it_then_is_and_a_deleted_one_ends_it(again: Again) -> None:
    await again.begin("FREQ=WEEKLY")
    async with again.stage.database.transaction() as transaction:
        await transaction.execute(update(posts).where(posts.c.id == again.post_id).values(content="Nuovo"))
    again.pass_time(days=7)
    await again.one.create_due_posts()
    assert [view.post.content for view in await again.made()] == ["Buon lunedì", "Buon lunedì", "Nuovo"]
    async with again.stage.database.transaction() as transaction:
        now = again.stage.clock.now()
        await transaction.execute(update(posts).where(posts.c.id == again.post_id).values(deleted_at=now))
    again.pass_time(days=7)
    assert await again.one.create_due_posts() == 0
    async with again.stage.database.reading() as transaction:
        assert (await transaction.execute(select(recurrences.c.ended_at))).scalar_one() is not None


async def test_one_rule_at_a_time(again: Again) -> None:
    await again.begin("FREQ=WEEKLY")
    with pytest.raises(Conflict):
        await again.begin("FREQ=DAILY")
    await again.one.stop(again.stage.workspace, again.post_id, cancel_future=True)
    await again.begin("FREQ=DAILY;COUNT=2")
    outcomes = await asyncio.gather(
        again.one.stop(again.stage.workspace, again.post_id, cancel_future=True),
        again.begin("FREQ=DAILY;COUNT=400", FRIDAY + timedelta(hours=1)),
        again.begin("FREQ=DAILY;COUNT=400", FRIDAY + timedelta(hours=1)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) in {1, 2}


@pytest.mark.parametrize(
    ("rrule", "start", "zone", "code"),
    [
        ("FREQ=HOURLY", FRIDAY, None, "rrule_too_often"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", FRIDAY, None, "rrule_no_occurrence"),
        ("FREQ=DAILY;UNTIL=20290101", datetime(2028, 12, 30, 10), None, "rrule_no_occurrence"),  # noqa: DTZ001
        ("FREQ=DAILY", None, None, "start_missing"),
        ("FREQ=DAILY", datetime(1990, 1, 1), None, "start_too_far"),  # noqa: DTZ001 - a wall time
        ("FREQ=DAILY", datetime(9999, 12, 31), None, "start_too_far"),  # noqa: DTZ001 - a wall time
        ("FREQ=DAILY", FRIDAY, "Europe/Rom", "zone_unknown"),
    ],
)
async def test_what_cannot_be_kept_is_refused(
    again: Again, rrule: str, start: datetime | None, zone: str | None, code: str
) -> None:
    with pytest.raises(PostInvalid) as refused:
        await again.begin(rrule, start, zone)
    assert [problem.code for problem in refused.value.problems] == [code]
    with pytest.raises(NotFound):
        await again.one.read(again.stage.workspace, again.post_id)


async def test_an_occurrence_is_cancelled_alone(again: Again) -> None:
    await again.begin("FREQ=DAILY;COUNT=3")
    middle = (await again.made())[1].deliveries[0]
    await again.stage.person_changes(middle.id, State.CANCELLED)
    again.pass_time(hours=1)
    await again.other.create_due_posts()
    assert [view.status for view in await again.made()] == ["scheduled", "cancelled", "scheduled"]
