"""Outbound calls against real sockets on loopback: what was sent, what is known, what is never repeated."""

from __future__ import annotations

import asyncio
import socket
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from araldo.errors import OutcomeUnknown, OutsideError, Rejected, TryLater
from araldo.http import Http
from araldo.messages import message_of

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
_SECRET = "sesame-3000"


@dataclass
class RawServer:
    """A raw TCP server that records requests and connections; `reply` answers each request."""

    reply: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]
    port: int = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1/feed?access_token={_SECRET}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                body = await reader.readexactly(int(length[0].split(b":")[1])) if length else b""
                self.requests.append(head + body)
                self.heard.set()
                done = self.reply(reader, writer)
                if asyncio.iscoroutine(done):
                    await done
        except asyncio.IncompleteReadError as ended:
            self.requests.extend([ended.partial] if ended.partial else [])
        except ConnectionError:
            pass
        finally:
            writer.close()
            self.closed.set()


def _answer(data: bytes, *, close: bool = False) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
    def reply(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        if close:
            writer.close()

    return reply


def _reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


@asynccontextmanager
async def raw_server(
    reply: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object] = _answer(_OK),  # noqa: B008 - has no state
) -> AsyncIterator[RawServer]:
    line = RawServer(reply)
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    async with Http(timeout_s=5) as opened:
        yield opened


