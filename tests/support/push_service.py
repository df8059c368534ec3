"""A push service on loopback, and browsers that decrypt what it takes with an implementation that is not ours."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import http_ece
from aiohttp import web
from aiohttp.test_utils import unused_port
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02


@dataclass(frozen=True)
class TakenMessage:
    """One request. `browser`: the last part of its path."""

    browser: str
    headers: dict[str, str]
    body: bytes

    @property
    def claims(self) -> dict[str, Any]:
        """The claims of a token with a valid signature, by the public key that is sent with it."""
        authorization = self.headers["authorization"]
        assert Vapid02.verify(authorization.replace(", k=", ",k="))
        token = authorization.partition("t=")[2].partition(",")[0]
        claims: dict[str, Any] = json.loads(_decode(token.split(".")[1]))
        return claims

    @property
    def public_key(self) -> str:
        return self.headers["authorization"].partition("k=")[2]


@dataclass
class PushService:
    """`answers`: (status, headers) of the next responses, then 201. `hold`: an event that each request waits for."""

    url: str = ""
    pair: str = ""
    taken: list[TakenMessage] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    hold: asyncio.Event | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.taken.append(TakenMessage(request.match_info["browser"], headers, await request.read()))
        self.arrived.set()
        if self.hold is not None:
            await self.hold.wait()
        status, more = self.answers.pop(0) if self.answers else (201, {})
        return web.Response(status=status, headers=more)


@dataclass
class Browser:
    """A browser's subscription: its key pair and secret, and where it takes messages."""

    endpoint: str
    private_key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @property
    def keys(self) -> dict[str, str]:
        point = self.private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": encode(point), "auth": encode(self.auth)}

    def open(self, message: TakenMessage) -> dict[str, Any]:
        """Decrypt a message and return its JSON."""
        opened = http_ece.decrypt(message.body, private_key=self.private_key, auth_secret=self.auth)
        payload: dict[str, Any] = json.loads(opened)
        return payload


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@asynccontextmanager
async def running_push_service() -> AsyncIterator[PushService]:
    service = PushService()
    app = web.Application()
    app.router.add_post("/push/{browser}", service.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    port = unused_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    service.url, service.pair = f"http://127.0.0.1:{port}/push", f"127.0.0.1:{port}"
    try:
        yield service
    finally:
        await runner.cleanup()
