"""The second factor over HTTP: set up, sign in with codes, disable."""

from __future__ import annotations

import base64
import sqlite3
import time
import xml.etree.ElementTree as ElementTree
from contextlib import closing
from typing import Any
from urllib.parse import unquote, urlsplit

import pyotp
import pytest

from tests.support.browsing import Person, create_sign_in_link, person_of, signed_in
from tests.support.running_system import Reply, RunningSystem, ask

SESSION = "/api/v1/session"
TOTP = f"{SESSION}/totp"
PASSWORD = "quattro gatti sul tetto"


def sign_in(home: RunningSystem, **body: str) -> Reply:
    return ask("POST", home.url + SESSION, body)


def later_code(secret: str, steps: int) -> str:
    """Return the code of a later 30 s step; the server accepts codes one step off."""
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * steps)


def enrolled(home: RunningSystem) -> tuple[Person, str, list[str]]:
    """Create a user with a password and a second factor; the current code is used up."""
    me = signed_in(home)
    assert me.ask("PUT", f"{SESSION}/password", {"new": PASSWORD}).status == 204
    secret = me.ask("POST", TOTP, {}).body["secret"]
    confirmed = me.ask("POST", f"{TOTP}/confirm", {"code": later_code(secret, -1)})
    assert confirmed.status == 200, confirmed.raw
    return me, secret, confirmed.body["recovery_codes"]


def test_the_secret_is_shown_once_and_has_no_effect_until_confirmed(home: RunningSystem) -> None:
    me = signed_in(home)
    me.ask("PUT", f"{SESSION}/password", {"new": PASSWORD})
    begun = me.ask("POST", TOTP, {})
    assert begun.headers["cache-control"] == "no-store"
    secret, uri = begun.body["secret"], begun.body["uri"]
    read_by_an_app = pyotp.parse_uri(uri)
    assert isinstance(read_by_an_app, pyotp.TOTP)
    assert (len(secret), read_by_an_app.secret, read_by_an_app.provisioning_uri()) == (32, secret, uri)
    assert unquote(urlsplit(uri).path) == "/Araldo:owner"
    kind, _, picture = begun.body["qr_code"].partition(",")
    assert kind.startswith("data:image/svg+xml")
    svg = base64.b64decode(picture).decode() if kind.endswith("base64") else unquote(picture)
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert me.ask("GET", TOTP).body == {"enabled_at": None, "recovery_codes_left": 0}
    assert sign_in(home, name="owner", password=PASSWORD).status == 200
    wrong = me.ask("POST", f"{TOTP}/confirm", {"code": "000000"})
    assert (wrong.status, wrong.body["errors"][0]["pointer"], wrong.body["errors"][0]["code"]) == (
        422,
        "/code",
        "totp_wrong",
    )
    # Beginning again invalidates the first secret.
    again = me.ask("POST", TOTP, {}).body["secret"]
    assert me.ask("POST", f"{TOTP}/confirm", {"code": later_code(secret, 0)}).status == 422
    elsewhere = signed_in(home)
    assert len(me.ask("POST", f"{TOTP}/confirm", {"code": later_code(again, 0)}).body["recovery_codes"]) == 10
    assert elsewhere.ask("GET", SESSION).status == 401
    status = me.ask("GET", TOTP).body
    assert (status["enabled_at"] is not None, status["recovery_codes_left"]) == (True, 10)
    for path, body in ((TOTP, {}), (f"{TOTP}/confirm", {"code": later_code(again, 1)})):
        assert (me.ask("POST", path, body).status, me.ask("POST", path, body).body["code"]) == (409, "totp_enabled")
    with closing(sqlite3.connect(home.settings.data_dir / "araldo.db")) as database:
        kept = str(database.execute("SELECT * FROM user_totp").fetchall())
    assert again not in kept


