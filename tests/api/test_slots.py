"""Posting times and slots over HTTP."""

from __future__ import annotations

from tests.support.running_system import RunningSystem

WEEK = {"mon": ["18:30", "09:00"], "sat": ["11:00"]}


def test_posting_times_are_default_until_they_are_set(home: RunningSystem) -> None:
    account = home.ask("GET", "/api/v1/accounts").body["data"][0]["id"]
    path = f"/api/v1/accounts/{account}/posting-times"
    default = home.ask("GET", path).body
    assert (default["source"], default["zone"]) == ("default", "Europe/Rome")
    reply = home.ask("PUT", path, {"zone": "America/New_York", "times": WEEK})
    assert (reply.status, reply.body["source"], reply.body["zone"]) == (200, "own", "America/New_York")
    assert reply.body["times"]["mon"] == ["09:00", "18:30"]
    assert reply.body["times"]["tue"] == []
    assert home.ask("GET", path).body == reply.body
    slots = home.ask("GET", f"/api/v1/accounts/{account}/slots?limit=3").body
    assert (slots["source"], len(slots["data"])) == ("own", 3)
    assert {slot["wall_time"][11:] for slot in slots["data"]} == {"09:00:00", "18:30:00", "11:00:00"}
    assert {slot["zone"] for slot in slots["data"]} == {"America/New_York"}
    refused = home.ask("PUT", path, {"zone": "Europe/Rom", "times": {"mon": ["9"], "lun": []}})
    assert refused.status == 422
    assert [error["code"] for error in refused.body["errors"]] == [
        "zone_unknown",
        "posting_time_invalid",
        "weekday_unknown",
    ]


def test_scheduling_takes_the_next_free_slot(home: RunningSystem) -> None:
    accounts = {account["kind"]: account["id"] for account in home.ask("GET", "/api/v1/accounts").body["data"]}
    page = f"/api/v1/accounts/{accounts['facebook_page']}/slots"
    before = home.ask("GET", page).body["data"]
    made = home.create(schedule_time="next_free_slot", platforms=["facebook", "instagram"]).body
    assert made["status"] == "scheduled"
    assert {name: made[name] for name in before[0]} == before[0]
    assert home.ask("GET", page).body["data"][:9] == before[1:]
    # The other account has something then, too.
    other = home.create(schedule_time="next_free_slot", platforms=["instagram"]).body
    assert other["schedule_time"] == before[1]["schedule_time"]
    both = home.create(schedule_time="next_free_slot", publish_immediately=True)
    assert (both.status, both.body["errors"][0]["code"]) == (422, "publish_and_schedule")


def test_slots_start_at_the_given_time(home: RunningSystem) -> None:
    account = home.ask("GET", "/api/v1/accounts").body["data"][0]["id"]
    path = f"/api/v1/accounts/{account}/slots"
    found = home.ask("GET", f"{path}?from=2099-03-28T00:00:00Z&limit=2").body["data"]
    # A Saturday, and the Sunday on which clocks are set forward: eleven stays eleven.
    assert [(slot["schedule_time"], slot["wall_time"]) for slot in found] == [
        ("2099-03-28T10:00:00.000Z", "2099-03-28T11:00:00"),
        ("2099-03-29T09:00:00.000Z", "2099-03-29T11:00:00"),
    ]
    now = home.ask("GET", path).body["data"]
    assert home.ask("GET", f"{path}?from=0001-01-01T00:00:00Z").body["data"] == now
    for query in ("from=9999-12-31T23:59:59Z", "limit=100"):
        assert home.ask("GET", f"{path}?{query}").status == 200
    for query in ("limit=0", "limit=101", "from=2099-03-28T00:00:00", "from=soon"):
        assert home.ask("GET", f"{path}?{query}").status == 422
