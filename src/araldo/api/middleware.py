"""The middleware in its order; and an id and one log line for each request."""

from __future__ import annotations

import secrets
import time

import structlog
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as ASGIMessage
from structlog.contextvars import bind_contextvars, clear_contextvars

from araldo.api.bodies import AuthenticationMiddleware, BodyLimitMiddleware
from araldo.api.browser_security import KnownHostMiddleware, SecurityHeadersMiddleware
from araldo.api.dependencies import AppDependencies
from araldo.api.request_limits import RateLimitHeadersMiddleware
from araldo.api.transient_faults import TransientFaultMiddleware
from araldo.telemetry.observer import Observer, RequestObservation
from araldo.workspaces.audit import Actor, ActorKind, current_actor

log = structlog.get_logger()

_STREAM = b"text/event-stream"


class RequestLogMiddleware:
    """Gives each request an id and a log line, and reports it to the observer.

    Resets the current actor until it is authenticated.

    Only the path is logged, because the query holds the signatures of media URLs.
    """

    def __init__(self, app: ASGIApp, observer: Observer | None = None) -> None:
        self._app = app
        self._observer = observer or Observer()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._observer.incoming_request(scope["method"]) as observed:
            await self._respond(scope, receive, send, observed)

    async def _respond(self, scope: Scope, receive: Receive, send: Send, observed: RequestObservation) -> None:
        request_id = scope["request_id"] = observed.request_id = f"req_{secrets.token_hex(8)}"
        # A pipelined request starts in the context of the previous one, whose actor and ids must not remain.
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        peer = scope.get("client")
        current_actor.set(Actor(ActorKind.UNKNOWN, address=peer[0] if peer else None))
        started = time.perf_counter()

        async def sending(message: ASGIMessage) -> None:
            if message["type"] == "http.response.start":
                observed.status = message["status"]
                observed.is_stream = _STREAM in dict(message["headers"]).get(b"content-type", b"")
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            # Set once the path has matched.
            if "route" in scope:
                observed.route = scope["route"].path
            if "post_id" in (named := scope.get("path_params") or {}):
                bind_contextvars(post_id=named["post_id"])
            log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=observed.status,
                seconds=round(time.perf_counter() - started, 4),
            )


def install_middleware(app: FastAPI, deps: AppDependencies) -> None:
    """Add the middleware from the inside out: the last one runs first."""
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(AuthenticationMiddleware, deps=deps)
    app.add_middleware(TransientFaultMiddleware, clock=deps.clock)
    app.add_middleware(RateLimitHeadersMiddleware)
    app.add_middleware(KnownHostMiddleware, site=deps.site)
    app.add_middleware(SecurityHeadersMiddleware, site=deps.site)
    app.add_middleware(RequestLogMiddleware, observer=deps.observer)
