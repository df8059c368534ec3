"""Members of a workspace: list, and remove with sessions and streams, except the last one."""

from __future__ import annotations

from tests.support.browsing import signed_in
from tests.support.running_system import RunningSystem
from tests.support.sse import stream
from tests.support.waiting import until

MEMBERS, USERS = "/api/v1/members", "/api/v1/users"


def test_a_removed_member_loses_access_and_streams_at_once(home: RunningSystem) -> None:
    me, other = signed_in(home), signed_in(home, "Bruna", new=True)
    listed = me.ask("GET", MEMBERS).body["data"]
    assert [one["name"] for one in listed] == ["owner", "Bruna"]
    bruna = listed[1]["id"]
    with stream(home.url, "/api/v1/events", None, {"Cookie": f"araldo_session={other.token}"}) as opened:
        assert me.ask("DELETE", f"{MEMBERS}/{bruna}").status == 204
        assert other.ask("GET", "/api/v1/posts").status == 401
        until(lambda: opened.next() is None, 5)
    assert me.ask("DELETE", f"{MEMBERS}/{bruna}").status == 404
    assert [one["name"] for one in me.ask("GET", MEMBERS).body["data"]] == ["owner"]
    (entry,) = me.ask("GET", "/api/v1/audit?action=member_removed").body["data"]
    assert (entry["actor"]["name"], entry["target"], entry["target_name"]) == ("owner", bruna, "Bruna")


def test_the_last_owner_cannot_be_removed(home: RunningSystem) -> None:
    me = signed_in(home)
    (only,) = me.ask("GET", MEMBERS).body["data"]
    refused = me.ask("DELETE", f"{MEMBERS}/{only['id']}")
    assert (refused.status, refused.body["code"]) == (409, "last_owner")
    assert "Araldo" in refused.body["detail"]
    assert me.ask("GET", MEMBERS).status == 200


def test_a_key_cannot_remove_members(home: RunningSystem) -> None:
    for path in (MEMBERS, USERS):
        refused = home.ask("DELETE", f"{path}/usr_1")
        assert (refused.status, refused.body["code"]) == (403, "person_needed")


def test_a_deleted_users_name_is_free_again(home: RunningSystem) -> None:
    me, other = signed_in(home), signed_in(home, "Bruna", new=True)
    bruna = me.ask("GET", MEMBERS).body["data"][1]["id"]
    assert me.ask("DELETE", f"{USERS}/{bruna}").status == 204
    assert other.ask("GET", "/api/v1/session").status == 401
    assert me.ask("DELETE", f"{USERS}/{bruna}").status == 404
    (entry,) = me.ask("GET", "/api/v1/audit?action=user_removed").body["data"]
    assert (entry["actor"]["name"], entry["target"], entry["target_name"]) == ("owner", bruna, "Bruna")
    again = signed_in(home, "Bruna", new=True)
    assert again.ask("GET", "/api/v1/session").body["user"]["id"] != bruna


def test_a_member_of_another_workspace_cannot_be_deleted_as_a_user(home: RunningSystem) -> None:
    me, other = signed_in(home), signed_in(home, "Bruna", new=True)
    bruna = other.ask("GET", "/api/v1/session").body["user"]["id"]
    elsewhere = other.ask("POST", "/api/v1/workspaces", {"name": "Bottega segreta"}).body["id"]
    refused = me.ask("DELETE", f"{USERS}/{bruna}")
    assert (refused.status, refused.body["code"]) == (403, "user_elsewhere")
    assert "Bottega" not in refused.raw.decode()
    assert other.ask("PATCH", "/api/v1/session", {"workspace_id": elsewhere}).status == 200
    assert other.ask("DELETE", f"{USERS}/{bruna}").body["code"] == "last_owner"
    assert me.ask("DELETE", f"{MEMBERS}/{bruna}").status == 204
    assert other.ask("GET", "/api/v1/session").status == 200


def test_the_last_user_cannot_be_deleted(home: RunningSystem) -> None:
    me = signed_in(home)
    (only,) = me.ask("GET", MEMBERS).body["data"]
    assert me.ask("DELETE", f"{USERS}/{only['id']}").body["code"] == "last_owner"
    assert me.ask("GET", "/api/v1/session").status == 200