class BlockedResolver(AbstractResolver):
    """Resolves to 127.0.0.1 once the test sets `go`."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.go = asyncio.Event()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.set()
        await self.go.wait()
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        pass


async def test_an_answer_is_status_headers_and_body_whatever_the_status(http: Http) -> None:
    async def echo(request: web.Request) -> web.Response:
        form = dict(await request.post())
        return web.json_response({"form": form, "query": dict(request.query)}, status=418, headers={"X-App-Usage": "7"})

    async with _app(echo) as base:
        answer = await http.call(
            "POST", f"{base}/a?x=1", service="meta", params={"t": "a|b"}, form={"message": "è & é"}
        )
    assert answer.status == 418
    assert answer.headers["x-app-usage"] == "7"
    assert answer.json() == {"form": {"message": "è & é"}, "query": {"x": "1", "t": "a|b"}}


async def test_files_are_sent_with_their_form(http: Http) -> None:
    picture = bytes(range(256)) * 8192  # above the size from which aiohttp warns of raw bytes

    async def upload(request: web.Request) -> web.Response:
        form = await request.post()
        sent = form["source"]
        assert isinstance(sent, web.FileField)
        same = sent.file.read() == picture
        return web.json_response([form["published"], sent.filename, sent.content_type, same])

    async with _app(upload) as base:
        files = {"source": ("a.jpg", picture, "image/jpeg")}
        answer = await http.call("POST", f"{base}/photos", service="meta", form={"published": "false"}, files=files)
    assert answer.json() == ["false", "a.jpg", "image/jpeg", True]


async def test_json_bodies_are_sent_with_their_type(http: Http) -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.json_response([request.content_type, request.headers["Authorization"], await request.json()])

    async with _app(echo) as base:
        headers = {"Authorization": "Bearer k"}
        answer = await http.call("POST", f"{base}/", service="openai", json={"prompt": "caffè"}, headers=headers)
    assert answer.json() == ["application/json", "Bearer k", {"prompt": "caffè"}]


async def test_a_body_that_is_not_json_is_a_value_error(http: Http) -> None:
    for body in (b"<html>", b"\xff", b"[" * 100_000):
        reply = _answer(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        async with raw_server(reply) as line:
            answer = await http.call("GET", line.url, service="meta")
        with pytest.raises(ValueError, match=r".+"):
            answer.json()


async def test_a_redirect_is_an_answer_and_is_not_followed(http: Http) -> None:
    reply = _answer(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
    async with raw_server(reply) as line:
        assert (await http.call("GET", line.url, service="meta")).status == 302
        assert len(line.requests) == 1


async def test_cookies_are_neither_kept_nor_sent(http: Http) -> None:
    reply = _answer(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n")
    async with raw_server(reply) as line:
        await http.call("GET", line.url, service="meta")
        await http.call("GET", line.url, service="meta")
    assert len(line.requests) == 2
    assert b"cookie" not in b"".join(line.requests).lower()


async def test_a_failure_before_sending_is_not_sent(http: Http) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        refused = f"http://127.0.0.1:{unheard.getsockname()[1]}/?access_token={_SECRET}"
        for url in (refused, f"http://nowhere.invalid/?access_token={_SECRET}", f"http://{'a' * 64}.test/"):
            with pytest.raises(TryLater) as caught:
                await http.call("POST", url, service="meta", form={})
            assert caught.value.code in {"unreachable", "dns"}
            _assert_no_secret(caught.value)


async def test_a_failed_connection_is_not_sent() -> None:
    held = BlockedResolver()
    async with Http(resolver=held) as http, raw_server() as line:
        with pytest.raises(TryLater) as caught:
            await http.call("POST", f"http://slow.test:{line.port}/", service="meta", form={}, timeout_s=0.05)
        assert caught.value.code == "timeout"
        assert line.connections == 0


async def test_a_failed_tls_handshake_is_not_sent_and_calls_no_gate(http: Http) -> None:
    passed: list[int] = []
    async with raw_server(_answer(b"not TLS at all\r\n\r\n")) as line:
        url = line.url.replace("http:", "https:")
        with pytest.raises(TryLater) as caught:
            await http.call("POST", url, service="meta", form={}, timeout_s=0.3, gate=lambda: passed.append(1))
    _assert_no_secret(caught.value)
    assert passed == []


_AFTER = {
    "reset": _reset,
    "closed": _answer(b"", close=True),
    "half_head": _answer(b"HTTP/1.1 200 OK\r\nContent-Le", close=True),
    "half_body": _answer(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{", close=True),
    "half_chunk": _answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", close=True),
    "not_http": _answer(b"220 smtp.example ready\r\n\r\n", close=True),
    "oversize": _answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000),
    "silence": _answer(b""),
    "slow_body": _answer(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"),
}


@pytest.mark.parametrize("how", _AFTER)
@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
async def test_failures_after_sending_are_outcome_unknown_and_not_retried(http: Http, how: str, method: str) -> None:
    async with raw_server(_AFTER[how]) as line:
        with pytest.raises(OutcomeUnknown) as caught:
            await http.call(method, line.url, service="meta", timeout_s=0.3, max_bytes=1000)
        assert len(line.requests) == 1
    assert caught.value.service == "meta"
    _assert_no_secret(caught.value)


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE", "PUT"])
async def test_a_dead_reused_connection_is_not_retried(http: Http, method: str) -> None:
    async def once_then_drop(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(line.requests) == 1:
            writer.write(_OK)
        else:
            writer.close()

    async with raw_server(once_then_drop) as line:
        await http.call(method, line.url, service="meta")
        with pytest.raises(OutcomeUnknown):
            await http.call(method, line.url, service="meta")
        assert (line.connections, len(line.requests)) == (1, 2)


async def test_each_gated_call_opens_a_new_connection(http: Http) -> None:
    async with raw_server() as line:
        await http.call("GET", line.url, service="meta")
        for _ in range(2):
            await http.call("POST", line.url, service="meta", form={"a": "b"}, gate=lambda: None)
        assert line.connections == 3


async def test_the_gate_is_called_after_connecting_and_before_sending() -> None:
    held = BlockedResolver()
    gone_by: list[str] = []

    class LateError(Exception):
        pass

    def gate() -> None:
        gone_by.append("gate")
        raise LateError

    async with Http(resolver=held) as http, raw_server() as line:
        url = f"http://slow.test:{line.port}/"
        call = asyncio.create_task(http.call("POST", url, service="meta", form={"a": "b"}, gate=gate))
        await held.asked.wait()
        assert gone_by == []
        held.go.set()
        with pytest.raises(LateError):
            await call
        # The server has seen the connection end; anything sent would have come before that.
        await asyncio.wait_for(line.closed.wait(), 5)
        assert (line.connections, line.requests) == (1, [])


@pytest.mark.parametrize(
    "wrong", [OSError("gate"), TimeoutError("gate"), TryLater(message_of({"en": "x", "it": "x"}), service="us")]
)
async def test_exceptions_of_the_gate_are_raised_unchanged(http: Http, wrong: Exception) -> None:
    def gate() -> None:
        raise wrong

    async with raw_server() as line:
        with pytest.raises(type(wrong)) as caught:
            await http.call("POST", line.url, service="meta", form={}, gate=gate)
        assert caught.value is wrong
        await asyncio.wait_for(line.closed.wait(), 5)
        assert line.requests == []


async def test_an_open_gate_lets_exactly_one_request_through(http: Http) -> None:
    opened: list[int] = []
    async with raw_server() as line:
        answer = await http.call("POST", line.url, service="meta", form={"a": "b"}, gate=lambda: opened.append(1))
        assert (answer.status, opened, len(line.requests)) == (200, [1], 1)


async def test_a_cancelled_call_stays_cancelled(http: Http) -> None:
    async with raw_server(_answer(b"")) as line:
        call = asyncio.create_task(http.call("POST", line.url, service="meta", form={}))
        await asyncio.wait_for(line.heard.wait(), 5)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call


async def test_an_invalid_base_url_is_refused_without_naming_it(http: Http) -> None:
    for url in ("ftp://x/", "graph.facebook.com/v26.0", f"http://[{_SECRET}", ""):
        with pytest.raises(Rejected) as caught:
            await http.call("GET", url, service="meta")
        assert caught.value.code == "bad_base"
        _assert_no_secret(caught.value)


def _assert_no_secret(error: OutsideError) -> None:
    told = "".join(traceback.format_exception(error)) + repr(error.as_json())
    assert _SECRET not in told
    assert error.__context__ is None
    assert error.__cause__ is None


@asynccontextmanager
async def _app(handler: Callable[[web.Request], object]) -> AsyncIterator[str]:
    app = web.Application(client_max_size=8_000_000)
    app.router.add_route("*", "/{tail:.*}", handler)  # type: ignore[arg-type]  # a coroutine function, as it wants
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
