"""A fake HTTP server on loopback with scripted replies, which records its requests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Reply = Callable[[], web.Response]


@dataclass(frozen=True)
class RecordedRequest:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class FakeServer:
    """`replies` are given in turn; the last one stays. `files` are served by path. `silent` never answers.

    `pieces` are sent one by one with a pause between. With a `gate` every answer waits for it; `most_waiting` is how
    many waited at once.
    """

    replies: list[Reply] = field(default_factory=list)
    files: dict[str, web.Response] = field(default_factory=dict)
    requests: list[RecordedRequest] = field(default_factory=list)
    url: str = ""
    silent: bool = False
    pieces: list[bytes] = field(default_factory=list)
    pause_s: float = 0.0
    pieces_sent: int = 0
    waiting: int = 0
    most_waiting: int = 0
    gate: asyncio.Event | None = None
    arrival: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def host_and_port(self) -> str:
        return self.url.removeprefix("http://")

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if request.path in self.files:
            return self.files[request.path]
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append(
            RecordedRequest(request.method, request.raw_path, dict(request.query), headers, await request.read())
        )
        if self.silent:
            await asyncio.Event().wait()
        if self.pieces:
            return await self._send_in_pieces(request)
        reply = self.replies[min(len(self.requests), len(self.replies)) - 1]
        async with self.arrival:
            self.waiting += 1
            self.most_waiting = max(self.most_waiting, self.waiting)
            self.arrival.notify_all()
        try:
            if self.gate is not None:
                await self.gate.wait()
            return reply()
        finally:
            self.waiting -= 1

    async def wait_for_requests(self, count: int) -> None:
        """Wait until so many requests wait at the gate."""
        async with asyncio.timeout(20), self.arrival:
            await self.arrival.wait_for(lambda: self.waiting >= count)

    async def _send_in_pieces(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        await answer.prepare(request)
        for piece in self.pieces:
            await answer.write(piece)
            self.pieces_sent += 1
            await asyncio.sleep(self.pause_s)
        return answer


@asynccontextmanager
async def serving(*replies: Reply) -> AsyncIterator[FakeServer]:
    fake = FakeServer(list(replies))
    app = web.Application(client_max_size=50_000_000)
    app.router.add_route("*", "/{tail:.*}", fake.serve)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        await runner.cleanup()


def reply_with(data: bytes, mime: str = "application/json", status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: web.Response(status=status, body=data, content_type=mime, headers=named)


def json_reply(value: Any, status: int = 200, **headers: str) -> Reply:
    return reply_with(json.dumps(value).encode(), status=status, **headers)
