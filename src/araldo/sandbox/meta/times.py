"""Parse times as clients write them: unix seconds, ISO 8601, RFC 2822, and simple forms of PHP's strtotime."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from araldo.sandbox.meta.calls import parse_whole_number
from araldo.sandbox.meta.replies import bad_parameter

_UNITS = {"second": 1, "sec": 1, "minute": 60, "min": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_RELATIVE = re.compile(r"([+-]?)\s*(\d{1,6})\s*(second|sec|minute|min|hour|day|week)s?(\s+ago)?", re.ASCII)
_DAYS = {"today": 0, "midnight": 0, "tomorrow": 1, "yesterday": -1}


def parse_time(text: str, name: str, now: float) -> float | None:
    """Parse a time to unix seconds; None for an empty text.

    :raises GraphError: 100 when it is not a time; `name` is the parameter's name.
    """
    text = text.strip()
    if not text:
        return None
    seconds = parse_whole_number(text)
    if seconds is not None:
        return float(seconds)
    for read in (_parse_relative_time, _parse_absolute_time):
        found = read(text, now)
        if found is not None:
            return found
    raise bad_parameter(f"Param {name} must be a time")


def _parse_relative_time(text: str, now: float) -> float | None:
    low = text.lower()
    if low == "now":
        return now
    if low in _DAYS:
        midnight = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight + timedelta(days=_DAYS[low])).timestamp()
    found = _RELATIVE.fullmatch(low)
    if found is None:
        return None
    back = (found.group(1) == "-") != bool(found.group(4))
    ahead = int(found.group(2)) * _UNITS[found.group(3)]
    return now - ahead if back else now + ahead


def _parse_absolute_time(text: str, now: float) -> float | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(text)
            return at.replace(tzinfo=at.tzinfo or UTC).timestamp()
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None
