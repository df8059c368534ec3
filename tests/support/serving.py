"""Serve an ASGI application on a free loopback port, in a thread, for the duration of a `with` block."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from araldo.server import make_server, open_listening_socket
from araldo.server.limits import limits_for
from tests.support.waiting import until

_START_S, _STOP_S = 20.0, 20.0


@contextmanager
def serve(app: Any, *, port: int = 0) -> Iterator[str]:
    """Yield the base URL, without a trailing slash; `port` 0: a free one."""
    with serve_made(lambda url: app, port=port) as url:
        yield url


@contextmanager
def serve_made(make: Callable[[str], Any], *, port: int = 0) -> Iterator[str]:
    """As `serve`, for an application that needs its own URL: `make(url)` creates it."""
    with open_listening_socket("127.0.0.1", port) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        # A second for calls that hang on purpose, then they are cut off.
        server = make_server(make(url), limits_for(1_024), graceful_s=1)
        thread = threading.Thread(target=server.run, args=([listener],), name=f"serving {url}")
        thread.start()
        try:
            until(lambda: server.started or not thread.is_alive(), within_s=_START_S, pause_s=0.01)
            if not server.started:
                raise RuntimeError("the application did not start")
            yield url
        finally:
            server.should_exit = True
            thread.join(_STOP_S)
            if thread.is_alive():
                raise RuntimeError("the application did not stop")
