"""Where a victim dies: wrapped around the product's own steps, in its process, so that no line of it knows."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import aiohttp

import araldo.http
from araldo.platforms.meta.graph import GraphClient
from araldo.posts import delivery_store

# In the order in which a delivery passes them.
BOUNDARIES = (
    "prepared",  # Meta has made the container or the photo; the ticket is not stored
    "before_intent",
    "after_intent",  # committed, and nothing has left
    "left",  # the request is on its way
    "committed",  # Meta has done it; its answer is under way
    "before_stored",  # the answer is here, in the middle of the transaction that stores it
)
_VISIBLE = ("/feed", "/media_publish", "/photo_stories")
_ON_THE_WIRE_S, _WITHIN_META_S = 0.003, 0.15


@dataclass
class Trap:
    """Strikes at the `nth` passing of `at`: `kill` is SIGKILL, `freeze` SIGSTOP."""

    at: str
    nth: int = 1
    do: str = "kill"

    def __post_init__(self) -> None:
        self._passed = 0

    def pass_by(self, boundary: str) -> None:
        if self._due(boundary):
            self._strike()

    def pass_by_later(self, boundary: str, seconds: float) -> None:
        if self._due(boundary):
            asyncio.get_running_loop().call_later(seconds, self._strike)

    def _due(self, boundary: str) -> bool:
        if boundary != self.at:
            return False
        self._passed += 1
        return self._passed == self.nth

    def _strike(self) -> None:
        os.kill(os.getpid(), signal.SIGSTOP if self.do == "freeze" else signal.SIGKILL)


def set_up(trap: Trap) -> None:
    """Once, before the application is built."""
    _around(GraphClient, "write", after=lambda: trap.pass_by("prepared"))
    _around(GraphClient, "send_visible_write", before=lambda: trap.pass_by("after_intent"))
    _around(delivery_store, "open_attempt", before=lambda: trap.pass_by("before_intent"))
    _around(delivery_store, "store_published", after=lambda: trap.pass_by("before_stored"))
    leave = araldo.http._on_headers_sent

    async def leaving(_session: aiohttp.ClientSession, context: SimpleNamespace, _sent: object) -> None:
        await leave(_session, context, _sent)
        assert isinstance(_sent, aiohttp.TraceRequestHeadersSentParams)
        if _sent.method == "POST" and _sent.url.path.endswith(_VISIBLE):
            trap.pass_by_later("left", _ON_THE_WIRE_S)
            trap.pass_by_later("committed", _WITHIN_META_S)

    araldo.http._on_headers_sent = leaving


def _around(
    owner: Any, name: str, *, before: Callable[[], None] | None = None, after: Callable[[], None] | None = None
) -> None:
    inner: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def trapped(*args: Any, **named: Any) -> Any:
        if before is not None:
            before()
        result = await inner(*args, **named)
        if after is not None:
            after()
        return result

    setattr(owner, name, trapped)
