"""Recurrence rules (RFC 5545): parse and limit an RRULE, and compute its occurrences in a zone's wall time. Pure."""

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
# How far from now, before or after, a rule may start.
START_WITHIN = timedelta(days=5 * 366)
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_DAY = re.compile(r"([+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
# What may surround a rule without meaning: spaces, its name, a trailing semicolon.
_WRAPPED = re.compile(r"^\s*(?:RRULE:)?\s*|[\s;]+$")
_UNTIL = re.compile(r"\d{8}(?:T\d{6}Z?)?", re.ASCII)
# By name: the least and the greatest value, and whether negative values (counted from the end) are allowed.
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
    """A valid rule: `text` without its UNTIL, which is `until`; `start` and `until` are wall times in `zone`."""

    text: str
    zone: str
    start: datetime
    until: datetime | None


def parse_rule(rrule: str, zone: str, start: datetime) -> Rule | list[Problem]:
    """Parse an RRULE of RFC 5545 that starts at a wall time; return the problems of a rule that is not allowed."""
    unknown_zone = zone_problem(zone)
    if unknown_zone is not None:
        return [unknown_zone]
    parts = _parts(rrule)
    if isinstance(parts, Problem):
        return [parts]
    for name, value in parts.items():
        if not _is_valid_part(name, value, parts["FREQ"]):
            return [_invalid(f"{name}={value}")]
    if "COUNT" in parts and "UNTIL" in parts:
        return [Problem("/rrule", "rrule_count_and_until", Message("recurrence.count_or_until"))]
    if _numbers_in(parts, "BYHOUR") * _numbers_in(parts, "BYMINUTE") > PER_DAY_MAX:
        return [_too_often()]
    until = parts.pop("UNTIL", None)
    last = None if until is None else _until(until, ZoneInfo(zone))
    if until is not None and last is None:
        return [_invalid(f"UNTIL={until}")]
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    return Rule(text, zone, start.replace(microsecond=0, tzinfo=None, fold=0), last)


def normal(rrule: str) -> str:
    """Return the rule as it is stored: without its name, in capitals."""
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
    return _too_often() if frequency in _TOO_OFTEN else parts


def _is_valid_part(name: str, value: str, frequency: str) -> bool:
    if name == "FREQ":
        return value in _FREQUENCIES
    if name == "WKST":
        return _DAY.fullmatch(value) is not None and len(value) == 2
    if name == "UNTIL":
        return _UNTIL.fullmatch(value) is not None
    if name == "BYDAY":
        found = [_DAY.fullmatch(day) for day in value.split(",")]
        # A numbered weekday, such as the second Monday, needs a month or a year; dateutil would ignore the number.
        numbered = frequency in {"MONTHLY", "YEARLY"}
        return all(day is not None and (not day[1] or (numbered and int(day[1]) != 0)) for day in found)
    if name in {"COUNT", "INTERVAL"}:
        return _is_between(value, 1, INTERVAL_MAX if name == "INTERVAL" else 999_999)
    if name not in _NUMBERS:
        return False
    least, most, from_the_end = _NUMBERS[name]
    numbers = [number.removeprefix("-") if from_the_end else number for number in value.split(",")]
    return all(_is_between(number, least, most) for number in numbers)


def _is_between(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6 and least <= int(text) <= most


def _numbers_in(parts: Mapping[str, str], name: str) -> int:
    return len(set(parts.get(name, "").split(",")))


def _until(text: str, zone: ZoneInfo) -> datetime | None:
    """Return UNTIL as a wall time in the zone, a date as the end of that day; None when it is no date."""
    try:
        last = datetime.strptime(text[:15] if "T" in text else f"{text}T235959", "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        return (last.astimezone(zone) if text.endswith("Z") else last).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def occurrences(rule: Rule, after: datetime) -> Iterator[When]:
    """Yield the occurrences after `after` in order, up to 28 years from the rule's start.

    The wall time stays the same when clocks change. A skipped time moves to the first instant after the gap; of a time
    that repeats, the first is taken.
    """
    zone = ZoneInfo(rule.zone)
    # Two days of margin cover every zone; the exact comparison below is of instants.
    near = after.astimezone(zone).replace(tzinfo=None) - timedelta(days=2)
    last = after
    for wall in _wall_times(rule):
        if wall < near:
            continue
        instant = first_instant(wall, zone)
        if instant > last:
            last = instant
            yield When.at(instant, rule.zone)


def _wall_times(rule: Rule) -> Iterator[datetime]:
    # A rule that never matches (30 February) makes dateutil search until the year 9999, which takes seconds. So the
    # rule is run in equivalent years near the end of the calendar, and its results are moved back.
    ahead = _equivalent_year(rule.start.year) - rule.start.year
    found = iter(rrulestr(rule.text, dtstart=rule.start.replace(year=rule.start.year + ahead)))
    while True:
        try:
            wall = next(found)
        except (StopIteration, ValueError, OverflowError):
            # ValueError and OverflowError: past the end of the calendar.
            return
        if wall.year >= 9999:
            return
        wall = wall.replace(year=wall.year - ahead)
        if rule.until is not None and wall > rule.until:
            return
        yield wall


def _equivalent_year(year: int) -> int:
    """Return a late year with the same calendar, as have the 27 years after both: the calendar repeats every 28 years.

    Correct for years until 2099, and `START_WITHIN` allows no later start before the 2090s.
    """
    same = date(year, 1, 1).weekday()
    return next(late for late in range(9971, 9943, -1) if late % 4 == year % 4 and date(late, 1, 1).weekday() == same)


def _invalid(part: str) -> Problem:
    return Problem("/rrule", "rrule_invalid", Message("recurrence.rule_invalid", {"part": part[:60]}))


def _too_often() -> Problem:
    return Problem("/rrule", "rrule_too_often", Message("recurrence.too_often", {"most": PER_DAY_MAX}))
