"""Reconnecting accounts: valid and invalid callbacks, expiry, and posts that waited for their account."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.support.login_dialog import FORM, PAGE, Browser, begin_login, complete_login, open_dialog, token_request
from tests.support.running_system import Reply, RunningSystem, ask
from tests.support.waiting import until


def callback(url: str, **query: str) -> Reply:
    """Request the log-in's callback with any parameters."""
    browser = Browser()
    page = open_dialog(url, browser)
    if page.status != 200:
        return page
    asked = {name: values[0] for name, values in parse_qs(urlsplit(browser.url).query).items()}
    return browser.open(f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], **query})}")


def change(home: RunningSystem, statement: str, *values: object) -> None:
    """Execute SQL directly, for changes that no command makes."""
    with closing(sqlite3.connect(home.settings.data_dir / "araldo.db", timeout=15)) as database:
        database.execute(statement, values)
        database.commit()


def rows(home: RunningSystem, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home.settings.data_dir / "araldo.db", timeout=15)) as database:
        return list(database.execute(query))


LONG_AGO = "2020-01-01 00:00:00.000000"


@pytest.mark.parametrize("column", ["revoked_at", "expires_at"])
def test_a_login_is_refused_after_its_key_is_revoked(empty: RunningSystem, column: str) -> None:
    url = begin_login(empty)["login_url"]
    page = complete_login(begin_login(empty)["login_url"]).raw.decode()
    ticket = unescape(re.findall(r'name=ticket value="([^"]*)"', page)[0])
    change(empty, f"UPDATE api_keys SET {column} = ?", LONG_AGO)
    assert complete_login(url).status == 403
    data = urlencode({"ticket": ticket, "group_ids": PAGE}).encode()
    assert ask("POST", f"{empty.url}/api/v1/connections/chosen", headers=FORM, data=data).status == 403
    assert rows(empty, "SELECT id FROM accounts") == []


def test_a_state_is_valid_for_its_service_only(empty: RunningSystem) -> None:
    url = begin_login(empty)["login_url"]
    state = parse_qs(urlsplit(url).query)["state"][0]
    query = urlencode({"state": state, "code": "x"})
    other = ask("GET", f"{empty.url}/api/v1/accounts/connect/elsewhere/callback?{query}")
    assert (other.status, other.body["code"]) == (404, "service_unknown")
    assert complete_login(url).status == 200


def test_an_expired_login_is_refused_as_expired(empty: RunningSystem) -> None:
    begun = begin_login(empty)
    change(empty, "UPDATE connections SET expires_at = ?", LONG_AGO)
    assert callback(begun["login_url"], code="x").status == 403
    assert empty.ask("GET", f"/api/v1/connections/{begun['id']}").body["status"] == "expired"
    chosen = empty.ask("POST", f"/api/v1/connections/{begun['id']}/choose", {"group_ids": [PAGE]})
    assert (chosen.status, chosen.body["code"]) == (409, "connection_over")


def test_found_pages_are_deleted_after_ten_minutes(empty: RunningSystem) -> None:
    reply = empty.ask(
        "POST",
        "/api/v1/connections",
        token_request(empty.meta.mint("user_long")),
    ).body
    change(empty, "UPDATE connections SET expires_at = ?", LONG_AGO)
    found = empty.ask("GET", f"/api/v1/connections/{reply['id']}").body
    assert (found["status"], found["groups"]) == ("expired", [])
    path = f"/api/v1/connections/{reply['id']}/choose"
    assert empty.ask("POST", path, {"group_ids": [PAGE]}).body["code"] == "connection_over"
    begin_login(empty)
    assert rows(empty, "SELECT count(*) FROM connections WHERE found IS NOT NULL") == [(0,)]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"error": "access_denied", "error_reason": "user_denied", "error_code": "200"}, "not granted"),
        ({}, "not granted"),
        ({"code": ""}, "not granted"),
        ({"code": "made-up"}, "Start again"),
        ({"code": "x" * 6_000}, "Start again"),
        ({"code": "<script>alert(1)</script>"}, "Start again"),
    ],
)
def test_every_callback_answers_with_html(empty: RunningSystem, query: dict[str, str], said: str) -> None:
    begun = begin_login(empty)
    page = callback(begun["login_url"], **query)
    assert (page.status, said in page.raw.decode(), b"<script" in page.raw) == (200, True, False)
    found = empty.ask("GET", f"/api/v1/connections/{begun['id']}").body
    assert (found["status"], found["groups"], said in found["error"]) == ("failed", [], True)


