"""When a post is due: what was asked, judged in its zone, as an instant with the wall time it reads there. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from araldo.errors import Problem, Sentence
from araldo.zones import current_name, zone_names

# Farther away is a slip of the pen; and no one knows the zones' rules of then.
FAR = timedelta(days=36525)
# Wider than any zone's distance from UTC, and than any day that a zone has skipped.
_EDGE = timedelta(days=3)
_MINUTE = timedelta(minutes=1)
_STEP = timedelta(minutes=5)
_EXAMPLE = "2030-01-31T10:00:00+01:00"

# RFC 3339, its offset and its seconds optional; behind it the zone in brackets and other tags, by RFC 9557.
_TIME = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})[Tt ](?P<time>\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)"
    r" ?(?P<offset>[Zz]|[+-]\d{2}:?\d{2})?(?:\[!?(?P<zone>[A-Za-z0-9_+/-]+)\])?(?:\[!?[a-z0-9_-]+=[A-Za-z0-9-]+\])*",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A time as it was written: naive without an offset, and the zone that stood in brackets behind it."""

    moment: datetime
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class When:
    """An instant (UTC), a zone (its IANA name), and what clocks there read then (ISO 8601, no offset)."""

    instant: datetime
    zone: str
    wall_time: str

    @classmethod
    def at(cls, instant: datetime, zone: str) -> When:
        wall = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        return cls(instant.astimezone(UTC), zone, wall.isoformat())


