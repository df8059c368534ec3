"""Parts of one HTTP exchange: the request's body, the gate before its first byte, the response and its limits."""

from __future__ import annotations

import json as _json
from collections.abc import AsyncIterable, Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from types import SimpleNamespace
from typing import Any, TypedDict
from urllib.parse import urlencode

import aiohttp
from aiohttp.abc import AbstractResolver

from araldo import __version__
from araldo.guard import guarded_connector
from araldo.transport_faults import TooLarge

Gate = Callable[[], None]
Files = Mapping[str, tuple[str, bytes, str]]
RawBody = bytes | AsyncIterable[bytes]


class RequestOptions(TypedDict, total=False):
    """What a request may carry, and its limits; at most one of `form` (with `files`), `json` and `body`.

    `files`: name -> (filename, bytes, type), sent as multipart. `body`: sent as it is; a stream is read once, and sent
    chunked unless `headers` has a Content-Length. `timeout_s` covers the whole exchange. With `gate` a new connection
    is opened and `gate` is called just before the first byte is sent; what it raises is raised unchanged, and nothing
    was sent.
    """

    params: Mapping[str, str] | None
    form: Mapping[str, str] | None
    json: object
    files: Files | None
    body: RawBody | None
    headers: Mapping[str, str] | None
    timeout_s: float | None
    max_bytes: int
    gate: Gate | None


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A complete response with any status, 3xx included; `headers` ignores case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Parse the body. Raises ValueError when it is not JSON."""
        try:
            return _json.loads(self.body)
        except RecursionError:
            raise ValueError("JSON nested too deeply") from None


class RequestState:
    """State of one request: whether its bytes may have been sent, and the gate that is called before they are."""

    def __init__(self, service: str, gate: Gate | None = None) -> None:
        self.service = service
        self._gate = gate
        self.sent = False
        self.refusal: Exception | None = None

    @property
    def has_gate(self) -> bool:
        return self._gate is not None

    def open_gate(self) -> None:
        if self._gate is not None:
            try:
                self._gate()
            except Exception as refusal:
                self.refusal = refusal
                raise
        self.sent = True


class Fault(Exception):
    """Wraps a transport error, so that aiohttp does not retry on it."""


def open_session(kind: str, resolver: AbstractResolver) -> aiohttp.ClientSession:
    """Open a session that keeps its connections (`pooled`), or none (`fresh`), or reaches public hosts alone."""
    if kind == "pooled":
        connector = aiohttp.TCPConnector(resolver=resolver, limit=256)
    elif kind == "fresh":
        connector = aiohttp.TCPConnector(resolver=resolver, limit=0, force_close=True)
    else:
        connector = guarded_connector(resolver)
    trace = aiohttp.TraceConfig()
    # Fires in ClientRequest.send before the headers are buffered, on new and on reused connections; an exception
    # raised there closes the connection (raised in on_connection_create_end it would leak the socket).
    trace.on_request_headers_sent.append(_on_headers_sent)
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": f"Araldo/{__version__}"},
        timeout=aiohttp.ClientTimeout(total=None),
        trace_configs=[trace],
        middlewares=(_prevent_retry,),
    )


async def _on_headers_sent(_session: aiohttp.ClientSession, context: SimpleNamespace, _sent: object) -> None:
    state: RequestState = context.trace_request_ctx
    state.open_gate()


async def _prevent_retry(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    # aiohttp retries GET, PUT and DELETE on a dead reused connection, on exactly these two exceptions.
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as fault:
        raise Fault(fault) from None


async def read_body(response: aiohttp.ClientResponse, max_bytes: int, cut: bool) -> bytes:
    """Read the response's body. Raises TooLarge above `max_bytes`, unless it is to be `cut` there."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > max_bytes:
            response.close()
            if not cut:
                raise TooLarge
            break
    return bytes(body[:max_bytes])


async def encode_body(options: RequestOptions) -> tuple[object, Mapping[str, str]]:
    """Return the request's body for aiohttp, wrapped so that large bytes are sent in pieces, and the headers with it.

    The type of a JSON body or a form is among them, unless the caller's headers say another.
    """
    body, json, form, files = options.get("body"), options.get("json"), options.get("form"), options.get("files")
    headers = options.get("headers") or {}
    if body is not None:
        return BytesIO(body) if isinstance(body, bytes) else body, headers
    if json is not None:
        data = BytesIO(_json.dumps(json, ensure_ascii=False).encode())
        return data, {"Content-Type": "application/json", **headers}
    if files is not None:
        kind, content = await _encode_multipart(form or {}, files)
        return BytesIO(content), {"Content-Type": kind, **headers}
    if form is None:
        return None, headers
    # Not `aiohttp.FormData`, which prepares a multipart body for every form.
    return urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded", **headers}


async def _encode_multipart(form: Mapping[str, str], files: Files) -> tuple[str, bytes]:
    """Return the type and the bytes of a multipart body: aiohttp itself would send each line and part by itself."""
    data = aiohttp.FormData(dict(form))
    for name, (filename, content, mime) in files.items():
        data.add_field(name, BytesIO(content), filename=filename, content_type=mime)
    payload = data()
    return payload.headers["Content-Type"], await payload.as_bytes()
