"""Connecting an instance: app, PKCE, tokens, permissions, limits, health and the end of the access."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from fastapi import FastAPI, Request, Response

from araldo.clock import SystemClock
from araldo.errors import TryLater, UserError
from araldo.http import Http
from araldo.platforms.account_facts import declaration_of
from araldo.platforms.mastodon.app import NotConnected, expand_scopes, missing_scopes, parse_instance
from araldo.platforms.mastodon.facts import facts_of
from araldo.platforms.mastodon.service import MastodonService
from araldo.platforms.mastodon.status import MastodonStatus
from araldo.platforms.service import DiscoveredAccount, LoginCallback, LoginDeclined, LoginStart
from tests.platforms.mastodon.conftest import Instance
from tests.platforms.mastodon.stage import ACCOUNT_ID, context_of
from tests.support.login_dialog import Browser
from tests.support.serving import serve

CALLBACK = LoginCallback("http://127.0.0.1:1/callback", "a state")


async def begin(instance: Instance) -> LoginStart:
    return await instance.service.begin_login("login", {"instance": instance.url}, CALLBACK)


async def log_in(instance: Instance, button: str = "allow") -> tuple[LoginStart, dict[str, str]]:
    """Return a begun log-in, and the query of the redirect that its dialog leads to."""
    start = await begin(instance)
    browser = Browser()
    answered = browser.submit(browser.open(start.url), button, follow=False, account=[ACCOUNT_ID])
    query = parse_qs(urlsplit(str(answered.headers["Location"])).query)
    return start, {name: values[0] for name, values in query.items()}


async def connect(instance: Instance) -> DiscoveredAccount:
    start, query = await log_in(instance)
    assert query["state"] == CALLBACK.state
    # It is stored as JSON between the halves.
    remembered = json.loads(json.dumps(dict(start.remembered)))
    found = await instance.service.finish_login("login", query, remembered, CALLBACK.redirect_uri)
    return found.groups[0].members[0]


async def by_token(instance: Instance, token: str) -> Any:
    return (await instance.service.find_accounts("token", {"instance": instance.url, "token": token})).groups[0]


def token_of(instance: Instance, *scopes: str) -> str:
    return str(instance.stage.sandbox.control("mastodon/tokens", {"scopes": list(scopes)})["access_token"])


async def test_a_log_in_registers_an_app_and_proves_itself_by_pkce(instance: Instance) -> None:
    account = await connect(instance)
    host = urlsplit(instance.url).netloc
    assert (account.remote_id, account.username) == (f"{ACCOUNT_ID}@{host}", f"studio@{host}")
    assert account.name == "Studio Demo"
    assert account.credentials.host == instance.url
    assert account.scopes == ("profile", "read:statuses", "write:statuses", "write:media")
    assert [end.at for end in account.ends] == [None]
    state = instance.stage.sandbox.control("state")["mastodon"]
    assert state["apps"][-1]["name"] == "Araldo"
    assert state["apps"][-1]["scopes"] == list(account.scopes)
    logged = json.dumps(instance.stage.sandbox.log("/oauth/token"))
    assert "code_verifier" in logged


async def test_a_log_in_without_its_verifier_is_refused(instance: Instance) -> None:
    start, query = await log_in(instance)
    remembered = {**start.remembered, "verifier": "another"}
    with pytest.raises(NotConnected) as refused:
        await instance.service.finish_login("login", query, remembered, CALLBACK.redirect_uri)
    assert refused.value.code == "login_refused"
    assert query["code"] not in str(refused.value)


async def test_a_declined_log_in_connects_nothing(instance: Instance) -> None:
    start, query = await log_in(instance, "deny")
    with pytest.raises(LoginDeclined):
        await instance.service.finish_login("login", query, start.remembered, CALLBACK.redirect_uri)


async def test_an_access_ends_at_the_instance_when_it_is_disconnected(instance: Instance) -> None:
    account = await connect(instance)
    assert (await instance.service.inspect(account.credentials)).access_lost is None
    assert await instance.service.revoke(account.credentials) is None
    assert (await instance.service.inspect(account.credentials)).access_lost is not None


async def test_a_token_from_the_settings_is_ended_by_hand(instance: Instance) -> None:
    group = await by_token(instance, "sandbox-mastodon-token")
    account = group.members[0]
    assert group.refusal is None
    assert set(account.scopes) >= {"write:statuses", "write:media", "read:statuses"}
    assert await instance.service.revoke(account.credentials) is not None


@pytest.mark.parametrize("token", ["nobody's", "a b", "tokèn", "sandbox\nmastodon"])
async def test_a_wrong_token_is_refused_and_not_repeated(instance: Instance, token: str) -> None:
    with pytest.raises(UserError) as refused:
        await by_token(instance, token)
    assert refused.value.code == "token_refused"
    assert token not in repr(refused.value.message)


async def test_a_token_that_may_not_say_whose_it_is_is_not_connected(instance: Instance) -> None:
    with pytest.raises(UserError):
        await by_token(instance, token_of(instance, "write:media"))
    assert missing_scopes(expand_scopes(["read", "write:media"])) == ["write:statuses"]


async def test_limits_and_defaults_are_those_of_the_instance_and_the_account(instance: Instance) -> None:
    instance.set(
        max_characters=5_000, max_media_attachments=8, characters_reserved_per_url=30, default_visibility="unlisted"
    )
    account = await connect(instance)
    declared = declaration_of(MastodonStatus.declaration, account.facts)
    assert (declared.limits.text_max, declared.limits.url_length, declared.pictures_max) == (5_000, 30, 8)
    assert {option.name: option.default for option in declared.options}["visibility"] == "unlisted"
    instance.set(max_characters=600)
    seen = await instance.service.inspect(account.credentials)
    assert seen.facts is not None
    assert declaration_of(MastodonStatus.declaration, seen.facts).limits.text_max == 600
    assert seen.scopes == account.scopes


def test_what_an_instance_does_not_say_stays_as_declared() -> None:
    odd = {"configuration": {"statuses": {"max_characters": "many", "max_media_attachments": -1}}}
    found = facts_of(odd, {"source": {"privacy": "direct", "language": None}})
    declared = declaration_of(MastodonStatus.declaration, found.facts)
    assert (declared.limits, declared.pictures_max) == (MastodonStatus.declaration.limits, 4)
    assert {option.name: option.default for option in declared.options}["visibility"] == "private"
    assert (found.description_max, found.lacks) == (1_500, ())
    no_jpeg = {"configuration": {"media_attachments": {"supported_mime_types": ["image/png"]}}}
    assert len(facts_of(no_jpeg, {}).lacks) == 1


async def test_health_tells_a_lost_access_from_a_missing_permission_and_a_server_that_is_away(
    instance: Instance,
) -> None:
    account = await connect(instance)
    path = "/api/v1/accounts/verify_credentials"
    instance.fail(path, status=403, error="Your login is currently disabled")
    seen = await instance.service.inspect(account.credentials)
    assert (seen.access_lost, seen.problem is not None) == (None, True)
    instance.fail(path, status=503, error="oops")
    with pytest.raises(TryLater):
        await instance.service.inspect(account.credentials)
    instance.stage.end_access(replace(instance.to, credentials=account.credentials))
    assert (await instance.service.inspect(account.credentials)).access_lost is not None


@pytest.mark.parametrize(
    ("typed", "base_url"),
    [
        ("Mastodon.Example", "https://mastodon.example"),
        (" https://mastodon.example/ ", "https://mastodon.example"),
        ("@anna@mastodon.example", "https://mastodon.example"),
        ("https://mastodon.example/@anna", "https://mastodon.example"),
        ("https://mastodon.example:443", "https://mastodon.example"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001"),
    ],
)
def test_an_instance_is_typed_in_several_ways(typed: str, base_url: str) -> None:
    assert parse_instance(typed) == base_url


@pytest.mark.parametrize(
    "typed", ["", "@", "https://", "ftp://m.example", "https://u:p@m.example", "https://m.example/api", "m:x"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(NotConnected) as refused:
        parse_instance(typed)
    assert refused.value.code == "instance_invalid"


@pytest.mark.parametrize(
    ("typed", "code"), [("https://127.0.0.1", "address_not_public"), ("http://mastodon.example", "https_needed")]
)
async def test_an_instance_is_public_and_answers_by_https(typed: str, code: str) -> None:
    async with Http(timeout_s=2) as http:
        service = MastodonService(context_of(http, SystemClock()))
        with pytest.raises(UserError) as refused:
            await service.begin_login("login", {"instance": typed}, CALLBACK)
        assert refused.value.code == code
        with pytest.raises(UserError) as refused:
            await service.find_accounts("token", {"instance": typed, "token": "t"})
        assert refused.value.code == code


class OldServer:
    """An instance older than 4.0, or another program, by its answers to paths."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {}
        self.asked: list[Mapping[str, str]] = []
        self.app = FastAPI()

        @self.app.api_route("/{path:path}", methods=["GET", "POST"])
        async def answer(path: str, request: Request) -> Response:
            self.asked.append({"path": path, "body": (await request.body()).decode()})
            status, body = self.answers.get(path, (404, {"error": "Not Found"}))
            return Response(json.dumps(body), status, media_type="application/json")


