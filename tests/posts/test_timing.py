"""Requested times: what is parsed, what is refused and what is suggested instead, in zones of every kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from araldo.errors import Problem
from araldo.posts.timing import FURTHEST_AHEAD, When, first_instant, instants_of, read, resolve, zone_problem
from araldo.zones import zone_names

ROME = "Europe/Rome"
# A minute past, so that rounding to five can be seen. Before both changes of 2027, as 2026's autumn one is over.
NOW = datetime(2026, 11, 25, 9, 1, 30, tzinfo=UTC)
# Half an hour of summer time, a skipped midnight, winter as the odd one out, Ramadan, three quarters, never any.
ODD = [
    ROME,
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "America/Santiago",
    "Africa/Cairo",
    "Europe/Dublin",
    "Africa/Casablanca",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "America/New_York",
    "Asia/Beirut",
    "UTC",
]
zones = st.sampled_from(ODD)
first_wall, last_wall = datetime(2016, 1, 1), datetime(2036, 1, 1)  # noqa: DTZ001 - wall times
wall_times = st.datetimes(first_wall, last_wall).map(lambda wall: wall.replace(second=0, microsecond=0))


def answer(
    text: str, zone: str | None = None, fold: int | None = None, now: datetime = NOW, default: str = ROME
) -> When | list[Problem]:
    asked = read(text)
    assert asked is not None, text
    return resolve(asked.moment, zone=zone or asked.zone, fold=fold, now=now, default_zone=default)


def when(text: str, zone: str | None = None, fold: int | None = None, now: datetime = NOW) -> tuple[str, str, str]:
    found = answer(text, zone, fold, now)
    assert isinstance(found, When), found
    return found.instant.isoformat().replace("+00:00", "Z"), found.zone, found.wall_time


def refused(
    text: str, zone: str | None = None, fold: int | None = None, now: datetime = NOW
) -> tuple[str, str, tuple[str, ...]]:
    found = answer(text, zone, fold, now)
    assert isinstance(found, list), found
    (problem,) = found
    return problem.code, problem.pointer, problem.suggestions


@pytest.mark.parametrize(
    ("text", "zone", "instant", "wall"),
    [
        # The instant is the truth; without a zone beside it, it reads in the workspace's.
        ("2027-01-10T10:00:00+01:00", None, "2027-01-10T09:00:00Z", "2027-01-10T10:00:00"),
        ("2027-07-10T10:00:00+01:00", None, "2027-07-10T09:00:00Z", "2027-07-10T11:00:00"),
        ("2027-01-10T10:00:00-05:00", None, "2027-01-10T15:00:00Z", "2027-01-10T16:00:00"),
        ("2027-07-10T09:00:00.000Z", None, "2027-07-10T09:00:00Z", "2027-07-10T11:00:00"),
        # Programs write an instant as UTC, whatever zone stands beside it.
        ("2027-07-10T09:00:00Z", ROME, "2027-07-10T09:00:00Z", "2027-07-10T11:00:00"),
        ("2027-07-10T11:00:00+02:00", ROME, "2027-07-10T09:00:00Z", "2027-07-10T11:00:00"),
        ("2027-07-10T11:00", ROME, "2027-07-10T09:00:00Z", "2027-07-10T11:00:00"),
        ("2027-07-10T11:00[Europe/Rome]", None, "2027-07-10T09:00:00Z", "2027-07-10T11:00:00"),
        ("2027-07-10T11:00:00+02:00[!Europe/Rome][u-ca=iso8601]", None, "2027-07-10T09:00:00Z", "2027-07-10T11:00:00"),
        # Either side of both changes.
        ("2027-03-28T01:59:00", ROME, "2027-03-28T00:59:00Z", "2027-03-28T01:59:00"),
        ("2027-03-28T03:00:00", ROME, "2027-03-28T01:00:00Z", "2027-03-28T03:00:00"),
        ("2027-03-28T02:30:00+01:00", None, "2027-03-28T01:30:00Z", "2027-03-28T03:30:00"),
        ("2027-10-31T01:59:00", ROME, "2027-10-30T23:59:00Z", "2027-10-31T01:59:00"),
        ("2027-10-31T03:00:00", ROME, "2027-10-31T02:00:00Z", "2027-10-31T03:00:00"),
        ("2027-10-31T02:30:00+02:00", ROME, "2027-10-31T00:30:00Z", "2027-10-31T02:30:00"),
        ("2027-10-31T02:30:00+01:00", ROME, "2027-10-31T01:30:00Z", "2027-10-31T02:30:00"),
        ("2027-10-31T01:30:00Z", None, "2027-10-31T01:30:00Z", "2027-10-31T02:30:00"),
    ],
)
def test_a_time_is_resolved_to_instant_zone_and_wall_time(text: str, zone: str | None, instant: str, wall: str) -> None:
    assert when(text, zone) == (instant, ROME, wall)


def test_a_repeated_hour_needs_a_fold() -> None:
    both = ("2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00+01:00")
    assert refused("2027-10-31T02:30:00", ROME) == ("time_ambiguous", "/schedule_time", both)
    assert when("2027-10-31T02:30:00", ROME, 0)[0] == "2027-10-31T00:30:00Z"
    assert when("2027-10-31T02:30:00", ROME, 1)[0] == "2027-10-31T01:30:00Z"
    # Where there is nothing to choose, a choice changes nothing.
    assert when("2027-10-30T02:30:00", ROME, 1)[0] == "2027-10-30T00:30:00Z"
    # Half of it is over: only the other half can still be meant.
    between = datetime(2027, 10, 31, 0, 45, tzinfo=UTC)
    assert refused("2027-10-31T02:30:00", ROME, None, between)[2] == both[1:]
    assert refused("2027-10-31T02:30:00", ROME, 0, between)[0] == "time_past"


@pytest.mark.parametrize(
    ("text", "zone", "now", "near"),
    [
        ("2027-03-28T02:00:00", ROME, NOW, ("2027-03-28T01:59:00+01:00", "2027-03-28T03:00:00+02:00")),
        ("2027-03-28T02:59:59", ROME, NOW, ("2027-03-28T01:59:00+01:00", "2027-03-28T03:00:00+02:00")),
        # An offset that the gap would have had helps nothing: the zone was named, and it has no such time.
        ("2027-03-28T02:30:00+01:00", ROME, NOW, ("2027-03-28T01:59:00+01:00", "2027-03-28T03:00:00+02:00")),
        # Once clocks have jumped there is only what comes after.
        (
            "2027-03-28T02:30:00",
            ROME,
            datetime(2027, 3, 28, 0, 59, 30, tzinfo=UTC),
            ("2027-03-28T03:00:00+02:00",),
        ),
        (
            "2027-10-03T02:15",
            "Australia/Lord_Howe",
            NOW,
            ("2027-10-03T01:59:00+10:30", "2027-10-03T02:30:00+11:00"),
        ),
        # Midnight itself is skipped.
        (
            "2017-10-15T00:00",
            "America/Sao_Paulo",
            datetime(2017, 10, 1, tzinfo=UTC),
            ("2017-10-14T23:59:00-03:00", "2017-10-15T01:00:00-02:00"),
        ),
        # A whole day is.
        (
            "2011-12-30T10:00",
            "Pacific/Apia",
            datetime(2011, 12, 1, tzinfo=UTC),
            ("2011-12-29T23:59:00-10:00", "2011-12-31T00:00:00+14:00"),
        ),
        # Summer is the standard time here and winter the exception; clocks do not know.
        ("2027-03-28T01:30", "Europe/Dublin", NOW, ("2027-03-28T00:59:00+00:00", "2027-03-28T02:00:00+01:00")),
    ],
)
def test_a_skipped_time_is_refused_with_the_nearest_times(
    text: str, zone: str, now: datetime, near: tuple[str, ...]
) -> None:
    assert refused(text, zone, None, now) == ("time_in_gap", "/schedule_time", near)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2027-07-10T10:00", None, ("time_without_zone", "/schedule_time", ("2027-07-10T10:00:00+02:00",))),
        (
            "2027-10-31T02:30",
            None,
            ("time_without_zone", "/schedule_time", ("2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00+01:00")),
        ),
        (
            "2027-07-10T10:00:00+01:00",
            ROME,
            ("offset_not_of_zone", "/schedule_time", ("2027-07-10T10:00:00+02:00",)),
        ),
        ("2026-11-25T09:01:30Z", None, ("time_past", "/schedule_time", ("2026-11-25T10:05:00+01:00",))),
        ("2020-03-29T02:30:00", ROME, ("time_past", "/schedule_time", ("2026-11-25T10:05:00+01:00",))),
        ("0001-01-01T00:00:00", "Asia/Tokyo", ("time_past", "/schedule_time", ("2026-11-25T18:05:00+09:00",))),
        ("0001-01-01T00:00:00+14:00", None, ("time_past", "/schedule_time", ("2026-11-25T10:05:00+01:00",))),
        ("9999-12-31T23:59:59-14:00", None, ("time_too_far", "/schedule_time", ())),
        ("2127-01-01T00:00:00", ROME, ("time_too_far", "/schedule_time", ())),
        ("2027-07-10T10:00", "Europe/Roma", ("zone_unknown", "/zone", ("Europe/Rome", "Europe/Riga", "Europe/Sofia"))),
        ("2027-07-10T10:00", "new york", ("zone_unknown", "/zone", ("America/New_York",))),
        ("2027-07-10T10:00", "../../etc/passwd", ("zone_unknown", "/zone", ())),
    ],
)
def test_other_invalid_times_are_refused(
    text: str, zone: str | None, expected: tuple[str, str, tuple[str, ...]]
) -> None:
    assert refused(text, zone) == expected


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "",
        "2027-07-10",
        "10:00",
        "2027-13-10T10:00:00Z",
        "2027-02-29T10:00:00Z",
        "2027-07-10T24:00:00Z",
        "2027-07-10T10:00:60Z",
        "2027-07-10T10:00:00+25:00",
        "2027-07-10T10:00:00+01:60",
        "2027-07-10T10:00:00 Europe/Rome",
        "2027-07-10T10:00:00[]",
        "2027-07-10T10:00:00+01:00[../etc]",
        "٢٠٢٧-07-10T10:00:00Z",
        "1783677600",
    ],
)
def test_text_that_is_no_time_is_not_parsed(text: str) -> None:
    assert read(text) is None


def test_a_time_is_never_rounded_up() -> None:
    asked = read("2027-07-10t23:59:59.9999999z")
    assert asked is not None
    assert asked.moment == datetime(2027, 7, 10, 23, 59, 59, 999999, tzinfo=UTC)


def test_every_known_zone_can_be_loaded() -> None:
    assert {ROME, "UTC", *ODD} <= zone_names()
    assert not {"localtime", "Factory"} & zone_names()
    for name in zone_names():
        assert zone_problem(name) is None
        assert isinstance(answer("2027-07-10T10:00:00Z", name), When)


@given(st.text(max_size=30))
def test_parsing_never_raises(text: str) -> None:
    read(text)
    problem = zone_problem(text)
    assert problem is None or problem.message.to("it")


@given(wall_times, zones, st.sampled_from([None, 0, 1]), st.timedeltas(timedelta(days=-40), timedelta(days=40)))
@example(datetime(2027, 3, 28, 2, 30), ROME, None, timedelta(minutes=1))  # noqa: DTZ001 - a wall time
@example(datetime(2027, 10, 31, 2, 30), ROME, None, timedelta(minutes=1))  # noqa: DTZ001 - a wall time
def test_a_wall_time_in_its_zone_gives_the_instant_back(
    wall: datetime, zone: str, fold: int | None, before: timedelta
) -> None:
    now = wall.replace(tzinfo=UTC) - before
    found = resolve(wall, zone=zone, fold=fold, now=now, default_zone="UTC")
    if isinstance(found, When):
        assert found.wall_time == wall.isoformat()
        assert found.instant in instants_of(datetime.fromisoformat(found.wall_time), ZoneInfo(found.zone))
        assert now < found.instant <= now + FURTHEST_AHEAD
        return
    for problem in found:
        assert problem.suggestions
        for suggestion in problem.suggestions:
            # Each can be sent instead, with or without the zone, and means what it says.
            for beside in (None, zone):
                mended = answer(suggestion, beside, None, now, default=zone)
                assert isinstance(mended, When), (problem, mended)
                assert mended.instant == datetime.fromisoformat(suggestion)
                assert mended.wall_time == suggestion[:19]


@given(st.sampled_from(ODD), st.integers(2017, 2035), st.integers(0, 366 * 24 * 4))
def test_suggestions_are_the_nearest_times(zone: str, year: int, quarters: int) -> None:
    place = ZoneInfo(zone)
    wall = datetime(year, 1, 1) + timedelta(minutes=15 * quarters)  # noqa: DTZ001 - a wall time
    _assert_nearest(wall, place)


@pytest.mark.parametrize("zone", ODD)
def test_suggestions_are_the_nearest_times_at_every_gap(zone: str) -> None:
    """The year's every quarter of an hour that clocks skip."""
    place = ZoneInfo(zone)
    start = datetime(2027, 1, 1)  # noqa: DTZ001 - a wall time
    noons = [start + timedelta(days=day, hours=12) for day in range(-1, 368)]
    offsets = [noon.replace(tzinfo=place).utcoffset() for noon in noons]
    for noon, before, after in zip(noons[1:], offsets, offsets[1:], strict=False):
        if before == after:
            continue
        for quarter in range(-96, 0):
            wall = noon + timedelta(minutes=15 * quarter)
            if not instants_of(wall, place):
                _assert_nearest(wall, place)


def _assert_nearest(wall: datetime, place: ZoneInfo) -> None:
    now = wall.replace(tzinfo=UTC) - timedelta(days=20)
    found = resolve(wall, zone=place.key, fold=None, now=now, default_zone="UTC")
    if isinstance(found, When) or found[0].code != "time_in_gap":
        return
    minute = timedelta(minutes=1)
    before = next(wall - n * minute for n in range(3000) if instants_of(wall - n * minute, place))
    after = next(wall + n * minute for n in range(3000) if instants_of(wall + n * minute, place))
    assert [suggestion[:19] for suggestion in found[0].suggestions] == [before.isoformat(), after.isoformat()]
    assert first_instant(wall, place).astimezone(place).replace(tzinfo=None) == after
