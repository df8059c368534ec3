"""Connecting accounts: by log-in, by any kind of token, and only the chosen Pages."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.support.browsing import cookie_of, signed_in
from tests.support.login_dialog import (
    FORM,
    PAGE,
    Browser,
    begin_login,
    complete_login,
    final_url_of_login,
    open_dialog,
    token_request,
)
from tests.support.running_system import RunningSystem, ask, start_system
from tests.support.waiting import until


@pytest.fixture
def empty(empty: RunningSystem) -> RunningSystem:
    """A system without connected accounts, and a second Page that is not to be connected."""
    empty.meta.control("pages", {"name": "Altra Pagina", "instagram_username": "altra"})
    return empty


def names(home: RunningSystem) -> list[str]:
    return [account["name"] for account in home.ask("GET", "/api/v1/accounts").body["data"]]


def test_the_page_chosen_is_the_page_connected(empty: RunningSystem) -> None:
    begun = begin_login(empty)
    assert empty.ask("POST", f"/api/v1/connections/{begun['id']}/choose", {"group_ids": [PAGE]}).status == 409
    back = complete_login(begun["login_url"])
    assert back.status == 200
    assert "Studio Demo" in back.raw.decode()
    found = empty.ask("GET", f"/api/v1/connections/{begun['id']}").body
    assert (found["status"], [page["name"] for page in found["groups"]]) == ("pending", ["Studio Demo", "Altra Pagina"])
    first = found["groups"][0]
    assert ([account["username"] for account in first["accounts"]], first["lacks"]) == ([None, "studio.demo"], [])
    assert first["platforms"] == ["facebook", "instagram", "instagram_story", "facebook_story"]
    wrong = empty.ask("POST", f"/api/v1/connections/{begun['id']}/choose", {"group_ids": ["7"]})
    assert (wrong.status, wrong.body["errors"][0]["pointer"]) == (422, "/group_ids/0")
    other = found["groups"][1]["id"]
    chosen = empty.ask("POST", f"/api/v1/connections/{begun['id']}/choose", {"group_ids": [other]})
    assert [account["name"] for account in chosen.body["data"]] == ["Altra Pagina", "altra"]
    assert names(empty) == ["Altra Pagina", "altra"]
    assert empty.ask("POST", f"/api/v1/connections/{begun['id']}/choose", {"group_ids": [PAGE]}).status == 409
    ends = [(end["what"], end["at"]) for account in chosen.body["data"] for end in account["ends"]]
    assert {end for end in ends if end[0] == "Access to the Page"} == {("Access to the Page", None)}


def test_the_selection_form_connects_the_checked_pages(empty: RunningSystem) -> None:
    back = complete_login(begin_login(empty)["login_url"]).raw.decode()
    ticket = unescape(re.findall(r'name=ticket value="([^"]*)"', back)[0])
    data = urlencode({"ticket": ticket, "group_ids": PAGE}).encode()
    done = ask("POST", f"{empty.url}/api/v1/connections/chosen", headers=FORM, data=data)
    assert (done.status, "Studio Demo" in done.raw.decode()) == (200, True)
    assert names(empty) == ["Studio Demo", "studio.demo"]
    again = ask("POST", f"{empty.url}/api/v1/connections/chosen", headers=FORM, data=data)
    assert again.status == 409
    forged = urlencode({"ticket": ticket[:-3] + "abc", "group_ids": PAGE}).encode()
    assert ask("POST", f"{empty.url}/api/v1/connections/chosen", headers=FORM, data=forged).status == 403


def test_the_state_is_signed_and_good_once(empty: RunningSystem) -> None:
    browser = Browser()
    open_dialog(begin_login(empty)["login_url"], browser)
    url = browser.url
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked["redirect_uri"] == f"{empty.url}/api/v1/accounts/connect/meta/callback"
    for state in ("", "nonsense", asked["state"][:-3] + "abc"):
        refused = ask("GET", f"{asked['redirect_uri']}?{urlencode({'state': state, 'code': 'x'})}")
        assert refused.status == 403
    assert complete_login(url, browser=browser).status == 200
    replayed = browser.open(f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], 'code': 'x'})}")
    assert replayed.status == 403


def test_a_connection_begun_by_a_session_continues_in_the_studio(empty: RunningSystem) -> None:
    me = signed_in(empty)
    for button, status in (("allow", "pending"), ("cancel", "failed")):
        reply = me.ask("POST", "/api/v1/connections", {"service": "meta"})
        begun, browser = reply.body, Browser({name: one.value for name, one in cookie_of(reply).items()})
        assert (
            final_url_of_login(begun["login_url"], button, browser=browser)
            == f"{empty.url}/accounts/connect/{begun['id']}"
        )
        assert me.ask("GET", f"/api/v1/connections/{begun['id']}").body["status"] == status
    assert final_url_of_login(begin_login(empty)["login_url"]) == ""


def test_a_connection_ends_with_the_session_that_began_it(empty: RunningSystem) -> None:
    me = signed_in(empty)
    begun = me.ask("POST", "/api/v1/connections", {"service": "meta"}).body
    assert me.ask("DELETE", "/api/v1/session").status == 204
    assert complete_login(begun["login_url"]).status == 403
    assert me.ask("POST", f"/api/v1/connections/{begun['id']}/choose", {"group_ids": [PAGE]}).status == 401
    assert names(empty) == []


def test_who_declines_connects_nothing(empty: RunningSystem) -> None:
    begun = begin_login(empty)
    assert "not granted" in complete_login(begun["login_url"], "cancel").raw.decode()
    found = empty.ask("GET", f"/api/v1/connections/{begun['id']}").body
    assert (found["status"], found["groups"]) == ("failed", [])
    assert names(empty) == []


def test_a_permission_that_was_declined_is_named(empty: RunningSystem) -> None:
    begun = begin_login(empty)
    complete_login(begun["login_url"], scopes=["instagram_content_publish"])
    lacks = empty.ask("GET", f"/api/v1/connections/{begun['id']}").body["groups"][0]["lacks"]
    assert any("instagram_content_publish" in lack for lack in lacks)


@pytest.mark.parametrize("kind", ["user_short", "user_long", "system_user"])
def test_a_pasted_token_of_any_kind_becomes_a_page_token_that_stays(empty: RunningSystem, kind: str) -> None:
    reply = empty.ask(
        "POST",
        "/api/v1/connections",
        token_request(empty.meta.mint(kind)),
    )
    assert (reply.status, reply.body["status"]) == (201, "pending")
    path = f"/api/v1/connections/{reply.body['id']}/choose"
    accounts = empty.ask("POST", path, {"group_ids": [PAGE]}).body["data"]
    assert [account["ends"][0] for account in accounts] == [
        {"what": "Access to the Page", "at": None, "renewable": False}
    ] * 2


def test_pages_of_a_portfolio_are_found(empty: RunningSystem) -> None:
    empty.meta.control("settings", {"accounts_empty": True})
    reply = empty.ask(
        "POST",
        "/api/v1/connections",
        token_request(empty.meta.mint("user_long")),
    )
    assert "Studio Demo" in [page["name"] for page in reply.body["groups"]]


@pytest.mark.parametrize(("token", "said"), [("1|2", "app token"), ("EAAnothing", "no longer valid")])
def test_an_unsuitable_token_is_refused_with_advice(empty: RunningSystem, token: str, said: str) -> None:
    reply = empty.ask("POST", "/api/v1/connections", token_request(token))
    assert (reply.status, reply.body["code"]) == (422, "token_refused")
    assert said in reply.body["detail"]
    assert token not in reply.raw.decode()


def test_what_is_missing_or_unknown_is_named_at_its_field(empty: RunningSystem) -> None:
    asked = {"service": "meta", "method": "token", "answers": {"token": " ", "tokn": "EAAsecret"}}
    reply = empty.ask("POST", "/api/v1/connections", asked)
    problems = [(problem["pointer"], problem["code"]) for problem in reply.body["errors"]]
    assert (reply.status, problems) == (422, [("/answers/tokn", "unknown_field"), ("/answers/token", "missing")])
    assert "EAAsecret" not in reply.raw.decode()


@pytest.mark.parametrize(
    ("asked", "code"),
    [({"service": "elsewhere"}, "service_unknown"), ({"service": "meta", "method": "magic"}, "method_unknown")],
)
def test_an_unknown_service_or_method_is_not_found(empty: RunningSystem, asked: dict[str, str], code: str) -> None:
    reply = empty.ask("POST", "/api/v1/connections", asked)
    assert (reply.status, reply.body["code"]) == (404, code)


def test_without_an_app_secret_the_limits_are_named(tmp_path: Path) -> None:
    with start_system(tmp_path, connect=False, meta={"graph_url": "http://127.0.0.1:9"}) as home:
        refused = home.ask("POST", "/api/v1/connections", {"service": "meta"})
    assert (refused.status, refused.body["code"]) == (422, "app_missing")
    assert "ARALDO_META__APP_SECRET" in refused.body["detail"]


def test_an_account_is_inspected_on_request(home: RunningSystem) -> None:
    accounts = {one["kind"]: one for one in home.ask("GET", "/api/v1/accounts").body["data"]}
    path = f"/api/v1/accounts/{accounts['facebook_page']['id']}/check"
    well = home.ask("POST", path).body
    assert (well["health"], well["health_hint"]) == ("ok", None)
    assert well["checked_at"] is not None
    for token in home.meta.state()["tokens"]:
        home.meta.control("tokens/kill", {"access_token": token["access_token"], "subcode": 463})
    dead = home.ask("POST", path, accept_language="it").body
    assert (dead["health"], dead["health_hint"]) == (
        "dead",
        "La sessione di Facebook è scaduta. Ricollega l'account.",
    )


def test_waiting_posts_are_published_after_reconnecting(home: RunningSystem) -> None:
    for token in home.meta.state()["tokens"]:
        home.meta.control("tokens/kill", {"access_token": token["access_token"], "subcode": 463})
    waiting = home.create(publish_immediately=True).body
    assert waiting["platforms"][0]["state"] == "needs_reconnect"
    reply = home.ask(
        "POST",
        "/api/v1/connections",
        token_request(home.meta.mint("user_long")),
    )
    home.ask("POST", f"/api/v1/connections/{reply.body['id']}/choose", {"group_ids": [PAGE]})
    until(lambda: home.ask("GET", f"/api/v1/social/posts/{waiting['job_id']}").body["status"] == "published")
    assert len(home.meta.published_ids()) == 1


def test_one_account_of_a_kind_is_the_default(empty: RunningSystem) -> None:
    reply = empty.ask(
        "POST",
        "/api/v1/connections",
        token_request(empty.meta.mint("user_long")),
    ).body
    pages = [page["id"] for page in reply["groups"]]
    empty.ask("POST", f"/api/v1/connections/{reply['id']}/choose", {"group_ids": pages})
    assert empty.create(publish_immediately=True).body["errors"][0]["code"] == "account_ambiguous"
    accounts = empty.ask("GET", "/api/v1/accounts").body["data"]
    places = [one["id"] for one in accounts if one["kind"] == "facebook_page"]
    for account_id in places:
        assert empty.ask("PATCH", f"/api/v1/accounts/{account_id}", {"default": True}).body["default"] is True
    defaults = [one["id"] for one in empty.ask("GET", "/api/v1/accounts").body["data"] if one["default"]]
    assert defaults == [places[1]]
    assert empty.create(publish_immediately=True).body["status"] == "published"
