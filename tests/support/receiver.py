"""A webhook receiver on loopback with scripted answers, which keeps the requests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import unused_port


@dataclass
class ReceivedRequest:
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """`answers`: statuses of the next responses, then 204. `hold`: an event that each request waits for."""

    url: str = ""
    pair: str = ""
    got: list[ReceivedRequest] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    text: str = ""
    hold: asyncio.Event | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def types(self) -> list[str]:
        return [one.json["type"] for one in self.got]

    async def until(self, count: int) -> None:
        """Wait until `count` requests have arrived."""
        async with asyncio.timeout(20):
            while len(self.got) < count:
                self.arrived.clear()
                await self.arrived.wait()

    async def take(self, request: web.Request) -> web.Response:
        body = (await request.read()).decode()
        self.got.append(ReceivedRequest({name.lower(): value for name, value in request.headers.items()}, body))
        self.arrived.set()
        if self.hold is not None:
            await self.hold.wait()
        status = self.answers.pop(0) if self.answers else 204
        headers = {"Location": "http://127.0.0.1:1/elsewhere"} if 300 <= status < 400 else {}
        return web.Response(status=status, text=self.text if status != 204 else None, headers=headers)


@asynccontextmanager
async def running_receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    port = unused_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    receiver.url, receiver.pair = f"http://127.0.0.1:{port}/hook", f"127.0.0.1:{port}"
    try:
        yield receiver
    finally:
        await runner.cleanup()