@pytest.mark.parametrize("state", ["x" * 9_000, "a.b.c", "....", "con_1.é.x", "\x00", "%F0%9F%98%80"])
def test_a_malformed_state_is_refused(empty: RunningSystem, state: str) -> None:
    path = "/api/v1/accounts/connect/meta/callback"
    page = ask("GET", f"{empty.url}{path}?{urlencode({'state': state, 'code': 'x'})}")
    assert page.status == 403
    ticket = urlencode({"ticket": state, "group_ids": PAGE}).encode()
    assert ask("POST", f"{empty.url}/api/v1/connections/chosen", headers=FORM, data=ticket).status == 403


def test_reconnecting_keeps_the_account_and_stores_the_newest_tokens(home: RunningSystem) -> None:
    before = {one["kind"]: one for one in home.ask("GET", "/api/v1/accounts").body["data"]}
    account = before["facebook_page"]["id"]
    home.ask("PATCH", f"/api/v1/accounts/{account}", {"default": True})
    for token in home.meta.state()["tokens"]:
        home.meta.control("tokens/kill", {"access_token": token["access_token"], "subcode": 460})
    assert home.ask("POST", f"/api/v1/accounts/{account}/check").body["health"] == "dead"
    for _ in range(2):
        again = home.ask(
            "POST",
            "/api/v1/connections",
            token_request(home.meta.mint("user_long")),
        ).body
        home.ask("POST", f"/api/v1/connections/{again['id']}/choose", {"group_ids": [PAGE]})
    after = {one["kind"]: one for one in home.ask("GET", "/api/v1/accounts").body["data"]}
    assert {kind: one["id"] for kind, one in after.items()} == {kind: one["id"] for kind, one in before.items()}
    page = after["facebook_page"]
    assert (page["default"], page["health"], page["health_hint"]) == (True, "ok", None)
    assert home.ask("POST", f"/api/v1/accounts/{account}/check").body["health"] == "ok"
    assert home.create(publish_immediately=True).body["status"] == "published"


def test_an_account_with_missing_permissions_is_not_ok(empty: RunningSystem) -> None:
    some = ["pages_show_list", "pages_read_engagement", "pages_manage_posts"]
    token = empty.meta.mint("user_long", scopes=some)
    reply = empty.ask("POST", "/api/v1/connections", token_request(token)).body
    assert any("instagram_content_publish" in lack for lack in reply["groups"][0]["lacks"])
    chosen = empty.ask("POST", f"/api/v1/connections/{reply['id']}/choose", {"group_ids": [PAGE]}).body["data"]
    health = {one["kind"]: one["health"] for one in chosen}
    assert health == {"facebook_page": "ok", "instagram_account": "action_needed"}
    checked = {one["kind"]: empty.ask("POST", f"/api/v1/accounts/{one['id']}/check").body for one in chosen}
    assert {kind: one["health"] for kind, one in checked.items()} == health


def test_after_an_expired_token_reconnecting_publishes_waiting_posts(home: RunningSystem) -> None:
    for token in home.meta.state()["tokens"]:
        home.meta.control("tokens/kill", {"access_token": token["access_token"], "subcode": 463})
    waiting = home.create(platforms=["facebook", "instagram"], publish_immediately=True).body
    said = {one["state"]: one["error"] for one in waiting["platforms"]}
    assert said == {"needs_reconnect": "The Facebook session has expired. Reconnect the account."}
    begun = begin_login(home)
    complete_login(begun["login_url"])
    home.ask("POST", f"/api/v1/connections/{begun['id']}/choose", {"group_ids": [PAGE]})
    until(lambda: home.ask("GET", f"/api/v1/social/posts/{waiting['job_id']}").body["status"] == "published")
    assert len(home.meta.published_ids()) == 2
    told = [kind for (kind,) in rows(home, "SELECT kind FROM events ORDER BY id")]
    connected = len(told) - told[::-1].index("account.connected")
    assert told[connected:].count("delivery.queued") == 2
    assert told.count("account.health") == 2


def test_waiting_posts_are_published_once_an_inspection_finds_the_account_ok(home: RunningSystem) -> None:
    error = {"code": 190, "error_subcode": 492, "message": "x"}
    home.meta.fault(path="/photos", kind="graph_error", error=error, times=1)
    waiting = home.create(publish_immediately=True).body
    assert "role" in waiting["platforms"][0]["error"]
    page = next(one for one in home.ask("GET", "/api/v1/accounts").body["data"] if one["kind"] == "facebook_page")
    assert page["health"] == "action_needed"
    assert home.ask("POST", f"/api/v1/accounts/{page['id']}/check").body["health"] == "ok"
    until(lambda: home.ask("GET", f"/api/v1/social/posts/{waiting['job_id']}").body["status"] == "published")
    assert len(home.meta.published_ids()) == 1
