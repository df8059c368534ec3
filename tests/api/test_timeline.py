"""A post's timeline over HTTP: in order, in both languages, raw answers on request."""

from __future__ import annotations

import json
from typing import Any

from tests.support.running_system import RunningSystem


def timeline(home: RunningSystem, job_id: str, query: str = "", language: str = "en") -> list[dict[str, Any]]:
    reply = home.ask("GET", f"/api/v1/posts/{job_id}/timeline{query}", Accept_Language=language)
    assert reply.status == 200
    found: list[dict[str, Any]] = reply.body["data"]
    return found


def test_a_timeline_from_creation_to_publication(home: RunningSystem) -> None:
    home.meta.fault(method="POST", path="/feed", when="after_commit", kind="reset", times=1)
    job_id = home.create(publish_immediately=True).body["job_id"]
    found = timeline(home, job_id)
    said = [entry["text"] for entry in found]
    assert said[0] == "Created, to be published now."
    assert said[-3:] == [
        "Sent to Facebook (attempt 1).",
        "No clear answer. Araldo checks whether it was published before it tries again.",
        "Published on Facebook.",
    ]
    moments = [entry["at"] for entry in found]
    assert moments == sorted(moments)
    assert {entry["raw"] for entry in found} == {None}
    sent = next(entry for entry in found if entry["kind"] == "attempt.sent")
    assert sent["seconds"] > 0
    assert timeline(home, job_id, language="it")[-1]["text"] == "Pubblicato su Facebook."


def test_raw_answers_are_returned_on_request_without_tokens(home: RunningSystem) -> None:
    error = {"status": 400, "code": 100, "message": "Invalid parameter"}
    home.meta.fault(method="POST", path="/feed", when="before", kind="graph_error", error=error, times=9)
    job_id = home.create(publish_immediately=True).body["job_id"]
    found = timeline(home, job_id, "?raw=true")
    kinds = [entry["kind"] for entry in found]
    assert kinds[-3:] == ["attempt.sent", "attempt.refused", "delivery.failed"]
    assert "Invalid parameter" in json.dumps(found[-2]["raw"]["answered"])
    assert found[-3]["raw"]["asked"]["text"] == "Ciao a tutti"
    tokens = [token["access_token"] for token in home.meta.state()["tokens"]]
    assert not any(token in json.dumps(found) for token in tokens)


def test_times_in_the_texts_are_in_the_workspaces_zone_whatever_the_posts_own(home: RunningSystem) -> None:
    # The workspace is in Rome, six hours ahead.
    post = home.create(content="Concerto", schedule_time="2031-01-29T10:00:00", zone="America/New_York").body
    english, italian = (timeline(home, post["job_id"], language=code)[0]["text"] for code in ("en", "it"))
    assert english == "Scheduled for Wed 29 Jan 2031, 16:00 (Europe/Rome)."
    assert italian == "Programmato: mer 29 gen 2031, 16:00 (Europe/Rome)."


def test_a_time_that_occurs_twice_has_its_offset(home: RunningSystem) -> None:
    said = [
        timeline(home, home.create(content="Notte", schedule_time=due).body["job_id"])[0]["text"]
        for due in ("2031-10-26T00:30:00Z", "2031-10-26T01:30:00Z")
    ]
    assert said == [
        f"Scheduled for Sun 26 Oct 2031, 02:30 (Europe/Rome, UTC{offset})." for offset in ("+02:00", "+01:00")
    ]
