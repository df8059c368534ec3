"""Request fields for times, and their common interpretation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from araldo.api.fields import CleanText
from araldo.errors import PostInvalid, Problem
from araldo.messages import Message
from araldo.posts.timing import read

NEXT_FREE_SLOT = "next_free_slot"


def _require_readable_time(text: str) -> str:
    if text != NEXT_FREE_SLOT and read(text) is None:
        raise PydanticCustomError("datetime_from_date_parsing", "not a date and a time of day")
    return text


# Only the form is validated here; posts.timing checks that the time exists and is in the future.
InputTime = Annotated[
    str,
    Field(
        max_length=120,
        description="RFC 3339. With an offset the instant counts; without one it is a wall time in `zone`, which may "
        "also stand in brackets behind it. Or `next_free_slot`: the next posting time at which nothing is scheduled.",
        examples=["2030-01-31T10:00:00+01:00", "2030-01-31T10:00:00[Europe/Rome]"],
    ),
    AfterValidator(_require_readable_time),
]
ZoneName = Annotated[CleanText, Field(max_length=100, description="An IANA name.", examples=["Europe/Rome"])]
TimeChoice = Annotated[
    Literal["first", "second"], Field(description="Which one, of a time that occurs twice when clocks are set back.")
]


def _require_wall_time(text: str) -> str:
    asked = read(text)
    if asked is None or asked.zone is not None or asked.moment.tzinfo is not None:
        raise PydanticCustomError("datetime_wall_time", "a date and a time of day without an offset")
    return text


WallTime = Annotated[
    str,
    Field(max_length=40, description="A wall time, without an offset.", examples=["2030-01-31T10:00:00"]),
    AfterValidator(_require_wall_time),
]


def parse_wall_time(wall_time: str) -> datetime:
    asked = read(wall_time)
    assert asked is not None, "what no WallTime is"
    return asked.moment


@dataclass(frozen=True, slots=True)
class ParsedSchedule:
    """The fields combined; all None when there is no time."""

    due_at: datetime | None
    zone: str | None
    fold: int | None
    next_free_slot: bool = False


def parse_schedule(text: str | None, zone: str | None, choice: Literal["first", "second"] | None) -> ParsedSchedule:
    """Combine the fields. Raises PostInvalid when `zone` differs from the zone within the time."""
    if text == NEXT_FREE_SLOT:
        return ParsedSchedule(None, None, None, next_free_slot=True)
    asked = None if text is None else read(text)
    if asked is None:
        return ParsedSchedule(None, None, None)
    if zone is not None and asked.zone not in {None, zone}:
        two = Message("times.zone_conflict")
        raise PostInvalid([Problem("/zone", "zone_conflict", two.with_values(one=asked.zone, other=zone))])
    fold = None if choice is None else int(choice == "second")
    return ParsedSchedule(asked.moment, zone or asked.zone, fold)
