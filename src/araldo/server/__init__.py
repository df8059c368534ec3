"""The HTTP server: open a listening socket, and serve an application on it until a signal."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from araldo.clock import SystemClock
from araldo.errors import Conflict
from araldo.local_faults import is_transient
from araldo.loops import FailureLog
from araldo.messages import Message
from araldo.server.limits import ServerLimits, limits_for, raise_descriptor_limit
from araldo.server.protocol import LimitedProtocol, LimitedServerState

# Until the server starts and sets its own.
_BACKLOG = 100


def open_listening_socket(host: str, port: int) -> socket.socket:
    """Bind and listen on `host` (a name, IPv4 or IPv6 address) and `port` (0: a free one).

    Every connection accepted from it has TCP_NODELAY set. Raises Conflict when the address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only on sockets whose protocol number is TCP, and `socket.create_server` leaves it 0.
    # With Nagle's algorithm, a response on a reused connection waits 40 ms for the peer's delayed acknowledgement.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if family == socket.AF_INET6:
            # `::` must not bind the IPv4 port too: which socket a client reached would depend on the machine.
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError as wrong:
        listening.close()
        message = Message("server.port_unusable")
        raise Conflict(message.with_values(port=port, host=host, why=wrong.strerror)) from wrong
    return listening


def serve(app: Any, listening: socket.socket, *, before_stopping: Callable[[], None] = lambda: None) -> None:
    """Serve `app` on a listening socket until SIGINT or SIGTERM, with as many connections as open files allow.

    `before_stopping` is called once, before open responses are waited for. The app itself logs requests, without their
    queries.
    """
    limits = limits_for(raise_descriptor_limit())
    make_server(app, limits, before_stopping=before_stopping).run(sockets=[listening])


def make_server(
    app: Any, limits: ServerLimits, *, before_stopping: Callable[[], None] = lambda: None, graceful_s: int = 5
) -> uvicorn.Server:
    """Build a server with these limits; `graceful_s`: how long it waits for open responses when it stops."""
    config = _configure(app, limits, timeout_graceful_shutdown=graceful_s)
    return _Server(config, limits, before_stopping)


async def serve_beside(app: Any, listening: socket.socket, limits: ServerLimits) -> None:
    """Serve a second application in the event loop of a server, until cancelled."""
    server = _ServerBeside(_configure(app, limits, lifespan="off", timeout_graceful_shutdown=1))
    server.server_state = LimitedServerState(limits)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving


def _configure(app: Any, limits: ServerLimits, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=LimitedProtocol,
        # uvicorn would take another event loop where one happens to be installed.
        loop="asyncio",
        # The limits do not cover upgraded connections, and nothing here uses WebSocket.
        ws="none",
        backlog=limits.backlog,
        access_log=False,
        log_config=None,
        server_header=False,
        **more,
    )


class _ServerBeside(uvicorn.Server):
    """Leaves signals to the first server."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Server(uvicorn.Server):
    """Calls `before_stopping` before it waits for open responses, because event streams do not end by themselves."""

    def __init__(self, config: uvicorn.Config, limits: ServerLimits, before_stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self.server_state = LimitedServerState(limits)
        self._before_stopping = before_stopping
        self._failures = FailureLog(SystemClock())

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(self._handle_loop_error)
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._before_stopping()
        await super().shutdown(sockets)

    def _handle_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log an accept() without descriptors once a minute.

        asyncio logs it with a traceback for each place in the backlog, every second.
        """
        error = context.get("exception")
        if isinstance(error, OSError) and is_transient(error):
            self._failures.write("accept_failed", error)
        else:
            loop.default_exception_handler(context)
