"""How the server listens: no answer waits for the peer's delayed acknowledgement."""

from __future__ import annotations

import asyncio
import http.client
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from araldo.errors import Conflict
from araldo.server import open_listening_socket
from tests.support.processes import environment, free_port, start_araldo, wait_until_up
from tests.support.waiting import until

# Linux delays an acknowledgement for at least this long; an answer without that wait takes a few milliseconds.
_DELAYED_ACK_S = 0.040


def fastest_of(url: str, count: int = 20) -> float:
    """Seconds of the fastest of `count` answers on one kept connection. The fastest, so that a busy machine is fair."""
    address = urlsplit(url)
    assert address.hostname is not None
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        connection.request("GET", address.path)
        answer = connection.getresponse()
        assert answer.read()
        assert answer.status == 200
        taken.append(time.perf_counter() - began)
    connection.close()
    return min(taken)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
async def test_accepted_connections_have_tcp_nodelay(host: str) -> None:
    accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def take(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection: socket.socket = writer.get_extra_info("socket")
        accepted.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listening = open_listening_socket(host, 0)
    async with await asyncio.start_server(take, sock=listening):
        _, writer = await asyncio.open_connection(*listening.getsockname()[:2])
        assert await accepted
        writer.close()


def test_a_port_that_is_taken_is_a_conflict_that_names_it() -> None:
    with open_listening_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Conflict, match=f"Port {port} of 127.0.0.1"):
            open_listening_socket("127.0.0.1", port)


def test_araldo_up_answers_without_nagle_delay(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "up.log"
    url = f"http://127.0.0.1:{port}"
    with start_araldo("up", env=environment(tmp_path / "data", port), log=log) as process:
        wait_until_up(url, process, log)
        assert fastest_of(f"{url}/api/v1/health") < _DELAYED_ACK_S


def test_the_sandbox_answers_without_nagle_delay(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "sandbox.log"
    url = f"http://127.0.0.1:{port}/_sandbox/settings"
    with start_araldo("sandbox", "--port", str(port), env=environment(tmp_path / "data", port), log=log):
        until(lambda: _listens(port), within_s=60)
        assert fastest_of(url) < _DELAYED_ACK_S


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
