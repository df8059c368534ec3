"""When a post is due: parse a requested time and resolve it in its zone to an instant and a wall time. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from araldo.errors import Problem
from araldo.messages import Message
from araldo.messages.times import ZonedInstant
from araldo.zones import current_name, zone_names

# A time further ahead (100 years) is taken for a typing error.
FURTHEST_AHEAD = timedelta(days=36525)
# Wider than any zone's distance from UTC, and than any day that a zone has skipped.
_EDGE = timedelta(days=3)
_MINUTE = timedelta(minutes=1)
_STEP = timedelta(minutes=5)
_EXAMPLE = "2030-01-31T10:00:00+01:00"

# RFC 3339 with optional offset and seconds, followed by a zone and other tags in brackets (RFC 9557).
_TIME = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})[Tt ](?P<time>\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)"
    r" ?(?P<offset>[Zz]|[+-]\d{2}:?\d{2})?(?:\[!?(?P<zone>[A-Za-z0-9_+/-]+)\])?(?:\[!?[a-z0-9_-]+=[A-Za-z0-9-]+\])*",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class RequestedTime:
    """A time as it was written: `moment` naive without an offset, `zone` if one followed in brackets."""

    moment: datetime
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class When:
    """An instant (UTC), a zone (IANA name) and the wall time there (ISO 8601 without offset)."""

    instant: datetime
    zone: str
    wall_time: str

    @classmethod
    def at(cls, instant: datetime, zone: str) -> When:
        wall = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        return cls(instant.astimezone(UTC), zone, wall.isoformat())


def read(text: str) -> RequestedTime | None:
    """Parse a date and time of day; None when the text is something else."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    offset = (found["offset"] or "").upper().replace("Z", "+0000").replace(":", "")
    try:
        # Digits after the microseconds are cut off, not rounded, so that parsing makes no time later.
        moment = datetime.fromisoformat(f"{found['date']}T{found['time'].replace(',', '.')[:15]}")
        if offset:
            # strptime refuses minutes past 59, which timedelta would accept.
            ahead = datetime.strptime(offset[1:], "%H%M").replace(tzinfo=UTC)
            span = timedelta(hours=ahead.hour, minutes=ahead.minute)
            moment = moment.replace(tzinfo=timezone(-span if offset[0] == "-" else span))
    except ValueError:
        return None
    return RequestedTime(moment, found["zone"])


def zone_problem(name: str, pointer: str = "/zone") -> Problem | None:
    """Return None for a known zone, else a problem that suggests similar names."""
    if name in zone_names():
        return None
    near = _similar_zones(name)
    message = Message("timing.zone_unknown")
    examples = ", ".join(near or ("Europe/Rome", "America/New_York"))
    return Problem(pointer, "zone_unknown", message.with_values(name=name[:64], examples=examples), suggestions=near)


def _similar_zones(name: str) -> tuple[str, ...]:
    """Return up to three zones whose name or city is similar, ignoring case and spaces for underscores."""
    wanted = name[:64].strip().lower().replace(" ", "_")
    by_word: dict[str, str] = {}
    for known in sorted(zone_names()):
        by_word[known.lower()] = current_name(known)
        by_word.setdefault(known.lower().rpartition("/")[2], current_name(known))
    words = difflib.get_close_matches(wanted, by_word, n=5, cutoff=0.75)
    return tuple(dict.fromkeys(by_word[word] for word in words))[:3]


