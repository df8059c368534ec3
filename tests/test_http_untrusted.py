"""Fetching what strangers point at: the guard stands at the connection, and everything is capped."""

from __future__ import annotations

import asyncio
import errno
import gzip
import socket
import traceback
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from araldo import guard
from araldo.errors import NotSent, Rejected, TryLater
from araldo.http import Http
from araldo.local_faults import TransientFault

_PICTURE = b"\xff\xd8\xff picture"


class FakeResolver(AbstractResolver):
    """Each lookup returns the next answer; the last one repeats."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [
            ResolveResult(hostname=host, host=one, port=port, family=_family(one), proto=0, flags=0) for one in found
        ]

    async def close(self) -> None:
        pass


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


async def test_an_allowed_pair_is_fetched_at_any_address() -> None:
    async with _site() as port, Http(allow=[f"127.0.0.1:{port}"]) as http:
        fetched = await http.fetch_untrusted(f"http://127.0.0.1:{port}/picture", max_bytes=100)
    assert (fetched.body, fetched.content_type) == (_PICTURE, "image/jpeg")


async def test_an_allowed_pair_is_exact() -> None:
    async with _site() as port:
        for pair in (f"localhost:{port}", f"127.0.0.1:{port + 1}", "127.0.0.1", "127.0.0.1:80", "*"):
            async with Http(allow=[pair]) as http:
                with pytest.raises(Rejected) as caught:
                    await http.fetch_untrusted(f"http://127.0.0.1:{port}/picture", max_bytes=100)
            assert caught.value.code == "port_not_allowed"


async def test_a_name_that_resolves_to_localhost_is_refused() -> None:
    async with Http() as http:
        with pytest.raises(Rejected) as caught:
            await http.fetch_untrusted("http://localhost/picture", max_bytes=100)
    assert caught.value.code == "address_not_public"


@pytest.mark.parametrize(
    "found",
    [["10.0.0.5"], ["8.8.8.8", "10.0.0.5"], ["2606:4700::1", "::1"], ["::ffff:127.0.0.1"], ["169.254.169.254"]],
)
async def test_one_private_address_is_enough_to_refuse_a_name(found: list[str]) -> None:
    async with Http(resolver=FakeResolver(found)) as http:
        with pytest.raises(Rejected) as caught:
            await http.fetch_untrusted("http://rebind.test/picture", max_bytes=100)
    assert caught.value.code == "address_not_public"


async def test_an_allowed_pair_does_not_cover_other_ports() -> None:
    resolver = FakeResolver(["127.0.0.1"])
    async with _site() as port, Http(resolver=resolver, allow=[f"first.test:{port}"]) as http:
        with pytest.raises(Rejected) as caught:
            await http.fetch_untrusted(f"http://first.test:{port}/to?http://first.test/picture", max_bytes=100)
    assert caught.value.code == "address_not_public"
    assert resolver.asked == 2


async def test_the_socket_check_refuses_what_the_resolver_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a name changes its mind between two look-ups: what is about to be connected to is looked at again."""

    async def unchecked(self: Any, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    monkeypatch.setattr(guard.PublicOnlyResolver, "resolve", unchecked)
    async with Http() as http:
        with pytest.raises(Rejected) as caught:
            await http.fetch_untrusted("http://fooled.test/", max_bytes=100)
    assert caught.value.code == "address_not_public"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("http://127.0.0.1/", "address_not_public"),
        ("http://169.254.169.254/latest/meta-data/", "address_not_public"),
        ("http://[::1]/", "address_not_public"),
        ("http://2130706433/", "address_not_public"),
        ("http://example.com:22/", "port_not_allowed"),
        ("file:///etc/passwd", "url_invalid"),
        ("http://me:pw@example.com/", "url_has_credentials"),
        ("", "url_invalid"),
    ],
)
async def test_every_redirect_is_checked_again(target: str, code: str) -> None:
    async with _site() as port, Http(allow=[f"127.0.0.1:{port}"]) as http:
        with pytest.raises(Rejected) as caught:
            await http.fetch_untrusted(f"http://127.0.0.1:{port}/to?{target}", max_bytes=100)
    assert caught.value.code == code


async def test_four_redirects_are_followed_and_five_are_not() -> None:
    async with _site() as port, Http(allow=[f"127.0.0.1:{port}"]) as http:
        fetched = await http.fetch_untrusted(f"http://127.0.0.1:{port}/hops/4", max_bytes=100)
        assert fetched.body == _PICTURE
        assert fetched.url.endswith("/hops/0")
        with pytest.raises(Rejected) as caught:
            await http.fetch_untrusted(f"http://127.0.0.1:{port}/hops/5", max_bytes=100)
    assert caught.value.code == "too_many_redirects"


