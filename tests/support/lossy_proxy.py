"""An HTTP proxy in front of one server that loses requests and answers, for servers without faults of their own."""

from __future__ import annotations

import http.client
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import urlsplit

# reset: the connection ends without an answer. html: something in between answers with a page.
LossKind = Literal["reset", "html"]
_PAGE = b"<html>502 Bad Gateway</html>"
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


@dataclass
class LossyProxy:
    """`lose_next` plans one loss; all other requests are passed on, and their answers back."""

    url: str
    upstream: str
    _losses: list[tuple[str, LossKind, Literal["before", "after"]]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lose_next(self, path: str, kind: LossKind, when: Literal["before", "after"]) -> None:
        """Lose the next request to `path` before the server gets it, or its answer after the server has done it."""
        with self._lock:
            self._losses.append((path, kind, when))

    def forget(self) -> None:
        with self._lock:
            self._losses.clear()

    def take_loss(self, path: str) -> tuple[LossKind, Literal["before", "after"]] | None:
        with self._lock:
            for loss in self._losses:
                if path.startswith(loss[0]):
                    self._losses.remove(loss)
                    return loss[1:]
        return None


@contextmanager
def lossy_proxy(upstream: str) -> Iterator[LossyProxy]:
    """Run a proxy on a free loopback port until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    proxy = LossyProxy(f"http://127.0.0.1:{server.server_address[1]}", upstream)
    server.proxy = proxy  # type: ignore[attr-defined]  # how handlers of the standard library get at anything
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="lossy proxy")
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _pass_on(self) -> None:
        proxy: LossyProxy = self.server.proxy  # type: ignore[attr-defined]  # set by `lossy_proxy`
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        loss = proxy.take_loss(self.path)
        if loss is not None and loss[1] == "before":
            self._lose(loss[0])
            return
        status, headers, answer = self._ask(proxy.upstream, body)
        if loss is not None:
            self._lose(loss[0])
            return
        self._answer(status, headers, answer)

    do_GET = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815  # the standard library's names

    def _ask(self, upstream: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        target = urlsplit(upstream)
        connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=30)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
            connection.request(self.command, self.path, body or None, headers)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in _HOP_BY_HOP | {"date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _lose(self, kind: LossKind) -> None:
        self.close_connection = True
        if kind == "html":
            self._answer(502, [("Content-Type", "text/html")], _PAGE)
            return
        # Closing with data to linger for no time sends a reset.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the standard library's name
        """Log nothing."""

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            # The connection was closed on purpose.
            return
