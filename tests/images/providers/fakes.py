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

    `drip` is answered piece by piece with a pause between. With a `gate` every answer waits for it; `most` is how many
    stood before it at once.
    """

    replies: list[Reply] = field(default_factory=list)
    files: dict[str, web.Response] = field(default_factory=dict)
    seen: list[RecordedRequest] = field(default_factory=list)
    url: str = ""
    silent: bool = False
    drip: list[bytes] = field(default_factory=list)
    pause_s: float = 0.0
    dripped: int = 0
    now: int = 0
    most: int = 0
    gate: asyncio.Event | None = None
    arrival: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def pair(self) -> str:
        return self.url.removeprefix("http://")

    async def serve(self, asked: web.Request) -> web.StreamResponse:
        if asked.path in self.files:
            return self.files[asked.path]
        headers = {name.lower(): value for name, value in asked.headers.items()}
        self.seen.append(RecordedRequest(asked.method, asked.raw_path, dict(asked.query), headers, await asked.read()))
        if self.silent:
            await asyncio.Event().wait()
        if self.drip:
            return await self._dripping(asked)
        reply = self.replies[min(len(self.seen), len(self.replies)) - 1]
        async with self.arrival:
            self.now += 1
            self.most = max(self.most, self.now)
            self.arrival.notify_all()
        try:
            if self.gate is not None:
                await self.gate.wait()
            return reply()
        finally:
            self.now -= 1

    async def wait_for_requests(self, count: int) -> None:
        """Wait until so many requests wait at the gate."""
        async with asyncio.timeout(20), self.arrival:
            await self.arrival.wait_for(lambda: self.now >= count)

    async def _dripping(self, asked: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        await answer.prepare(asked)
        for piece in self.drip:
            await answer.write(piece)
            self.dripped += 1
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