def instants_of(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the instants of a naive wall time: one, two in an hour that repeats, none in an hour that is skipped."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():  # neither repeated nor skipped
        return (first.astimezone(UTC),)
    both = {first.astimezone(UTC), second.astimezone(UTC)}
    return tuple(sorted(moment for moment in both if moment.astimezone(zone).replace(tzinfo=None, fold=0) == wall))


def gap_end(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant after the gap that contains a skipped wall time."""
    before, after = sorted(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(microseconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant of a wall time; of a skipped one, the first instant after the gap."""
    return next(iter(instants_of(wall, zone)), None) or gap_end(wall, zone)


def resolve(
    asked: datetime,
    *,
    zone: str | None,
    fold: int | None,
    now: datetime,
    default_zone: str,
    pointer: str = "/schedule_time",
) -> When | list[Problem]:
    """Return the requested time, or problems that suggest the nearest valid times.

    With an offset, `asked` is an instant, and a `zone` has to agree with it unless the offset is zero, which is how
    programs write instants. Without an offset it is a wall time in `zone`; `fold` (0 or 1) chooses in an hour that
    repeats.
    """
    unknown = zone_problem(zone) if zone is not None else None
    if unknown is not None:
        return [unknown]
    if asked.tzinfo is None and zone is None:
        meant = resolve(asked, zone=default_zone, fold=fold, now=now, default_zone=default_zone, pointer=pointer)
        near = (_text(meant.instant, default_zone),) if isinstance(meant, When) else meant[0].suggestions
        # As it is to be sent: the text shows how to write an offset.
        code, message = _WITHOUT_ZONE
        return [Problem(pointer, code, message.with_values(near=", ".join(near) or _EXAMPLE), suggestions=near)]
    name = zone or default_zone
    found = _instant_of(asked, name, fold, now, pointer, strict=zone is not None)
    if isinstance(found, Problem):
        return [found]
    if found <= now:
        return [_problem(_PAST, pointer, (_next_five_minutes(now),), name)]
    if found > now + FURTHEST_AHEAD:
        return [_problem(_TOO_FAR, pointer, (), name)]
    return When.at(found, name)


def _instant_of(
    asked: datetime, zone: str, fold: int | None, now: datetime, pointer: str, *, strict: bool
) -> datetime | Problem:
    """Return the instant, past or future; a Problem where there is none, or more than one."""
    wall = asked.replace(tzinfo=None, fold=0)
    clock = now.astimezone(UTC).replace(tzinfo=None)
    if not clock - _EDGE < wall < clock + FURTHEST_AHEAD + _EDGE:
        # Past or too far in every zone. Not converted, because that fails near the first and the last year.
        return now if wall < clock else now + FURTHEST_AHEAD + _EDGE
    zone_info = ZoneInfo(zone)
    options = instants_of(wall, zone_info)
    offset = asked.utcoffset()
    if offset is not None:
        instant = asked.astimezone(UTC)
        if instant in options or not offset or not strict:
            return instant
    elif len(options) == 1 or (options and fold is not None):
        return options[min(fold or 0, len(options) - 1)]
    code = _IN_GAP if not options else _OTHER_OFFSET if offset is not None else _AMBIGUOUS
    if not options:
        end = gap_end(wall, zone_info)
        options = (_last_minute_before(end), end)
    ahead = [option for option in options if now < option <= now + FURTHEST_AHEAD]
    if not ahead:
        return options[-1]
    return _problem(code, pointer, ahead, zone)


def _last_minute_before(instant: datetime) -> datetime:
    before = instant - timedelta(microseconds=1)
    return before.replace(second=0, microsecond=0)


def _next_five_minutes(now: datetime) -> datetime:
    """Return the next multiple of five minutes on the clock."""
    past_midnight = now - now.replace(hour=0, minute=0, second=0, microsecond=0)
    return now + _STEP - past_midnight % _STEP


def _text(instant: datetime, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).isoformat()


def _problem(what: tuple[str, Message], pointer: str, nearest: Sequence[datetime], zone: str) -> Problem:
    """Return a problem that names at most two valid times, and suggests them as they are to be sent."""
    code, message = what
    said: list[object] = [ZonedInstant(instant, zone, "offset") for instant in nearest]
    near = Message("timing.either", {"first": said[0], "second": said[1]}) if len(said) > 1 else (said or [""])[0]
    suggestions = tuple(_text(instant, zone) for instant in nearest)
    return Problem(pointer, code, message.with_values(zone=zone, near=near), suggestions=suggestions)


_WITHOUT_ZONE = (
    "time_without_zone",
    Message("timing.zone_missing"),
)
_PAST = ("time_past", Message("timing.time_past"))
_TOO_FAR = (
    "time_too_far",
    Message("timing.time_too_far"),
)
_IN_GAP = (
    "time_in_gap",
    Message("timing.time_skipped"),
)
_AMBIGUOUS = (
    "time_ambiguous",
    Message("timing.time_ambiguous"),
)
_OTHER_OFFSET = (
    "offset_not_of_zone",
    Message("timing.offset_wrong"),
)
