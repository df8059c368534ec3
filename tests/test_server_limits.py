"""What half-sent requests, slow clients and too many connections can do to the server: nothing that others notice."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from araldo.server import make_server, open_listening_socket
from araldo.server.connections import ConnectionTable, Phase, TrackedConnection, client_network_of
from araldo.server.limits import ServerLimits, limits_for
from tests.support.running_system import ask
from tests.support.waiting import until

GET = b"GET /quick HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
LIMITS = ServerLimits(connections=20, backlog=50, head_s=0.3, body_s=0.3, discard_s=0.3, write_s=0.3)
# Long enough that nothing ends by a time-out while a test looks.
PATIENT = replace(LIMITS, head_s=60, body_s=60, discard_s=60, write_s=60)


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """/quick at once, /early before its body is read, /body after it, /large more than a socket holds, /endless."""
    if scope["type"] != "http":
        return
    request = Request(scope, receive)
    if scope["path"] == "/body":
        try:
            length = len(await request.body())
        except ClientDisconnect:
            return
        await PlainTextResponse(str(length))(scope, receive, send)
    elif scope["path"] == "/large":
        await PlainTextResponse("x" * 30_000_000)(scope, receive, send)
    elif scope["path"] == "/endless":
        await StreamingResponse(_until_gone(request))(scope, receive, send)
    else:
        await PlainTextResponse("here")(scope, receive, send)


async def _until_gone(request: Request) -> AsyncIterator[bytes]:
    yield b"begun"
    while not await request.is_disconnected():
        await request.receive()


@contextmanager
def served(limits: ServerLimits) -> Iterator[tuple[int, uvicorn.Server]]:
    with open_listening_socket("127.0.0.1", 0) as listening:
        server = make_server(answer, limits, graceful_s=1)
        server.config.lifespan = "off"
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            until(lambda: server.started, within_s=20)
            yield listening.getsockname()[1], server
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()


def said(client: socket.socket, within_s: float = 10) -> bytes:
    """All that comes until the server closes; fails when it does not."""
    client.settimeout(within_s)
    whole = b""
    try:
        while piece := client.recv(65_536):
            whole += piece
    except ConnectionResetError:
        pass
    return whole


def opened(port: int, sent: bytes = b"") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    client.sendall(sent)
    return client


def test_an_unfinished_head_times_out() -> None:
    with served(LIMITS) as (port, _):
        for sent in (GET[:-2], b"G", GET + GET[:20]):
            with opened(port, sent) as client:
                assert b"HTTP/1.1 408 Request Timeout" in said(client)


def test_a_silent_connection_is_closed_without_a_response() -> None:
    with served(LIMITS) as (port, _), opened(port) as client:
        assert said(client) == b""


def test_a_slow_head_gets_no_extra_time() -> None:
    with served(LIMITS) as (port, server), opened(port, GET[:-2]) as client:
        with pytest.raises(ConnectionError):
            trickle(client)
        until(lambda: not server.server_state.connections, within_s=10)


def trickle(client: socket.socket) -> None:
    for _ in range(500):
        client.sendall(b"X: y\r\n")
        time.sleep(0.02)  # the client's own slowness is what is tested


def test_an_unfinished_body_times_out() -> None:
    with served(LIMITS) as (port, _), opened(port, POST + b"x") as client:
        reply = said(client)
        assert reply.startswith(b"HTTP/1.1 408 Request Timeout")
        assert b"application/problem+json" in reply


def test_a_steady_body_gets_extra_time() -> None:
    with served(replace(LIMITS, body_rate=100)) as (port, _), opened(port, POST) as client:
        for _ in range(10):
            client.sendall(b"x" * 100)
            time.sleep(0.06)  # as slow as the rate still allows
        client.settimeout(10)
        assert client.recv(1000).startswith(b"HTTP/1.1 200")


def test_a_body_after_its_response_is_discarded() -> None:
    with served(LIMITS) as (port, _), opened(port, POST.replace(b"/body", b"/early")) as client:
        reply = said(client)
        assert reply.startswith(b"HTTP/1.1 200")
        assert b"408" not in reply


def test_an_unread_response_times_out() -> None:
    with served(LIMITS) as (port, server), opened(port, GET.replace(b"/quick", b"/large")) as client:
        assert client.recv(1)
        until(lambda: not server.server_state.connections, within_s=10)


def test_a_connection_serves_many_requests() -> None:
    with served(replace(LIMITS, head_s=2)) as (port, _), opened(port) as client:
        began = time.monotonic()
        while time.monotonic() - began < 3:
            client.sendall(GET)
            answered = b""
            while not answered.endswith(b"here"):
                piece = client.recv(1000)
                assert piece, answered
                answered += piece
            time.sleep(0.5)  # quiet for longer than any limit here


@pytest.mark.parametrize("half", [b"", GET[:-2], POST + b"x", POST.replace(b"/body", b"/early")])
def test_complete_requests_are_answered_despite_many_half_sent_ones(half: bytes) -> None:
    with served(PATIENT) as (port, server), ExitStack() as stack:
        for _ in range(5 * PATIENT.connections):
            stack.enter_context(opened(port, half))
        assert ask("GET", f"http://127.0.0.1:{port}/quick", within_s=2).status == 200
        assert len(server.server_state.connections) <= PATIENT.connections


def test_a_new_connection_gets_503_while_all_are_being_answered() -> None:
    with served(PATIENT) as (port, _), ExitStack() as stack:
        for _ in range(PATIENT.connections):
            client = stack.enter_context(opened(port, GET.replace(b"/quick", b"/endless")))
            assert client.recv(1000).startswith(b"HTTP/1.1 200")
        with opened(port) as refused:
            reply = said(refused)
        assert reply.startswith(b"HTTP/1.1 503 Service Unavailable")
        assert b"retry-after: 5" in reply


class StubConnection:
    def __init__(self, address: str, phase: Phase, since: float) -> None:
        self.address, self.phase, self.since = address, phase, since
        self.evicted = False

    def evict(self) -> None:
        self.evicted = True


def test_the_client_with_the_most_connections_loses_one() -> None:
    quiet, first, second = (
        StubConnection("a", Phase.IDLE, 0),
        StubConnection("b", Phase.HEAD, 1),
        StubConnection("b", Phase.HEAD, 2),
    )
    table = ConnectionTable(3)
    held: list[TrackedConnection] = [quiet, first, second]
    assert all(table.admit(one) for one in held)
    assert table.admit(StubConnection("c", Phase.HEAD, 3))
    assert (quiet.evicted, first.evicted, second.evicted) == (False, True, False)
    assert len(table) == 3


@pytest.mark.parametrize("worthier", [Phase.HEAD, Phase.BODY])
def test_idle_connections_are_evicted_before_requests_in_progress(worthier: Phase) -> None:
    busy, idle = StubConnection("a", worthier, 0), StubConnection("a", Phase.IDLE, 5)
    table = ConnectionTable(2)
    assert table.admit(busy)
    assert table.admit(idle)
    assert table.admit(StubConnection("a", Phase.HEAD, 6))
    assert (busy.evicted, idle.evicted) == (False, True)


def test_closed_connections_free_their_place() -> None:
    gone = StubConnection("a", Phase.ANSWERING, 0)
    table = ConnectionTable(1)
    assert table.admit(gone)
    assert not table.admit(StubConnection("b", Phase.HEAD, 1))
    table.remove(gone)
    table.remove(gone)
    assert table.admit(StubConnection("b", Phase.HEAD, 1))


def test_an_ipv6_network_counts_as_one_client() -> None:
    assert client_network_of("2001:db8:1:2:3::1") == client_network_of("2001:db8:1:2::ffff") == "2001:db8:1:2::/64"
    assert client_network_of("2001:db8:1:3::1") != client_network_of("2001:db8:1:2::1")
    assert client_network_of("::ffff:192.0.2.7") == "192.0.2.7"
    assert client_network_of("fe80::1%eth0") == "fe80::/64"


@pytest.mark.parametrize(
    ("descriptors", "connections", "backlog"), [(64, 24, 16), (256, 112, 32), (1_024, 462, 100), (8_192, 1_000, 100)]
)
def test_half_of_the_descriptors_are_reserved_for_the_worker(descriptors: int, connections: int, backlog: int) -> None:
    limits = limits_for(descriptors)
    assert (limits.connections, limits.backlog) == (connections, backlog)
    assert limits.connections + limits.backlog <= descriptors * 3 / 4
