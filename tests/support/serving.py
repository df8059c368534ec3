"""An application on a real port of the loopback, in a thread of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


def listening() -> socket.socket:
    """A socket on a free port; whoever holds it, nobody else gets the port."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    held.listen(256)
    return held


def url_of(held: socket.socket) -> str:
    return f"http://127.0.0.1:{held.getsockname()[1]}"


@contextmanager
def serve(app: Any, held: socket.socket | None = None) -> Iterator[str]:
    """The address of the running application; stopped, and its thread joined, at the end."""
    held = held or listening()
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [held]}, daemon=True)
    thread.start()
    give_up = time.monotonic() + 30
    while not server.started:
        if not thread.is_alive() or time.monotonic() > give_up:
            raise RuntimeError("the application did not start")
        time.sleep(0.01)
    try:
        yield url_of(held)
    finally:
        server.should_exit = True
        thread.join(20)
        held.close()
        if thread.is_alive():
            raise RuntimeError("the application did not stop")
