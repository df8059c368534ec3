"""People of a workspace: listed, and removed with their sessions and streams, but for the last one."""

from __future__ import annotations

from tests.support.browsing import signed_in
from tests.support.house import House
from tests.support.sse import stream
from tests.support.waiting import until

MEMBERS = "/api/v1/members"


def test_who_is_removed_is_out_at_once_and_their_streams_end(home: House) -> None:
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


def test_the_last_member_stays(home: House) -> None:
    me = signed_in(home)
    (only,) = me.ask("GET", MEMBERS).body["data"]
    refused = me.ask("DELETE", f"{MEMBERS}/{only['id']}")
    assert (refused.status, refused.body["code"]) == (409, "last_member")
    assert "Araldo" in refused.body["detail"]
    assert me.ask("GET", MEMBERS).status == 200


def test_a_key_removes_nobody(home: House) -> None:
    refused = home.ask("DELETE", f"{MEMBERS}/usr_1")
    assert (refused.status, refused.body["code"]) == (403, "person_needed")
