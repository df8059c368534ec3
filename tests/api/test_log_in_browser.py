"""A log-in is bound to the browser that began it or consented; no other can finish it."""

from __future__ import annotations

from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.support.browsing import Person, cookie_of, create_sign_in_link, signed_in
from tests.support.login_dialog import FORM, PAGE, Browser, begin_login, complete_login, final_url_of_login, open_dialog
from tests.support.running_system import Reply, RunningSystem, ask, start_system

LOGIN = "/api/v1/accounts/connect/meta"
BEGIN, BODY = "/api/v1/connections", {"service": "meta"}


@pytest.fixture
def me(empty: RunningSystem) -> Person:
    return signed_in(empty)


def browser_that_began(reply: Reply) -> Browser:
    return Browser({name: morsel.value for name, morsel in cookie_of(reply).items()})


def state_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["state"][0]


def connection(home: RunningSystem, begun: dict[str, str]) -> tuple[str, int, str | None]:
    found = home.ask("GET", f"/api/v1/connections/{begun['id']}").body
    return found["status"], len(found["groups"]), found["error"]


def test_another_person_cannot_finish_what_a_session_began(empty: RunningSystem, me: Person) -> None:
    reply = me.ask("POST", BEGIN, BODY)
    victim = Browser()
    page = complete_login(reply.body["login_url"], browser=victim)
    assert (page.status, "was started in another browser" in page.raw.decode()) == (403, True)
    status, pages, error = connection(empty, reply.body)
    assert (status, pages) == ("failed", 0)
    assert error is not None
    # Used up: the code that the victim brought is of no use to the browser that began it either.
    state = state_of(reply.body["login_url"])
    again = browser_that_began(reply).open(f"{empty.url}{LOGIN}/callback?{urlencode({'state': state, 'code': 'x'})}")
    assert again.status == 403
    assert empty.ask("GET", "/api/v1/accounts").body["data"] == []


def test_a_browser_with_a_log_in_of_its_own_cannot_finish_another(empty: RunningSystem, me: Person) -> None:
    mine, theirs = me.ask("POST", BEGIN, BODY), me.ask("POST", BEGIN, BODY)
    browser = browser_that_began(theirs)
    assert complete_login(mine.body["login_url"], browser=browser).status == 403
    (secret,) = browser.cookies.values()
    other = me.ask("POST", BEGIN, BODY).body
    assert complete_login(other["login_url"], browser=Browser({f"araldo_login_{other['id']}": secret})).status == 403
    # Two log-ins in one browser do not meet: its own is still good.
    assert (
        final_url_of_login(theirs.body["login_url"], browser=browser)
        == f"{empty.url}/accounts/connect/{theirs.body['id']}"
    )


def test_the_login_cookie_is_http_only_and_for_one_login(empty: RunningSystem, me: Person) -> None:
    reply = me.ask("POST", BEGIN, BODY)
    ((name, cookie),) = cookie_of(reply).items()
    assert name == f"araldo_login_{reply.body['id']}"
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/api/v1/accounts/connect")
    assert int(cookie["max-age"]) == 1800
    assert cookie.value not in reply.raw.decode()
    browser = browser_that_began(reply)
    assert complete_login(reply.body["login_url"], browser=browser).status == 200
    # Forgotten once it has served.
    assert browser.cookies[name] == ""


def test_behind_https_the_login_cookie_has_the_host_prefix(tmp_path: Path) -> None:
    """A sibling domain that could set the cookie would bind the user's browser to the attacker's log-in."""
    with start_system(tmp_path, connect=False, public_url="https://araldo.example") as home:
        link = {"link": create_sign_in_link(home)}
        signed = ask("POST", f"{home.url}/api/v1/session", link)
        session = f"__Host-araldo_session={cookie_of(signed)['__Host-araldo_session'].value}"
        own = {"Host": "araldo.example"}
        headers = {"Cookie": session, "X-CSRF-Token": signed.body["csrf_token"], **own}
        # Each answer that comes back uses its log-in up.
        for prefix, is_ours in (("", False), ("__Host-", True)):
            begun = ask("POST", home.url + BEGIN, BODY, headers)
            ((name, cookie),) = cookie_of(begun).items()
            plain = f"araldo_login_{begun.body['id']}"
            assert name == f"__Host-{plain}"
            assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
            query = urlencode({"state": state_of(begun.body["login_url"]), "code": "x"})
            brought = {"Cookie": f"{prefix}{plain}={cookie.value}", **own}
            reply = ask("GET", f"{home.url}{LOGIN}/callback?{query}", None, brought)
            assert (reply.status != 403) is is_ours