def test_password_sign_in_needs_a_code_valid_once(home: RunningSystem) -> None:
    me, secret, _ = enrolled(home)
    for body in ({}, {"code": ""}):
        needed = sign_in(home, name="owner", password=PASSWORD, **body)
        assert (needed.status, needed.body["code"]) == (401, "totp_required")
        assert "set-cookie" not in needed.headers
    assert sign_in(home, name="owner", password="wrong", code=later_code(secret, 0)).body["code"] == "sign_in_wrong"
    wrong = sign_in(home, name="owner", password=PASSWORD, code="12345")
    assert (wrong.status, wrong.body["code"]) == (401, "totp_wrong")
    code = later_code(secret, 0)
    assert sign_in(home, name="owner", password=PASSWORD, code=f"{code[:3]} {code[3:]}").status == 200
    for used in (code, later_code(secret, -1)):
        assert sign_in(home, name="owner", password=PASSWORD, code=used).body["code"] == "totp_wrong"
    assert sign_in(home, name="owner", password=PASSWORD, code=later_code(secret, 1)).status == 200
    assert me.ask("GET", SESSION).status == 200


def test_link_sign_in_needs_a_code_and_survives_a_wrong_one(home: RunningSystem) -> None:
    _, secret, _ = enrolled(home)
    link = create_sign_in_link(home)
    for body, code in (({}, "totp_required"), ({"code": "000000"}, "totp_wrong")):
        assert sign_in(home, link=link, **body).body["code"] == code
    assert sign_in(home, link=link, code=later_code(secret, 0)).status == 200
    assert sign_in(home, link=link, code=later_code(secret, 1)).body["code"] == "link_invalid"


def test_a_recovery_code_replaces_an_app_code_once(home: RunningSystem) -> None:
    me, _, codes = enrolled(home)
    assert len(set(codes)) == 10
    typed = codes[3].upper().replace("-", " ")
    assert sign_in(home, name="owner", password=PASSWORD, code=typed).status == 200
    assert sign_in(home, name="owner", password=PASSWORD, code=codes[3]).body["code"] == "totp_wrong"
    assert me.ask("GET", TOTP).body["recovery_codes_left"] == 9
    assert me.ask("POST", f"{TOTP}/disable", {"code": codes[3]}).status == 422
    assert me.ask("POST", f"{TOTP}/disable", {"code": codes[4]}).status == 204
    assert me.ask("GET", TOTP).body == {"enabled_at": None, "recovery_codes_left": 0}
    assert sign_in(home, name="owner", password=PASSWORD).status == 200
    assert me.ask("POST", f"{TOTP}/disable", {"code": codes[5]}).body["code"] == "totp_disabled"
    found = me.ask("GET", "/api/v1/audit?action=totp_enabled&action=totp_disabled").body["data"]
    assert [one["action"] for one in found] == ["totp_disabled", "totp_enabled"]


def test_code_tries_are_limited_and_totp_required_does_not_count(home: RunningSystem) -> None:
    me, secret, codes = enrolled(home)
    for _ in range(12):
        assert sign_in(home, name="owner", password=PASSWORD).body["code"] == "totp_required"
    for _ in range(10):
        assert sign_in(home, name="owner", password=PASSWORD, code="000000").body["code"] == "totp_wrong"
    for code in (later_code(secret, 0), codes[0]):
        refused = sign_in(home, name="owner", password=PASSWORD, code=code)
        assert (refused.status, refused.body["code"]) == (429, "too_many")
    found = me.ask("GET", "/api/v1/audit?action=locked_out").body["data"]
    assert [one["target_name"] for one in found] == ["owner"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("GET", TOTP, None), ("POST", TOTP, {}), ("POST", f"{TOTP}/confirm", {"code": "0"})],
)
def test_a_key_cannot_manage_the_second_factor(home: RunningSystem, method: str, path: str, body: Any) -> None:
    assert home.ask(method, path, body).body["code"] == "person_needed"
    with_link = person_of(ask("POST", home.url + SESSION, {"link": create_sign_in_link(home)}), home.url)
    assert with_link.ask(method, path, body, x_csrf_token="").status in ({200} if method == "GET" else {403})
