"""`GET /metrics`: an ASGI application of its own, on the web port behind a token, or on another address."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from prometheus_client import CollectorRegistry, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from araldo.api.site import host_of
from araldo.telemetry.recorder import Telemetry
from araldo.workflows.monitoring.figures import DatabaseCollector, ProcessCollector

PATH = "/metrics"
# A scraper needs one.
_CONNECTIONS = 16
_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class MetricsEndpoint:
    """Answers GET with the metrics of a registry; `refresh` is awaited before.

    `token`: what a request must bear. Without one, the Host must be an address or `localhost`: no page that points its
    own name at this machine may read the answer.
    """

    def __init__(
        self, registry: CollectorRegistry, refresh: Callable[[], Awaitable[None]], *, token: str | None
    ) -> None:
        self._registry = registry
        self._refresh = refresh
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await (await self._respond(Request(scope)))(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.url.path != PATH:
            return _refuse(404, "not found")
        if request.method not in {"GET", "HEAD"}:
            return _refuse(405, "only GET", Allow="GET, HEAD")
        if self._token is None:
            if not _is_address(request.headers.get("host", "")):
                return _refuse(400, "the Host must be an address")
        elif not _bears(request, self._token):
            return _refuse(401, "the token is missing or wrong", **{"WWW-Authenticate": "Bearer"})
        await self._refresh()
        # In a thread: some thousand lines take longer than other requests may wait.
        text = await asyncio.to_thread(generate_latest, self._registry)
        return Response(text, headers={"Content-Type": _TYPE, "Cache-Control": "no-store"})


def build_endpoint(
    telemetry: Telemetry, figures: DatabaseCollector, process: ProcessCollector, *, token: str | None
) -> MetricsEndpoint:
    """Add the collectors to what the process counts itself, once, and return the endpoint."""
    registry = telemetry.metrics.registry
    for collector in (figures, process):
        registry.register(collector)
    return MetricsEndpoint(registry, figures.refresh, token=token)


@asynccontextmanager
async def serving_metrics(endpoint: MetricsEndpoint, listening: socket.socket | None) -> AsyncIterator[None]:
    """Serve the endpoint on a socket of its own until the block ends; None: not at all."""
    if listening is None:
        yield
        return
    # Imported here, because commands import the API, and serve nothing.
    from araldo.server import serve_beside
    from araldo.server.limits import ServerLimits

    limits = ServerLimits(_CONNECTIONS, backlog=_CONNECTIONS)
    serving = asyncio.create_task(serve_beside(endpoint, listening, limits), name="metrics")
    try:
        yield
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


def _refuse(status: int, why: str, **headers: str) -> Response:
    return PlainTextResponse(f"{why}\n", status, headers)


def _bears(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    # Compared in constant time, as bytes: a header may hold any.
    same = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), token.encode())
    return scheme.lower() == "bearer" and same


def _is_address(host_header: str) -> bool:
    host = host_of(host_header)
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host == "localhost"
    return True
