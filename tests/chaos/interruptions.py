"""Kill or freeze a server at a chosen step of publishing, by wrapping the product's functions in its process."""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import aiohttp

import araldo.http_exchange
from araldo.platforms.caller import Answer, ServiceCaller
from araldo.posts import delivery_store
from araldo.storage.function_queue import FunctionQueue, QueuedFunction

# In the order in which a delivery passes them.
BOUNDARIES = (
    "prepared",  # the service has stored a part of the post that nobody sees; the ticket is not stored
    "before_intent",
    "after_intent",  # committed, and nothing has left
    "left",  # the request is on its way
    "committed",  # the service has done it; its answer is under way
    "before_stored",  # the answer is here, in the middle of the transaction that stores it
    "stored",  # some transaction is committed, and its caller does not know it
)
# Whether the request that leaves is a visible write.
_sends_visible_write: ContextVar[bool] = ContextVar("sends_visible_write", default=False)
_ON_THE_WIRE_S, _WITHIN_SERVICE_S = 0.003, 0.15


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
    _wrap_calls(interruption)
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
        if _sends_visible_write.get():
            interruption.reach_later("left", _ON_THE_WIRE_S)
            interruption.reach_later("committed", _WITHIN_SERVICE_S)

    araldo.http_exchange._on_headers_sent = leaving


def _wrap_calls(interruption: Interruption) -> None:
    """Reach the boundaries around the calls to a service."""
    call, send = ServiceCaller.call, ServiceCaller.send_visible_write

    async def calling(caller: ServiceCaller, method: str, *args: Any, **named: Any) -> Answer:
        answer = await call(caller, method, *args, **named)
        if method == "POST":
            interruption.reach("prepared")
        return answer

    async def sending(*args: Any, **named: Any) -> Answer:
        interruption.reach("after_intent")
        token = _sends_visible_write.set(True)
        try:
            return await send(*args, **named)
        finally:
            _sends_visible_write.reset(token)

    ServiceCaller.call = calling  # type: ignore[assignment, method-assign]  # wrapped, with any arguments
    ServiceCaller.send_visible_write = sending  # type: ignore[method-assign]  # the same


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
