"""From a code or a token to Pages: the odd answers of Meta's that the sandbox does not give by itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from araldo.accounts.health import lacks_of
from araldo.clock import SystemClock
from araldo.errors import ReconnectNeeded, TryLater
from araldo.http import Http
from araldo.platforms import PLATFORMS
from araldo.platforms.base import Credentials, PlatformContext
from araldo.platforms.meta.login import MetaLogin, TokenRefused
from tests.platforms.meta.conftest import ALL, GOOD, LINKED, UNA, UnusualGraph, service
from tests.support.house import Meta, ask

DECLARED = [vars(platform)["declaration"] for platform in PLATFORMS]


async def test_more_than_a_hundred_pages_are_turned_over(login: MetaLogin, odd: UnusualGraph) -> None:
    pages = [UNA | {"id": str(number)} for number in range(250)]
    turns = [
        {"data": pages[at : at + 100], "paging": {"cursors": {"after": f"c{at}"}, "next": f"http://evil/{at}"}}
        for at in (0, 100, 200)
    ]
    del turns[-1]["paging"]["next"]  # type: ignore[attr-defined]  # a dict
    odd.answer("me/accounts", *turns)
    found = await login.accounts_of("EAAuser")
    assert [one.page_id for one in found.accounts] == [str(number) for number in range(250)]
    assert [asked.get("after") for path, asked in odd.calls if path == "me/accounts"] == [None, "c0", "c100"]


async def test_a_list_that_never_ends_does_end(login: MetaLogin, odd: UnusualGraph) -> None:
    odd.answer("me/accounts", {"data": [UNA], "paging": {"cursors": {"after": "again"}, "next": "http://x"}})
    assert len((await login.accounts_of("EAAuser")).accounts) == 1


async def test_pages_without_a_token_of_their_own_are_named(login: MetaLogin, odd: UnusualGraph) -> None:
    bare = {"id": "12", "name": "Senza ruolo", "tasks": ["ANALYZE"]}
    odd.answer("me/accounts", {"data": [UNA, bare]})
    found = await login.accounts_of("EAAuser")
    assert ({one.page_id for one in found.accounts}, "Senza ruolo" in found.notes[0].to("en")) == ({"11"}, True)
    odd.answer("me/accounts", {"data": [bare]})
    with pytest.raises(TokenRefused, match=r"Senza ruolo.*CREATE_CONTENT"):
        await login.accounts_of("EAAuser")


async def test_a_role_without_content_is_said(login: MetaLogin, odd: UnusualGraph) -> None:
    odd.answer("me/accounts", {"data": [UNA | LINKED | {"tasks": ["ANALYZE"]}]})
    found = await login.accounts_of("EAAuser")
    said = lacks_of(found.accounts, DECLARED)
    assert [lack for lack in said if "CREATE_CONTENT" in lack.to("en")] == said[:1]


async def test_a_permission_for_other_pages_only_is_missing_here(login: MetaLogin, odd: UnusualGraph) -> None:
    granular = [
        {"scope": "pages_manage_posts", "target_ids": ["999"]},
        {"scope": "instagram_basic", "target_ids": ["17"]},
        {"scope": "pages_show_list", "target_ids": []},
        {"scope": "pages_read_engagement"},
    ]
    odd.answer("debug_token", {"data": GOOD | {"granular_scopes": granular}})
    found = await login.accounts_of("EAAuser")
    said = lacks_of(found.accounts, DECLARED)
    assert len(said) == 1
    assert "pages_manage_posts" in said[0].to("en")
    odd.answer("11", {"id": "11", "name": "Una"} | LINKED)
    seen = await login.inspect(Credentials("facebook_page", "11", None, "EAApage", "EAAuser"))
    assert "pages_manage_posts" not in (seen.scopes or ())


async def test_without_instagram_basic_it_is_not_called_unlinked(login: MetaLogin, odd: UnusualGraph) -> None:
    odd.answer("debug_token", {"data": GOOD | {"scopes": ALL[:3]}})
    odd.answer("me/accounts", {"error": {"code": 10, "message": "no"}}, {"data": [UNA]})
    found = await login.accounts_of("EAAuser")
    assert ["instagram_basic" in lack.to("en") for lack in found.accounts[0].lacks] == [True]


@pytest.mark.parametrize("missing", ["expires_at", "scopes", "data_access_expires_at", "type"])
async def test_what_debug_token_leaves_out_is_unknown(login: MetaLogin, odd: UnusualGraph, missing: str) -> None:
    told = {name: value for name, value in GOOD.items() if name != missing}
    odd.answer("debug_token", {"data": told})
    odd.answer("oauth/access_token", {"access_token": "EAAlong", "token_type": "bearer"})
    odd.answer("me", {"id": "5"})
    account = (await login.accounts_of("EAAuser")).accounts[0]
    assert account.expiry == ("unknown" if missing == "expires_at" else "never")
    assert account.expires_at is None
    assert (account.scopes is None) == (missing == "scopes")
    assert lacks_of([account], DECLARED) == list(account.lacks)


@pytest.mark.parametrize(
    "data",
    [
        {"is_valid": False},
        {"is_valid": False, "error": {"code": 190, "message": "x"}},
        {"is_valid": False, "error": "?"},
    ],
)
async def test_a_token_called_invalid_is_refused(login: MetaLogin, odd: UnusualGraph, data: dict[str, Any]) -> None:
    odd.answer("debug_token", {"data": data})
    with pytest.raises(TokenRefused, match="no longer valid: get a new one"):
        await login.accounts_of("EAAuser")


async def test_the_reason_of_an_ended_token_is_said(login: MetaLogin, odd: UnusualGraph) -> None:
    odd.answer("debug_token", {"data": {"is_valid": False, "error": {"code": 190, "subcode": 460, "message": "x"}}})
    with pytest.raises(TokenRefused, match="password was changed"):
        await login.accounts_of("EAAuser")


async def test_a_token_that_cannot_be_made_long_lived_is_taken_and_said(login: MetaLogin, odd: UnusualGraph) -> None:
    odd.answer("debug_token", {"data": GOOD | {"expires_at": 4_000_000_000}})
    odd.answer("oauth/access_token", {"error": {"code": 100, "message": "no"}})
    found = await login.accounts_of("EAAuser")
    assert found.accounts[0].read_token == "EAAuser"
    assert "within hours" in found.notes[0].to("en")
    odd.answer("oauth/access_token", {"token_type": "bearer"})
    assert "within hours" in (await login.accounts_of("EAAuser")).notes[0].to("en")


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("", "empty"),
        ("EAA with a space", "not a token"),
        ("EAA\nX: y", "not a token"),
        ("EAAè", "not a token"),
        ("1|2", "app token"),
        ("IGAAxyz", "Instagram log-in"),
    ],
)
async def test_what_is_no_token_is_not_sent_to_anybody(
    login: MetaLogin, odd: UnusualGraph, token: str, said: str
) -> None:
    with pytest.raises(TokenRefused, match=said):
        await login.accounts_of(token)
    assert odd.calls == []


@pytest.mark.parametrize(("kind", "said"), [("APP", "app token"), ("CLIENT", '"CLIENT"')])
async def test_a_wrong_kind_is_told_which_to_get(login: MetaLogin, odd: UnusualGraph, kind: str, said: str) -> None:
    odd.answer("debug_token", {"data": GOOD | {"type": kind}})
    with pytest.raises(TokenRefused, match=f"{said}.*get a user token"):
        await login.accounts_of("EAAuser")


async def test_a_token_of_another_app_is_named(login: MetaLogin, odd: UnusualGraph) -> None:
    odd.answer("debug_token", {"data": GOOD | {"app_id": "77"}})
    with pytest.raises(TokenRefused, match=r"another app \(77\)"):
        await login.accounts_of("EAAuser")


async def test_a_wrong_secret_is_not_blamed_on_the_token(login: MetaLogin, odd: UnusualGraph) -> None:
    refused = {"error": {"code": 190, "message": "Invalid OAuth access token signature."}}
    odd.answer("debug_token", refused)
    odd.answer("1", refused)
    with pytest.raises(TokenRefused, match="ARALDO_META__APP_SECRET"):
        await login.accounts_of("EAAuser")
    seen = await login.inspect(Credentials("facebook_page", "11", None, "EAApage", None))
    assert (seen.dead, "ARALDO_META__APP_SECRET" in getattr(seen.broken, "en", "")) == (None, True)
    odd.answer("1", {"id": "1"})
    with pytest.raises(TokenRefused, match="no longer valid"):
        await login.accounts_of("EAAuser")


@pytest.mark.parametrize("given", ["abc", "abc#_", "abc#_=_"])
async def test_a_code_loses_the_mark_of_the_fragment(login: MetaLogin, odd: UnusualGraph, given: str) -> None:
    odd.answer("oauth/access_token", {"access_token": "EAAshort"})
    assert await login.token_of(given, "http://back") == "EAAshort"
    assert odd.calls[-1][1]["code"] == "abc"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"code": 100, "error_subcode": 36008}, "http://back"),
        ({"code": 100, "error_subcode": 36009}, "begin again"),
        ({"code": 100, "error_subcode": 36007}, "begin again"),
        ({"code": 1}, "ARALDO_META__APP_SECRET"),
        ({"code": 101}, "ARALDO_META__APP_SECRET"),
        ({"code": 100}, "did not accept the log-in"),
    ],
)
async def test_a_code_that_is_refused_says_what_to_mend(
    login: MetaLogin, odd: UnusualGraph, error: dict[str, Any], said: str
) -> None:
    odd.answer("oauth/access_token", {"error": {**error, "message": "nobody reads this"}})
    with pytest.raises(TokenRefused, match=said):
        await login.token_of("abc", "http://back")


async def test_a_passing_problem_stays_one(login: MetaLogin, odd: UnusualGraph) -> None:
    odd.answer("oauth/access_token", {"error": {"code": 4, "message": "slow down"}})
    with pytest.raises(TryLater):
        await login.token_of("abc", "http://back")


async def test_an_answer_without_a_token_is_no_log_in(login: MetaLogin, odd: UnusualGraph) -> None:
    odd.answer("oauth/access_token", {"token_type": "bearer"})
    with pytest.raises(TokenRefused, match="begin again"):
        await login.token_of("abc", "http://back")


async def test_without_a_secret_a_pages_own_token_is_known_by_what_it_lists(odd: UnusualGraph) -> None:
    odd.answer("me/accounts", {"error": {"code": 100, "message": "nonexisting field (accounts)"}})
    odd.answer("me/businesses", {"error": {"code": 100, "message": "nonexisting field (businesses)"}})
    odd.answer("me", {"id": "11", "name": "Una"} | LINKED)
    async with Http(timeout_s=2) as http:
        login = MetaLogin(PlatformContext(http, SystemClock(), {"meta": service(odd.url, app_secret=None)}))
        found = await login.accounts_of("EAApage")
        assert [one.remote_id for one in found.accounts] == ["11", "17"]
        assert "neither inspected nor made" in found.notes[0].to("en")
        odd.answer("me", {"id": "5"}, {"error": {"code": 100, "message": "nonexisting field"}})
        with pytest.raises(TokenRefused, match="opens no Page"):
            await login.accounts_of("EAAuser")


async def test_a_configuration_replaces_the_scopes(meta: Meta) -> None:
    known = {"app_id": "1000000000000001", "login_config": "42", "dialog_url": f"{meta.url}/v26.0/dialog/oauth"}
    async with Http() as http:
        login = MetaLogin(PlatformContext(http, SystemClock(), {"meta": service(meta.url, **known)}))
        url = login.dialog_url("s", "http://back")
    asked = parse_qs(urlsplit(url).query)
    assert (asked["config_id"], "scope" in asked) == (["42"], False)
    assert 'value="instagram_content_publish"' in ask("GET", url).raw.decode()


async def test_a_dead_person_of_an_instagram_account_is_a_warning(odd: UnusualGraph, login: MetaLogin) -> None:
    dead = {"is_valid": False, "error": {"code": 190, "subcode": 463, "message": "x"}}
    odd.answer("11", {"id": "11", "name": "Una"} | LINKED)
    for kind, remote_id, parent, ending in (
        ("facebook_page", "11", None, False),
        ("instagram_account", "17", "11", True),
    ):
        odd.answer("debug_token", {"data": GOOD}, {"data": dead})
        seen = await login.inspect(Credentials(kind, remote_id, parent, "EAApage", "EAAuser"))
        assert (seen.dead, seen.broken, seen.ending is not None) == (None, None, ending)


async def test_a_page_that_is_no_longer_shown_is_said_to_be_so(odd: UnusualGraph, login: MetaLogin) -> None:
    odd.answer("11", {"error": {"code": 100, "error_subcode": 33, "message": "Unsupported get request"}})
    for kind, remote_id, parent in (("facebook_page", "11", None), ("instagram_account", "17", "11")):
        seen = await login.inspect(Credentials(kind, remote_id, parent, "EAApage", None))
        assert seen.dead is None
        assert "(100/33): check your role" in getattr(seen.broken, "en", "")


async def test_a_lost_session_in_the_middle_is_the_tokens_end(login: MetaLogin, odd: UnusualGraph) -> None:
    odd.answer("me/accounts", {"error": {"code": 190, "error_subcode": 463, "message": "x"}})
    with pytest.raises(TokenRefused, match="has expired") as refused:
        await login.accounts_of("EAAuser")
    assert isinstance(refused.value.__cause__, ReconnectNeeded)


async def test_the_sandbox_asks_for_proof_and_gets_it(meta: Meta) -> None:
    meta.control("settings", {"require_appsecret_proof": True, "omit_expires_in": True})
    known = {"app_id": "1000000000000001", "app_secret": "sandbox-secret"}
    token = meta.mint("user_short")
    async with Http(timeout_s=2) as http:
        login = MetaLogin(PlatformContext(http, SystemClock(), {"meta": service(meta.url, **known)}))
        assert {one.expiry for one in (await login.accounts_of(token)).accounts} == {"never"}
        without = MetaLogin(PlatformContext(http, SystemClock(), {"meta": service(meta.url, app_secret=None)}))
        with pytest.raises(TokenRefused, match=r"proof.*ARALDO_META__APP_SECRET"):
            await without.accounts_of(token)
    meta.control("settings", {"require_appsecret_proof": False, "omit_expires_in": False})
