"""An ASGI application on a free loopback port, in a thread of its own, for as long as a `with` block lasts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from araldo.server import open_listening_socket

_START_S, _STOP_S = 20.0, 20.0


class _Server(uvicorn.Server):
    """Says when it is up, or that it failed to be."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.settled.set()


@contextmanager
def serve(app: Any, *, port: int = 0) -> Iterator[str]:
    """Yields the base URL, without a slash at its end; `port` 0 takes a free one."""
    with serve_made(lambda url: app, port=port) as url:
        yield url


@contextmanager
def serve_made(make: Callable[[str], Any], *, port: int = 0) -> Iterator[str]:
    """As `serve`, for an application that wants to know its own URL: `make(url)` gives it."""
    with open_listening_socket("127.0.0.1", port) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        # A second for calls that hang on purpose, then they are cut off.
        config = uvicorn.Config(make(url), lifespan="on", ws="none", log_config=None, timeout_graceful_shutdown=1)
        server = _Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), name=f"serving {url}")
        thread.start()
        try:
            if not server.settled.wait(_START_S) or not server.started:
                raise RuntimeError("the application did not start")
            yield url
        finally:
            server.should_exit = True
            thread.join(_STOP_S)
            if thread.is_alive():
                raise RuntimeError("the application did not stop")
