"""Weekly posting times of an account, and the free slots that follow from them. Pure."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from araldo.errors import Problem
from araldo.messages import Message
from araldo.posts.timing import When, instants_of, zone_problem

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# How far ahead free slots are searched: a hundred slots of one weekly time fit.
HORIZON = timedelta(days=731)
_PER_DAY_MAX = 24
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)

# A plain default, derived from no data: morning and evening on workdays, once a day at weekends.
_DEFAULT = {day: ("11:00",) if day in {"sat", "sun"} else ("09:00", "18:00") for day in WEEKDAYS}


@dataclass(frozen=True, slots=True)
class PostingTimes:
    """`times` by weekday, each "HH:MM" in `zone`, sorted; `is_default` when nobody has set them."""

    zone: str
    times: Mapping[str, Sequence[str]]
    is_default: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"zone": self.zone, "times": {day: list(self.times[day]) for day in WEEKDAYS}}


def posting_times(kept: Mapping[str, Any] | None, default_zone: str) -> PostingTimes:
    """Return an account's stored posting times, or the default in the workspace's zone."""
    if kept is None:
        return PostingTimes(default_zone, _DEFAULT, is_default=True)
    return PostingTimes(kept["zone"], kept["times"])


def parse_posting_times(zone: str, times: Mapping[str, Sequence[str]]) -> PostingTimes | list[Problem]:
    """Parse requested posting times; a weekday that is left out has none."""
    unknown_zone = zone_problem(zone)
    problems = [] if unknown_zone is None else [unknown_zone]
    for day, clocks in times.items():
        if day not in WEEKDAYS:
            problems.append(Problem("/times", "weekday_unknown", Message("slots.weekday_invalid", {"day": day[:20]})))
            continue
        problems += [
            Problem(
                f"/times/{day}/{index}", "posting_time_invalid", Message("slots.clock_invalid", {"clock": clock[:20]})
            )
            for index, clock in enumerate(clocks)
            if not _CLOCK.fullmatch(clock)
        ]
        if len(set(clocks)) > _PER_DAY_MAX:
            problems.append(
                Problem(f"/times/{day}", "too_many_times", Message("slots.too_many", {"most": _PER_DAY_MAX}))
            )
    return problems or PostingTimes(zone, {day: sorted(set(times.get(day, ()))) for day in WEEKDAYS})


def minute_of(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(second=0, microsecond=0)


def free_slots(times: PostingTimes, after: datetime, taken: Container[datetime]) -> Iterator[When]:
    """Yield the free slots after `after` in order, within `HORIZON`; `taken`: the minutes (UTC) that are not free.

    A wall time that is skipped on a day gives no slot there; of one that repeats, only the first is a slot.
    """
    zone = ZoneInfo(times.zone)
    first = after.astimezone(zone).date()
    for ahead in range(HORIZON.days):
        for wall in _wall_times(times, first + timedelta(days=ahead)):
            instant = next(iter(instants_of(wall, zone)), None)
            if instant is not None and instant > after and minute_of(instant) not in taken:
                yield When(instant, times.zone, wall.isoformat())


def _wall_times(times: PostingTimes, day: date) -> list[datetime]:
    return [datetime.combine(day, time.fromisoformat(clock)) for clock in times.times[WEEKDAYS[day.weekday()]]]
