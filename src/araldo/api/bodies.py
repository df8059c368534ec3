"""Middleware for request bodies: authentication before reading, and limits of size and complexity."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as ASGIMessage

from araldo.api.auth import authenticate, is_authenticated
from araldo.api.dependencies import AppDependencies
from araldo.api.problems import BodyTooLarge, problem_response, user_error_response
from araldo.errors import UserError
from araldo.messages import Message
from araldo.tables.models import FILE_MAX_BYTES

BODY_MAX_BYTES = 2 * 1024 * 1024
# A file of 25 MB and the form's own lines around it.
UPLOAD_MAX_BYTES = 25 * 1024 * 1024 + 64 * 1024
# By path, the routes that take a file in a form.
_UPLOADS = {"/api/v1/media": UPLOAD_MAX_BYTES, "/api/v1/posts/import": FILE_MAX_BYTES + 64 * 1024}
# Without authentication, where no body is read; the open routes below have the longest sensible body as their limit.
ANONYMOUS_MAX_BYTES = 4 * 1024
_OPEN = (
    # A password of a thousand characters, each escaped.
    ("POST", re.compile(r"/api/v1/session"), 16 * 1024),
    ("POST", re.compile(r"/api/v1/join/register"), 16 * 1024),
    ("POST", re.compile(r"/api/v1/join/preview"), ANONYMOUS_MAX_BYTES),
    ("POST", re.compile(r"/api/v1/approval/open"), ANONYMOUS_MAX_BYTES),
    # A comment of four thousand characters, each escaped as two.
    ("POST", re.compile(r"/api/v1/approval/(?:comments|approve|send-back)"), 64 * 1024),
    # The form for choosing Pages after a log-in begun with an API key: signed ticket, and at most 500 Pages.
    ("POST", re.compile(r"/api/v1/connections/chosen"), 24 * 1024),
    # Consent to such a log-in, authenticated by a cookie of its own.
    ("POST", re.compile(r"/api/v1/accounts/connect/[^/]+/consent"), ANONYMOUS_MAX_BYTES),
)
# Parsing and validating this many blocks the event loop for about 20 ms; the largest sensible request has 2,000.
JSON_MAX_VALUES = 10_000

_API = "/api/"

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_SEPARATORS = (b",", b"[", b"{")


class AuthenticationMiddleware:
    """Answers 401 and 403 to a request with a body before any of the body is read.

    FastAPI reads and parses a body before it calls the dependencies that authenticate. Every path under /api/ needs
    authentication unless it is listed as open, so that a new route cannot be forgotten. The result is kept for it.
    """

    def __init__(self, app: ASGIApp, deps: AppDependencies) -> None:
        self._app = app
        self._deps = deps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _has_body(scope) and _is_closed(scope):
            request = Request(scope)
            try:
                await authenticate(request, self._deps)
            except UserError as refusal:
                await (await user_error_response(request, refusal))(scope, receive, send)
                return
        await self._app(scope, receive, send)


class BodyLimitMiddleware:
    """Answers 413 to a body above the limit, with or without Content-Length, and to JSON of too many values."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = _max_bytes(scope)
        announced = _header(scope, b"content-length")
        if announced.isdigit() and int(announced) > most:
            request = Request(scope)
            await problem_response(request, 413, "too_large", _too_large(most))(scope, receive, send)
            return
        await self._app(scope, _CountingReceive(receive, most, is_form=_is_form(scope)).receive, send)


class _CountingReceive:
    """The `receive` of one request, with limits. Raises BodyTooLarge."""

    def __init__(self, receive: Receive, most: int, *, is_form: bool) -> None:
        self._receive = receive
        self._most = most
        self._is_form = is_form
        self._received = 0
        self._kept: list[bytes] = []

    async def receive(self) -> ASGIMessage:
        message = await self._receive()
        body = message.get("body", b"")
        self._received += len(body)
        if self._received > self._most:
            raise BodyTooLarge(_too_large(self._most))
        if not self._is_form:
            self._kept.append(body)
            if not message.get("more_body", False):
                self._require_few_values()
        return message

    def _require_few_values(self) -> None:
        body, self._kept = b"".join(self._kept), []
        if has_more_values(body, JSON_MAX_VALUES):
            raise BodyTooLarge(Message("bodies.too_many_values", {"most": f"{JSON_MAX_VALUES:,}"}))


def has_more_values(body: bytes, most: int) -> bool:
    """Return whether JSON holds more than `most` values and containers, by the commas and brackets outside of strings.

    It is not parsed, because parsing many values is slow. Removing many strings is slow too, so they are counted first.
    """
    if _separators(body) <= most:
        return False
    # Each string has at least one quote without a backslash before it, and a name and a value are two strings.
    if body.count(b'"') - body.count(b'\\"') > 4 * most:
        return True
    return _separators(_STRING.sub(b"", body)) > most


def _separators(body: bytes) -> int:
    return sum(map(body.count, _SEPARATORS))


def _too_large(most: int) -> Message:
    said = f"{most // (1024 * 1024)} MB" if most >= BODY_MAX_BYTES else f"{most // 1024} kB"
    return Message("bodies.too_large", {"most": said})


def _has_body(scope: Scope) -> bool:
    return _header(scope, b"content-length") not in {b"", b"0"} or bool(_header(scope, b"transfer-encoding"))


def _is_closed(scope: Scope) -> bool:
    return bool(scope["path"].startswith(_API)) and _anonymous_max_bytes(scope) is None


def _anonymous_max_bytes(scope: Scope) -> int | None:
    """Return the body limit of an open route; None for a route that needs authentication."""
    for method, path, most in _OPEN:
        if scope["method"] == method and path.fullmatch(scope["path"]):
            return most
    return None


def _max_bytes(scope: Scope) -> int:
    if not is_authenticated(scope):
        return _anonymous_max_bytes(scope) or ANONYMOUS_MAX_BYTES
    return _UPLOADS.get(scope["path"], BODY_MAX_BYTES) if _is_form(scope) else BODY_MAX_BYTES


def _is_form(scope: Scope) -> bool:
    return _header(scope, b"content-type").lower().startswith(b"multipart/form-data")


def _header(scope: Scope, name: bytes) -> bytes:
    found: bytes = dict(scope["headers"]).get(name, b"")
    return found
