"""Around every request: an id, a limit on the body, and one log line without its query."""

from __future__ import annotations

import secrets
import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

BODY_MAX_BYTES = 2 * 1024 * 1024
# A file of 25 MB in a form, with the form's own lines around it.
UPLOAD_MAX_BYTES = 25 * 1024 * 1024 + 64 * 1024
UPLOAD_PATH = "/api/v1/media"


class BodyTooLarge(Exception):
    pass


class RequestLine:
    """The path only is logged: signatures of media URLs stand in the query."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = scope["request_id"] = f"req_{secrets.token_hex(8)}"
        started, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                seconds=round(time.perf_counter() - started, 4),
                request_id=request_id,
            )


class BodyLimit:
    """413 for a body past the limit, whether its length was announced or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received, most = 0, _most(scope)

        async def receiving() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise BodyTooLarge
            return message

        announced = dict(scope["headers"]).get(b"content-length", b"0")
        try:
            if announced.isdigit() and int(announced) > most:
                raise BodyTooLarge
            await self._app(scope, receiving, send)
        except BodyTooLarge:
            await _refuse(scope, send, b"25 MB" if most > BODY_MAX_BYTES else b"2 MB")


def _most(scope: Scope) -> int:
    kind = dict(scope["headers"]).get(b"content-type", b"").lower()
    uploads = scope["path"] == UPLOAD_PATH and kind.startswith(b"multipart/form-data")
    return UPLOAD_MAX_BYTES if uploads else BODY_MAX_BYTES


async def _refuse(scope: Scope, send: Send, most: bytes) -> None:
    body = (
        b'{"type":"urn:araldo:problem:too_large","title":"Too large","status":413,'
        b'"detail":"The request is larger than %s.","code":"too_large","request_id":"%s","errors":[]}'
        % (most, scope.get("request_id", "").encode())
    )
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