@pytest.fixture(scope="module")
def old() -> Iterator[tuple[OldServer, str]]:
    server = OldServer()
    with serve(server.app) as url:
        yield server, url


async def test_an_old_instance_is_asked_without_pkce_and_for_an_older_permission(old: tuple[OldServer, str]) -> None:
    server, url = old
    server.answers = {
        "api/v1/apps": (200, {"client_id": "c" * 20, "client_secret": "s" * 20}),
        "oauth/token": (200, {"access_token": "t" * 20, "scope": "read write"}),
        "api/v1/accounts/verify_credentials": (200, {"id": "7", "username": "anna", "display_name": ""}),
        "api/v1/instance": (200, {"configuration": {"statuses": {"max_characters": 700}}}),
    }
    async with Http(timeout_s=5, allow=(urlsplit(url).netloc,)) as http:
        service = MastodonService(context_of(http, SystemClock()))
        start = await service.begin_login("login", {"instance": url}, CALLBACK)
        asked = parse_qs(urlsplit(start.url).query)
        assert asked["scope"] == ["read:accounts read:statuses write:statuses write:media"]
        assert "code_challenge" not in asked
        found = await service.finish_login("login", {"code": "x"}, start.remembered, CALLBACK.redirect_uri)
        server.answers["oauth/token"] = (200, {"access_token": "t" * 20, "scope": "read write:media"})
        less = await service.finish_login("login", {"code": "x"}, start.remembered, CALLBACK.redirect_uri)
    assert less.groups[0].refusal is not None
    assert less.groups[0].refusal.values == {"scopes": "write:statuses"}
    account = found.groups[0].members[0]
    assert (account.name, found.groups[0].refusal) == ("anna", None)
    assert declaration_of(MastodonStatus.declaration, account.facts).limits.text_max == 700


@pytest.mark.parametrize(("status", "body"), [(404, {"error": "no"}), (200, {}), (200, ["x"]), (301, {})])
async def test_another_program_is_no_instance(old: tuple[OldServer, str], status: int, body: Any) -> None:
    server, url = old
    server.answers = {"api/v1/apps": (status, body), "api/v1/accounts/verify_credentials": (status, body)}
    async with Http(timeout_s=5, allow=(urlsplit(url).netloc,)) as http:
        service = MastodonService(context_of(http, SystemClock()))
        with pytest.raises(UserError) as refused:
            await service.begin_login("login", {"instance": url}, CALLBACK)
        assert refused.value.code == "no_instance"
        assert urlencode({"client_name": "Araldo"}) in server.asked[-1]["body"]
        with pytest.raises(UserError) as refused:
            await service.find_accounts("token", {"instance": url, "token": "t"})
        assert refused.value.code == "no_instance"
