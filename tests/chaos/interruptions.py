"""Kill or freeze a server at a chosen step of publishing, by wrapping the product's functions in its process."""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import aiohttp

import araldo.http_exchange
from araldo.platforms.meta.graph import GraphClient
from araldo.posts import delivery_store
from araldo.storage.function_queue import FunctionQueue, QueuedFunction

# In the order in which a delivery passes them.
BOUNDARIES = (
    "prepared",  # Meta has made the container or the photo; the ticket is not stored
    "before_intent",
    "after_intent",  # committed, and nothing has left
    "left",  # the request is on its way
    "committed",  # Meta has done it; its answer is under way
    "before_stored",  # the answer is here, in the middle of the transaction that stores it
    "stored",  # some transaction is committed, and its caller does not know it
)
_VISIBLE = ("/feed", "/media_publish", "/photo_stories")
_ON_THE_WIRE_S, _WITHIN_META_S = 0.003, 0.15


@dataclass
class Interruption:
    """Kill (SIGKILL) or freeze (SIGSTOP) the process when it reaches the boundary `at` for the `nth` time."""

    at: str
    nth: int = 1
    do: str = "kill"

    def __post_init__(self) -> None:
        self._times_reached = 0

    def reach(self, boundary: str) -> None:
        if self._due(boundary):
            self._interrupt()

    def reach_later(self, boundary: str, seconds: float) -> None:
        if self._due(boundary):
            asyncio.get_running_loop().call_later(seconds, self._interrupt)

    def _due(self, boundary: str) -> bool:
        if boundary != self.at:
            return False
        self._times_reached += 1
        return self._times_reached == self.nth

    def _interrupt(self) -> None:
        os.kill(os.getpid(), signal.SIGSTOP if self.do == "freeze" else signal.SIGKILL)


def install(interruption: Interruption) -> None:
    """Install the interruption, once, before the application is built."""
    _wrap(GraphClient, "write", after=lambda: interruption.reach("prepared"))
    _wrap(GraphClient, "send_visible_write", before=lambda: interruption.reach("after_intent"))
    _wrap(delivery_store, "open_attempt", before=lambda: interruption.reach("before_intent"))
    _wrap(delivery_store, "store_published", after=lambda: interruption.reach("before_stored"))
    answer = FunctionQueue.answer

    def answering(queue: FunctionQueue, functions: Sequence[QueuedFunction], on_change: Callable[[], None]) -> None:
        if any(function.has_changes for function in functions):
            interruption.reach("stored")
        answer(queue, functions, on_change)

    FunctionQueue.answer = answering  # type: ignore[method-assign, assignment]  # wrapped as the others are
    leave = araldo.http_exchange._on_headers_sent

    async def leaving(_session: aiohttp.ClientSession, context: SimpleNamespace, _sent: object) -> None:
        await leave(_session, context, _sent)
        assert isinstance(_sent, aiohttp.TraceRequestHeadersSentParams)
        if _sent.method == "POST" and _sent.url.path.endswith(_VISIBLE):
            interruption.reach_later("left", _ON_THE_WIRE_S)
            interruption.reach_later("committed", _WITHIN_META_S)

    araldo.http_exchange._on_headers_sent = leaving


def _wrap(
    owner: Any, name: str, *, before: Callable[[], None] | None = None, after: Callable[[], None] | None = None
) -> None:
    inner: Callable[..., Any] = getattr(owner, name)

    async def interrupted(*args: Any, **named: Any) -> Any:
        if before is not None:
            before()
        result = await inner(*args, **named)
        if after is not None:
            after()
        return result

    def interrupted_function(*args: Any, **named: Any) -> Any:
        if before is not None:
            before()
        result = inner(*args, **named)
        if after is not None:
            after()
        return result

    setattr(owner, name, interrupted if inspect.iscoroutinefunction(inner) else interrupted_function)
