"""Recurrences over HTTP, up to publication."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.support.running_system import RunningSystem
from tests.support.waiting import until

ROME = ZoneInfo("Europe/Rome")


def test_each_occurrence_is_a_post_that_goes_out_on_its_own(home: RunningSystem) -> None:
    template = home.create(content="Ogni giorno").body["job_id"]
    path = f"/api/v1/posts/{template}/recurrence"
    first = datetime.now(UTC) + timedelta(seconds=3)
    start = first.astimezone(ROME).replace(tzinfo=None).isoformat(timespec="seconds")
    reply = home.ask("POST", path, {"rrule": "FREQ=DAILY;COUNT=3", "zone": "Europe/Rome", "start": start})
    assert reply.status == 201
    assert (reply.body["post_id"], reply.body["rrule"], reply.body["start"]) == (template, "FREQ=DAILY;COUNT=3", start)
    made = [one["post_id"] for one in reply.body["upcoming"]]
    assert len(set(made)) == 3
    assert home.ask("POST", path, {"rrule": "FREQ=DAILY", "start": start}).status == 409

    until(lambda: home.ask("GET", f"/api/v1/social/posts/{made[0]}").body["status"] == "published")
    assert [post["message"] for post in home.meta.state()["posts"]] == ["Ogni giorno"]
    read = home.ask("GET", f"/api/v1/social/posts/{made[1]}").body
    assert (read["status"], read["wall_time"][10:], read["content"]) == ("scheduled", start[10:], "Ogni giorno")
    assert read["recurrence_id"] == reply.body["id"]
    # The picture is the first one's, not made again.
    digests = {home.ask("GET", f"/api/v1/social/posts/{one}").body["platforms"][0]["image_state"] for one in made}
    assert digests == {"ready"}
    assert home.ask("GET", f"/api/v1/social/posts/{template}").body["recurrence_id"] is None

    ended = home.ask("DELETE", f"{path}?future=cancel")
    assert (ended.status, ended.body["ended_at"] is None) == (200, False)
    states = [home.ask("GET", f"/api/v1/social/posts/{one}").body["status"] for one in made]
    assert states == ["published", "cancelled", "cancelled"]
    assert home.ask("GET", path).body["ended_at"] == ended.body["ended_at"]


def test_one_occurrence_is_skipped_and_another_edited(home: RunningSystem) -> None:
    template = home.create(content="Ogni settimana").body["job_id"]
    path = f"/api/v1/posts/{template}/recurrence"
    start = (datetime.now(ROME) + timedelta(days=1)).replace(tzinfo=None).isoformat(timespec="seconds")
    begun = home.ask("POST", path, {"rrule": "FREQ=WEEKLY;COUNT=5", "zone": "Europe/Rome", "start": start}).body
    first, _, third = begun["upcoming"][:3]
    assert (first["status"], first["changed"], first["moved_to"], third["status"]) == ("scheduled", False, None, None)
    assert begun["scheduled_posts"] == 2

    # An occurrence whose post does not exist yet is created, then cancelled like any post; twice is once.
    created = home.ask("POST", f"{path}/occurrences", {"schedule_time": third["schedule_time"]})
    assert (created.status, created.body["wall_time"]) == (200, third["wall_time"])
    again = home.ask("POST", f"{path}/occurrences", {"schedule_time": third["schedule_time"]})
    assert again.body == created.body
    assert home.ask("POST", f"/api/v1/posts/{created.body['post_id']}/cancel").status == 200
    later = (datetime.fromisoformat(first["schedule_time"]) + timedelta(hours=1)).isoformat()
    edited = home.ask("PATCH", f"/api/v1/posts/{first['post_id']}", {"content": "Solo oggi", "schedule_time": later})
    assert edited.body["series"] == {"post_id": template, "ended": False}

    # From the page of an occurrence the same series is seen and ended.
    upcoming = home.ask("GET", f"/api/v1/posts/{first['post_id']}/recurrence").body["upcoming"]
    assert [one["status"] for one in upcoming] == ["scheduled", "scheduled", "cancelled", None, None]
    assert [one["changed"] for one in upcoming[:2]] == [True, False]
    assert datetime.fromisoformat(upcoming[0]["moved_to"]) == datetime.fromisoformat(later)
    ended = home.ask("DELETE", f"/api/v1/posts/{first['post_id']}/recurrence")
    assert (ended.body["post_id"], ended.body["scheduled_posts"]) == (template, 2)
    assert home.ask("GET", f"/api/v1/posts/{template}").body["series"] == {"post_id": template, "ended": True}
    refused = home.ask("POST", f"{path}/occurrences", {"schedule_time": upcoming[3]["schedule_time"]})
    assert (refused.status, refused.body["code"]) == (409, "recurrence_ended")
    assert home.ask("GET", f"/api/v1/posts/{home.create().body['job_id']}").body["series"] is None


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"rrule": "FREQ=MINUTELY"}, "/rrule", "rrule_too_often"),
        ({"rrule": "ogni lunedì"}, "/rrule", "rrule_invalid"),
        ({"rrule": "FREQ=DAILY;COUNT=2;UNTIL=20990101"}, "/rrule", "rrule_count_and_until"),
        ({"rrule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, "/rrule", "rrule_no_occurrence"),
        ({"rrule": "FREQ=DAILY;" * 50}, "/rrule", "string_too_long"),
        ({"rrule": "FREQ=DAILY", "zone": "Europe/Rom"}, "/zone", "zone_unknown"),
        ({"rrule": "FREQ=DAILY", "start": None}, "/start", "start_missing"),
        ({"rrule": "FREQ=DAILY", "start": "2099-01-01T10:00"}, "/start", "start_too_far"),
        ({"rrule": "FREQ=DAILY", "start": "2027-01-01T10:00:00Z"}, "/start", "datetime_wall_time"),
        ({"start": "2027-01-01T10:00"}, "/rrule", "missing"),
    ],
)
def test_invalid_requests_are_refused(home: RunningSystem, body: dict[str, object], pointer: str, code: str) -> None:
    template = home.create().body["job_id"]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(tzinfo=None).isoformat(timespec="minutes")
    reply = home.ask("POST", f"/api/v1/posts/{template}/recurrence", {"start": tomorrow, **body})
    assert reply.status == 422
    assert [(error["pointer"], error["code"]) for error in reply.body["errors"]] == [(pointer, code)]
    assert home.ask("GET", f"/api/v1/posts/{template}/recurrence").status == 404
    assert home.ask("DELETE", f"/api/v1/posts/{template}/recurrence").status == 404
