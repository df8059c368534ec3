"""API keys and workspaces over HTTP: created by users, used by programs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from tests.support.browsing import signed_in
from tests.support.running_system import RunningSystem, ask
from tests.support.sse import stream
from tests.support.waiting import until

KEYS, WORKSPACES, SESSION = "/api/v1/keys", "/api/v1/workspaces", "/api/v1/session"


def is_accepted(home: RunningSystem, key: str) -> bool:
    return ask("GET", f"{home.url}/api/v1/accounts", headers={"Authorization": f"Bearer {key}"}).status == 200


def test_a_key_is_shown_once_works_and_is_revoked(home: RunningSystem) -> None:
    me = signed_in(home)
    made = me.ask("POST", KEYS, {"name": " Robot "}, idempotency_key="same")
    assert (made.status, made.body["name"], made.body["last_used_at"]) == (201, "Robot", None)
    assert made.headers["cache-control"] == "no-store"
    key = made.body["key"]
    assert key.startswith(made.body["prefix"])
    assert is_accepted(home, key)
    listed = me.ask("GET", KEYS).body["data"]
    assert [one["name"] for one in listed] == ["Robot", "test"]
    assert listed[0]["last_used_at"] >= made.body["created_at"]
    # What is shown once is not answered again: the header makes no difference here.
    assert me.ask("POST", KEYS, {"name": "Robot"}, idempotency_key="same").body["id"] != made.body["id"]
    assert me.ask("DELETE", f"{KEYS}/{made.body['id']}").status == 204
    assert not is_accepted(home, key)
    assert me.ask("DELETE", f"{KEYS}/{made.body['id']}").status == 404
    assert made.body["id"] not in [one["id"] for one in me.ask("GET", KEYS).body["data"]]


def test_a_key_may_expire(home: RunningSystem) -> None:
    me, now = signed_in(home), datetime.now(UTC)
    past = me.ask("POST", KEYS, {"expires_at": (now - timedelta(seconds=1)).isoformat()})
    assert (past.status, past.body["errors"][0]["pointer"]) == (422, "/expires_at")
    naive = me.ask("POST", KEYS, {"expires_at": "2100-01-01T00:00:00"})
    assert (naive.status, naive.body["errors"][0]["pointer"]) == (422, "/expires_at")
    soon = me.ask("POST", KEYS, {"expires_at": (now + timedelta(seconds=2)).isoformat()}).body
    assert is_accepted(home, soon["key"])
    until(lambda: not is_accepted(home, soon["key"]), within_s=10)
    assert soon["id"] in [one["id"] for one in me.ask("GET", KEYS).body["data"]]


def test_a_key_cannot_create_keys_or_workspaces(home: RunningSystem) -> None:
    for method, path in (("GET", KEYS), ("POST", KEYS), ("GET", WORKSPACES), ("POST", WORKSPACES)):
        refused = home.ask(method, path, {"name": "x"})
        assert (refused.status, refused.body["code"]) == (403, "person_needed")


def test_a_workspace_is_created_entered_and_changed(home: RunningSystem) -> None:
    me = signed_in(home)
    first = me.ask("GET", SESSION).body["workspace"]["id"]
    made = me.ask("POST", WORKSPACES, {"name": " Bottega ", "language": "en", "zone": "Europe/Lisbon"})
    assert made.status == 201
    described = {"name": "Bottega", "language": "en", "zone": "Europe/Lisbon", "approval_required": False}
    assert made.body == {"id": made.body["id"], **described}
    assert me.ask("POST", WORKSPACES, {"name": "Bottega"}).body["code"] == "name_taken"
    me.ask("POST", "/api/v1/posts", {"content": "Nella prima"})
    gone = me.ask("PATCH", SESSION, {"workspace_id": made.body["id"]}).body
    assert (gone["workspace"]["name"], [one["name"] for one in gone["workspaces"]]) == (
        "Bottega",
        ["Araldo", "Bottega"],
    )
    for path in ("/api/v1/posts", "/api/v1/accounts", KEYS):
        assert me.ask("GET", path).body["data"] == []
    assert signed_in(home).ask("GET", SESSION).body["workspace"]["id"] == first
    wrong = me.ask("PATCH", f"{WORKSPACES}/{first}", {"zone": "Rome"})
    assert (wrong.status, wrong.body["errors"][0]["code"]) == (422, "zone_unknown")
    assert "Europe/Rome" in wrong.body["errors"][0]["suggestions"]
    assert me.ask("PATCH", f"{WORKSPACES}/{first}", {"name": "Bottega"}).status == 409
    assert me.ask("PATCH", f"{WORKSPACES}/{first}", {"name": "  "}).status == 409
    changed = me.ask("PATCH", f"{WORKSPACES}/{first}", {"name": "Araldo", "zone": "Europe/Lisbon", "language": "en"})
    assert changed.body == {"id": first, **described, "name": "Araldo"}
    assert me.ask("GET", WORKSPACES).body["data"][0] == changed.body


def test_a_workspace_takes_the_servers_zone_unless_one_is_given_and_stores_names_of_today(home: RunningSystem) -> None:
    me = signed_in(home)
    assert me.ask("POST", WORKSPACES, {"name": "Uno"}).body["zone"] == "Europe/Rome"
    for given, stored in (("UTC", "UTC"), ("Europe/Kyiv", "Europe/Kyiv"), ("Asia/Calcutta", "Asia/Kolkata")):
        made = me.ask("POST", WORKSPACES, {"name": given, "zone": given})
        assert (made.status, made.body["zone"]) == (201, stored)


def test_another_person_may_call_a_workspace_the_same(home: RunningSystem) -> None:
    other = signed_in(home, "Bruna", new=True)
    assert signed_in(home).ask("POST", WORKSPACES, {"name": "Bottega"}).status == 201
    assert other.ask("POST", WORKSPACES, {"name": "Bottega"}).status == 201


def test_switching_workspace_carries_over_no_idempotency_key_or_stream(home: RunningSystem) -> None:
    """Idempotency-Keys and event streams belong to the workspace in which they began."""
    me = signed_in(home)
    first, once = (
        me.ask("POST", "/api/v1/posts", {"content": "Qui"}, idempotency_key="k").body,
        {"idempotency_key": "k"},
    )
    elsewhere = me.ask("POST", WORKSPACES, {"name": "Altrove"}).body["id"]
    with stream(home.url, "/api/v1/events?last_event_id=0", None, {"Cookie": f"araldo_session={me.token}"}) as opened:
        me.ask("PATCH", SESSION, {"workspace_id": elsewhere})
        second = me.ask("POST", "/api/v1/posts", {"content": "Qui"}, **once).body
        last = home.ask("POST", "/api/v1/posts", {"content": "Di nuovo qui"}).body
        seen = []
        while last["job_id"] not in seen:
            event = opened.next()
            assert event is not None
            seen.append(event.data["post_id"])
    assert second["job_id"] != first["job_id"]
    assert second["job_id"] not in seen
    assert first["job_id"] in seen


def _backdate_sessions(home: RunningSystem, minutes: int) -> None:
    """Move the creation of every session into the past."""
    begun = datetime.now(UTC) - timedelta(minutes=minutes)
    with closing(sqlite3.connect(home.settings.data_dir / "araldo.db")) as database:
        database.execute("UPDATE sessions SET created_at = ?", (begun.strftime("%Y-%m-%d %H:%M:%S.%f"),))
        database.commit()


def test_an_old_session_needs_the_password_to_create_a_key(home: RunningSystem) -> None:
    me, password = signed_in(home), "quattro gatti sul tetto"
    assert me.ask("PUT", "/api/v1/session/password", {"new": password}).status == 204
    assert me.ask("POST", "/api/v1/keys", {"name": "fresh"}).status == 201
    _backdate_sessions(home, 9)
    assert me.ask("POST", "/api/v1/keys", {"name": "still fresh"}).status == 201
    _backdate_sessions(home, 11)
    refused = me.ask("POST", "/api/v1/keys", {"name": "old"})
    assert (refused.status, refused.body["code"]) == (403, "password_needed")
    wrong = me.ask("POST", "/api/v1/keys", {"name": "old", "password": "another one entirely"})
    assert (wrong.status, wrong.body["errors"][0]["pointer"]) == (422, "/password")
    assert me.ask("POST", "/api/v1/keys", {"name": "proved", "password": password}).status == 201
    assert me.ask("POST", "/api/v1/session/totp", {}).body["code"] == "password_needed"
    assert me.ask("POST", "/api/v1/session/totp", {"password": password}).status == 200
    names = [one["name"] for one in me.ask("GET", "/api/v1/keys").body["data"]]
    assert names[:3] == ["proved", "still fresh", "fresh"]


def test_without_a_password_an_old_session_must_sign_in_again_for_a_key(home: RunningSystem) -> None:
    me = signed_in(home)
    _backdate_sessions(home, 11)
    for body in ({"name": "old"}, {"name": "old", "password": "anything at all"}):
        refused = me.ask("POST", "/api/v1/keys", body)
        assert (refused.status, refused.body["code"]) == (403, "sign_in_again")
    assert signed_in(home).ask("POST", "/api/v1/keys", {"name": "new"}).status == 201
