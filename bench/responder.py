"""A bare Graph API for measurements: every call takes a fixed time and is logged; nothing is validated or stored.

It parses just enough HTTP/1.1 for our clients, so that it needs little of the CPU that is measured. Calls take effect
when they are answered. `GET /_bench/log` returns what was called and `/_bench/published` how many of it were publishes;
`POST /_bench/reset` forgets it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs

CALL_S, CONTAINER_S = 0.1, 1.5
# Instagram's documented publishing limit, for each account and day.
QUOTA = 100
APP_ID, APP_SECRET = "1000000000000001", "bench-secret"
USER_TOKEN = "bench-user-token"
# A text with this word is refused for good.
REFUSED_WORD = b"benchrefused"
_SCOPES = (
    "pages_show_list pages_read_engagement pages_manage_posts instagram_basic instagram_content_publish "
    "business_management"
)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_REFUSAL = {"error": {"message": "Invalid parameter", "type": "OAuthException", "code": 100}}

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: when it arrived and was answered (Unix time), and the id that it created, if any."""

    at: float
    answered_at: float
    method: str
    path: str
    created: str | None

    @property
    def is_publish(self) -> bool:
        """Whether it is the visible write of a delivery."""
        return self.method == "POST" and self.path.endswith(("/feed", "/media_publish"))

    @property
    def is_permalink(self) -> bool:
        return self.method == "GET" and self.path.startswith("5")


@dataclass
class Graph:
    """The answers. Ids by their first digit: 1 Page, 2 Instagram account, 3 photo, 4 container, 5 media."""

    accounts: int
    container_s: float
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    ready_at: dict[str, float] = field(default_factory=dict)
    published: Counter[str] = field(default_factory=Counter)

    def answer(self, method: str, path: str, query: str, body: bytes) -> tuple[Answer, str | None]:
        """Return the answer, and the id that the call created."""
        node, _, edge = path.partition("/")
        if method == "GET":
            return self._read(node, edge, query), None
        if REFUSED_WORD in body:
            return _REFUSAL, None
        return self._create(node, edge)

    def _create(self, node: str, edge: str) -> tuple[Answer, str]:
        number = next(self.numbers)
        if edge == "feed":
            created = f"{node}_{number}"
            return {"id": created, "permalink_url": f"https://www.facebook.com/{created}"}, created
        if edge == "media_publish":
            self.published[node] += 1
        created = {"photos": "3", "media": "4", "media_publish": "5"}[edge] + f"{number:015}"
        if edge == "media":
            self.ready_at[created] = time.monotonic() + self.container_s
        return {"id": created}, created

    def _read(self, node: str, edge: str, query: str) -> Answer:
        if edge == "content_publishing_limit":
            config = {"quota_total": QUOTA, "quota_duration": 86_400}
            return {"data": [{"quota_usage": self.published[node], "config": config}]}
        if node == "debug_token":
            return {"data": _token_info(parse_qs(query)["input_token"][0])}
        if node == "me":
            return {"data": [_page(n) for n in range(self.accounts)]} if edge == "accounts" else {"id": "900"}
        if node.startswith("4"):
            ready = time.monotonic() >= self.ready_at[node]
            return {"id": node, "status_code": "FINISHED" if ready else "IN_PROGRESS"}
        if node.startswith("5"):
            return {"id": node, "permalink": f"https://www.instagram.com/p/{node}/"}
        return _page(int(node[1:]))


def _page(number: int) -> Answer:
    return {
        "id": f"1{number:05}",
        "name": f"Page {number:05}",
        "access_token": f"bench-page-token-{number:05}",
        "tasks": ["CREATE_CONTENT", "MANAGE"],
        "instagram_business_account": {"id": f"2{number:05}", "username": f"page{number:05}"},
    }


def _token_info(token: str) -> Answer:
    kind = "USER" if token == USER_TOKEN else "PAGE"
    return {"app_id": APP_ID, "type": kind, "is_valid": True, "expires_at": 0, "scopes": _SCOPES.split()}


class _Connection(asyncio.Protocol):
    def __init__(self, graph: Graph, log: list[Call], call_s: float) -> None:
        self._graph, self._log, self._call_s = graph, log, call_s
        self._received = bytearray()
        self._expected = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) < self._expected:
            return
        head_end = self._received.find(b"\r\n\r\n")
        if head_end < 0:
            return
        length = _LENGTH.search(self._received, 0, head_end)
        self._expected = head_end + 4 + (int(length[1]) if length else 0)
        if len(self._received) < self._expected:
            return
        request = bytes(self._received)
        self._received.clear()
        self._expected = 0
        line, _, _ = request.partition(b"\r\n")
        method, target, _ = line.decode().split(" ")
        path, _, query = target.lstrip("/").partition("?")
        at = time.time()
        if path.startswith("_bench/"):
            self._send(self._control(path))
        else:
            # Without the version.
            path = path.partition("/")[2]
            asyncio.get_running_loop().call_later(
                self._call_s, self._answer, at, method, path, query, request[head_end + 4 :]
            )

    def _answer(self, at: float, method: str, path: str, query: str, body: bytes) -> None:
        answer, created = self._graph.answer(method, path, query, body)
        self._log.append(Call(at, time.time(), method, path, created))
        self._send(answer, 400 if "error" in answer else 200)

    def _control(self, path: str) -> object:
        if path == "_bench/reset":
            self._log.clear()
            self._graph.published.clear()
            return {}
        if path == "_bench/published":
            return sum(call.is_publish for call in self._log)
        return [[call.at, call.answered_at, call.method, call.path, call.created] for call in self._log]

    def _send(self, answer: object, status: int = 200) -> None:
        body = json.dumps(answer).encode()
        head = f"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(head.encode() + body)


async def serve(accounts: int, call_s: float, container_s: float) -> None:
    """Serve on a free loopback port, which is printed, until killed."""
    graph, log = Graph(accounts, container_s), list[Call]()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(graph, log, call_s), "127.0.0.1", 0, backlog=2_048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@dataclass(frozen=True, slots=True)
class Responder:
    """Client of a running responder."""

    url: str

    def calls(self) -> list[Call]:
        """Return what was called since the last reset, in the order of the answers."""
        return [Call(*entry) for entry in self._ask("log")]

    def published(self) -> int:
        """Return how many posts were published since the last reset."""
        return int(self._ask("published"))

    def reset(self) -> None:
        self._ask("reset")

    def _ask(self, what: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/_bench/{what}", timeout=60) as answer:
            return json.load(answer)


@contextmanager
def running_responder(
    accounts: int, *, call_s: float = CALL_S, container_s: float = CONTAINER_S
) -> Iterator[Responder]:
    """Run a responder in a process of its own until the block ends; `accounts`: Pages, each with an Instagram one."""
    command = [sys.executable, "-m", "bench.responder", str(accounts), str(call_s), str(container_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield Responder(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.kill()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("accounts", type=int)
    parser.add_argument("call_s", type=float)
    parser.add_argument("container_s", type=float)
    options = parser.parse_args()
    asyncio.run(serve(options.accounts, options.call_s, options.container_s))
