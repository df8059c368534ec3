"""HTTP out: one session a process, with a door for the operator's services and a guarded one for anybody's URLs."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from araldo.errors import OutcomeUnknown, Rejected, Sentence, TryLater

Gate = Callable[[], None]
# name -> (file name, bytes, media type)
Files = Mapping[str, tuple[str, bytes, str]]

_ANSWER_MAX_BYTES = 4 * 1024 * 1024
_REDIRECTS_MAX = 4
_OPEN_PORTS = frozenset({80, 443})
# Addresses that carry another one inside; what they reach is not what they say.
_EMBEDDING = tuple(ipaddress.ip_network(text) for text in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48"))

_NOT_REACHED = Sentence("{service} cannot be reached right now.", "{service} non è raggiungibile in questo momento.")
_NO_ANSWER = Sentence(
    "The connection to {service} broke before its answer was complete.",
    "La connessione con {service} si è interrotta prima di una risposta completa.",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Any status; `headers` are case-insensitive."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Raises ValueError when the body is no JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Fetched:
    body: bytes
    content_type: str
    url: str


class _TooMuch(Exception):
    pass


class _Blocked(OSError):
    """An address that nobody's URL may lead to."""


class Http:
    def __init__(self, *, timeout_s: float = 20.0, allow: Collection[str] = ()) -> None:
        self._timeout_s = timeout_s
        self._allow = frozenset(entry.lower() for entry in allow)
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def call(
        self,
        method: str,
        url: str,
        *,
        service: str,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json_body: Any = None,
        files: Files | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        max_bytes: int = _ANSWER_MAX_BYTES,
        gate: Gate | None = None,
    ) -> Answer:
        """One request to a base that the operator configured; no redirect is followed and nothing is repeated.

        TryLater: nothing left this machine. OutcomeUnknown: something may have. With a `gate` the connection is a new
        one, since an old one that the other side has closed would make the outcome unknown for nothing; the gate runs
        when it stands, right before the bytes leave, and what it raises comes out unchanged.
        """
        session = self._session("fresh" if gate else "kept")
        way = SimpleNamespace(gate=gate, connected=False)
        timeout = aiohttp.ClientTimeout(total=timeout_s or self._timeout_s)
        try:
            async with session.request(
                method,
                url,
                params=params,
                data=_form(form, files),
                json=json_body,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
                trace_request_ctx=way,
            ) as answer:
                return Answer(answer.status, answer.headers, await _read(answer, max_bytes))
        except (aiohttp.ClientError, OSError, TimeoutError, _TooMuch) as fault:
            raw = type(fault).__name__
            if way.connected:
                raise OutcomeUnknown(
                    _NO_ANSWER.with_(service=service), service=service, code="broken", raw=raw
                ) from fault
            sentence = _NOT_REACHED.with_(service=service)
            raise TryLater(sentence, after_s=2, service=service, code="unreachable", raw=raw) from fault

    async def fetch_untrusted(self, url: str, *, max_bytes: int, timeout_s: float = 20.0) -> Fetched:
        """A GET of a URL that a stranger gave; every step of it is held against the guard.

        Rejected: it may not or cannot be had. TryLater: its server did not answer.
        """
        try:
            async with asyncio.timeout(timeout_s):
                return await self._follow(url, max_bytes)
        except TimeoutError as slow:
            raise TryLater(_SLOW, service="web", code="timeout") from slow

    async def _follow(self, url: str, max_bytes: int) -> Fetched:
        for _ in range(_REDIRECTS_MAX + 1):
            self._check_url(url)
            answer, following = await self._get(url, max_bytes)
            if answer is not None:
                return answer
            url = urljoin(url, following)
        raise _rejected("too_many_redirects", _REDIRECTS)

    async def _get(self, url: str, max_bytes: int) -> tuple[Fetched | None, str]:
        """What was fetched, or where it is said to be."""
        way = SimpleNamespace(gate=None, connected=False)
        headers = {"Accept": "image/*", "Accept-Encoding": "identity", "User-Agent": "Araldo"}
        try:
            async with self._session("guarded").get(
                url, headers=headers, allow_redirects=False, trace_request_ctx=way
            ) as answer:
                if answer.status in {301, 302, 303, 307, 308} and "Location" in answer.headers:
                    return None, answer.headers["Location"]
                if answer.status != 200:
                    raise _rejected("status", _STATUS.with_(status=answer.status))
                body = await _read(answer, max_bytes)
                return Fetched(body, answer.content_type, url), ""
        except _TooMuch as much:
            raise _rejected("too_large", _LARGE.with_(limit=max_bytes // 1024 // 1024)) from much
        except (aiohttp.InvalidURL, ValueError) as bad:
            raise _rejected("url_invalid", _BAD_URL) from bad
        except (aiohttp.ClientError, OSError) as fault:
            if _was_blocked(fault):
                raise _rejected("address_refused", _PRIVATE) from fault
            raise TryLater(_UNREACHED, service="web", code="unreachable", raw=type(fault).__name__) from fault

    def _check_url(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as bad:
            raise _rejected("url_invalid", _BAD_URL) from bad
        if parts.scheme not in {"http", "https"} or not host or parts.username or parts.password:
            raise _rejected("url_invalid", _BAD_URL)
        port = port or (443 if parts.scheme == "https" else 80)
        if f"{host}:{port}" in self._allow:
            return
        if port not in _OPEN_PORTS:
            raise _rejected("port_refused", _PORT)
        # A literal address meets no resolver; names and odd spellings of addresses are checked there.
        try:
            literal = ipaddress.ip_address(host)
        except ValueError:
            return
        if not is_open_address(literal):
            raise _rejected("address_refused", _PRIVATE)

    def _session(self, kind: str) -> aiohttp.ClientSession:
        """Made on first use, for a session belongs to the loop that runs then."""
        if kind not in self._sessions:
            connector = {
                "kept": lambda: aiohttp.TCPConnector(limit=0),
                "fresh": lambda: aiohttp.TCPConnector(limit=0, force_close=True),
                "guarded": lambda: aiohttp.TCPConnector(
                    force_close=True, use_dns_cache=False, resolver=_GuardedResolver(self._allow)
                ),
            }[kind]()
            self._sessions[kind] = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[_tracing()],
                # Asked for as it is; what comes packed all the same is no picture, and no bomb.
                auto_decompress=kind != "guarded",
            )
        return self._sessions[kind]


def is_open_address(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether it is the open internet's: not private, loopback, link-local, shared, multicast, or another in disguise."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_open_address(address.ipv4_mapped)
        if any(address in network for network in _EMBEDDING):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class _GuardedResolver(AbstractResolver):
    """Answers with the addresses that it has checked, and the connection goes to those: no second look-up."""

    def __init__(self, allow: frozenset[str]) -> None:
        self._allow = allow

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        results: list[ResolveResult] = []
        for kind, _, proto, _, where in found:
            numeric = str(where[0])
            address = ipaddress.ip_address(numeric.partition("%")[0])
            if f"{host.lower()}:{port}" not in self._allow and not is_open_address(address):
                # One closed address among open ones is an attack or a mistake; neither is worth a try.
                raise _Blocked("address refused")
            results.append(
                ResolveResult(
                    hostname=host,
                    host=numeric,
                    port=port,
                    family=kind,
                    proto=proto,
                    flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
                )
            )
        return results

    async def close(self) -> None:
        return None


def _was_blocked(fault: BaseException) -> bool:
    inner: BaseException | None = fault
    while inner is not None:
        if isinstance(inner, _Blocked) or isinstance(getattr(inner, "os_error", None), _Blocked):
            return True
        inner = inner.__cause__ or inner.__context__
    return False


def _tracing() -> aiohttp.TraceConfig:
    async def connected(_session: aiohttp.ClientSession, context: Any, _params: Any) -> None:
        way = context.trace_request_ctx
        if way.gate is not None:
            way.gate()
        way.connected = True

    tracing = aiohttp.TraceConfig()
    tracing.on_connection_create_end.append(connected)
    tracing.on_connection_reuseconn.append(connected)
    return tracing


def _form(form: Mapping[str, str] | None, files: Files | None) -> Any:
    if files is None:
        return form
    body = aiohttp.FormData()
    for name, value in (form or {}).items():
        body.add_field(name, value)
    for name, (filename, data, mime) in files.items():
        body.add_field(name, data, filename=filename, content_type=mime)
    return body


async def _read(answer: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    parts: list[bytes] = []
    total = 0
    async for part in answer.content.iter_chunked(64 * 1024):
        total += len(part)
        if total > max_bytes:
            raise _TooMuch
        parts.append(part)
    return b"".join(parts)


def _rejected(code: str, sentence: Sentence) -> Rejected:
    return Rejected(sentence, service="web", code=code)


_SLOW = Sentence("The address took too long to answer.", "L'indirizzo ha impiegato troppo a rispondere.")
_REDIRECTS = Sentence("The address redirects too often.", "L'indirizzo rimanda altrove troppe volte.")
_STATUS = Sentence("The address answers with status {status}.", "L'indirizzo risponde con stato {status}.")
_LARGE = Sentence("The file is larger than {limit} MB.", "Il file supera {limit} MB.")
_BAD_URL = Sentence(
    "This is not an http or https address without credentials.",
    "Non è un indirizzo http o https senza credenziali.",
)
_PRIVATE = Sentence(
    "This address leads into a private network, which is not allowed.",
    "Questo indirizzo porta in una rete privata, cosa non consentita.",
)
_PORT = Sentence("Only the ports 80 and 443 are allowed.", "Sono ammesse solo le porte 80 e 443.")
_UNREACHED = Sentence("The address cannot be reached.", "L'indirizzo non è raggiungibile.")
