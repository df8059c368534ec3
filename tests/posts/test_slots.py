"""Posting times, and the free slots that come of them, over every change of clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.posts.slots import WEEKDAYS, PostingTimes, free_slots, minute_of, parse_posting_times, posting_times
from araldo.posts.timing import When
from tests.support.examples import examples

ROME = "Europe/Rome"
clocks = st.sampled_from(["00:00", "00:30", "01:45", "02:00", "02:15", "02:30", "03:00", "09:00", "23:59"])
weeks = st.dictionaries(st.sampled_from(WEEKDAYS), st.lists(clocks, max_size=4), max_size=7)


def times_of(week: dict[str, list[str]], zone: str = ROME) -> PostingTimes:
    asked = parse_posting_times(zone, week)
    assert isinstance(asked, PostingTimes)
    return asked


def wall_times(times: PostingTimes, after: datetime, count: int, taken: frozenset[datetime] = frozenset()) -> list[str]:
    return [slot.wall_time for slot in islice(free_slots(times, after, taken), count)]


def test_slots_follow_the_week() -> None:
    times = times_of({"mon": ["18:30", "09:00", "09:00"], "sat": ["11:00"]})
    # A Friday.
    after = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
    assert wall_times(times, after, 4) == [
        "2026-11-28T11:00:00",
        "2026-11-30T09:00:00",
        "2026-11-30T18:30:00",
        "2026-12-05T11:00:00",
    ]
    # Now is not next.
    assert wall_times(times, datetime(2026, 11, 30, 8, 0, tzinfo=UTC), 1) == ["2026-11-30T18:30:00"]
    assert wall_times(times, datetime(2026, 11, 30, 7, 59, 59, tzinfo=UTC), 1) == ["2026-11-30T09:00:00"]


def test_a_post_within_the_same_minute_takes_the_slot() -> None:
    times = times_of({"mon": ["09:00", "18:30"]})
    after = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
    taken = frozenset({minute_of(datetime(2026, 11, 30, 8, 0, 59, 999999, tzinfo=UTC))})
    assert wall_times(times, after, 1, taken) == ["2026-11-30T18:30:00"]


def test_wall_times_stay_and_a_skipped_or_repeated_time_is_at_most_one_slot() -> None:
    daily = times_of({day: ["02:30", "09:00"] for day in WEEKDAYS})
    spring = list(islice(free_slots(daily, datetime(2027, 3, 27, 6, 0, tzinfo=UTC), frozenset()), 4))
    assert [(slot.wall_time, slot.instant.hour) for slot in spring] == [
        ("2027-03-27T09:00:00", 8),
        ("2027-03-28T09:00:00", 7),
        ("2027-03-29T02:30:00", 0),
        ("2027-03-29T09:00:00", 7),
    ]
    autumn = list(islice(free_slots(daily, datetime(2027, 10, 30, 6, 0, tzinfo=UTC), frozenset()), 3))
    assert [(slot.wall_time, slot.instant.isoformat()[:16]) for slot in autumn] == [
        ("2027-10-30T09:00:00", "2027-10-30T07:00"),
        ("2027-10-31T02:30:00", "2027-10-31T00:30"),
        ("2027-10-31T09:00:00", "2027-10-31T08:00"),
    ]


def test_without_posting_times_there_are_defaults_and_with_empty_ones_no_slots() -> None:
    default = posting_times(None, ROME)
    assert default.is_default
    assert all(default.times[day] for day in WEEKDAYS)
    assert posting_times(times_of({"mon": ["09:00"]}).as_json(), "UTC") == times_of({"mon": ["09:00"]})
    assert wall_times(times_of({}), datetime(2026, 11, 27, tzinfo=UTC), 1) == []


@pytest.mark.parametrize(
    ("zone", "week", "expected"),
    [
        ("Europe/Rom", {}, [("/zone", "zone_unknown")]),
        (ROME, {"lun": ["09:00"]}, [("/times", "weekday_unknown")]),
        (ROME, {"mon": ["09:00", "9:00"]}, [("/times/mon/1", "posting_time_invalid")]),
        (ROME, {"tue": ["24:00"], "wed": ["12:60"]}, [("/times/tue/0", "posting_time_invalid")] * 2),
        (ROME, {"sun": [f"10:{minute:02}" for minute in range(25)]}, [("/times/sun", "too_many_times")]),
    ],
)
def test_invalid_posting_times_are_refused(
    zone: str, week: dict[str, list[str]], expected: list[tuple[str, str]]
) -> None:
    asked = parse_posting_times(zone, week)
    assert isinstance(asked, list)
    found = [(problem.pointer, problem.code) for problem in asked]
    assert [code for _, code in found] == [code for _, code in expected]
    assert found[0] == expected[0]


@examples(40)
@given(
    weeks,
    st.sampled_from([ROME, "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "America/New_York"]),
    st.sampled_from([datetime(2027, month, 1, tzinfo=UTC) for month in range(1, 13)]),
    st.timedeltas(timedelta(0), timedelta(days=30)),
    st.sets(st.integers(0, 6 * 24 * 4), max_size=40),
)
def test_slots_equal_a_minute_by_minute_search(
    week: dict[str, list[str]], zone: str, month: datetime, into: timedelta, quarters: set[int]
) -> None:
    after, times, place = minute_of(month + into), times_of(week, zone), ZoneInfo(zone)
    taken = frozenset(after + timedelta(minutes=15 * quarter) for quarter in quarters)
    end = after + timedelta(days=6)
    # From two hours before, so that the second of a double hour is known to be the second.
    watched, seen = [], set()
    instant = after - timedelta(hours=2)
    minutes = [{(int(time[:2]), int(time[3:])) for time in times.times[day]} for day in WEEKDAYS]
    while instant <= end:
        wall = instant.astimezone(place).replace(tzinfo=None)
        if (wall.hour, wall.minute) in minutes[wall.weekday()] and wall not in seen:
            seen.add(wall)
            if instant > after and instant not in taken:
                watched.append(When(instant, zone, wall.isoformat()))
        instant += timedelta(minutes=1)
    found = []
    for slot in free_slots(times, after, taken):
        if slot.instant > end:
            break
        found.append(slot)
    assert found == watched
