"""Outbound HTTP: `call` for URLs from the settings, `..._untrusted` for URLs from users and other servers."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Self, Unpack

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from araldo.addresses import parse_untrusted_url, refusal, require_public_target
from araldo.errors import Rejected, TryLater
from araldo.guard import AddressNotPublic
from araldo.http_exchange import (
    Fault,
    HttpResponse,
    RequestOptions,
    RequestState,
    encode_body,
    open_session,
    read_body,
)
from araldo.local_faults import is_transient, without_details
from araldo.messages import Message
from araldo.telemetry.observer import Observer
from araldo.transport_faults import TooLarge, error_of, fault_code

_ANSWER_BYTES = 4_000_000
_MAX_REDIRECTS = 4
_REDIRECTS = (301, 302, 303, 307, 308)
_TRANSIENT = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file from an untrusted URL. `content_type`: as its server claims; `url`: the last one of the redirects."""

    body: bytes
    content_type: str
    url: str


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

    async def call(self, method: str, url: str, *, service: str, **options: Unpack[RequestOptions]) -> HttpResponse:
        """Send one request, at most once, and return the response, whatever its status.

        Raises NotSent when nothing was sent, OutcomeUnknown when the request may have been sent (reset, time-out,
        incomplete response, response above `max_bytes`).
        """
        target = _parse_base_url(url, service)
        state = RequestState(service, options.get("gate"))
        session = self._session("pooled" if options.get("gate") is None else "fresh")
        outcome = await self._exchange(
            session, method, _with_params(target, options), state, **await self._request(options)
        )
        return _response_of(outcome, state)

    async def call_untrusted(
        self, method: str, url: str, *, service: str, **options: Unpack[RequestOptions]
    ) -> HttpResponse:
        """Send one request, as `call` does, to a service on a host that a person typed.

        The rules of `fetch_untrusted` apply, and only https is allowed, because the request carries credentials. Hosts
        that `allow` names are exempt from both. A redirect is returned, never followed. Raises Rejected(service="web")
        for what must not be reached.
        """
        target = parse_untrusted_url(url)
        self._require_https(target)
        state = RequestState(service, options.get("gate"))
        outcome = await self._request_untrusted(
            method, _with_params(target, options), state, **await self._request(options)
        )
        return _response_of(outcome, state)

    async def _request(self, options: RequestOptions) -> dict[str, Any]:
        timeout_s = options.get("timeout_s")
        data, headers = await encode_body(options)
        return {
            "timeout_s": self._timeout_s if timeout_s is None else timeout_s,
            "max_bytes": options.get("max_bytes", _ANSWER_BYTES),
            "data": data,
            "headers": headers,
        }

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
        target, state = parse_untrusted_url(url), RequestState("webhook")
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

    def validate_untrusted_https(self, url: str) -> None:
        """Raise Rejected for a URL that `call_untrusted` would refuse without a DNS lookup."""
        self.validate_untrusted(url)
        self._require_https(parse_untrusted_url(url))

    def _require_https(self, target: URL) -> None:
        """Raise Rejected for another scheme, unless `allow` names the host."""
        if target.scheme != "https" and not self._is_allowed(target):
            require_public_target(target)
            raise refusal("https_needed")

    def _is_allowed(self, target: URL) -> bool:
        host = f"[{target.host}]" if ":" in (target.host or "") else target.host
        return f"{host}:{target.port}" in self._allow

    async def _fetch_once(self, target: URL, max_bytes: int, timeout_s: float, accept: str) -> HttpResponse:
        outcome = await self._request_untrusted(
            "GET", target, RequestState("web"), timeout_s=timeout_s, max_bytes=max_bytes, headers={"Accept": accept}
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
        self, method: str, target: URL, state: RequestState, *, headers: Mapping[str, str], **request: Any
    ) -> HttpResponse | Exception:
        """Return the response, or the exception that prevented it. Raises Rejected for a non-public address."""
        allowed = self._is_allowed(target)
        if not allowed:
            require_public_target(target)
        outcome = await self._exchange(
            # A gated request needs a new connection; guarded ones are always new.
            self._session("guarded" if not allowed else "fresh" if state.has_gate else "pooled"),
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
        self, session: aiohttp.ClientSession, method: str, url: URL, state: RequestState, **request: Any
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
        state: RequestState,
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
                return HttpResponse(response.status, response.headers, await read_body(response, max_bytes, cut))
        except Fault as fault:
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
            self._sessions[kind] = open_session(kind, self._resolver or aiohttp.ThreadedResolver())
        return self._sessions[kind]


def _parse_base_url(url: str, service: str) -> URL:
    try:
        target = URL(url)
    except ValueError:
        target = URL()
    if target.scheme in ("http", "https") and target.host:
        return target
    raise Rejected(Message("http.base_url_invalid", {"service": service}), service=service, code="bad_base")


def _with_params(target: URL, options: RequestOptions) -> URL:
    params = options.get("params")
    return target.update_query(params) if params else target


def _response_of(outcome: HttpResponse | Exception, state: RequestState) -> HttpResponse:
    """Return the response. Raises the gate's exception, NotSent or OutcomeUnknown, without aiohttp's as its context.

    aiohttp's exceptions hold the whole URL, which may hold a token.
    """
    if isinstance(outcome, HttpResponse):
        return outcome
    raise state.refusal or error_of(outcome, state.service, sent=state.sent)


def _file_of(answer: HttpResponse, url: URL) -> FetchedFile:
    if answer.status == 200:
        return FetchedFile(answer.body, answer.headers.get("Content-Type", ""), str(url))
    if answer.status >= 500 or answer.status in _TRANSIENT:
        raise TryLater(Message("http.picture_not_fetched"), service="web", code=f"status_{answer.status}")
    raise Rejected(
        Message("http.picture_refused", {"status": answer.status}), service="web", code=f"status_{answer.status}"
    )


def _outcome_class(outcome: HttpResponse | Exception, state: RequestState) -> str:
    if isinstance(outcome, HttpResponse):
        return f"{outcome.status // 100}xx"
    refused = state.refusal is not None or isinstance(outcome, AddressNotPublic)
    return "not_sent" if refused else fault_code(outcome)
