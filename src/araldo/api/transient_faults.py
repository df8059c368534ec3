"""Responses to transient faults of this machine: a full disk, a locked database, no descriptors."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as ASGIMessage

from araldo.api.problems import problem_response
from araldo.clock import Clock
from araldo.local_faults import is_transient
from araldo.loops import FailureLog
from araldo.messages import Message

_RETRY_AFTER_S = 10


class TransientFaultMiddleware:
    """Answers 503 with Retry-After to a transient fault, and logs it once a minute. Other exceptions pass through."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._failures = FailureLog(clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: ASGIMessage) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as fault:
            if not is_transient(fault):
                raise
            self._failures.write("request_unavailable", fault)
            # A response that has begun stays incomplete, which the client notices; the server closes the connection.
            if not begun:
                await _unavailable(scope, receive, send)


async def _unavailable(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"Retry-After": str(_RETRY_AFTER_S)}
    await problem_response(Request(scope), 503, "unavailable", Message("passing_faults.unavailable"), headers=headers)(
        scope, receive, send
    )
