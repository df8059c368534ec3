"""From a code or a token to Pages: the graph answers of Meta's that the sandbox does not give by itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from araldo.accounts.health import missing_features_of
from araldo.clock import SystemClock
from araldo.errors import ReconnectNeeded, TryLater
from araldo.http import Http
from araldo.messages import Message
from araldo.platforms import PLATFORMS
from araldo.platforms.base import PlatformContext
from araldo.platforms.credentials import AccessEnd
from araldo.platforms.meta.service import MetaService, TokenRefused
from araldo.platforms.meta.tokens import person_token_of
from araldo.platforms.service import AccountGroup, LoginCallback
from tests.platforms.meta.conftest import (
    ALL,
    GOOD,
    LINKED,
    UNA,
    ScriptedGraph,
    accounts_of,
    credentials_of,
)
from tests.platforms.meta.stage import settings_of
from tests.support.running_system import SandboxClient, ask

DECLARED = [vars(platform)["declaration"] for platform in PLATFORMS]


async def test_more_than_a_hundred_pages_are_read_page_by_page(login: MetaService, graph: ScriptedGraph) -> None:
    pages = [UNA | {"id": str(number)} for number in range(250)]
    turns = [
        {"data": pages[at : at + 100], "paging": {"cursors": {"after": f"c{at}"}, "next": f"http://evil/{at}"}}
        for at in (0, 100, 200)
    ]
    del turns[-1]["paging"]["next"]  # type: ignore[attr-defined]  # a dict
    graph.answer("me/accounts", *turns)
    found = await login.find_accounts("token", {"token": "EAAuser"})
    assert [group.id for group in found.groups] == [str(number) for number in range(250)]
    assert [asked.get("after") for path, asked in graph.calls if path == "me/accounts"] == [None, "c0", "c100"]


async def test_an_endless_list_is_cut_off(login: MetaService, graph: ScriptedGraph) -> None:
    graph.answer("me/accounts", {"data": [UNA], "paging": {"cursors": {"after": "again"}, "next": "http://x"}})
    assert len((await login.find_accounts("token", {"token": "EAAuser"})).groups) == 1


async def test_pages_without_a_token_of_their_own_are_named(login: MetaService, graph: ScriptedGraph) -> None:
    bare = {"id": "12", "name": "Senza ruolo", "tasks": ["ANALYZE"]}
    graph.answer("me/accounts", {"data": [UNA, bare]})
    found = await login.find_accounts("token", {"token": "EAAuser"})
    assert ({group.id for group in found.groups}, "Senza ruolo" in found.notes[0].to("en")) == ({"11"}, True)
    graph.answer("me/accounts", {"data": [bare]})
    with pytest.raises(TokenRefused, match=r"Senza ruolo.*CREATE_CONTENT"):
        await login.find_accounts("token", {"token": "EAAuser"})


async def test_a_role_without_create_content_is_reported(login: MetaService, graph: ScriptedGraph) -> None:
    graph.answer("me/accounts", {"data": [UNA | LINKED | {"tasks": ["ANALYZE"]}]})
    found = await login.find_accounts("token", {"token": "EAAuser"})
    said = missing_features_of(found.groups[0], DECLARED)
    assert [lack for lack in said if "CREATE_CONTENT" in lack.to("en")] == said[:1]


async def test_a_permission_granted_for_other_pages_only_is_reported_missing(
    login: MetaService, graph: ScriptedGraph
) -> None:
    granular = [
        {"scope": "pages_manage_posts", "target_ids": ["999"]},
        {"scope": "instagram_basic", "target_ids": ["17"]},
        {"scope": "pages_show_list", "target_ids": []},
        {"scope": "pages_read_engagement"},
    ]
    graph.answer("debug_token", {"data": GOOD | {"granular_scopes": granular}})
    found = await login.find_accounts("token", {"token": "EAAuser"})
    said = missing_features_of(found.groups[0], DECLARED)
    assert len(said) == 1
    assert "pages_manage_posts" in said[0].to("en")
    graph.answer("11", {"id": "11", "name": "Una"} | LINKED)
    seen = await login.inspect(credentials_of("facebook_page", "11", None, "EAAuser"))
    assert "pages_manage_posts" not in (seen.scopes or ())


async def test_without_instagram_basic_the_missing_permission_is_reported(
    login: MetaService, graph: ScriptedGraph
) -> None:
    graph.answer("debug_token", {"data": GOOD | {"scopes": ALL[:3]}})
    graph.answer("me/accounts", {"error": {"code": 10, "message": "no"}}, {"data": [UNA]})
    found = await login.find_accounts("token", {"token": "EAAuser"})
    assert ["instagram_basic" in lack.to("en") for lack in accounts_of(found)[0].lacks] == [True]


@pytest.mark.parametrize("missing", ["expires_at", "scopes", "data_access_expires_at", "type"])
async def test_what_debug_token_leaves_out_is_unknown(login: MetaService, graph: ScriptedGraph, missing: str) -> None:
    told = {name: value for name, value in GOOD.items() if name != missing}
    graph.answer("debug_token", {"data": told})
    graph.answer("oauth/access_token", {"access_token": "EAAlong", "token_type": "bearer"})
    graph.answer("me", {"id": "5"})
    account = accounts_of(await login.find_accounts("token", {"token": "EAAuser"}))[0]
    known = () if missing == "expires_at" else (AccessEnd(Message("meta.tokens.page_access"), None),)
    assert account.ends == known
    assert (account.scopes is None) == (missing == "scopes")
    assert missing_features_of(AccountGroup("11", "Una", (account,)), DECLARED) == list(account.lacks)


@pytest.mark.parametrize(
    "data",
    [
        {"is_valid": False},
        {"is_valid": False, "error": {"code": 190, "message": "x"}},
        {"is_valid": False, "error": "?"},
    ],
)
async def test_a_token_called_invalid_is_refused(
    login: MetaService, graph: ScriptedGraph, data: dict[str, Any]
) -> None:
    graph.answer("debug_token", {"data": data})
    with pytest.raises(TokenRefused, match=r"no longer valid\. Get a new one"):
        await login.find_accounts("token", {"token": "EAAuser"})


async def test_the_message_says_why_a_token_ended(login: MetaService, graph: ScriptedGraph) -> None:
    graph.answer("debug_token", {"data": {"is_valid": False, "error": {"code": 190, "subcode": 460, "message": "x"}}})
    with pytest.raises(TokenRefused, match="password was changed"):
        await login.find_accounts("token", {"token": "EAAuser"})


async def test_a_token_that_cannot_be_made_long_lived_is_accepted_with_a_note(
    login: MetaService, graph: ScriptedGraph
) -> None:
    graph.answer("debug_token", {"data": GOOD | {"expires_at": 4_000_000_000}})
    graph.answer("oauth/access_token", {"error": {"code": 100, "message": "no"}})
    found = await login.find_accounts("token", {"token": "EAAuser"})
    assert person_token_of(accounts_of(found)[0].credentials) == "EAAuser"
    assert "within hours" in found.notes[0].to("en")
    graph.answer("oauth/access_token", {"token_type": "bearer"})
    assert "within hours" in (await login.find_accounts("token", {"token": "EAAuser"})).notes[0].to("en")


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("", "empty"),
        ("EAA with a space", "not a token"),
        ("EAA\nX: y", "not a token"),
        ("EAAè", "not a token"),
        ("1|2", "app token"),
        ("IGAAxyz", "Instagram login"),
    ],
)
async def test_a_malformed_token_is_refused_without_a_request(
    login: MetaService, graph: ScriptedGraph, token: str, said: str
) -> None:
    with pytest.raises(TokenRefused, match=said):
        await login.find_accounts("token", {"token": token})
    assert graph.calls == []


@pytest.mark.parametrize(("kind", "said"), [("APP", "app token"), ("CLIENT", '"CLIENT"')])
async def test_a_token_of_the_wrong_kind_is_refused_with_the_kind_to_get(
    login: MetaService, graph: ScriptedGraph, kind: str, said: str
) -> None:
    graph.answer("debug_token", {"data": GOOD | {"type": kind}})
    with pytest.raises(TokenRefused, match=f"{said}.*Use a user token"):
        await login.find_accounts("token", {"token": "EAAuser"})


async def test_a_token_of_another_app_is_named(login: MetaService, graph: ScriptedGraph) -> None:
    graph.answer("debug_token", {"data": GOOD | {"app_id": "77"}})
    with pytest.raises(TokenRefused, match=r"another app \(77\)"):
        await login.find_accounts("token", {"token": "EAAuser"})


async def test_a_wrong_app_secret_is_named_instead_of_the_token(login: MetaService, graph: ScriptedGraph) -> None:
    refused = {"error": {"code": 190, "message": "Invalid OAuth access token signature."}}
    graph.answer("debug_token", refused)
    graph.answer("1", refused)
    with pytest.raises(TokenRefused, match="ARALDO_META__APP_SECRET"):
        await login.find_accounts("token", {"token": "EAAuser"})
    seen = await login.inspect(credentials_of("facebook_page", "11", None, None))
    assert (seen.access_lost, "ARALDO_META__APP_SECRET" in str(seen.problem and seen.problem.to("en"))) == (
        None,
        True,
    )
    graph.answer("1", {"id": "1"})
    with pytest.raises(TokenRefused, match="no longer valid"):
        await login.find_accounts("token", {"token": "EAAuser"})


@pytest.mark.parametrize("given", ["abc", "abc#_", "abc#_=_"])
async def test_the_fragment_mark_is_removed_from_a_code(login: MetaService, graph: ScriptedGraph, given: str) -> None:
    graph.answer("oauth/access_token", {"access_token": "EAAshort"})
    await login.finish_login("login", {"code": given}, {}, "http://back")
    codes = [asked["code"] for path, asked in graph.calls if path == "oauth/access_token" and "code" in asked]
    assert codes == ["abc"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"code": 100, "error_subcode": 36008}, "http://back"),
        ({"code": 100, "error_subcode": 36009}, "Start again"),
        ({"code": 100, "error_subcode": 36007}, "Start again"),
        ({"code": 1}, "ARALDO_META__APP_SECRET"),
        ({"code": 101}, "ARALDO_META__APP_SECRET"),
        ({"code": 100}, "did not accept the login"),
    ],
)
async def test_a_refused_code_says_what_to_correct(
    login: MetaService, graph: ScriptedGraph, error: dict[str, Any], said: str
) -> None:
    graph.answer("oauth/access_token", {"error": {**error, "message": "nobody reads this"}})
    with pytest.raises(TokenRefused, match=said):
        await login.finish_login("login", {"code": "abc"}, {}, "http://back")


async def test_a_temporary_error_of_the_exchange_raises_try_later(login: MetaService, graph: ScriptedGraph) -> None:
    graph.answer("oauth/access_token", {"error": {"code": 4, "message": "slow down"}})
    with pytest.raises(TryLater):
        await login.finish_login("login", {"code": "abc"}, {}, "http://back")


async def test_an_answer_without_a_token_refuses_the_log_in(login: MetaService, graph: ScriptedGraph) -> None:
    graph.answer("oauth/access_token", {"token_type": "bearer"})
    with pytest.raises(TokenRefused, match="Start again"):
        await login.finish_login("login", {"code": "abc"}, {}, "http://back")


async def test_without_an_app_secret_a_page_token_is_recognised_by_its_fields(graph: ScriptedGraph) -> None:
    graph.answer("me/accounts", {"error": {"code": 100, "message": "nonexisting field (accounts)"}})
    graph.answer("me/businesses", {"error": {"code": 100, "message": "nonexisting field (businesses)"}})
    graph.answer("me", {"id": "11", "name": "Una"} | LINKED)
    async with Http(timeout_s=2) as http:
        login = MetaService(PlatformContext(http, SystemClock(), {"meta": settings_of(graph.url, app_secret=None)}))
        found = await login.find_accounts("token", {"token": "EAApage"})
        assert [account.remote_id for account in accounts_of(found)] == ["11", "17"]
        assert "cannot inspect or extend" in found.notes[0].to("en")
        graph.answer("me", {"id": "5"}, {"error": {"code": 100, "message": "nonexisting field"}})
        with pytest.raises(TokenRefused, match="access to no Page"):
            await login.find_accounts("token", {"token": "EAAuser"})


async def test_a_configuration_replaces_the_scopes(meta: SandboxClient) -> None:
    known = {"app_id": "1000000000000001", "config_id": "42", "dialog_url": f"{meta.url}/v26.0/dialog/oauth"}
    async with Http() as http:
        login = MetaService(PlatformContext(http, SystemClock(), {"meta": settings_of(meta.url, **known)}))
        url = (await login.begin_login("login", {}, LoginCallback("http://back", "s"))).url
    asked = parse_qs(urlsplit(url).query)
    assert (asked["config_id"], "scope" in asked) == (["42"], False)
    assert 'value="instagram_content_publish"' in ask("GET", url).raw.decode()


async def test_an_invalid_person_token_of_an_instagram_account_is_a_warning(
    graph: ScriptedGraph, login: MetaService
) -> None:
    dead = {"is_valid": False, "error": {"code": 190, "subcode": 463, "message": "x"}}
    graph.answer("11", {"id": "11", "name": "Una"} | LINKED)
    for kind, remote_id, parent, ending in (
        ("facebook_page", "11", None, False),
        ("instagram_account", "17", "11", True),
    ):
        graph.answer("debug_token", {"data": GOOD}, {"data": dead})
        seen = await login.inspect(credentials_of(kind, remote_id, parent, "EAAuser"))
        assert (seen.access_lost, seen.problem, seen.warning is not None) == (None, None, ending)


async def test_a_page_that_can_no_longer_be_read_is_reported(graph: ScriptedGraph, login: MetaService) -> None:
    graph.answer("11", {"error": {"code": 100, "error_subcode": 33, "message": "Unsupported get request"}})
    for kind, remote_id, parent in (("facebook_page", "11", None), ("instagram_account", "17", "11")):
        seen = await login.inspect(credentials_of(kind, remote_id, parent, None))
        assert seen.access_lost is None
        assert "(100/33). Check your role" in str(seen.problem and seen.problem.to("en"))


async def test_an_expired_session_while_listing_pages_refuses_the_token(
    login: MetaService, graph: ScriptedGraph
) -> None:
    graph.answer("me/accounts", {"error": {"code": 190, "error_subcode": 463, "message": "x"}})
    with pytest.raises(TokenRefused, match="has expired") as refused:
        await login.find_accounts("token", {"token": "EAAuser"})
    assert isinstance(refused.value.__cause__, ReconnectNeeded)


async def test_the_appsecret_proof_is_sent_where_it_is_required(meta: SandboxClient) -> None:
    meta.control("settings", {"require_appsecret_proof": True, "omit_expires_in": True})
    known = {"app_id": "1000000000000001", "app_secret": "sandbox-secret"}
    token = meta.mint("user_short")
    async with Http(timeout_s=2) as http:
        login = MetaService(PlatformContext(http, SystemClock(), {"meta": settings_of(meta.url, **known)}))
        assert {
            account.ends[0].at for account in accounts_of(await login.find_accounts("token", {"token": token}))
        } == {None}
        without = MetaService(PlatformContext(http, SystemClock(), {"meta": settings_of(meta.url, app_secret=None)}))
        with pytest.raises(TokenRefused, match=r"proof.*ARALDO_META__APP_SECRET"):
            await without.find_accounts("token", {"token": token})
    meta.control("settings", {"require_appsecret_proof": False, "omit_expires_in": False})