@pytest.mark.parametrize("by", ["key", "another name of this machine"])
def test_a_login_begun_with_a_key_asks_for_consent_naming_the_workspace(
    empty: RunningSystem, me: Person, by: str
) -> None:
    host = f"localhost:{urlsplit(empty.url).port}"
    begun = begin_login(empty) if by == "key" else me.ask("POST", BEGIN, BODY, Host=host, Origin=f"http://{host}").body
    assert urlsplit(begun["login_url"]).path == f"{LOGIN}/consent"
    browser = Browser()
    page = browser.open(begun["login_url"])
    text = page.raw.decode()
    for said in (
        "Connect your accounts to “Araldo”?",
        urlsplit(empty.url).netloc,
        "Instagram Story",
        "Continue",
        "Cancel",
    ):
        assert said in text
    assert page.headers["cache-control"] == "no-store"
    policy = page.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'none'"} <= set(policy)
    italian = ask("GET", begun["login_url"], headers={"Accept-Language": "it"}).raw.decode()
    assert "Collegare i tuoi account a «Araldo»?" in italian
    assert "I membri di questo spazio potranno pubblicare su" in italian
    # Looking changed nothing: it goes on in the browser that consents.
    assert connection(empty, begun) == ("begun", 0, None)
    login = browser.submit(page, "continue")
    assert urlsplit(browser.url).path.endswith("/dialog/oauth")
    assert browser.submit(login, "allow").status == 200
    assert connection(empty, begun)[:2] == ("pending", 1)


def test_only_the_browser_that_consented_can_finish_the_login(empty: RunningSystem) -> None:
    begun, attacker = begin_login(empty), Browser()
    assert open_dialog(begun["login_url"], attacker).status == 200
    assert complete_login(attacker.url, browser=Browser()).status == 403
    assert connection(empty, begun)[0] == "failed"


def test_without_consent_the_state_alone_is_refused(empty: RunningSystem) -> None:
    begun = begin_login(empty)
    query = urlencode({"state": state_of(begun["login_url"]), "code": "x"})
    assert ask("GET", f"{empty.url}{LOGIN}/callback?{query}").status == 403
    assert connection(empty, begun)[0] == "failed"


def test_only_our_own_page_in_the_same_browser_can_consent(empty: RunningSystem) -> None:
    begun = begin_login(empty)
    browser = Browser()
    page = browser.open(begun["login_url"]).raw.decode()
    (name,), state = browser.cookies, state_of(begun["login_url"])
    csrf = page.partition('name=csrf value="')[2].partition('"')[0]
    cookie = {"Cookie": f"{name}={browser.cookies[name]}"}
    url = f"{empty.url}{LOGIN}/consent"

    def sent(headers: dict[str, str], **fields: str) -> int:
        data = urlencode({"state": state, "csrf": csrf, "button": "continue", **fields}).encode()
        return ask("POST", url, headers=FORM | headers, data=data).status

    assert sent({}) == 403
    assert sent(cookie, csrf="") == 403
    assert sent(cookie, csrf=csrf[:-1] + ("a" if csrf[-1] != "a" else "b")) == 403
    assert sent({"Cookie": f"{name}=of-another"}) == 403
    assert sent(cookie | {"Origin": "https://evil.example"}) == 403
    assert sent(cookie | {"Origin": "null"}) == 403
    assert sent(cookie, state=state[:-3] + "abc") == 403
    assert sent(cookie, button="cancel", csrf="") == 403
    assert connection(empty, begun) == ("begun", 0, None)


def test_cancelling_connects_nothing_and_invalidates_the_link(empty: RunningSystem) -> None:
    begun, browser = begin_login(empty), Browser()
    page = browser.submit(browser.open(begun["login_url"]), "cancel")
    assert (page.status, "was not granted" in page.raw.decode()) == (200, True)
    assert connection(empty, begun)[0] == "failed"
    assert Browser().open(begun["login_url"]).status == 403


def test_a_used_link_shows_no_consent_page(empty: RunningSystem) -> None:
    begun = begin_login(empty)
    assert complete_login(begun["login_url"]).status == 200
    page = Browser().open(begun["login_url"])
    assert (page.status, "already used" in page.raw.decode()) == (403, True)
    assert not SimpleCookie(page.headers["set-cookie"] or "")


def test_the_workspaces_name_is_escaped_on_the_page(empty: RunningSystem, me: Person) -> None:
    here = me.ask("GET", "/api/v1/session").body["workspace"]["id"]
    renamed = me.ask("PATCH", f"/api/v1/workspaces/{here}", {"name": '<script>x</script>"'})
    assert renamed.status == 200
    page = Browser().open(begin_login(empty)["login_url"]).raw.decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_pages_are_chosen_after_the_login(empty: RunningSystem) -> None:
    begun = begin_login(empty)
    complete_login(begun["login_url"])
    chosen = empty.ask("POST", f"/api/v1/connections/{begun['id']}/choose", {"group_ids": [PAGE]})
    assert [account["name"] for account in chosen.body["data"]] == ["Studio Demo", "studio.demo"]
