"""What the dates and times of day in a table mean. A date that could be two days is never guessed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum

from araldo.errors import Problem
from araldo.messages import Message
from araldo.posts.timing import RequestedTime, read
from araldo.tables.models import Cell

# Day, month and year, or month, day and year, and what follows as the time of day.
_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ ,T]+(.+))?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([./-])(\d{1,2})\2(\d{1,2})(?:[ ,T]+(.+))?", re.ASCII)
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2})(?:[:.](\d{2}))?)? ?(am|pm|a\.m\.|p\.m\.)?", re.ASCII | re.IGNORECASE)
_DATE_POINTER = "/schedule_time"
TIME_POINTER = "/time"


class DayOrder(Enum):
    """The order of day and month in a column of dates."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    UNKNOWN = "unknown"


def find_day_order(cells: Iterable[Cell]) -> DayOrder:
    """Return the only order in which every date of the column exists; UNKNOWN when both would do, or neither."""
    possible = {DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST}
    for cell in cells:
        found = _NUMERIC.fullmatch(cell.strip()) if isinstance(cell, str) else None
        days = {} if found is None else _readings(found)
        if days:
            possible &= set(days)
    return possible.pop() if len(possible) == 1 else DayOrder.UNKNOWN


def read_moment(date_cell: Cell, time_cell: Cell, order: DayOrder) -> RequestedTime | Problem | None:
    """Return the time that a row's cells for date and time of day ask for, or why they cannot be read.

    None when both are blank.
    """
    if date_cell == "" and time_cell == "":
        return None
    if isinstance(date_cell, str) and time_cell == "" and (exact := read(date_cell.strip())) is not None:
        return exact
    parsed = _read_date(date_cell, order)
    if isinstance(parsed, Problem):
        return parsed
    if parsed.time is not None and time_cell != "":
        return Problem(TIME_POINTER, "time_twice", Message("imports.time_twice"))
    moment = parsed.time if parsed.time is not None else _read_time(time_cell)
    if moment is None:
        return Problem(TIME_POINTER, "time_unreadable", Message("imports.time_unreadable", {"said": _said(time_cell)}))
    return RequestedTime(datetime.combine(parsed.day, moment))


@dataclass(frozen=True, slots=True)
class _Parsed:
    day: date
    time: time | None


def _read_date(cell: Cell, order: DayOrder) -> _Parsed | Problem:
    if isinstance(cell, datetime):
        return _Parsed(cell.date(), cell.time())
    if isinstance(cell, date):
        return _Parsed(cell, None)
    unreadable = Problem(
        _DATE_POINTER, "date_unreadable", Message("imports.date_unreadable", {"said": _said(cell)[:60]})
    )
    if isinstance(cell, time):
        return unreadable
    said = cell.strip()
    if (found := _YEAR_FIRST.fullmatch(said)) is not None:
        day = _day(int(found[1]), int(found[3]), int(found[4]))
        return unreadable if day is None else _with_time(day, found[5])
    if (found := _NUMERIC.fullmatch(said)) is None:
        return unreadable
    days = _readings(found)
    if not days:
        return unreadable
    different = set(days.values())
    if len(different) == 1:
        return _with_time(different.pop(), found[5])
    return _ambiguous(said, days) if order is DayOrder.UNKNOWN else _with_time(days[order], found[5])


def _readings(found: re.Match[str]) -> dict[DayOrder, date]:
    """Return the days that a numeric date could be, by the order."""
    one, other, year = int(found[1]), int(found[3]), int(found[4])
    options = {DayOrder.DAY_FIRST: _day(year, other, one), DayOrder.MONTH_FIRST: _day(year, one, other)}
    return {order: day for order, day in options.items() if day is not None}


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _ambiguous(said: str, days: dict[DayOrder, date]) -> Problem:
    first, second = days[DayOrder.DAY_FIRST].isoformat(), days[DayOrder.MONTH_FIRST].isoformat()
    message = Message("imports.date_ambiguous", {"said": said[:60], "first": first, "second": second})
    return Problem(_DATE_POINTER, "date_ambiguous", message, suggestions=(first, second))


def _with_time(day: date, said: str | None) -> _Parsed | Problem:
    if said is None:
        return _Parsed(day, None)
    moment = _read_time(said)
    if moment is None:
        values = {"said": said[:60]}
        return Problem(_DATE_POINTER, "time_unreadable", Message("imports.time_unreadable", values))
    return _Parsed(day, moment)


def _read_time(cell: Cell) -> time | None:
    if isinstance(cell, time):
        return cell
    found = _TIME.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if found is None:
        return None
    hour, half = int(found[1]), (found[4] or "")[:1].lower()
    if half and not 1 <= hour <= 12:
        return None
    # A number alone may be anything, unless "am" or "pm" follows.
    if not half and found[2] is None:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(found[2] or 0), int(found[3] or 0))
    except ValueError:
        return None


def _said(cell: Cell) -> str:
    return cell.strip() if isinstance(cell, str) else cell.isoformat()