async def test_the_size_limit_applies_while_streaming_and_after_decompression() -> None:
    async with _site() as port, Http(allow=[f"127.0.0.1:{port}"]) as http:
        for path in ("endless", "bomb"):
            with pytest.raises(Rejected) as caught:
                await http.fetch_untrusted(f"http://127.0.0.1:{port}/{path}", max_bytes=100_000)
            assert caught.value.code == "too_big"


async def test_the_time_limit_covers_all_redirects() -> None:
    async with _site() as port, Http(allow=[f"127.0.0.1:{port}"]) as http:
        for path in ("drip", "hang", "to?/hang"):
            with pytest.raises(TryLater) as caught:
                await http.fetch_untrusted(f"http://127.0.0.1:{port}/{path}", max_bytes=10_000_000, timeout_s=0.2)
            assert caught.value.code == "timeout"


@pytest.mark.parametrize(
    ("status", "kind"), [(404, Rejected), (403, Rejected), (204, Rejected), (429, TryLater), (503, TryLater)]
)
async def test_refusals_are_rejected_and_faults_are_try_later(status: int, kind: type[Rejected | TryLater]) -> None:
    async with _site() as port, Http(allow=[f"127.0.0.1:{port}"]) as http:
        with pytest.raises(kind) as caught:
            await http.fetch_untrusted(f"http://127.0.0.1:{port}/status/{status}", max_bytes=100)
    assert (caught.value.code, caught.value.service) == (f"status_{status}", "web")


async def test_an_unresolvable_name_is_try_later() -> None:
    async with Http() as http:
        with pytest.raises(TryLater) as caught:
            await http.fetch_untrusted("https://nowhere.invalid/a.jpg?token=sesame", max_bytes=100)
    assert caught.value.code == "dns"
    assert caught.value.__context__ is None
    assert "sesame" not in repr(caught.value.as_json())


class FailingResolver(AbstractResolver):
    """Every lookup fails, as without free descriptors."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise OSError(errno.EMFILE, "Too many open files")

    async def close(self) -> None:
        pass


async def test_a_local_fault_is_not_blamed_on_the_other_server() -> None:
    url = "http://example.com/secret-path"
    async with Http(resolver=FailingResolver()) as http:
        with pytest.raises(TransientFault) as fetched:
            await http.fetch_untrusted(url, max_bytes=1)
        with pytest.raises(TransientFault) as posted:
            await http.post_untrusted(url, b"", headers={}, timeout_s=1, max_bytes=1)
        with pytest.raises(NotSent) as called:
            await http.call("GET", url, service="made_up")
    assert called.value.code == "local_fault"
    for raised in (fetched, posted, called):
        assert "secret-path" not in "".join(traceback.format_exception(raised.value))


@asynccontextmanager
async def _site() -> AsyncIterator[int]:
    app = web.Application()
    app.router.add_get("/picture", _picture)
    app.router.add_get("/to", _to)
    app.router.add_get("/hops/{left}", _hop)
    app.router.add_get("/status/{status}", _status)
    app.router.add_get("/endless", _endless)
    app.router.add_get("/drip", _drip)
    app.router.add_get("/hang", _hang)
    app.router.add_get("/bomb", _bomb)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def _picture(_: web.Request) -> web.Response:
    return web.Response(body=_PICTURE, content_type="image/jpeg")


async def _to(asked: web.Request) -> web.Response:
    return web.Response(status=302, headers={"Location": unquote(asked.raw_path.partition("?")[2])})


async def _hop(asked: web.Request) -> web.Response:
    left = int(asked.match_info["left"])
    return web.Response(body=_PICTURE) if left == 0 else web.Response(status=307, headers={"Location": str(left - 1)})


async def _status(asked: web.Request) -> web.Response:
    return web.Response(status=int(asked.match_info["status"]))


async def _endless(asked: web.Request) -> web.StreamResponse:
    return await _stream(asked, b"x" * 65536, pause=0)


async def _drip(asked: web.Request) -> web.StreamResponse:
    return await _stream(asked, b"x", pause=0.01)


async def _stream(asked: web.Request, chunk: bytes, pause: float) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(asked)
    while asked.transport is not None:
        await response.write(chunk)
        await asyncio.sleep(pause)
    return response


async def _hang(asked: web.Request) -> web.Response:
    """Says nothing for as long as the other side is there."""
    while asked.transport is not None:  # noqa: ASYNC110 - aiohttp tells nobody when a client leaves
        await asyncio.sleep(0.01)
    return web.Response()


async def _bomb(_: web.Request) -> web.Response:
    packed = gzip.compress(bytes(20_000_000))
    assert len(packed) < 100_000
    return web.Response(body=packed, headers={"Content-Encoding": "gzip"})
