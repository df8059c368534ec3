"""Keys and workspaces by the API: made by people, used by programs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from tests.support.browsing import signed_in
from tests.support.house import House, ask
from tests.support.sse import stream
from tests.support.waiting import until

KEYS, WORKSPACES, SESSION = "/api/v1/keys", "/api/v1/workspaces", "/api/v1/session"


def works(home: House, key: str) -> bool:
    return ask("GET", f"{home.url}/api/v1/accounts", headers={"Authorization": f"Bearer {key}"}).status == 200


def test_a_key_is_shown_once_works_and_is_ended(home: House) -> None:
    me = signed_in(home)
    made = me.ask("POST", KEYS, {"name": " Robot "}, idempotency_key="same")
    assert (made.status, made.body["name"], made.body["last_used_at"]) == (201, "Robot", None)
    assert made.headers["cache-control"] == "no-store"
    key = made.body["key"]
    assert key.startswith(made.body["prefix"])
    assert works(home, key)
    listed = me.ask("GET", KEYS).body["data"]
    assert [one["name"] for one in listed] == ["Robot", "test"]
    assert listed[0]["last_used_at"] >= made.body["created_at"]
    # What is shown once is not answered again: the header makes no difference here.
    assert me.ask("POST", KEYS, {"name": "Robot"}, idempotency_key="same").body["id"] != made.body["id"]
    assert me.ask("DELETE", f"{KEYS}/{made.body['id']}").status == 204
    assert not works(home, key)
    assert me.ask("DELETE", f"{KEYS}/{made.body['id']}").status == 404
    assert made.body["id"] not in [one["id"] for one in me.ask("GET", KEYS).body["data"]]


def test_a_key_may_have_an_end(home: House) -> None:
    me, now = signed_in(home), datetime.now(UTC)
    past = me.ask("POST", KEYS, {"expires_at": (now - timedelta(seconds=1)).isoformat()})
    assert (past.status, past.body["errors"][0]["pointer"]) == (422, "/expires_at")
    naive = me.ask("POST", KEYS, {"expires_at": "2100-01-01T00:00:00"})
    assert (naive.status, naive.body["errors"][0]["pointer"]) == (422, "/expires_at")
    soon = me.ask("POST", KEYS, {"expires_at": (now + timedelta(seconds=2)).isoformat()}).body
    assert works(home, soon["key"])
    until(lambda: not works(home, soon["key"]), within_s=10)
    assert soon["id"] in [one["id"] for one in me.ask("GET", KEYS).body["data"]]


def test_a_key_makes_neither_keys_nor_workspaces(home: House) -> None:
    for method, path in (("GET", KEYS), ("POST", KEYS), ("GET", WORKSPACES), ("POST", WORKSPACES)):
        refused = home.ask(method, path, {"name": "x"})
        assert (refused.status, refused.body["code"]) == (403, "person_needed")


def test_a_workspace_is_made_gone_to_and_changed(home: House) -> None:
    me = signed_in(home)
    first = me.ask("GET", SESSION).body["workspace"]["id"]
    made = me.ask("POST", WORKSPACES, {"name": " Bottega ", "language": "en", "zone": "Europe/Lisbon"})
    assert made.status == 201
    assert made.body | {"id": ""} == {"id": "", "name": "Bottega", "language": "en", "zone": "Europe/Lisbon"}
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
    assert changed.body == {"id": first, "name": "Araldo", "language": "en", "zone": "Europe/Lisbon"}
    assert me.ask("GET", WORKSPACES).body["data"][0] == changed.body


def test_a_workspace_takes_the_servers_zone_unless_one_is_given_and_stores_names_of_today(home: House) -> None:
    me = signed_in(home)
    assert me.ask("POST", WORKSPACES, {"name": "Uno"}).body["zone"] == "Europe/Rome"
    for given, stored in (("UTC", "UTC"), ("Europe/Kyiv", "Europe/Kyiv"), ("Asia/Calcutta", "Asia/Kolkata")):
        made = me.ask("POST", WORKSPACES, {"name": given, "zone": given})
        assert (made.status, made.body["zone"]) == (201, stored)


def test_another_person_may_call_a_workspace_the_same(home: House) -> None:
    other = signed_in(home, "Bruna", new=True)
    assert signed_in(home).ask("POST", WORKSPACES, {"name": "Bottega"}).status == 201
    assert other.ask("POST", WORKSPACES, {"name": "Bottega"}).status == 201


def test_who_goes_elsewhere_begins_nothing_there_with_what_was_here(home: House) -> None:
    """An Idempotency-Key and a stream of events belong to the workspace that they were begun in."""
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


def _age(home: House, minutes: int) -> None:
    """Let every session have begun so long ago."""
    begun = datetime.now(UTC) - timedelta(minutes=minutes)
    with closing(sqlite3.connect(home.settings.data_dir / "araldo.db")) as database:
        database.execute("UPDATE sessions SET created_at = ?", (begun.strftime("%Y-%m-%d %H:%M:%S.%f"),))
        database.commit()


def test_a_session_of_old_makes_a_key_with_the_password_alone(home: House) -> None:
    me, password = signed_in(home), "quattro gatti sul tetto"
    assert me.ask("PUT", "/api/v1/session/password", {"new": password}).status == 204
    assert me.ask("POST", "/api/v1/keys", {"name": "fresh"}).status == 201
    _age(home, 9)
    assert me.ask("POST", "/api/v1/keys", {"name": "still fresh"}).status == 201
    _age(home, 11)
    refused = me.ask("POST", "/api/v1/keys", {"name": "old"})
    assert (refused.status, refused.body["code"]) == (403, "password_needed")
    wrong = me.ask("POST", "/api/v1/keys", {"name": "old", "password": "another one entirely"})
    assert (wrong.status, wrong.body["errors"][0]["pointer"]) == (422, "/password")
    assert me.ask("POST", "/api/v1/keys", {"name": "proved", "password": password}).status == 201
    assert me.ask("POST", "/api/v1/session/totp", {}).body["code"] == "password_needed"
    assert me.ask("POST", "/api/v1/session/totp", {"password": password}).status == 200
    names = [one["name"] for one in me.ask("GET", "/api/v1/keys").body["data"]]
    assert names[:3] == ["proved", "still fresh", "fresh"]


def test_who_has_no_password_signs_in_again_for_a_key(home: House) -> None:
    me = signed_in(home)
    _age(home, 11)
    for body in ({"name": "old"}, {"name": "old", "password": "anything at all"}):
        refused = me.ask("POST", "/api/v1/keys", body)
        assert (refused.status, refused.body["code"]) == (403, "sign_in_again")
    assert signed_in(home).ask("POST", "/api/v1/keys", {"name": "new"}).status == 201
