"""Outbound HTTP, two doors: `call` for bases that the operator set, `..._untrusted` for URLs that strangers bring."""

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
from araldo.errors import NotSent, OutcomeUnknown, OutsideError, Rejected, TryLater
from araldo.guard import AddressNotPublic, guarded_connector
from araldo.local_faults import is_transient, without_details
from araldo.messages import Message

Gate = Callable[[], None]
Files = Mapping[str, tuple[str, bytes, str]]

_ANSWER_BYTES = 4_000_000
_MAX_REDIRECTS = 4
_REDIRECTS = (301, 302, 303, 307, 308)
_TRANSIENT = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What came back, whole; `headers` ignores case. A 3xx is an answer like any other."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Raises ValueError when the body is not JSON."""
        try:
            return _json.loads(self.body)
        except RecursionError:
            raise ValueError("JSON nested too deeply") from None


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file from a stranger: `content_type` is what its server says, which may be wrong; `url` is the last one."""

    body: bytes
    content_type: str
    url: str


class _RequestState:
    """Of one request: whether its bytes may have left, and what must agree before they do."""

    def __init__(self, gate: Gate | None = None) -> None:
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
    """Carries a transport fault past aiohttp's own retry."""


class _TooLarge(Exception):
    pass


class Http:
    """One for a process. Sends no cookie, follows no redirect by itself, repeats nothing, keeps URLs out of messages.

    `allow` holds "host:port" pairs that `..._untrusted` may reach wherever they are; `resolver` is for tests.
    """

    def __init__(
        self, *, timeout_s: float = 20.0, allow: Collection[str] = (), resolver: AbstractResolver | None = None
    ) -> None:
        self._timeout_s = timeout_s
        self._allow = frozenset(pair.strip().lower() for pair in allow)
        self._resolver = resolver
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
        """One request, sent at most once; any status is an answer. `files`: name -> (filename, bytes, type).

        Raises NotSent when nothing was sent, OutcomeUnknown when it failed after the request may have left (reset,
        time-out, half an answer, one above `max_bytes`). `timeout_s` is for all of it. With `gate` the connection is
        a fresh one, and `gate` is called once it is up, as the last thing before the first byte leaves; what it raises
        comes out unchanged, and nothing was sent.
        """
        target = _parse_base_url(url, service)
        if params:
            target = target.update_query(params)
        state = _RequestState(gate)
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
        # Raised here and not where it was caught: aiohttp's exceptions hold the whole URL, and would travel as context.
        if state.refusal is not None:
            raise state.refusal
        raise _error_of(outcome, service, sent=state.sent)

    async def fetch_untrusted(
        self, url: str, *, max_bytes: int, timeout_s: float = 20, accept: str = "image/*"
    ) -> FetchedFile:
        """GET a stranger's URL: http(s), ports 80 and 443, public addresses only, each of at most 4 redirects too.

        The address is checked where the connection is made, so no second look-up can bring another one.
        Raises Rejected(service="web") for what must not or cannot be fetched, TransientFault, TryLater for other faults;
        `timeout_s` is for all of it, redirects included.
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
        """POST to a stranger's URL, through the same guard; any status is an answer, a redirect too.

        Of the answer's body the first `max_bytes` are read. Raises Rejected(service="web") for what must not be
        reached, TransientFault, NotSent when nothing was sent, OutcomeUnknown when the request may have left.
        """
        target, state = parse_untrusted_url(url), _RequestState()
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
        raise _error_of(outcome, target.host or "", sent=state.sent)

    def validate_untrusted(self, url: str) -> None:
        """Raises Rejected for a URL that the guard would refuse by what it says, before any look-up."""
        target = parse_untrusted_url(url)
        if not self._is_allowed(target):
            require_public_target(target)

    def _is_allowed(self, target: URL) -> bool:
        host = f"[{target.host}]" if ":" in (target.host or "") else target.host
        return f"{host}:{target.port}" in self._allow

    async def _fetch_once(self, target: URL, max_bytes: int, timeout_s: float, accept: str) -> HttpResponse:
        outcome = await self._request_untrusted(
            "GET", target, _RequestState(), timeout_s=timeout_s, max_bytes=max_bytes, headers={"Accept": accept}
        )
        if isinstance(outcome, HttpResponse):
            return outcome
        if isinstance(outcome, _TooLarge):
            raise refusal("too_big", limit=f"{max_bytes / 1_000_000:g}")
        if is_transient(outcome):
            raise without_details(outcome)
        code = _fault_code(outcome)
        raise TryLater(Message("http.picture_not_fetched"), service="web", code=code, raw=type(outcome).__name__)

    async def _request_untrusted(
        self, method: str, target: URL, state: _RequestState, *, headers: Mapping[str, str], **request: Any
    ) -> HttpResponse | Exception:
        """The answer, or what prevented it; raises Rejected for what the guard refuses."""
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
        """The answer, or what prevented it; one above `max_bytes` is cut there, or counts as none."""
        try:
            async with (
                asyncio.timeout(timeout_s),
                session.request(method, url, allow_redirects=False, trace_request_ctx=state, **request) as response,
            ):
                return HttpResponse(response.status, response.headers, await _read(response, max_bytes, cut))
        except _Fault as fault:
            return fault.args[0]  # type: ignore[no-any-return]  # `_prevent_retry` put an exception there
        except (aiohttp.ClientError, OSError, TimeoutError, UnicodeError, _TooLarge, AddressNotPublic) as fault:
            return fault
        except Exception as raised:
            if raised is not state.refusal:
                raise
            return raised

    def _session(self, kind: str) -> aiohttp.ClientSession:
        # Made at first use: aiohttp wants a running loop.
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
        # Fires in ClientRequest.send before the header is even buffered, on new and on kept connections alike; what
        # is raised there closes the connection (from on_connection_create_end it would leak the socket).
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
    # aiohttp repeats GET, PUT and DELETE by itself when a kept connection turns out dead, on exactly these two.
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
                raise _TooLarge
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


def _fault_code(fault: Exception) -> str:
    if is_transient(fault):
        return "local_fault"
    for kind, code in _CODES:
        if isinstance(fault, kind):
            return code
    return "reset"


def _error_of(fault: Exception, service: str, *, sent: bool) -> OutsideError:
    code = _fault_code(fault)
    kind, message = (OutcomeUnknown, Message("http.outcome_unknown")) if sent else (NotSent, Message("http.not_sent"))
    return kind(message.with_values(service=service, code=code), service=service, code=code, raw=type(fault).__name__)


# From the particular to the general: the first that fits names the fault.
_CODES: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "dns"),
    (UnicodeError, "dns"),
    (aiohttp.ClientSSLError, "tls"),
    (TimeoutError, "timeout"),
    (aiohttp.ClientConnectorError, "unreachable"),
    (_TooLarge, "too_big"),
    (aiohttp.ClientPayloadError, "half_answer"),
    (aiohttp.ClientResponseError, "not_http"),
)
