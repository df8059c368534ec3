"""Faults on order: what goes wrong, on which calls, before or after the work is done."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from araldo.sandbox.calls import Call
from araldo.sandbox.replies import GraphError

_FOREVER_S = 3_600.0


class FaultError(BaseModel):
    status: int | None = None
    code: int = 1
    error_subcode: int | None = None
    message: str = "An unknown error occurred"
    error_user_title: str | None = None
    error_user_msg: str | None = None


class Fault(BaseModel):
    """`path` is found anywhere in a call's path; the first `skip` calls that match are left alone, then `times` are hit."""

    method: str | None = None
    path: str | None = None
    when: Literal["before", "after_commit"] = "before"
    kind: Literal["reset", "timeout", "status", "graph_error", "html", "slow"]
    error: FaultError | None = None
    delay_s: float | None = Field(None, ge=0)
    times: int | None = Field(None, ge=1)
    skip: int = Field(0, ge=0)

    def matches(self, call: Call) -> bool:
        by_method = self.method is None or self.method.upper() == call.method
        return by_method and (self.path is None or self.path in call.path)


@dataclass(slots=True)
class Faults:
    """In the order they were asked for; the first that matches acts."""

    ordered: list[Fault] = field(default_factory=list)

    def take(self, call: Call) -> Fault | None:
        """The fault that this call meets, counted; None for a call that goes well."""
        for fault in self.ordered:
            if not fault.matches(call):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times == 0:
                    self.ordered.remove(fault)
            return fault
        return None


async def act(fault: Fault, request: Request) -> Response | None:
    """The answer instead of the true one; None: go on, after the delay of `slow`."""
    if fault.kind == "slow":
        await asyncio.sleep(fault.delay_s or 0.0)
        return None
    if fault.kind == "reset":
        abort(request)
        return Response(status_code=500)
    if fault.kind == "timeout":
        await _silence(request, fault.delay_s or _FOREVER_S)
        abort(request)
        return Response(status_code=500)
    if fault.delay_s:
        await asyncio.sleep(fault.delay_s)
    error = fault.error or FaultError()
    if fault.kind == "html":
        page = "<!DOCTYPE html><html><body><h1>Sorry, something went wrong.</h1></body></html>"
        return HTMLResponse(page, error.status or 500)
    if fault.kind == "status":
        return Response(b"", error.status or 500, media_type="text/plain")
    return _graph_error(error)


def _graph_error(error: FaultError) -> Response:
    raised = GraphError(
        error.code,
        error.message,
        subcode=error.error_subcode,
        status=error.status,
        title=error.error_user_title,
        said=error.error_user_msg,
    )
    return JSONResponse(raised.as_json(), raised.status)


async def _silence(request: Request, seconds: float) -> None:
    """Hold the connection without a byte, until the other side gives up or the time is over."""
    try:
        async with asyncio.timeout(seconds):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


def abort(request: Request) -> None:
    """Cut the TCP connection with a reset, as a crash or a broken network does."""
    transport: Any = request.scope["sandbox.transport"]
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