def read(text: str) -> Asked | None:
    """None when it is not a date and a time of day."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    offset = (found["offset"] or "").upper().replace("Z", "+0000").replace(":", "")
    try:
        # More digits than a microsecond has are cut off, not rounded: a time never gets later by being read.
        moment = datetime.fromisoformat(f"{found['date']}T{found['time'].replace(',', '.')[:15]}")
        if offset:
            # Minutes past 59 are no offset, though timedelta would take them.
            ahead = datetime.strptime(offset[1:], "%H%M").replace(tzinfo=UTC)
            span = timedelta(hours=ahead.hour, minutes=ahead.minute)
            moment = moment.replace(tzinfo=timezone(-span if offset[0] == "-" else span))
    except ValueError:
        return None
    return Asked(moment, found["zone"])


def zone_problem(name: str, pointer: str = "/zone") -> Problem | None:
    """None when there is such a zone; else what it may have been meant for."""
    if name in zone_names():
        return None
    near = _like(name)
    sentence = Sentence(
        'There is no time zone "{name}". Write an IANA name, e.g. {examples}.',
        'Il fuso orario "{name}" non esiste. Scrivi un nome IANA, es. {examples}.',
    )
    examples = ", ".join(near or ("Europe/Rome", "America/New_York"))
    return Problem(pointer, "zone_unknown", sentence.with_(name=name[:64], examples=examples), suggestions=near)


def _like(name: str) -> tuple[str, ...]:
    """By the whole name or by its city, whatever the case and whether spaces or underscores."""
    wanted = name[:64].strip().lower().replace(" ", "_")
    by_word: dict[str, str] = {}
    for known in sorted(zone_names()):
        by_word[known.lower()] = current_name(known)
        by_word.setdefault(known.lower().rpartition("/")[2], current_name(known))
    words = difflib.get_close_matches(wanted, by_word, n=5, cutoff=0.75)
    return tuple(dict.fromkeys(by_word[word] for word in words))[:3]


def instants_of(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """When clocks in the zone read so (naive): once, twice where they are set back, never where they skip it."""
    both = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(moment for moment in both if moment.astimezone(zone).replace(tzinfo=None, fold=0) == wall))


def gap_end(wall: datetime, zone: ZoneInfo) -> datetime:
    """For a wall time that clocks skip: the first instant after they did."""
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
    """Of a wall time that repeats: skipped, it moves to the first valid one after; double, it is the first."""
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
    """The time that was meant, or why it cannot be told or kept, with the nearest that can.

    With an offset the instant is the truth; a `zone` beside it has to agree, but for an offset of zero, which is how
    programs write an instant. Without one it is a wall time in `zone`, and `fold` (0 or 1) chooses where it is double.
    """
    unknown = zone_problem(zone) if zone is not None else None
    if unknown is not None:
        return [unknown]
    if asked.tzinfo is None and zone is None:
        meant = resolve(asked, zone=default_zone, fold=fold, now=now, default_zone=default_zone, pointer=pointer)
        near = (_text(meant.instant, default_zone),) if isinstance(meant, When) else meant[0].suggestions
        return [_problem(_WITHOUT_ZONE, pointer, near)]
    name = zone or default_zone
    found = _meant(asked, name, fold, now, pointer, strict=zone is not None)
    if isinstance(found, Problem):
        return [found]
    if found <= now:
        return [_problem(_PAST, pointer, (_text(_soon(now), name),))]
    if found > now + FAR:
        return [_problem(_TOO_FAR, pointer, ())]
    return When.at(found, name)


def _meant(
    asked: datetime, zone: str, fold: int | None, now: datetime, pointer: str, *, strict: bool
) -> datetime | Problem:
    """The instant, future or not; a Problem where there is none, or more than one."""
    wall = asked.replace(tzinfo=None, fold=0)
    clock = now.astimezone(UTC).replace(tzinfo=None)
    if not clock - _EDGE < wall < clock + FAR + _EDGE:
        # Past or too far in every zone; and near the first and the last year nothing can be converted.
        return now if wall < clock else now + FAR + _EDGE
    place = ZoneInfo(zone)
    options = instants_of(wall, place)
    offset = asked.utcoffset()
    if offset is not None:
        instant = asked.astimezone(UTC)
        if instant in options or not offset or not strict:
            return instant
    elif len(options) == 1 or (options and fold is not None):
        return options[min(fold or 0, len(options) - 1)]
    code = _IN_GAP if not options else _OTHER_OFFSET if offset is not None else _AMBIGUOUS
    if not options:
        end = gap_end(wall, place)
        options = (_last_minute_before(end), end)
    ahead = [option for option in options if now < option <= now + FAR]
    if not ahead:
        return options[-1]
    return _problem(code, pointer, tuple(_text(option, zone) for option in ahead), zone)


def _last_minute_before(instant: datetime) -> datetime:
    before = instant - timedelta(microseconds=1)
    return before.replace(second=0, microsecond=0)


def _soon(now: datetime) -> datetime:
    """The next five minutes on the clock."""
    past_midnight = now - now.replace(hour=0, minute=0, second=0, microsecond=0)
    return now + _STEP - past_midnight % _STEP


def _text(instant: datetime, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).isoformat()


def _problem(what: tuple[str, Sentence], pointer: str, near: Iterable[str], zone: str = "") -> Problem:
    code, sentence = what
    suggestions = tuple(near)
    return Problem(
        pointer, code, sentence.with_(zone=zone, near=", ".join(suggestions) or _EXAMPLE), suggestions=suggestions
    )


_WITHOUT_ZONE = (
    "time_without_zone",
    Sentence(
        "The time has no zone. Write its offset, or a `zone` beside it: e.g. {near}.",
        "L'orario non ha fuso. Scrivi lo scarto, o una `zone` accanto: es. {near}.",
    ),
)
_PAST = ("time_past", Sentence("The time is past. The next: {near}.", "L'orario è già passato. Il prossimo: {near}."))
_TOO_FAR = (
    "time_too_far",
    Sentence("The time is more than a hundred years away.", "L'orario è tra più di cento anni."),
)
_IN_GAP = (
    "time_in_gap",
    Sentence(
        "There is no such time in {zone}: clocks are set forward over it. The nearest: {near}.",
        "Questo orario non esiste in {zone}: gli orologi lo saltano in avanti. I più vicini: {near}.",
    ),
)
_AMBIGUOUS = (
    "time_ambiguous",
    Sentence(
        "This time comes twice in {zone}, for clocks are set back. Choose: {near}.",
        "Questo orario capita due volte in {zone}, perché gli orologi tornano indietro. Scegli: {near}.",
    ),
)
_OTHER_OFFSET = (
    "offset_not_of_zone",
    Sentence(
        "{zone} does not have this offset at that time. Right is: {near}.",
        "{zone} non ha questo scarto a quell'ora. Giusto è: {near}.",
    ),
)
