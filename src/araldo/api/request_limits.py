"""Limit the requests of each API key over all processes, and say in headers how many are left.

The headers are those of the IETF draft "RateLimit header fields for HTTP", draft-ietf-httpapi-ratelimit-headers-10.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from weakref import WeakValueDictionary

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as ASGIMessage

from araldo.clock import Clock
from araldo.local_faults import is_transient
from araldo.storage.database import Database
from araldo.workspaces import store as workspace_store
from araldo.workspaces.request_rate import (
    WINDOW_S,
    KeyUsage,
    current_window,
    is_exhausted,
    reserve_slice,
    seconds_left,
)

# Key in a request's scope of its RequestAllowance.
_ALLOWANCE = "araldo.request_allowance"
# Longest wait for a reservation: a request that only reads has to be answered while nothing can be written.
_RESERVE_WITHIN_S = 1.0
_MAX_SLICES = 1_000


@dataclass(frozen=True, slots=True)
class RequestAllowance:
    """The limit of an API key, how many requests are left in the window after this one, and when the next one begins.

    `remaining`: what other processes have reserved and not used counts as used. -1: this request is above the limit.
    """

    limit: int
    remaining: int
    reset_s: float


@dataclass(frozen=True, slots=True)
class _Slice:
    """What this process has reserved for a key and not used. `usage`: of all processes, as last seen here."""

    window: int
    unused: int
    usage: KeyUsage


class RequestLimiter:
    """Admits requests from a slice that this process has reserved, so that most of them cause no write.

    All processes together never admit more than the limit, except while nothing can be written.
    """

    def __init__(self, database: Database, clock: Clock, limit: int) -> None:
        """`limit`: most requests of one key in a minute; 0 for no limit."""
        self._database = database
        self._clock = clock
        self._limit = limit
        self._slices: dict[str, _Slice] = {}
        # By key, while anyone has or waits for the turn to reserve.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def admit(self, scope: Scope, key_id: str, usage: KeyUsage) -> RequestAllowance | None:
        """Return the allowance after a request of this key, and keep it for the headers; None without a limit.

        `usage`: as read with the key.
        """
        if not self._limit:
            return None
        allowance = self._take(key_id, usage)
        if allowance is None:
            async with self._turns.setdefault(key_id, asyncio.Lock()):
                allowance = self._take(key_id, usage) or await self._reserve_and_take(key_id, usage)
        scope[_ALLOWANCE] = allowance
        return allowance

    def _take(self, key_id: str, usage: KeyUsage) -> RequestAllowance | None:
        """Take a request from the slice, or refuse it at the limit; None when a slice has to be reserved first."""
        usage = self._newest(key_id, usage)
        window, held = current_window(usage, self._clock.now()), self._slices.get(key_id)
        if held is None or held.window != window or not held.unused:
            return self._allowance(window, -1) if is_exhausted(usage, window, self._limit) else None
        return self._use(key_id, usage, window, held.unused)

    async def _reserve_and_take(self, key_id: str, usage: KeyUsage) -> RequestAllowance:
        usage, size = await self._reserve(key_id, self._newest(key_id, usage))
        if not size:
            return self._allowance(usage.window, -1)
        return self._use(key_id, usage, usage.window, size)

    def _use(self, key_id: str, usage: KeyUsage, window: int, unused: int) -> RequestAllowance:
        self._slices[key_id] = _Slice(window, unused - 1, usage)
        while len(self._slices) > _MAX_SLICES:
            self._slices.pop(next(iter(self._slices)))
        return self._allowance(window, self._limit - usage.reserved_in(window) + unused - 1)

    def _newest(self, key_id: str, usage: KeyUsage) -> KeyUsage:
        """Return the newer one of a usage as read, perhaps before the last reservation, and the one known here."""
        held = self._slices.get(key_id)
        known = usage if held is None else held.usage
        return max(usage, known, key=lambda one: (one.window, one.reserved))

    async def _reserve(self, key_id: str, usage: KeyUsage) -> tuple[KeyUsage, int]:
        """Reserve a slice in the database. While nothing can be written, this process counts for itself."""
        try:
            async with asyncio.timeout(_RESERVE_WITHIN_S):
                return await self._database.write(
                    lambda transaction: workspace_store.reserve_requests(transaction, key_id, self._limit)
                )
        except Exception as failure:
            if not isinstance(failure, TimeoutError) and not is_transient(failure):
                raise
        return reserve_slice(usage, self._clock.now(), self._limit)

    def _allowance(self, window: int, remaining: int) -> RequestAllowance:
        return RequestAllowance(self._limit, remaining, seconds_left(window, self._clock.now()))


class RateLimitHeadersMiddleware:
    """Adds RateLimit and RateLimit-Policy to the answers to requests with an API key."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: ASGIMessage) -> None:
            allowance = scope.get(_ALLOWANCE)
            if message["type"] == "http.response.start" and isinstance(allowance, RequestAllowance):
                message["headers"] = [*message["headers"], *_headers(allowance)]
            await send(message)

        await self._app(scope, receive, sending)


def _headers(allowance: RequestAllowance) -> list[tuple[bytes, bytes]]:
    remaining, reset_s = max(0, allowance.remaining), math.ceil(allowance.reset_s)
    return [
        (b"ratelimit-policy", f'"key";q={allowance.limit};w={WINDOW_S}'.encode()),
        (b"ratelimit", f'"key";r={remaining};t={reset_s}'.encode()),
    ]
