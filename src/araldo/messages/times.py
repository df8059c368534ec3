"""Instants as text, in a language and a zone: no other module formats them for people (a test checks that). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# `minute`: date and time; `second`: with seconds; `clock`, `clock_second`: the time of day only; `offset`: date and
# time, and always the offset from UTC.
TimeStyle = Literal["minute", "second", "clock", "clock_second", "offset"]
# The texts of a catalogue that `format_instant` needs; names are separated by spaces, from Monday and from January.
TIME_TEXTS = ("time.months", "time.weekdays", "time.with_date", "time.with_zone")
_WITH_SECONDS = {"second", "clock_second"}
_WITHOUT_DATE = {"clock", "clock_second"}
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ZonedInstant:
    """A value of a message: an aware `instant`, to be written as local time in `zone`, an IANA name."""

    instant: datetime
    zone: str
    style: TimeStyle = "minute"

    def as_json(self) -> dict[str, Any]:
        """Return `{instant, zone}`, the instant as ISO 8601 in UTC, and the style where it is not `minute`."""
        stored = {"instant": self.instant.astimezone(UTC).isoformat(), "zone": self.zone}
        return stored if self.style == "minute" else {**stored, "style": self.style}


def is_instant(stored: Mapping[str, Any]) -> bool:
    """Return whether a stored value is an instant, and no message."""
    return "instant" in stored


def instant_of(stored: Mapping[str, Any]) -> ZonedInstant:
    """Read what `as_json` wrote."""
    return ZonedInstant(datetime.fromisoformat(stored["instant"]), stored["zone"], stored.get("style", "minute"))


def format_instant(value: ZonedInstant, texts: Mapping[str, str]) -> str:
    """Return e.g. `Wed 29 Jan 2031, 16:00 (Europe/Rome)`, on the 24-hour clock. `texts`: those of TIME_TEXTS.

    A time that occurs twice, where clocks go back, has its offset: `02:30 (Europe/Rome, UTC+01:00)`. In a zone that
    this machine does not know it is written in UTC.
    """
    try:
        name, zone = value.zone, ZoneInfo(value.zone)
    except (ZoneInfoNotFoundError, ValueError):
        name, zone = "UTC", ZoneInfo("UTC")
    local = value.instant.astimezone(zone)
    clock = f"{local:%H:%M:%S}" if value.style in _WITH_SECONDS else f"{local:%H:%M}"
    when = clock if value.style in _WITHOUT_DATE else _with_date(local, clock, texts)
    if name != "UTC" and (value.style == "offset" or _occurs_twice(local)):
        name = f"{name}, UTC{_offset(local)}"
    return texts["time.with_zone"].format(when=when, zone=name)


def _with_date(local: datetime, clock: str, texts: Mapping[str, str]) -> str:
    weekday = texts["time.weekdays"].split()[local.weekday()]
    month = texts["time.months"].split()[local.month - 1]
    return texts["time.with_date"].format(weekday=weekday, day=local.day, month=month, year=local.year, clock=clock)


def _occurs_twice(local: datetime) -> bool:
    return local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset()


def _offset(local: datetime) -> str:
    """Return the offset from UTC in hours and minutes, as `+01:00`."""
    minutes = round((local.utcoffset() or timedelta()) / _MINUTE)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
