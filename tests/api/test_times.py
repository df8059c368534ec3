"""Due times over HTTP: stored and returned, or refused with suggestions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.support.running_system import RunningSystem

# Clocks in Rome are set forward on 29 March 2099 and back on 25 October: far enough for these tests to outlive us.
GAP, DOUBLE = "2099-03-29T02:30:00", "2099-10-25T02:30:00"
ROME = {"zone": "Europe/Rome"}


@pytest.mark.parametrize(
    ("body", "instant", "zone", "wall"),
    [
        ({"schedule_time": "2099-07-10T10:00:00+02:00"}, "2099-07-10T08:00:00.000Z", "Europe/Rome", "10:00:00"),
        ({"schedule_time": "2099-07-10T10:00:00-04:00"}, "2099-07-10T14:00:00.000Z", "Europe/Rome", "16:00:00"),
        ({"schedule_time": "2099-07-10T10:00:00", **ROME}, "2099-07-10T08:00:00.000Z", "Europe/Rome", "10:00:00"),
        (
            {"schedule_time": "2099-07-10T10:00", "zone": "America/New_York"},
            "2099-07-10T14:00:00.000Z",
            "America/New_York",
            "10:00:00",
        ),
        ({"schedule_time": "2099-07-10T10:00[Asia/Tokyo]"}, "2099-07-10T01:00:00.000Z", "Asia/Tokyo", "10:00:00"),
        (
            {"schedule_time": DOUBLE, **ROME, "time_choice": "second"},
            "2099-10-25T01:30:00.000Z",
            "Europe/Rome",
            "02:30:00",
        ),
        ({"schedule_time": f"{DOUBLE}+02:00", **ROME}, "2099-10-25T00:30:00.000Z", "Europe/Rome", "02:30:00"),
    ],
)
def test_the_instant_the_zone_and_the_wall_time_are_kept(
    home: RunningSystem, body: dict[str, Any], instant: str, zone: str, wall: str
) -> None:
    made = home.create(**body).body
    read = home.ask("GET", f"/api/v1/social/posts/{made['job_id']}").body
    for answer in (made, read):
        assert (answer["status"], answer["schedule_time"], answer["zone"]) == ("scheduled", instant, zone)
        assert answer["wall_time"] == f"{body['schedule_time'][:10]}T{wall}"


def test_a_time_that_does_not_exist_is_refused_with_suggestions(home: RunningSystem) -> None:
    near_gap = ["2099-03-29T01:59:00+01:00", "2099-03-29T03:00:00+02:00"]
    both = [f"{DOUBLE}+02:00", f"{DOUBLE}+01:00"]
    refused: list[tuple[dict[str, Any], str, list[str] | None]] = [
        ({"schedule_time": GAP, **ROME}, "time_in_gap", near_gap),
        ({"schedule_time": DOUBLE, **ROME}, "time_ambiguous", both),
        ({"schedule_time": DOUBLE}, "time_without_zone", both),
        ({"schedule_time": "2099-07-10T10:00:00"}, "time_without_zone", ["2099-07-10T10:00:00+02:00"]),
        ({"schedule_time": "2099-07-10T10:00:00+01:00", **ROME}, "offset_not_of_zone", ["2099-07-10T10:00:00+02:00"]),
        ({"schedule_time": "2999-07-10T10:00:00Z"}, "time_too_far", []),
        ({"schedule_time": "2099-07-10T10:00", "zone": "Europe/Rom"}, "zone_unknown", None),
        ({"schedule_time": "2099-07-10T10:00[Asia/Tokyo]", **ROME}, "zone_conflict", []),
        ({"schedule_time": "2020-07-10T10:00:00Z"}, "time_past", None),
    ]
    for body, code, suggestions in refused:
        reply = home.create(**body)
        (problem,) = reply.body["errors"]
        assert (reply.status, problem["code"]) == (422, code)
        if suggestions is not None:
            assert problem["suggestions"] == suggestions
        for suggestion in problem["suggestions"]:
            # A text that shows how to write an offset, or that is about zones, has the suggestion as it is to be sent.
            if code in {"time_without_zone", "zone_unknown"}:
                assert suggestion in problem["detail"]
            else:
                local = datetime.fromisoformat(suggestion)
                assert f"{local.day} {local:%b %Y, %H:%M} (" in problem["detail"]
                assert f"UTC{suggestion[-6:]})" in problem["detail"] or "(UTC)" in problem["detail"]
            if problem["pointer"] == "/schedule_time":
                assert home.create(schedule_time=suggestion).body["status"] == "scheduled"


def test_the_nearest_times_are_written_in_the_readers_language(home: RunningSystem) -> None:
    body = {"content": "Notte", "platforms": ["facebook"], "schedule_time": DOUBLE, **ROME}
    said = [
        home.ask("POST", "/api/v1/social/create-multi-platform-post", body, accept_language=language).body["errors"][0][
            "detail"
        ]
        for language in ("en", "it")
    ]
    assert said == [
        "Clocks go back in Europe/Rome, so this time occurs twice. Choose:"
        " Sun 25 Oct 2099, 02:30 (Europe/Rome, UTC+02:00) or Sun 25 Oct 2099, 02:30 (Europe/Rome, UTC+01:00).",
        "In Europe/Rome gli orologi tornano indietro e questo orario capita due volte. Scegli:"
        " dom 25 ott 2099, 02:30 (Europe/Rome, UTC+02:00) oppure dom 25 ott 2099, 02:30 (Europe/Rome, UTC+01:00).",
    ]


def test_a_time_must_be_text(home: RunningSystem) -> None:
    for value, code in ((1783677600, "string_type"), ("2099-07-10", "datetime_from_date_parsing"), ("", "datetime_")):
        reply = home.create(schedule_time=value)
        assert reply.status == 422
        assert reply.body["errors"][0]["pointer"] == "/schedule_time"
        assert reply.body["errors"][0]["code"].startswith(code)
