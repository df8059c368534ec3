"""Rules by which a post comes again: what they give over changes of clocks, and what is refused, quickly."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import example, given, settings
from hypothesis import strategies as st

from araldo.posts.recurrence import Rule, normal, occurrences, parse_rule

ROME = "Europe/Rome"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def rule(rrule: str, start: str = "2026-11-30T10:00:00", zone: str = ROME) -> Rule:
    found = parse_rule(rrule, zone, datetime.fromisoformat(start))
    assert isinstance(found, Rule), found
    return found


def wall_times(rrule: str, start: str = "2026-11-30T10:00:00", zone: str = ROME, count: int = 50) -> list[str]:
    return [when.wall_time for when in islice(occurrences(rule(rrule, start, zone), LONG_AGO), count)]


@pytest.mark.parametrize(
    ("rrule", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=3", ["2026-11-30T10:00:00", "2026-12-07T10:00:00", "2026-12-14T10:00:00"]),
        (
            "rrule:freq=weekly;byday=mo,th;count=3;",
            ["2026-11-30T10:00:00", "2026-12-03T10:00:00", "2026-12-07T10:00:00"],
        ),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", ["2026-12-25T10:00:00", "2027-01-29T10:00:00"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", ["2026-12-31T10:00:00", "2027-01-31T10:00:00", "2027-03-31T10:00:00"]),
        ("FREQ=DAILY;INTERVAL=2;UNTIL=20261204", ["2026-11-30T10:00:00", "2026-12-02T10:00:00", "2026-12-04T10:00:00"]),
        # At ten in Rome it is nine in UTC: the last moment is one that counts.
        ("FREQ=DAILY;UNTIL=20261201T090000Z", ["2026-11-30T10:00:00", "2026-12-01T10:00:00"]),
        ("FREQ=DAILY;UNTIL=20261201T085959Z", ["2026-11-30T10:00:00"]),
        (
            "FREQ=DAILY;BYHOUR=10,18;BYMINUTE=30;COUNT=3",
            ["2026-11-30T10:30:00", "2026-11-30T18:30:00", "2026-12-01T10:30:00"],
        ),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=2", ["2028-02-29T10:00:00", "2032-02-29T10:00:00"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", ["2026-11-30T10:00:00", "2026-12-31T10:00:00"]),
    ],
)
def test_rules_give_the_expected_occurrences(rrule: str, expected: list[str]) -> None:
    assert wall_times(rrule) == expected


def test_the_wall_time_stays_the_same_when_clocks_change() -> None:
    whens = list(occurrences(rule("FREQ=WEEKLY;COUNT=4", "2027-03-15T10:00:00"), LONG_AGO))
    assert [when.wall_time[11:] for when in whens] == ["10:00:00"] * 4
    assert [when.instant.hour for when in whens] == [9, 9, 8, 8]
    autumn = list(occurrences(rule("FREQ=WEEKLY;COUNT=3", "2027-10-24T10:00:00"), LONG_AGO))
    assert [when.instant.hour for when in autumn] == [8, 9, 9]


def test_a_skipped_time_moves_forward_and_a_repeated_one_is_the_first() -> None:
    spring = list(occurrences(rule("FREQ=DAILY;COUNT=3", "2027-03-27T02:30:00"), LONG_AGO))
    assert [when.wall_time for when in spring] == ["2027-03-27T02:30:00", "2027-03-28T03:00:00", "2027-03-29T02:30:00"]
    autumn = list(occurrences(rule("FREQ=DAILY;COUNT=2", "2027-10-31T02:30:00"), LONG_AGO))
    assert autumn[0].instant == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    # Two that the change makes one moment are one occurrence.
    both = wall_times("FREQ=DAILY;BYHOUR=2,3;BYMINUTE=0;COUNT=4", "2027-03-28T00:00:00")
    assert both == ["2027-03-28T03:00:00", "2027-03-29T02:00:00", "2027-03-29T03:00:00"]


def test_only_later_occurrences_are_returned() -> None:
    weekly = rule("FREQ=WEEKLY")
    at = next(occurrences(weekly, LONG_AGO)).instant
    assert next(occurrences(weekly, at)).wall_time == "2026-12-07T10:00:00"
    assert next(occurrences(weekly, at - timedelta(microseconds=1))).instant == at
    assert next(occurrences(rule("FREQ=DAILY"), datetime(2036, 1, 1, tzinfo=UTC))).wall_time == "2036-01-01T10:00:00"


@pytest.mark.parametrize(
    ("rrule", "code"),
    [
        ("FREQ=SECONDLY", "rrule_too_often"),
        ("FREQ=MINUTELY;INTERVAL=999", "rrule_too_often"),
        ("FREQ=HOURLY;COUNT=2", "rrule_too_often"),
        ("FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=0,10,20,30,40", "rrule_too_often"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "rrule_count_and_until"),
        ("", "rrule_invalid"),
        ("every monday", "rrule_invalid"),
        ("BYDAY=MO", "rrule_invalid"),
        ("FREQ=FORTNIGHTLY", "rrule_invalid"),
        ("FREQ=DAILY;FREQ=DAILY", "rrule_invalid"),
        ("FREQ=DAILY;INTERVAL=0", "rrule_invalid"),
        ("FREQ=DAILY;INTERVAL=-1", "rrule_invalid"),
        ("FREQ=DAILY;INTERVAL=1001", "rrule_invalid"),
        ("FREQ=DAILY;COUNT=0", "rrule_invalid"),
        ("FREQ=DAILY;COUNT=" + "9" * 400, "rrule_invalid"),
        ("FREQ=DAILY;BYEASTER=1", "rrule_invalid"),
        ("FREQ=DAILY;BYSECOND=1", "rrule_invalid"),
        ("FREQ=DAILY;BYMONTH=13", "rrule_invalid"),
        ("FREQ=DAILY;BYHOUR=24", "rrule_invalid"),
        ("FREQ=DAILY;BYHOUR=-1", "rrule_invalid"),
        ("FREQ=MONTHLY;BYDAY=0MO", "rrule_invalid"),
        ("FREQ=WEEKLY;BYDAY=2MO", "rrule_invalid"),
        ("FREQ=WEEKLY;BYDAY=", "rrule_invalid"),
        ("FREQ=WEEKLY;BYDAY=LU", "rrule_invalid"),
        ("FREQ=DAILY;UNTIL=20270230", "rrule_invalid"),
        ("FREQ=DAILY;UNTIL=tomorrow", "rrule_invalid"),
        ("FREQ=DAILY;UNTIL=00010101T000000Z", "rrule_invalid"),
        ("FREQ=DAILY;X-ODD=1", "rrule_invalid"),
        ("DTSTART:20260101T000000\nRRULE:FREQ=DAILY", "rrule_invalid"),
    ],
)
def test_invalid_rules_are_refused(rrule: str, code: str) -> None:
    found = parse_rule(rrule, "America/New_York", datetime(2026, 11, 30, 10, 0))  # noqa: DTZ001 - a wall time
    assert isinstance(found, list)
    assert [problem.code for problem in found] == [code]


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=10",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=YEARLY;INTERVAL=1000;BYMONTH=1",
        "FREQ=DAILY;BYWEEKNO=53;BYMONTH=6",
        "FREQ=WEEKLY;BYYEARDAY=366;BYMONTH=1",
    ],
)
def test_a_rule_without_occurrences_ends_quickly(rrule: str) -> None:
    started = time.process_time()
    assert wall_times(rrule) == []
    # dateutil alone takes seconds for some of these.
    assert time.process_time() - started < 0.5


def test_the_most_frequent_rule_is_computed_to_its_end() -> None:
    started = time.process_time()
    full = rule("FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;BYMINUTE=0,30")
    assert next(occurrences(full, datetime(2200, 1, 1, tzinfo=UTC)), None) is None
    assert time.process_time() - started < 5


parts = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])},
    optional={
        "INTERVAL": st.integers(1, 9).map(str),
        "COUNT": st.integers(1, 30).map(str),
        "WKST": st.sampled_from(["MO", "SU"]),
        "BYDAY": st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1).map(",".join),
        "BYMONTHDAY": st.sampled_from(["1", "29", "31", "-1", "13,-2"]),
        "BYMONTH": st.sampled_from(["2", "1,7", "12"]),
        "BYYEARDAY": st.sampled_from(["1,100,200", "366", "-1"]),
        "BYWEEKNO": st.sampled_from(["1,53", "20"]),
        "BYSETPOS": st.sampled_from(["1", "-1", "2"]),
        "BYHOUR": st.sampled_from(["0", "9,18"]),
        "BYMINUTE": st.sampled_from(["0", "15,45"]),
    },
)


@given(parts, st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001 - wall times
@settings(deadline=None)
def test_equivalent_years_give_the_same_occurrences(chosen: dict[str, str], start: datetime) -> None:
    text = ";".join(f"{name}={value}" for name, value in chosen.items())
    found = parse_rule(text, "UTC", start)
    assert isinstance(found, Rule)
    ours = [when.instant for when in islice(occurrences(found, LONG_AGO), 30)]
    # No further than ours: where there is none, dateutil's own search would go on to the year 9999.
    straight = iter(rrulestr(text, dtstart=start.replace(microsecond=0)))
    assert ours == [wall.replace(tzinfo=UTC) for wall in islice(straight, len(ours))]


@given(parts, st.sampled_from([ROME, "America/New_York", "Australia/Lord_Howe"]), st.integers(0, 400))
@settings(deadline=None)
def test_occurrences_are_ordered_and_keep_their_wall_time_where_it_exists(
    chosen: dict[str, str], zone: str, days: int
) -> None:
    text = ";".join(f"{name}={value}" for name, value in chosen.items())
    start = datetime(2027, 1, 1, 2, 15) + timedelta(days=days)  # noqa: DTZ001 - a wall time
    found = parse_rule(text, zone, start)
    assert isinstance(found, Rule)
    whens = list(islice(occurrences(found, LONG_AGO), 40))
    assert all(one.instant < two.instant for one, two in pairwise(whens))
    for when in whens:
        assert when.instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat() == when.wall_time


@example("0 ;")
@given(st.text(alphabet="FREQ=DAILYWKMOBN;:,-+0123456789 \n", max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    found = parse_rule(text, ROME, datetime(2026, 11, 30, 10, 0))  # noqa: DTZ001 - a wall time
    if isinstance(found, Rule):
        list(islice(occurrences(found, LONG_AGO), 3))
    assert normal(text) == normal(normal(text)) or text.upper().count("RRULE:") > 1
