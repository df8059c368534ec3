"""The HTTP server: how a listening socket is opened, and how an application is served on it until a signal."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from araldo.errors import Conflict, Sentence

_BACKLOG = 2048


def open_listening_socket(host: str, port: int) -> socket.socket:
    """Bind and listen on `host` (a name, IPv4 or IPv6 address) and `port` (0: a free one).

    Every connection accepted from it has TCP_NODELAY set. Raises Conflict when the address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only on sockets whose protocol number says TCP, and `socket.create_server` leaves it 0.
    # With Nagle's algorithm on, an answer on a kept connection waits 40 ms for the peer's delayed acknowledgement.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if family == socket.AF_INET6:
            # `::` must not take the IPv4 port too: which of the two a client reached would depend on the machine.
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError as wrong:
        listening.close()
        sentence = Sentence(
            "Port {port} of {host} cannot be used: {why}. Set another one.",
            "La porta {port} di {host} non si può usare: {why}. Impostane un'altra.",
        )
        raise Conflict(sentence.with_(port=port, host=host, why=wrong.strerror)) from wrong
    return listening


def serve(app: Any, listening: socket.socket, *, before_stopping: Callable[[], None] = lambda: None) -> None:
    """Serve `app` on a listening socket until SIGINT or SIGTERM.

    `before_stopping` is called once, before open answers are waited for. The app logs requests itself, without their
    queries.
    """
    config = uvicorn.Config(app, access_log=False, log_config=None, server_header=False, timeout_graceful_shutdown=5)
    _Server(config, before_stopping).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Calls `before_stopping` before it waits for open answers, because an event stream has no end of its own."""

    def __init__(self, config: uvicorn.Config, before_stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._before_stopping = before_stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._before_stopping()
        await super().shutdown(sockets)
