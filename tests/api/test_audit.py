"""The audit log over HTTP: actions with actor and address, paging, filters, no secrets."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from html import unescape
from typing import Any
from urllib.parse import urlencode

from tests.support.browsing import Person, signed_in
from tests.support.login_dialog import FORM, PAGE, begin_login, complete_login, token_request
from tests.support.running_system import RunningSystem, ask
from tests.support.waiting import until

AUDIT = "/api/v1/audit"
SESSION = "/api/v1/session"
PASSWORD = "quattro gatti sul tetto"


def entries(who: RunningSystem | Person, query: str = "") -> list[dict[str, Any]]:
    reply = who.ask("GET", f"{AUDIT}?limit=100{query}")
    assert reply.status == 200, reply.raw
    found: list[dict[str, Any]] = reply.body["data"]
    # The fixture connects its account beside the server, as nobody in particular.
    return [one for one in found if one["actor"]["kind"] != "system"]


def actions(found: list[dict[str, Any]]) -> list[str]:
    return [one["action"] for one in found]


def test_sign_in_and_later_actions_are_recorded_newest_first(home: RunningSystem) -> None:
    me = signed_in(home)
    user = me.ask("GET", SESSION).body["user"]
    me.ask("PUT", f"{SESSION}/password", {"new": PASSWORD})
    key = me.ask("POST", "/api/v1/keys", {"name": "Blog"}).body
    me.ask("DELETE", f"/api/v1/keys/{key['id']}")
    me.ask("DELETE", "/api/v1/sessions")
    found = entries(home)
    assert actions(found) == ["sessions_ended", "key_revoked", "key_created", "password_changed", "signed_in"]
    by = {"kind": "user", "id": user["id"], "name": "owner"}
    assert all((one["actor"], one["address"]) == (by, "127.0.0.1") for one in found)
    assert [(one["target"], one["target_name"]) for one in found[1:3]] == [(key["id"], "Blog")] * 2
    assert entries(me) == found


def test_failed_sign_ins_are_recorded_without_the_password(home: RunningSystem) -> None:
    signed_in(home)
    for _ in range(10):
        assert ask("POST", home.url + SESSION, {"name": "Owner", "password": "it is not this"}).status == 401
    assert ask("POST", home.url + SESSION, {"name": "Owner", "password": "nor that"}).status == 429
    assert ask("POST", home.url + SESSION, {"name": "my-secret-phrase", "password": "owner"}).status == 401
    raw = home.ask("GET", f"{AUDIT}?limit=100").raw.decode()
    found = entries(home)
    assert actions(found) == ["locked_out", *["sign_in_failed"] * 10, "signed_in"]
    assert found[0]["actor"] == {"kind": "unknown", "id": None, "name": None}
    assert (found[0]["target_name"], found[0]["address"]) == ("owner", "127.0.0.1")
    assert "it is not this" not in raw
    with closing(sqlite3.connect(home.settings.data_dir / "araldo.db")) as database:
        (count,) = database.execute("SELECT count(*) FROM audit_log WHERE workspace_id IS NULL").fetchone()
        everything = str(database.execute("SELECT * FROM audit_log").fetchall())
    assert (count, "my-secret-phrase" in everything) == (1, False)


def test_publishing_and_deleting_a_post_is_recorded(home: RunningSystem) -> None:
    me = signed_in(home)
    body = {"content": "Ciao", "platforms": ["facebook"], "publish_immediately": True}
    path = "/api/v1/social/create-multi-platform-post?wait=20"
    mine = me.ask("POST", path, body).body["job_id"]
    keys = home.create(wait=20, publish_immediately=True).body["job_id"]
    for post in (mine, keys):
        until(lambda post=post: "published" in actions(entries(home, f"&target={post}")))  # type: ignore[misc]  # bound now
    assert home.ask("DELETE", f"/api/v1/posts/{mine}").status == 204
    of_mine = entries(home, f"&target={mine}")
    assert actions(of_mine) == ["post_deleted", "published", "publish_requested"]
    assert [one["actor"]["kind"] for one in of_mine] == ["key", "user", "user"]
    assert of_mine[1]["target_name"] == "facebook"
    published = entries(home, f"&action=published&target={keys}")
    assert [(one["actor"]["kind"], one["actor"]["name"], one["address"]) for one in published] == [
        ("key", "test", "127.0.0.1")
    ]
    draft = home.ask("POST", "/api/v1/posts", {"content": "Bozza"}).body["job_id"]
    assert entries(home, f"&target={draft}") == []


def test_connecting_is_recorded_with_the_account(home: RunningSystem) -> None:
    pasted = home.ask("POST", "/api/v1/connections", token_request(home.meta.mint())).body
    chosen = home.ask("POST", f"/api/v1/connections/{pasted['id']}/choose", {"group_ids": [PAGE]})
    accounts = {(one["id"], one["name"]) for one in chosen.body["data"]}
    found = entries(home, "&action=account_connected")
    assert {(one["target"], one["target_name"]) for one in found} == accounts
    assert (len(found), {one["actor"]["name"] for one in found}) == (2, {"test"})


def test_connecting_on_the_login_page_is_recorded_for_who_began_it(home: RunningSystem) -> None:
    page = complete_login(begin_login(home)["login_url"]).raw.decode()
    (ticket,) = re.findall(r'name=ticket value="([^"]*)"', page)
    data = urlencode({"ticket": unescape(ticket), "group_ids": PAGE}).encode()
    assert ask("POST", f"{home.url}/api/v1/connections/chosen", headers=FORM, data=data).status == 200
    found = entries(home, "&action=account_connected")
    assert {(one["actor"]["kind"], one["actor"]["name"], one["address"]) for one in found} == {
        ("key", "test", "127.0.0.1")
    }


def test_entries_are_paged_and_filtered(home: RunningSystem) -> None:
    me = signed_in(home)
    ids = [me.ask("POST", "/api/v1/keys", {"name": f"Chiave {number}"}).body["id"] for number in range(5)]
    seen, cursor = [], ""
    while True:
        page = me.ask("GET", f"{AUDIT}?limit=2&action=key_created{cursor}").body
        seen += [one["target"] for one in page["data"]]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == ids[::-1]
    assert actions(entries(me, "&actor=owner&action=signed_in&action=key_revoked")) == ["signed_in"]
    assert entries(me, "&actor=nobody") == []
    assert entries(me, "&from=2999-01-01T00:00:00Z") == []
    assert me.ask("GET", f"{AUDIT}?action=nothing").status == 422
    assert me.ask("GET", f"{AUDIT}?cursor=nothing").status == 422


def test_a_limited_key_cannot_read_the_audit_log(home: RunningSystem) -> None:
    assert home.ask("GET", AUDIT).status == 200
    with closing(sqlite3.connect(home.settings.data_dir / "araldo.db")) as database:
        database.execute("UPDATE api_keys SET scopes = '[\"read\"]'")
        database.commit()
    refused = home.ask("GET", AUDIT)
    assert (refused.status, refused.body["code"]) == (403, "permission_missing")
