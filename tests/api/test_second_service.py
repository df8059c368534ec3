"""A second service, made up, is connected, shown, and disconnected by the API without a word about it in the core."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from fastapi import FastAPI
from pydantic import Field

from araldo.app import Araldo
from araldo.asgi import create_web
from araldo.cli.answers import collect_answers
from araldo.errors import UserError
from araldo.platforms import SERVICES
from araldo.redaction import add_secret_patterns, redact
from araldo.settings import Settings
from tests.support.browsing import Person, cookie_of, signed_in
from tests.support.leaks import LEAK_DETECTOR
from tests.support.login_dialog import Browser, token_request
from tests.support.made_up_service import AWAY, PASSWORD, WallServer, WallService, WallSettings
from tests.support.migrated import copy_migrated_file
from tests.support.running_system import RunningSystem, connect_accounts, running_sandbox, settings_for
from tests.support.serving import serve_made

FORM = {"handle": "anna.example", "password": PASSWORD}


class WallAndOtherSettings(Settings):
    made_up: WallSettings = Field(default_factory=WallSettings)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> WallServer:
    server = WallServer()
    monkeypatch.setattr("tests.support.made_up_service.SERVER", server)
    return server


@pytest.fixture
def home(tmp_path: Path, wall: WallServer) -> Iterator[RunningSystem]:
    add_secret_patterns(WallService.declaration.secret_patterns)
    made: list[tuple[Settings, str]] = []

    def make(url: str) -> FastAPI:
        known = settings_for(tmp_path, meta.url, port=int(url.rpartition(":")[2]))
        settings = WallAndOtherSettings.model_validate(known.model_dump())
        copy_migrated_file(settings.data_dir / "araldo.db")
        made.append((settings, asyncio.run(connect_accounts(settings, None))))
        return create_web(Araldo(settings, services=(*SERVICES, WallService)))

    with running_sandbox() as meta, serve_made(make) as url:
        yield RunningSystem(url, made[0][1], meta, made[0][0])


def begin(home: RunningSystem | Person, method: str = "password", **answers: str) -> dict[str, object]:
    reply = home.ask("POST", "/api/v1/connections", {"service": "made_up", "method": method, "answers": answers})
    assert reply.status == 201, reply.raw
    found: dict[str, object] = reply.body
    return found


def connected(home: RunningSystem) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = home.ask("GET", "/api/v1/accounts").body["data"]
    return found


def test_services_are_listed_with_their_methods_and_fields_in_the_language_asked_for(home: RunningSystem) -> None:
    services = {one["name"]: one for one in home.ask("GET", "/api/v1/services", accept_language="it").body["data"]}
    assert list(services) == [*(service.declaration.name for service in SERVICES), "made_up"]
    assert [method["kind"] for method in services["meta"]["methods"]] == ["oauth", "form"]
    assert services["meta"]["methods"][0]["label"] == "Collega con Meta"
    password = services["made_up"]["methods"][0]
    assert (services["made_up"]["platforms"], password["label"]) == (["wall", "square"], "[it] Connect the wall")
    fields = [(field["name"], field["type"], field["required"], field["default"]) for field in password["fields"]]
    assert fields == [
        ("handle", "text", True, ""),
        ("password", "secret", True, ""),
        ("host", "url", False, "https://wall.example"),
    ]


def test_accounts_are_connected_by_a_form_and_the_answers_are_not_repeated(home: RunningSystem) -> None:
    begun = begin(home, **FORM)
    assert (begun["status"], begun["login_url"]) == ("pending", None)
    groups = begun["groups"]
    assert isinstance(groups, list)
    assert [(group["id"], group["choosable"], group["lacks"]) for group in groups] == [
        ("open", True, []),
        ("shut", False, ["Shut."]),
    ]
    path = f"/api/v1/connections/{begun['id']}/choose"
    refused = home.ask("POST", path, {"group_ids": ["open", "shut"]})
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/group_ids/1")
    assert home.ask("POST", path, {"group_ids": ["open"]}).status == 200
    accounts = connected(home)
    assert {(one["kind"], one["host"], one["service"], one["method"]) for one in accounts} == {
        (kind, "https://wall.example", "made_up", "password") for kind in ("wall_page", "square_account")
    }
    assert [(end["what"], end["renewable"]) for end in accounts[0]["ends"]] == [("Session", True)]
    assert accounts[0]["health"] == "ok"
    assert PASSWORD not in json.dumps(begun) + json.dumps(accounts)
    events = home.ask("GET", "/api/v1/audit?limit=100").raw.decode()
    assert "account_connected" in events
    assert "wall-" not in events


def test_a_refused_form_names_the_reason_and_no_secret(home: RunningSystem) -> None:
    wrong = {**FORM, "password": "wall-password-0000aaaa"}
    reply = home.ask("POST", "/api/v1/connections", {"service": "made_up", "answers": wrong})
    assert (reply.status, reply.body["code"]) == (400, "wall_password")
    assert "wall-password" not in reply.raw.decode()
    assert connected(home) == []


def test_a_login_remembers_what_its_second_half_needs(home: RunningSystem, wall: WallServer) -> None:
    me = signed_in(home)
    reply = me.ask(
        "POST", "/api/v1/connections", {"service": "made_up", "method": "login", "answers": {"host": "w.example"}}
    )
    url = urlsplit(reply.body["login_url"])
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert (url.netloc, asked["client_id"], wall.registered) == ("w.example", "app-0", ["w.example"])
    assert "verifier" not in reply.raw.decode()
    browser = Browser({name: one.value for name, one in cookie_of(reply).items()})
    back = {"state": asked["state"], "code": "c", "who": "bea", "iss": "w.example"}
    assert browser.open(f"{asked['redirect_uri']}?{urlencode(back)}", follow=False).status == 303
    found = me.ask("GET", f"/api/v1/connections/{reply.body['id']}").body
    assert (found["status"], found["groups"][0]["name"]) == ("pending", "bea")
    # The state is used up, and what was remembered with it.
    assert browser.open(f"{asked['redirect_uri']}?{urlencode(back)}", follow=False).status == 403


@pytest.mark.parametrize(
    ("back", "said"), [({"error": "access_denied"}, "not granted"), ({"who": "x", "iss": "other"}, "does not know")]
)
def test_what_the_service_answers_ends_the_login_with_its_reason(
    home: RunningSystem, back: dict[str, str], said: str
) -> None:
    begun = begin(home, "login", host="w.example")
    browser = Browser()
    dialog = browser.submit(browser.open(str(begun["login_url"])), "continue", follow=False)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(dialog.headers["Location"]).query).items()}
    browser.open(f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], **back})}")
    found = home.ask("GET", f"/api/v1/connections/{begun['id']}").body
    assert (found["status"], said in found["error"]) == ("failed", True)


def test_disconnecting_revokes_and_says_when_the_service_is_away(home: RunningSystem, wall: WallServer) -> None:
    begun = begin(home, **FORM)
    home.ask("POST", f"/api/v1/connections/{begun['id']}/choose", {"group_ids": ["open"]})
    first, second = (str(one["id"]) for one in connected(home))
    assert home.ask("GET", f"/api/v1/accounts/{first}/disconnection").body == {"deliveries": [], "count": 0}
    done = home.ask("DELETE", f"/api/v1/accounts/{first}")
    assert (done.status, done.body) == (200, {"revoked": True, "note": None, "waiting": 0})
    wall.faults = [AWAY]
    away = home.ask("DELETE", f"/api/v1/accounts/{second}").body
    assert (away["revoked"], "could not be reached" in away["note"]) == (False, True)
    assert connected(home) == []
    assert home.ask("DELETE", f"/api/v1/accounts/{first}").status == 404
    assert "account_disconnected" in home.ask("GET", "/api/v1/audit?limit=100").raw.decode()


def test_the_sandbox_notice_shows_while_everything_in_use_is_local(home: RunningSystem) -> None:
    me = signed_in(home)

    def viewer() -> object:
        return me.ask("GET", "/api/v1/session").body["sandbox"]

    assert viewer() == {"viewer_url": home.meta.url}
    made = home.ask("POST", "/api/v1/connections", token_request(home.meta.mint())).body
    home.ask("POST", f"/api/v1/connections/{made['id']}/choose", {"group_ids": [made["groups"][0]["id"]]})
    assert viewer() == {"viewer_url": home.meta.url}
    begun = begin(home, **FORM)
    home.ask("POST", f"/api/v1/connections/{begun['id']}/choose", {"group_ids": ["open"]})
    assert viewer() is None
    for account in connected(home):
        if account["service"] == "made_up":
            home.ask("DELETE", f"/api/v1/accounts/{account['id']}")
    assert viewer() == {"viewer_url": home.meta.url}


def test_secrets_of_the_service_are_redacted_in_logs(home: RunningSystem) -> None:
    assert redact("refresh wall-refresh-00ff failed") == "refresh [struck out] failed"
    LEAK_DETECTOR.scan_files(home.settings.data_dir)
    stored = (home.settings.data_dir / "araldo.db").read_bytes()
    begin(home, **FORM)
    assert PASSWORD.encode() not in stored + (home.settings.data_dir / "araldo.db").read_bytes()


def test_secrets_are_never_taken_from_a_command_line() -> None:
    password, login = WallService.declaration.methods
    with pytest.raises(UserError) as refused:
        collect_answers(password, [f"password={PASSWORD}"], {})
    assert PASSWORD not in refused.value.message.to("en")
    assert "ARALDO_ANSWER_PASSWORD" in refused.value.message.to("en")
    for given in ("handle", "who=x"):
        with pytest.raises(UserError):
            collect_answers(password, [given], {})
    answers = collect_answers(password, ["handle=anna"], {"ARALDO_ANSWER_PASSWORD": PASSWORD})
    assert answers == {"handle": "anna", "password": PASSWORD}
    assert collect_answers(login, ["host=w"], {}) == {"host": "w"}
