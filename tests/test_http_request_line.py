"""What stands in the request line of a stranger's URL, as a bare server on loopback reads it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from araldo.http import Http
from araldo.sandbox.common.download import fetch_picture

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"

# Signed as S3 and Azure sign: over the bytes of path and query, escapes included.
SIGNED = [
    "/bucket/a%2Fb/photo%20one.jpg?X-Amz-Credential=AKIA%2F20261129%2Feu-south-1%2Fs3%2Faws4_request&X-Amz-Signature=0f",
    "/c/p.jpg?sv=2024-08-04&sig=aB%2Bc%2Fd%3D%3D&se=2026-11-29T01%3A52%3A09Z",
    "/a/../b//c/./d?x=%2f%2F&&y==;z",
    "/%7euser/%41?q=a+b%20c~d!*'()",
    "/?",
]


@dataclass
class Recorder:
    """Answers by path: what is in `redirects`, else 200."""

    port: int = 0
    lines: list[str] = field(default_factory=list)
    redirects: dict[str, str] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        line = head.partition(b"\r\n")[0].decode("latin-1")
        self.lines.append(line)
        location = self.redirects.get(line.split(" ")[1])
        redirect = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        writer.write(_ANSWER if location is None else redirect.encode())
        await writer.drain()
        writer.close()

    @property
    def targets(self) -> list[str]:
        return [line.split(" ")[1] for line in self.lines]


@asynccontextmanager
async def recorder() -> AsyncIterator[Recorder]:
    made = Recorder()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made


async def _get(http: Http, url: str) -> None:
    await http.fetch_untrusted(url, max_bytes=10)


async def _post(http: Http, url: str) -> None:
    http.validate_untrusted(url)
    await http.post_untrusted(url, b"{}", headers={}, timeout_s=5, max_bytes=10)


@pytest.mark.parametrize("target", SIGNED)
@pytest.mark.parametrize("door", [_get, _post])
async def test_a_signed_address_arrives_byte_for_byte(
    door: Callable[[Http, str], Awaitable[None]], target: str
) -> None:
    async with recorder() as server, Http(allow=[f"127.0.0.1:{server.port}"]) as http:
        await door(http, f"http://127.0.0.1:{server.port}{target}")
    assert server.targets == [target]


@pytest.mark.parametrize("target", SIGNED)
async def test_a_redirects_target_arrives_byte_for_byte(target: str) -> None:
    async with recorder() as server, Http(allow=[f"127.0.0.1:{server.port}"]) as http:
        server.redirects = {"/from": target, "/whole": f"http://127.0.0.1:{server.port}{target}"}
        for path in server.redirects:
            await _get(http, f"http://127.0.0.1:{server.port}{path}")
    assert server.targets == ["/from", target, "/whole", target]


async def test_spaces_and_letters_outside_ascii_are_encoded_as_browsers_do() -> None:
    async with recorder() as server, Http(allow=[f"127.0.0.1:{server.port}"]) as http:
        await _get(http, f"http://127.0.0.1:{server.port}/città una.jpg?nome=perché no#qui")
    assert server.lines == ["GET /citt%C3%A0%20una.jpg?nome=perch%C3%A9%20no HTTP/1.1"]


@pytest.mark.parametrize("target", SIGNED[:4])
async def test_the_sandbox_fetches_a_picture_by_the_address_that_it_was_given(target: str) -> None:
    async with recorder() as server:
        server.redirects = {"/robots.txt": "/nowhere"}
        url = f"http://127.0.0.1:{server.port}{target}"
        await fetch_picture(url, limit=10, timeout_s=5, agent="crawler", robots=True)
    assert server.targets[-1] == target
