"""Calls to a service on a host that a person typed: the guard of untrusted URLs, and everything a call can do."""

from __future__ import annotations

import gzip
import socket
import traceback
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import ResolveResult

from araldo import guard
from araldo.errors import NotSent, OutcomeUnknown, Rejected
from araldo.http import Http
from araldo.messages import Message
from tests.support.aiohttp_site import site
from tests.test_http_untrusted import FakeResolver

SECRET_PATH = "/bot123:sesame/send"


def allowed(url: str) -> Http:
    return Http(timeout_s=1, allow=[url.removeprefix("http://")])


async def refused(http: Http, url: str, method: str = "POST") -> str:
    """Return the code of the refusal."""
    with pytest.raises(Rejected) as caught:
        await http.call_untrusted(method, url, service="made_up", json={"password": "hush"})
    return caught.value.code


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://127.0.0.1/api", "address_not_public"),
        ("http://127.0.0.1/api", "address_not_public"),
        ("https://169.254.169.254/latest/meta-data/", "address_not_public"),
        ("https://[::1]/", "address_not_public"),
        ("https://[::ffff:10.0.0.1]/", "address_not_public"),
        ("https://2130706433/", "address_not_public"),
        ("https://localhost/", "address_not_public"),
        ("https://example.com:22/", "port_not_allowed"),
        ("https://example.com:3000/", "port_not_allowed"),
        ("http://example.com/", "https_needed"),
        ("ftp://example.com/", "url_invalid"),
        ("https://me:pw@example.com/", "url_has_credentials"),
        ("https://exa mple.com/", "url_invalid"),
        ("", "url_invalid"),
    ],
)
async def test_what_no_stranger_may_name_is_refused(url: str, code: str) -> None:
    async with Http(timeout_s=1) as http:
        assert await refused(http, url) == code
        assert await refused(http, url, "DELETE") == code


@pytest.mark.parametrize("found", [["10.0.0.5"], ["8.8.8.8", "10.0.0.5"], ["2606:4700::1", "::1"]])
async def test_one_private_address_is_enough_to_refuse_a_name(found: list[str]) -> None:
    async with Http(resolver=FakeResolver(found)) as http:
        assert await refused(http, "https://rebind.test/api") == "address_not_public"


async def test_the_socket_check_refuses_what_the_resolver_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unchecked(self: Any, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    monkeypatch.setattr(guard.PublicOnlyResolver, "resolve", unchecked)
    async with Http() as http:
        assert await refused(http, "https://fooled.test/") == "address_not_public"


async def test_an_allowed_pair_is_called_without_https_by_any_method_with_any_body() -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=request.method.encode() + await request.read(), headers={"Retry-After": "3"})

    async def pieces() -> AsyncIterator[bytes]:
        yield b"piece"

    async with site(echo) as url, allowed(url) as http:
        put = await http.call_untrusted("PUT", f"{url}/a", service="made_up", body=b"raw")
        patch = await http.call_untrusted("PATCH", f"{url}/a", service="made_up", body=pieces())
        get = await http.call_untrusted("GET", f"{url}/a", service="made_up", params={"q": "ü"})
        files = {"file": ("a.jpg", b"\xff\xd8", "image/jpeg")}
        post = await http.call_untrusted("POST", f"{url}/a", service="made_up", form={"x": "y"}, files=files)
    assert (put.body, patch.body, get.body) == (b"PUTraw", b"PATCHpiece", b"GET")
    assert b"\xff\xd8" in post.body
    assert put.headers["retry-after"] == "3"


async def test_an_allowed_pair_does_not_cover_other_ports() -> None:
    async with site(_hop) as url, allowed(url) as http:
        other = url.rpartition(":")[0] + ":80"
        assert await refused(http, other) == "address_not_public"


async def test_a_redirect_is_returned_and_not_followed() -> None:
    asked: list[str] = []

    async def hop(request: web.Request) -> web.Response:
        asked.append(request.path)
        return await _hop(request)

    async with site(hop) as url, allowed(url) as http:
        answer = await http.call_untrusted("POST", f"{url}/first", service="made_up", json={})
    assert (answer.status, answer.headers["Location"], asked) == (307, "http://169.254.169.254/", ["/first"])


async def _hop(_: web.Request) -> web.Response:
    return web.Response(status=307, headers={"Location": "http://169.254.169.254/"})


async def test_the_size_limit_applies_after_decompression() -> None:
    async def bomb(_: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(bytes(20_000_000)), headers={"Content-Encoding": "gzip"})

    async with site(bomb) as url, allowed(url) as http:
        with pytest.raises(OutcomeUnknown) as caught:
            await http.call_untrusted("POST", url, service="made_up", json={}, max_bytes=100_000)
    assert caught.value.code == "too_big"


async def test_the_gate_lets_one_request_through_or_none() -> None:
    asked: list[str] = []

    async def note(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    def closed() -> None:
        raise NotSent(Message("platforms.too_late"), service="made_up", code="too_late_to_send")

    async with site(note) as url, allowed(url) as http:
        with pytest.raises(NotSent) as caught:
            await http.call_untrusted("POST", f"{url}/no", service="made_up", json={}, gate=closed)
        assert (caught.value.code, asked) == ("too_late_to_send", [])
        opened: list[int] = []
        await http.call_untrusted("POST", f"{url}/yes", service="made_up", json={}, gate=lambda: opened.append(1))
    assert (asked, opened) == (["/yes"], [1])


async def test_an_unreachable_host_and_a_lost_answer_are_told_apart_and_name_no_path() -> None:
    async def drop(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with site(drop) as url, allowed(url) as http:
        with pytest.raises(OutcomeUnknown) as lost:
            await http.call_untrusted("POST", url + SECRET_PATH, service="made_up", json={})
    async with Http(timeout_s=1) as http:
        with pytest.raises(NotSent) as unsent:
            await http.call_untrusted("POST", "https://nowhere.invalid" + SECRET_PATH, service="made_up", json={})
    assert (lost.value.service, unsent.value.service) == ("made_up", "made_up")
    for caught in (lost, unsent):
        assert SECRET_PATH not in "".join(traceback.format_exception(caught.value))
