"""Faults that a test injects: resets, timeouts, HTML, errors of a service; before or after the commit."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

TRANSPORT = "araldo.sandbox.transport"
_SILENCE_S = 600.0


class FaultError(BaseModel):
    """The error that a fault answers with; a service adds the fields of its own errors."""

    model_config = ConfigDict(extra="forbid")

    status: int | None = Field(default=None, ge=200, le=599)


class FaultRequest(BaseModel):
    """`times` null: always. `skip`: how many matching calls pass first. `path`: a part of the path.

    `error` is validated by the kind: FaultQueue.add.
    """

    model_config = ConfigDict(extra="forbid")

    kind: str
    service: str | None = None
    method: str | None = None
    path: str | None = None
    when: Literal["before", "after_commit"] = "before"
    error: dict[str, Any] = Field(default_factory=dict)
    delay_s: float | None = Field(default=None, ge=0, le=3600)
    times: int | None = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)


@dataclass(frozen=True, slots=True)
class FaultKind:
    """Whose calls can have a kind of fault (None: everybody's), and the model of its error."""

    service: str | None
    error: type[FaultError]


@dataclass(slots=True)
class Fault:
    id: int
    order: FaultRequest
    error: FaultError
    left: int | None
    skip: int
    hit: int = 0

    @property
    def kind(self) -> str:
        return self.order.kind

    def matches(self, service: str, method: str, path: str, when: str) -> bool:
        order = self.order
        return (
            order.service in {None, service}
            and (order.method is None or order.method.upper() == method)
            and order.when == when
            and (order.path is None or order.path in path)
        )

    def as_json(self) -> dict[str, Any]:
        order = self.order.model_dump(mode="json", exclude={"times", "skip"})
        counts = {"id": self.id, "left": self.left, "skip": self.skip, "hit": self.hit}
        return order | {"error": self.error.model_dump(mode="json")} | counts


PLAIN_KINDS = ("reset", "timeout", "status", "html", "slow")


@dataclass(slots=True)
class FaultQueue:
    """The injected faults in order, kept in memory only: a restarted sandbox has none."""

    services: Sequence[str]
    kinds: Mapping[str, FaultKind]
    pending: list[Fault] = field(default_factory=list)
    _count: int = 0

    def add(self, order: FaultRequest) -> Fault:
        """Append a fault.

        :raises ValueError: for an unknown kind or service, or an error that does not fit the kind.
        """
        kind = self.kinds.get(order.kind)
        if kind is None:
            raise ValueError(f"kind must be one of {', '.join(self.kinds)}")
        if order.service not in {None, *self.services} or (kind.service and order.service not in {None, kind.service}):
            raise ValueError(f"service must be {kind.service or ', '.join(self.services)}")
        self._count += 1
        narrowed = order.model_copy(update={"service": order.service or kind.service})
        fault = Fault(self._count, narrowed, kind.error.model_validate(order.error), order.times, order.skip)
        self.pending.append(fault)
        return fault

    def clear(self) -> None:
        self.pending.clear()

    def take(self, service: str, method: str, path: str, when: str) -> Fault | None:
        """Return the first fault that applies to this call, counting its skips and times down; None for none."""
        for fault in self.pending:
            if not fault.matches(service, method, path, when):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.hit += 1
            if fault.left is not None:
                fault.left -= 1
            self.pending = [fault for fault in self.pending if fault.left != 0]
            return fault
        return None


def response(fault: Fault) -> Response:
    """Return the response of a fault that is no answer of a service."""
    if fault.kind == "reset":
        return ConnectionReset()
    if fault.kind == "timeout":
        return SilentResponse(_SILENCE_S if fault.order.delay_s is None else fault.order.delay_s)
    if fault.kind == "html":
        page = (
            "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body>"
        )
        return Response(f"{page}</html>", fault.error.status or 502, media_type="text/html; charset=utf-8")
    return Response("", fault.error.status or 503, media_type="text/plain")


class ConnectionReset(Response):
    """Resets the connection: the client gets ECONNRESET instead of an end of file."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await abort(scope, receive)


class SilentResponse(Response):
    """Keeps the connection open without an answer; resets it after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await _wait_for_disconnect(receive)
        except TimeoutError:
            await abort(scope, receive)


async def abort(scope: Scope, receive: Receive) -> None:
    """Close with a TCP RST (linger 0), and wait until the server has noticed, or it would log an error."""
    transport: asyncio.Transport = scope[TRANSPORT]
    bare: socket.socket = transport.get_extra_info("socket")
    bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await _wait_for_disconnect(receive)


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
