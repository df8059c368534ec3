"""Rules by which a post comes again: read with care, and turned into occurrences on the wall clock of a zone. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from araldo.errors import Problem
from araldo.messages import Message
from araldo.posts.timing import When, first_instant, zone_problem

PER_DAY_MAX = 24
INTERVAL_MAX = 1000
# How far from now a rule may begin, either way.
START_WITHIN = timedelta(days=5 * 366)
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_DAY = re.compile(r"([+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
# What surrounds a rule and says nothing: spaces, its name, a last semicolon.
_WRAPPED = re.compile(r"^\s*(?:RRULE:)?\s*|[\s;]+$")
_UNTIL = re.compile(r"\d{8}(?:T\d{6}Z?)?", re.ASCII)
# Name: the least and the greatest, and whether counting from the end is allowed.
_NUMBERS: Mapping[str, tuple[int, int, bool]] = {
    "BYMONTH": (1, 12, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYSETPOS": (1, 366, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """`text` without its UNTIL, which is `until`; `start` and `until` are wall times in `zone`."""

    text: str
    zone: str
    start: datetime
    until: datetime | None


def rule_of(rrule: str, zone: str, start: datetime) -> Rule | list[Problem]:
    """An RRULE of RFC 5545 that begins at a wall time; which parts it may have is said by what is refused."""
    unknown_zone = zone_problem(zone)
    if unknown_zone is not None:
        return [unknown_zone]
    parts = _parts(rrule)
    if isinstance(parts, Problem):
        return [parts]
    for name, value in parts.items():
        if not _fits(name, value, parts["FREQ"]):
            return [_invalid(f"{name}={value}")]
    if "COUNT" in parts and "UNTIL" in parts:
        return [Problem("/rrule", "rrule_count_and_until", Message("recurrence.count_or_until"))]
    if _numbers_in(parts, "BYHOUR") * _numbers_in(parts, "BYMINUTE") > PER_DAY_MAX:
        return [_often()]
    until = parts.pop("UNTIL", None)
    last = None if until is None else _until(until, ZoneInfo(zone))
    if until is not None and last is None:
        return [_invalid(f"UNTIL={until}")]
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    return Rule(text, zone, start.replace(microsecond=0, tzinfo=None, fold=0), last)


def normal(rrule: str) -> str:
    """As it is kept: without its name, in capitals."""
    return _WRAPPED.sub("", rrule.upper())


def _parts(rrule: str) -> dict[str, str] | Problem:
    parts: dict[str, str] = {}
    for pair in normal(rrule).split(";"):
        name, equals, value = pair.partition("=")
        if not equals or name in parts:
            return _invalid(pair)
        parts[name] = value
    frequency = parts.get("FREQ")
    if frequency is None:
        return _invalid(normal(rrule))
    return _often() if frequency in _TOO_OFTEN else parts


def _fits(name: str, value: str, frequency: str) -> bool:
    if name == "FREQ":
        return value in _FREQUENCIES
    if name == "WKST":
        return _DAY.fullmatch(value) is not None and len(value) == 2
    if name == "UNTIL":
        return _UNTIL.fullmatch(value) is not None
    if name == "BYDAY":
        found = [_DAY.fullmatch(day) for day in value.split(",")]
        # The second Monday of a week is none; dateutil would take it for any Monday.
        numbered = frequency in {"MONTHLY", "YEARLY"}
        return all(day is not None and (not day[1] or (numbered and int(day[1]) != 0)) for day in found)
    if name in {"COUNT", "INTERVAL"}:
        return _is_between(value, 1, INTERVAL_MAX if name == "INTERVAL" else 999_999)
    if name not in _NUMBERS:
        return False
    least, most, from_the_end = _NUMBERS[name]
    bare = [one.removeprefix("-") if from_the_end else one for one in value.split(",")]
    return all(_is_between(one, least, most) for one in bare)


def _is_between(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6 and least <= int(text) <= most


def _numbers_in(parts: Mapping[str, str], name: str) -> int:
    return len(set(parts.get(name, "").split(",")))


def _until(text: str, zone: ZoneInfo) -> datetime | None:
    """A day is meant as a whole; None when it is no date."""
    try:
        last = datetime.strptime(text[:15] if "T" in text else f"{text}T235959", "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        return (last.astimezone(zone) if text.endswith("Z") else last).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def occurrences(rule: Rule, after: datetime) -> Iterator[When]:
    """In order, later than `after`, for 28 years from the rule's start at most.

    Ten o'clock stays ten o'clock when clocks change; a time that they skip moves to the first one after, of a double
    hour it is the first.
    """
    zone = ZoneInfo(rule.zone)
    # Early enough for every zone; the exact comparison is of instants.
    near = after.astimezone(zone).replace(tzinfo=None) - timedelta(days=2)
    last = after
    for wall in _walls(rule):
        if wall < near:
            continue
        instant = first_instant(wall, zone)
        if instant > last:
            last = instant
            yield When.at(instant, rule.zone)


def _walls(rule: Rule) -> Iterator[datetime]:
    # A rule that never matches (30 February) makes dateutil search until the year 9999, for seconds. So it is run near
    # the end of the calendar, in years that are like the rule's own, and what it finds is set back into these.
    ahead = _twin(rule.start.year) - rule.start.year
    found = iter(rrulestr(rule.text, dtstart=rule.start.replace(year=rule.start.year + ahead)))
    while True:
        try:
            wall = next(found)
        except (StopIteration, ValueError, OverflowError):
            # The last two: it has run over the calendar's end.
            return
        if wall.year >= 9999:
            return
        wall = wall.replace(year=wall.year - ahead)
        if rule.until is not None and wall > rule.until:
            return
        yield wall


def _twin(year: int) -> int:
    """A late year that is the same day by day, as are the 27 after both: weekdays and leap years go round in 28.

    True of years until 2099, which as a start no one can ask for before the 2090s.
    """
    same = date(year, 1, 1).weekday()
    return next(late for late in range(9971, 9943, -1) if late % 4 == year % 4 and date(late, 1, 1).weekday() == same)


def _invalid(part: str) -> Problem:
    return Problem("/rrule", "rrule_invalid", Message("recurrence.rule_invalid", {"part": part[:60]}))


def _often() -> Problem:
    return Problem("/rrule", "rrule_too_often", Message("recurrence.too_often", {"most": PER_DAY_MAX}))
