"""Instants in messages: as text in both languages, with their zone, also where clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.messages import Message, texts_of
from araldo.messages.times import TimeStyle, ZonedInstant, format_instant, instant_of
from araldo.zones import zone_names

AT = datetime(2031, 1, 29, 15, 0, 5, tzinfo=UTC)


def written(instant: datetime, zone: str, style: TimeStyle = "minute", language: str = "en") -> str:
    return format_instant(ZonedInstant(instant, zone, style), texts_of(language))


@pytest.mark.parametrize(
    ("style", "english", "italian"),
    [
        ("minute", "Wed 29 Jan 2031, 16:00 (Europe/Rome)", "mer 29 gen 2031, 16:00 (Europe/Rome)"),
        ("second", "Wed 29 Jan 2031, 16:00:05 (Europe/Rome)", "mer 29 gen 2031, 16:00:05 (Europe/Rome)"),
        ("clock", "16:00 (Europe/Rome)", "16:00 (Europe/Rome)"),
        ("clock_second", "16:00:05 (Europe/Rome)", "16:00:05 (Europe/Rome)"),
        (
            "offset",
            "Wed 29 Jan 2031, 16:00 (Europe/Rome, UTC+01:00)",
            "mer 29 gen 2031, 16:00 (Europe/Rome, UTC+01:00)",
        ),
    ],
)
def test_each_style_in_both_languages(style: TimeStyle, english: str, italian: str) -> None:
    assert (written(AT, "Europe/Rome", style), written(AT, "Europe/Rome", style, "it")) == (english, italian)


@pytest.mark.parametrize(
    ("instant", "zone", "text"),
    [
        ("2027-03-28T00:59", "Europe/Rome", "Sun 28 Mar 2027, 01:59 (Europe/Rome)"),
        ("2027-03-28T01:00", "Europe/Rome", "Sun 28 Mar 2027, 03:00 (Europe/Rome)"),
        ("2027-10-30T23:59", "Europe/Rome", "Sun 31 Oct 2027, 01:59 (Europe/Rome)"),
        ("2027-10-31T00:30", "Europe/Rome", "Sun 31 Oct 2027, 02:30 (Europe/Rome, UTC+02:00)"),
        ("2027-10-31T01:30", "Europe/Rome", "Sun 31 Oct 2027, 02:30 (Europe/Rome, UTC+01:00)"),
        ("2027-10-31T02:00", "Europe/Rome", "Sun 31 Oct 2027, 03:00 (Europe/Rome)"),
        ("2027-11-07T06:30", "America/New_York", "Sun 7 Nov 2027, 01:30 (America/New_York, UTC-05:00)"),
        ("2027-04-03T14:45", "Australia/Lord_Howe", "Sun 4 Apr 2027, 01:45 (Australia/Lord_Howe, UTC+11:00)"),
        ("2027-01-01T00:00", "Pacific/Marquesas", "Thu 31 Dec 2026, 14:30 (Pacific/Marquesas)"),
        ("2027-01-01T00:00", "Nowhere/Else", "Fri 1 Jan 2027, 00:00 (UTC)"),
        ("2027-01-01T00:00", "../etc/passwd", "Fri 1 Jan 2027, 00:00 (UTC)"),
    ],
)
def test_a_time_that_occurs_twice_has_its_offset(instant: str, zone: str, text: str) -> None:
    assert written(datetime.fromisoformat(instant).replace(tzinfo=UTC), zone) == text


def test_utc_has_no_offset_beside_its_name() -> None:
    assert written(AT, "UTC", "offset", "it") == "mer 29 gen 2031, 15:00 (UTC)"
    assert written(AT, "Pacific/Marquesas", "offset").endswith("05:30 (Pacific/Marquesas, UTC-09:30)")


def test_a_language_without_names_of_months_has_the_english_ones() -> None:
    message = Message("timeline.created_scheduled", {"when": ZonedInstant(AT, "Europe/Rome")})
    assert message.to("xx") == message.to("en") == "Scheduled for Wed 29 Jan 2031, 16:00 (Europe/Rome)."


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2120, 1, 1)),  # noqa: DTZ001 - UTC is added
    st.sampled_from(sorted(zone_names())),
)
def test_no_two_instants_an_hour_apart_are_written_alike(wall: datetime, zone: str) -> None:
    instant = wall.replace(tzinfo=UTC)
    assert written(instant, zone) != written(instant + timedelta(hours=1), zone)
    assert instant_of(ZonedInstant(instant, zone, "clock").as_json()) == ZonedInstant(instant, zone, "clock")
