"""Protection of browsers: CSRF, Host names, security headers and policies."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from araldo.api.site import Site, build_site, host_of
from tests.support.browsing import Person, create_sign_in_link, signed_in
from tests.support.login_dialog import FORM, begin_login, complete_login
from tests.support.running_system import RunningSystem, ask, start_system

SESSION = "/api/v1/session"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """One system for all tests of this module: none changes what another one reads."""
    with start_system(tmp_path_factory.mktemp("browsers"), allowed_hosts=["studio.lan", "other.lan:81"]) as opened:
        yield opened


@pytest.fixture(scope="module")
def me(home: RunningSystem) -> Person:
    return signed_in(home)


@pytest.mark.parametrize("csrf", ["", "arac_wrong", "àè"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/v1/posts"), ("PATCH", SESSION), ("DELETE", SESSION), ("PUT", f"{SESSION}/password")],
)
def test_changes_need_the_sessions_csrf_token(me: Person, method: str, path: str, csrf: str) -> None:
    refused = me.ask(method, path, {}, x_csrf_token=csrf)
    assert (refused.status, refused.body["code"]) == (403, "csrf")


def test_another_sessions_csrf_token_is_refused(home: RunningSystem, me: Person) -> None:
    refused = me.ask("POST", "/api/v1/posts", {}, x_csrf_token=signed_in(home).csrf)
    assert (refused.status, refused.body["code"]) == (403, "csrf")
    assert me.ask("POST", "/api/v1/posts", {"content": "Ciao"}).status == 201


def test_reads_and_api_keys_need_no_csrf_token(home: RunningSystem, me: Person) -> None:
    assert me.ask("GET", "/api/v1/posts", x_csrf_token="").status == 200
    assert me.ask("POST", "/api/v1/posts", {}, x_csrf_token="", authorization=f"Bearer {home.key}").status == 201
    # The key counts, also when it is wrong.
    assert me.ask("GET", "/api/v1/posts", authorization="Bearer ara_wrong").status == 401


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost", "file://"]
)
def test_a_foreign_origin_is_refused_whatever_its_credentials(home: RunningSystem, me: Person, origin: str) -> None:
    for method, path in (("GET", "/api/v1/posts"), ("POST", "/api/v1/posts")):
        refused = me.ask(method, path, None if method == "GET" else {}, origin=origin)
        assert (refused.status, refused.body["code"]) == (403, "origin")
    link = create_sign_in_link(home)
    planted = ask("POST", home.url + SESSION, {"link": link}, {"Origin": origin})
    assert (planted.status, planted.body["code"]) == (403, "origin")
    assert ask("POST", home.url + SESSION, {"link": link}, {"Origin": home.url}).status == 200


def test_own_origins_are_accepted_under_every_known_host(home: RunningSystem, me: Person) -> None:
    port = urlsplit(home.url).port
    for host in (
        f"127.0.0.1:{port}",
        f"localhost:{port}",
        f"[::1]:{port}",
        "studio.lan",
        "OTHER.lan",
        "localhost:5173",
    ):
        made = me.ask("POST", "/api/v1/posts", {}, host=host, origin=f"http://{host.lower()}")
        assert made.status == 201, (host, made.raw)
    # A proxy in front may say its own name for ours.
    assert me.ask("GET", "/api/v1/posts", host="studio.lan", origin=home.url).status == 200


@pytest.mark.parametrize("path", ["/", "/api/v1/posts", SESSION, "/sign-in", "/api/v1/openapi.json", "/healthy"])
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:80", "localhost.evil", "[::2]", "-", "169.254.1.1"]
)
def test_an_unknown_host_is_refused(home: RunningSystem, me: Person, path: str, host: str) -> None:
    refused = me.ask("GET", path, host=host)
    assert (refused.status, refused.body["code"]) == (400, "host_unknown")
    assert "ARALDO_ALLOWED_HOSTS" in refused.body["detail"]
    assert refused.body["request_id"] == refused.headers["x-request-id"]


@pytest.mark.parametrize("lines", ["", "Host: localhost\r\nHost: evil.example\r\n"])
def test_a_missing_or_repeated_host_is_refused(home: RunningSystem, lines: str) -> None:
    parts = urlsplit(home.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), 5) as connection:
        connection.sendall(f"GET /api/v1/posts HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
        assert connection.makefile("rb").readline().split()[1] == b"400"


def test_health_probes_and_media_accept_any_host(home: RunningSystem) -> None:
    drawn = home.ask("POST", "/api/v1/marketing/image/batch-generate", {"images": [{"prompt": "x"}]}).body
    picture = drawn["results"][0]["image_url"].removeprefix(home.url)
    for path in ("/api/v1/health", "/api/v1/ready", "/robots.txt", picture):
        assert ask("GET", home.url + path, headers={"Host": "10.0.0.7:8000"}).status == 200
    assert ask("GET", home.url + picture.partition("?")[0], headers={"Host": "10.0.0.7"}).status == 403


def test_every_response_is_nosniff(home: RunningSystem, me: Person) -> None:
    for path in ("/", "/api/v1/posts", "/robots.txt", "/nowhere"):
        headers = me.ask("GET", path).headers
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")


def test_the_page_of_check_boxes_has_its_own_policy_and_its_form_comes_back(home: RunningSystem, me: Person) -> None:
    back = complete_login(begin_login(home)["login_url"])
    policy, page = back.headers["content-security-policy"], back.raw.decode()
    assert "'unsafe-inline'" not in policy
    assert {"default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in policy
    # As the browser sends it: the cookie beside it, our own origin, and no token but the ticket.
    (ticket,) = re.findall(r'name=ticket value="([^"]*)"', page)
    headers = FORM | {"Cookie": f"araldo_session={me.token}", "Origin": home.url}
    sent = f"ticket={ticket}&group_ids=100000000000101".encode()
    assert ask("POST", f"{home.url}/api/v1/connections/chosen", headers=headers, data=sent).status == 200


def site(own_url: str = "https://araldo.example", host: str = "127.0.0.1", *allowed: str) -> Site:
    return build_site(own_url, host, allowed)


@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        ("https://araldo.example", "127.0.0.1:8000", True),
        ("https://araldo.example:443", "127.0.0.1:8000", True),
        ("https://ARALDO.example", "araldo.example", True),
        ("http://araldo.example", "araldo.example", True),
        ("http://araldo.example", "127.0.0.1", False),
        ("https://araldo.example:444", "araldo.example", False),
        ("http://localhost", "localhost:80", True),
        ("http://localhost:8000", "localhost:8001", False),
        ("https://araldo.example@evil.example", "araldo.example", False),
        ("https://evil.example", "araldo.example", False),
        ("null", "null", False),
        ("", "", False),
    ],
)
def test_which_origins_are_our_own(origin: str, host: str, own: bool) -> None:
    assert site().is_own_origin(origin, host) is own


def test_which_names_are_our_own() -> None:
    assert site("http://[fd00::1]:8000", "fd00::1", "Studio.LAN:81").hosts == {
        "[fd00::1]",
        "studio.lan",
        "localhost",
        "127.0.0.1",
        "[::1]",
    }


ODD = st.text() | st.text("[]:/@#?%.a1\uff0f")


@given(ODD.map("http://".__add__) | ODD, ODD)
@example("http://[", "localhost")
@example("http://localhost", "[::1")
def test_malformed_headers_are_refused_without_an_error(origin: str, host: str) -> None:
    assert site().is_known_host(host) == (host_of(host) in site().hosts)
    assert site().is_own_origin(origin, host) in {True, False}
