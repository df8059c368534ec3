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
from araldo.addresses import check_public_target, refused, untrusted_url
from araldo.errors import NotSent, OutcomeUnknown, OutsideError, Rejected, TryLater
from araldo.guard import NotPublic, guarded_connector
from araldo.local_faults import is_passing, named_alone
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
class Fetched:
    """A file from a stranger: `content_type` is what its server says, which may be wrong; `url` is the last one."""

    body: bytes
    content_type: str
    url: str


class _Leaving:
    """Of one request: whether its bytes may have left, and what must agree before they do."""

    def __init__(self, gate: Gate | None = None) -> None:
        self._gate = gate
        self.left = False
        self.refusal: Exception | None = None

    def now(self) -> None:
        if self._gate is not None:
            try:
                self._gate()
            except Exception as refusal:
                self.refusal = refusal
                raise
        self.left = True


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
        target = _configured(url, service)
        if params:
            target = target.update_query(params)
        leaving = _Leaving(gate)
        outcome = await self._exchange(
            self._session("pooled" if gate is None else "fresh"),
            method,
            target,
            leaving,
            timeout_s=self._timeout_s if timeout_s is None else timeout_s,
            max_bytes=max_bytes,
            data=_body(form, json, files),
            headers=_with_type(headers, json),
        )
        if isinstance(outcome, HttpResponse):
            return outcome
        # Raised here and not where it was caught: aiohttp's exceptions hold the whole URL, and would travel as context.
        if leaving.refusal is not None:
            raise leaving.refusal
        raise _fault(outcome, service, left=leaving.left)

    async def fetch_untrusted(
        self, url: str, *, max_bytes: int, timeout_s: float = 20, accept: str = "image/*"
    ) -> Fetched:
        """GET a stranger's URL: http(s), ports 80 and 443, public addresses only, each of at most 4 redirects too.

        The address is checked where the connection is made, so no second look-up can bring another one.
        Raises Rejected(service="web") for what must not or cannot be fetched, PassingFault, TryLater for other faults;
        `timeout_s` is for all of it, redirects included.
        """
        target = untrusted_url(url)
        try:
            async with asyncio.timeout(timeout_s):
                for _ in range(_MAX_REDIRECTS + 1):
                    answer = await self._fetch_one(target, max_bytes, timeout_s, accept)
                    if answer.status not in _REDIRECTS:
                        return _fetched(answer, target)
                    target = untrusted_url(answer.headers.get("Location", ""), base=target)
        except TimeoutError:
            pass
        else:
            raise refused("too_many_redirects")
        raise TryLater(Message("http.picture_not_fetched"), service="web", code="timeout")

    async def post_untrusted(
        self, url: str, body: bytes, *, headers: Mapping[str, str], timeout_s: float, max_bytes: int
    ) -> HttpResponse:
        """POST to a stranger's URL, through the same guard; any status is an answer, a redirect too.

        Of the answer's body the first `max_bytes` are read. Raises Rejected(service="web") for what must not be
        reached, PassingFault, NotSent when nothing was sent, OutcomeUnknown when the request may have left.
        """
        target, leaving = untrusted_url(url), _Leaving()
        outcome = await self._ask_stranger(
            "POST",
            target,
            leaving,
            timeout_s=timeout_s,
            max_bytes=max_bytes,
            cut=True,
            data=BytesIO(body),
            headers=headers,
        )
        if isinstance(outcome, HttpResponse):
            return outcome
        if is_passing(outcome) and not leaving.left:
            raise named_alone(outcome)
        raise _fault(outcome, target.host or "", left=leaving.left)

    def check_untrusted(self, url: str) -> None:
        """Raises Rejected for a URL that the guard would refuse by what it says, before any look-up."""
        target = untrusted_url(url)
        if not self._is_allowed(target):
            check_public_target(target)

    def _is_allowed(self, target: URL) -> bool:
        host = f"[{target.host}]" if ":" in (target.host or "") else target.host
        return f"{host}:{target.port}" in self._allow

    async def _fetch_one(self, target: URL, max_bytes: int, timeout_s: float, accept: str) -> HttpResponse:
        outcome = await self._ask_stranger(
            "GET", target, _Leaving(), timeout_s=timeout_s, max_bytes=max_bytes, headers={"Accept": accept}
        )
        if isinstance(outcome, HttpResponse):
            return outcome
        if isinstance(outcome, _TooLarge):
            raise refused("too_big", limit=f"{max_bytes / 1_000_000:g}")
        if is_passing(outcome):
            raise named_alone(outcome)
        code = _code(outcome)
        raise TryLater(Message("http.picture_not_fetched"), service="web", code=code, raw=type(outcome).__name__)

    async def _ask_stranger(
        self, method: str, target: URL, leaving: _Leaving, *, headers: Mapping[str, str], **request: Any
    ) -> HttpResponse | Exception:
        """The answer, or what prevented it; raises Rejected for what the guard refuses."""
        allowed = self._is_allowed(target)
        if not allowed:
            check_public_target(target)
        outcome = await self._exchange(
            self._session("pooled" if allowed else "guarded"),
            method,
            target,
            leaving,
            headers={**headers, "Accept-Encoding": "identity"},
            **request,
        )
        if isinstance(outcome, NotPublic):
            raise refused("address_not_public")
        return outcome

    async def _exchange(
        self,
        session: aiohttp.ClientSession,
        method: str,
        url: URL,
        leaving: _Leaving,
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
                session.request(method, url, allow_redirects=False, trace_request_ctx=leaving, **request) as response,
            ):
                return HttpResponse(response.status, response.headers, await _read(response, max_bytes, cut))
        except _Fault as fault:
            return fault.args[0]  # type: ignore[no-any-return]  # `_never_again` put an exception there
        except (aiohttp.ClientError, OSError, TimeoutError, UnicodeError, _TooLarge, NotPublic) as fault:
            return fault
        except Exception as raised:
            if raised is not leaving.refusal:
                raise
            return raised

    def _session(self, door: str) -> aiohttp.ClientSession:
        # Made at first use: aiohttp wants a running loop.
        if door not in self._sessions:
            self._sessions[door] = self._open(door)
        return self._sessions[door]

    def _open(self, door: str) -> aiohttp.ClientSession:
        resolver = self._resolver or aiohttp.ThreadedResolver()
        if door == "pooled":
            connector = aiohttp.TCPConnector(resolver=resolver, limit=256)
        elif door == "fresh":
            connector = aiohttp.TCPConnector(resolver=resolver, limit=0, force_close=True)
        else:
            connector = guarded_connector(resolver)
        trace = aiohttp.TraceConfig()
        # Fires in ClientRequest.send before the header is even buffered, on new and on kept connections alike; what
        # is raised there closes the connection (from on_connection_create_end it would leak the socket).
        trace.on_request_headers_sent.append(_leave)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": f"Araldo/{__version__}"},
            timeout=aiohttp.ClientTimeout(total=None),
            trace_configs=[trace],
            middlewares=(_never_again,),
        )


