"""Faults that a test injects: connection resets, timeouts, HTML answers, Graph errors; before or after the commit."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from araldo.sandbox.calls import Call
from araldo.sandbox.replies import GraphError

TRANSPORT = "araldo.sandbox.transport"
_SILENCE_S = 600.0


class FaultError(BaseModel):
    """The error to answer; message and user texts come from the catalogue when left out."""

    model_config = ConfigDict(extra="forbid")

    status: int | None = Field(default=None, ge=200, le=599)
    code: int = 1
    error_subcode: int | None = None
    message: str | None = None
    type: str = "OAuthException"
    is_transient: bool | None = None
    error_user_title: str | None = None
    error_user_msg: str | None = None

    def to_error(self) -> GraphError:
        overrides = {"is_transient", "error_user_title", "error_user_msg"}
        return GraphError(
            self.code,
            self.error_subcode,
            message=self.message,
            kind=self.type,
            status=self.status,
            overrides=self.model_dump(include=overrides, exclude_none=True),
        )


class FaultRequest(BaseModel):
    """`times` null: always. `skip`: how many matching calls pass first. `path`: a part of the path."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["reset", "timeout", "status", "graph_error", "html", "slow"]
    method: str | None = None
    path: str | None = None
    when: Literal["before", "after_commit"] = "before"
    error: FaultError = Field(default_factory=lambda: FaultError())
    delay_s: float | None = Field(default=None, ge=0, le=3600)
    times: int | None = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)

    def matches(self, call: Call, when: str) -> bool:
        method = self.method is None or self.method.upper() == call.method
        return method and self.when == when and (self.path is None or self.path in call.raw_path)


@dataclass(slots=True)
class Fault:
    id: int
    order: FaultRequest
    left: int | None
    skip: int
    hit: int = 0

    def as_json(self) -> dict[str, Any]:
        order = self.order.model_dump(mode="json", exclude={"times", "skip"})
        return order | {key: value for key, value in asdict(self).items() if key != "order"}


@dataclass(slots=True)
class FaultQueue:
    """The injected faults in order, kept in memory only: a restarted sandbox has none."""

    pending: list[Fault] = field(default_factory=list)
    _count: int = 0

    def add(self, order: FaultRequest) -> Fault:
        self._count += 1
        fault = Fault(self._count, order, order.times, order.skip)
        self.pending.append(fault)
        return fault

    def clear(self) -> None:
        self.pending.clear()

    def take(self, call: Call, when: str) -> FaultRequest | None:
        """Return the first fault that applies to this call, counting its skips and times down; None for none."""
        for fault in self.pending:
            if not fault.order.matches(call, when):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.hit += 1
            if fault.left is not None:
                fault.left -= 1
            self.pending = [fault for fault in self.pending if fault.left != 0]
            return fault.order
        return None


def response(order: FaultRequest) -> Response:
    """Return the response of a fault that is not a Graph answer."""
    if order.kind == "reset":
        return ConnectionReset()
    if order.kind == "timeout":
        return SilentResponse(_SILENCE_S if order.delay_s is None else order.delay_s)
    if order.kind == "html":
        page = (
            "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body>"
        )
        return Response(f"{page}</html>", order.error.status or 502, media_type="text/html; charset=utf-8")
    return Response("", order.error.status or 503, media_type="text/plain")


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
