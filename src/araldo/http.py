"""Outbound HTTP: `call` for URLs from the settings, `..._untrusted` for URLs from users and other servers."""

from __future__ import annotations

import asyncio
import json as _json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from io import BytesIO
from types import SimpleNamespace
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from araldo import __version__
from araldo.addresses import parse_untrusted_url, refusal, require_public_target
from araldo.errors import Rejected, TryLater
from araldo.guard import AddressNotPublic, guarded_connector
from araldo.local_faults import is_transient, without_details
from araldo.messages import Message
from araldo.telemetry.observer import Observer
from araldo.transport_faults import TooLarge, error_of, fault_code

Gate = Callable[[], None]
Files = Mapping[str, tuple[str, bytes, str]]

_ANSWER_BYTES = 4_000_000
_MAX_REDIRECTS = 4
_REDIRECTS = (301, 302, 303, 307, 308)
_TRANSIENT = (408, 425, 429)


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


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file from an untrusted URL. `content_type`: as its server claims; `url`: the last one of the redirects."""

    body: bytes
    content_type: str
    url: str


class _RequestState:
    """State of one request: whether its bytes may have been sent, and the gate that is called before they are."""

    def __init__(self, service: str, gate: Gate | None = None) -> None:
        self.service = service
        self._gate = gate
        self.sent = False
        self.refusal: Exception | None = None

    def open_gate(self) -> None:
        if self._gate is not None:
            try:
                self._gate()
            except Exception as refusal:
                self.refusal = refusal
                raise
        self.sent = True


class _Fault(Exception):
    """Wraps a transport error, so that aiohttp does not retry on it."""


class Http:
    """One per process. Sends no cookies, follows no redirects, never retries, keeps URLs out of error messages.

    `allow`: "host:port" pairs that `..._untrusted` may reach at any address; `resolver` is for tests.
    """

    def __init__(
        self,
        *,
        timeout_s: float = 20.0,
        allow: Collection[str] = (),
        resolver: AbstractResolver | None = None,
        observer: Observer | None = None,
    ) -> None:
        self._timeout_s = timeout_s
        self._allow = frozenset(pair.strip().lower() for pair in allow)
        self._resolver = resolver
        self._observer = observer or Observer()
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        sessions, self._sessions = list(self._sessions.values()), {}
        for session in sessions:
            await session.close()

    async def call(
        self,
        method: str,
        url: str,
        *,
        service: str,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
        files: Files | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        max_bytes: int = _ANSWER_BYTES,
        gate: Gate | None = None,
    ) -> HttpResponse:
        """Send one request, at most once, and return the response, whatever its status.

        `files`: name -> (filename, bytes, type). `timeout_s` covers the whole exchange. With `gate` a new connection is
        opened and `gate` is called just before the first byte is sent; what it raises is raised unchanged, and nothing
        was sent. Raises NotSent when nothing was sent, OutcomeUnknown when the request may have been sent (reset,
        time-out, incomplete response, response above `max_bytes`).
        """
        target = _parse_base_url(url, service)
        if params:
            target = target.update_query(params)
        state = _RequestState(service, gate)
        outcome = await self._exchange(
            self._session("pooled" if gate is None else "fresh"),
            method,
            target,
            state,
            timeout_s=self._timeout_s if timeout_s is None else timeout_s,
            max_bytes=max_bytes,
            data=_body(form, json, files),
            headers=_with_content_type(headers, json),
        )
        if isinstance(outcome, HttpResponse):
            return outcome
        # Raised outside of the except block, because aiohttp's exceptions hold the whole URL and would be the context.
        if state.refusal is not None:
            raise state.refusal
        raise error_of(outcome, service, sent=state.sent)

    async def fetch_untrusted(
        self, url: str, *, max_bytes: int, timeout_s: float = 20, accept: str = "image/*"
    ) -> FetchedFile:
        """GET an untrusted URL: http(s), ports 80 and 443, public addresses only; the same for at most 4 redirects.

        The address is checked when the connection is made, so a second DNS lookup cannot change it (DNS rebinding).
        `timeout_s` covers all of it, redirects included. Raises Rejected(service="web") for what must not or cannot be
        fetched, TransientFault for a fault of this machine, TryLater for other faults.
        """
        target = parse_untrusted_url(url)
        try:
            async with asyncio.timeout(timeout_s):
                for _ in range(_MAX_REDIRECTS + 1):
                    answer = await self._fetch_once(target, max_bytes, timeout_s, accept)
                    if answer.status not in _REDIRECTS:
                        return _file_of(answer, target)
                    target = parse_untrusted_url(answer.headers.get("Location", ""), base=target)
        except TimeoutError:
            pass
        else:
            raise refusal("too_many_redirects")
        raise TryLater(Message("http.picture_not_fetched"), service="web", code="timeout")

    async def post_untrusted(
        self, url: str, body: bytes, *, headers: Mapping[str, str], timeout_s: float, max_bytes: int
    ) -> HttpResponse:
        """POST to an untrusted URL under the same rules; return the response with any status, also a redirect.

        Only the first `max_bytes` of its body are read. Raises Rejected(service="web") for what must not be reached,
        TransientFault, NotSent when nothing was sent, OutcomeUnknown when the request may have been sent.
        """
        target, state = parse_untrusted_url(url), _RequestState("webhook")
        outcome = await self._request_untrusted(
            "POST",
            target,
            state,
            timeout_s=timeout_s,
            max_bytes=max_bytes,
            cut=True,
            data=BytesIO(body),
            headers=headers,
        )
        if isinstance(outcome, HttpResponse):
            return outcome
        if is_transient(outcome) and not state.sent:
            raise without_details(outcome)
        raise error_of(outcome, target.host or "", sent=state.sent)

    def validate_untrusted(self, url: str) -> None:
        """Raise Rejected for a URL that would be refused without a DNS lookup."""
        target = parse_untrusted_url(url)
        if not self._is_allowed(target):
            require_public_target(target)

    def _is_allowed(self, target: URL) -> bool:
        host = f"[{target.host}]" if ":" in (target.host or "") else target.host
        return f"{host}:{target.port}" in self._allow

    async def _fetch_once(self, target: URL, max_bytes: int, timeout_s: float, accept: str) -> HttpResponse:
        outcome = await self._request_untrusted(
            "GET", target, _RequestState("web"), timeout_s=timeout_s, max_bytes=max_bytes, headers={"Accept": accept}
        )
        if isinstance(outcome, HttpResponse):
            return outcome
        if isinstance(outcome, TooLarge):
            raise refusal("too_big", limit=f"{max_bytes / 1_000_000:g}")
        if is_transient(outcome):
            raise without_details(outcome)
        code = fault_code(outcome)
        raise TryLater(Message("http.picture_not_fetched"), service="web", code=code, raw=type(outcome).__name__)

    async def _request_untrusted(
        self, method: str, target: URL, state: _RequestState, *, headers: Mapping[str, str], **request: Any
    ) -> HttpResponse | Exception:
        """Return the response, or the exception that prevented it. Raises Rejected for a non-public address."""
        allowed = self._is_allowed(target)
        if not allowed:
            require_public_target(target)
        outcome = await self._exchange(
            self._session("pooled" if allowed else "guarded"),
            method,
            target,
            state,
            headers={**headers, "Accept-Encoding": "identity"},
            **request,
        )
        if isinstance(outcome, AddressNotPublic):
            raise refusal("address_not_public")
        return outcome

    async def _exchange(
        self, session: aiohttp.ClientSession, method: str, url: URL, state: _RequestState, **request: Any
    ) -> HttpResponse | Exception:
        """Return the response, or the exception that prevented it."""
        with self._observer.outgoing_request(state.service, method, url.host or "") as observed:
            outcome = await self._send_once(session, method, url, state, **request)
            observed.outcome = _outcome_class(outcome, state)
            return outcome

    async def _send_once(
        self,
        session: aiohttp.ClientSession,
        method: str,
        url: URL,
        state: _RequestState,
        *,
        timeout_s: float,
        max_bytes: int,
        cut: bool = False,
        **request: Any,
    ) -> HttpResponse | Exception:
        """Return the response, or the exception that prevented it. `cut`: truncate a body above `max_bytes`."""
        try:
            async with (
                asyncio.timeout(timeout_s),
                session.request(method, url, allow_redirects=False, trace_request_ctx=state, **request) as response,
            ):
                return HttpResponse(response.status, response.headers, await _read(response, max_bytes, cut))
        except _Fault as fault:
            return fault.args[0]  # type: ignore[no-any-return]  # `_prevent_retry` put an exception there
        except (aiohttp.ClientError, OSError, TimeoutError, UnicodeError, TooLarge, AddressNotPublic) as fault:
            return fault
        except Exception as raised:
            if raised is not state.refusal:
                raise
            return raised

    def _session(self, kind: str) -> aiohttp.ClientSession:
        # Created on first use, because aiohttp needs a running loop.
        if kind not in self._sessions:
            self._sessions[kind] = self._open(kind)
        return self._sessions[kind]

    def _open(self, kind: str) -> aiohttp.ClientSession:
        resolver = self._resolver or aiohttp.ThreadedResolver()
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
    state: _RequestState = context.trace_request_ctx
    state.open_gate()


async def _prevent_retry(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    # aiohttp retries GET, PUT and DELETE on a dead reused connection, on exactly these two exceptions.
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as fault:
        raise _Fault(fault) from None


async def _read(response: aiohttp.ClientResponse, max_bytes: int, cut: bool) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > max_bytes:
            response.close()
            if not cut:
                raise TooLarge
            break
    return bytes(body[:max_bytes])


def _body(form: Mapping[str, str] | None, json: object, files: Files | None) -> object:
    if json is not None:
        return BytesIO(_json.dumps(json, ensure_ascii=False).encode())
    if files is None:
        return None if form is None else aiohttp.FormData(dict(form))
    data = aiohttp.FormData(dict(form or {}))
    for name, (filename, content, mime) in files.items():
        data.add_field(name, BytesIO(content), filename=filename, content_type=mime)
    return data


def _with_content_type(headers: Mapping[str, str] | None, json: object) -> Mapping[str, str]:
    return {**({} if json is None else {"Content-Type": "application/json"}), **(headers or {})}


def _parse_base_url(url: str, service: str) -> URL:
    try:
        target = URL(url)
    except ValueError:
        target = URL()
    if target.scheme in ("http", "https") and target.host:
        return target
    raise Rejected(Message("http.base_url_invalid", {"service": service}), service=service, code="bad_base")


def _file_of(answer: HttpResponse, url: URL) -> FetchedFile:
    if answer.status == 200:
        return FetchedFile(answer.body, answer.headers.get("Content-Type", ""), str(url))
    if answer.status >= 500 or answer.status in _TRANSIENT:
        raise TryLater(Message("http.picture_not_fetched"), service="web", code=f"status_{answer.status}")
    raise Rejected(
        Message("http.picture_refused", {"status": answer.status}), service="web", code=f"status_{answer.status}"
    )


def _outcome_class(outcome: HttpResponse | Exception, state: _RequestState) -> str:
    if isinstance(outcome, HttpResponse):
        return f"{outcome.status // 100}xx"
    refused = state.refusal is not None or isinstance(outcome, AddressNotPublic)
    return "not_sent" if refused else fault_code(outcome)