async def _leave(_session: aiohttp.ClientSession, context: SimpleNamespace, _sent: object) -> None:
    leaving: _Leaving = context.trace_request_ctx
    leaving.now()


async def _never_again(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
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


def _with_type(headers: Mapping[str, str] | None, json: object) -> Mapping[str, str]:
    return {**({} if json is None else {"Content-Type": "application/json"}), **(headers or {})}


def _configured(url: str, service: str) -> URL:
    try:
        target = URL(url)
    except ValueError:
        target = URL()
    if target.scheme in ("http", "https") and target.host:
        return target
    raise Rejected(Message("http.base_url_invalid", {"service": service}), service=service, code="bad_base")


def _fetched(answer: HttpResponse, url: URL) -> Fetched:
    if answer.status == 200:
        return Fetched(answer.body, answer.headers.get("Content-Type", ""), str(url))
    if answer.status >= 500 or answer.status in _TRANSIENT:
        raise TryLater(Message("http.picture_not_fetched"), service="web", code=f"status_{answer.status}")
    raise Rejected(
        Message("http.picture_refused", {"status": answer.status}), service="web", code=f"status_{answer.status}"
    )


def _code(fault: Exception) -> str:
    if is_passing(fault):
        return "local_fault"
    for kind, code in _CODES:
        if isinstance(fault, kind):
            return code
    return "reset"


def _fault(fault: Exception, service: str, *, left: bool) -> OutsideError:
    code = _code(fault)
    kind, message = (OutcomeUnknown, Message("http.outcome_unknown")) if left else (NotSent, Message("http.not_sent"))
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
