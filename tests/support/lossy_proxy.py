"""An HTTP proxy in front of one server that loses requests and answers, for servers without faults of their own."""

from __future__ import annotations

import http.client
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import urlsplit

# reset: the connection ends without an answer; timeout: so late that the client has gone. html: something in between
# answers with a page; answer: with what the loss says. slow: the server gets the request late; it is not lost.
LossKind = Literal["reset", "timeout", "html", "answer", "slow"]
Moment = Literal["before", "after"]
_PAGE = b"<html>502 Bad Gateway</html>"
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


@dataclass(frozen=True, slots=True)
class ProxyAnswer:
    """What the proxy answers by itself."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loss:
    """The loss of one request to a path that begins with `path`, with any method where `method` is None.

    `delay_s`: of the kinds "timeout" and "slow"; `answer`: of the kind "answer".
    """

    path: str
    kind: LossKind
    when: Moment
    method: str | None = None
    delay_s: float = 0.0
    answer: ProxyAnswer = ProxyAnswer(502, _PAGE, {"Content-Type": "text/html"})

    def matches(self, method: str, path: str) -> bool:
        return path.startswith(self.path) and self.method in {None, method}


@dataclass
class LossyProxy:
    """`lose` plans one loss; all other requests are passed on to `upstream`, and their answers back.

    `received`: the method and the path of every request. `answer_delays_s`: how long answers are kept back, by path.
    """

    url: str
    upstream: str
    received: list[tuple[str, str]] = field(default_factory=list)
    answer_delays_s: dict[str, float] = field(default_factory=dict)
    _losses: list[Loss] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lose_next(self, path: str, kind: LossKind, when: Moment) -> None:
        """Lose the next request to `path` before the server gets it, or its answer after the server has done it."""
        self.lose(Loss(path, kind, when))

    def lose(self, loss: Loss) -> None:
        with self._lock:
            self._losses.append(loss)

    def forget(self) -> None:
        with self._lock:
            self._losses.clear()

    def take_loss(self, method: str, path: str) -> Loss | None:
        """Record a request and return what is planned for it."""
        with self._lock:
            self.received.append((method, path))
            for loss in self._losses:
                if loss.matches(method, path):
                    self._losses.remove(loss)
                    return loss
        return None


@contextmanager
def lossy_proxy(upstream: str = "") -> Iterator[LossyProxy]:
    """Run a proxy on a free loopback port until the end of the block. A server that has to know it is set later."""
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
    # Head and body of an answer are two writes.
    disable_nagle_algorithm = True

    def _pass_on(self) -> None:
        proxy: LossyProxy = self.server.proxy  # type: ignore[attr-defined]  # set by `lossy_proxy`
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        loss = proxy.take_loss(self.command, self.path)
        if loss is not None and loss.when == "before":
            time.sleep(loss.delay_s)  # how late the request is
            if loss.kind != "slow":
                self._lose(loss)
                return
        status, headers, answer = self._ask(proxy.upstream, body)
        if loss is not None and loss.when == "after":
            time.sleep(loss.delay_s)  # how long the client waits for its answer
            self._lose(loss)
            return
        time.sleep(proxy.answer_delays_s.get(urlsplit(self.path).path, 0))  # how slow the server is said to be
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

    def _lose(self, loss: Loss) -> None:
        self.close_connection = True
        if loss.kind in {"html", "answer"}:
            self._answer(loss.answer.status, list(loss.answer.headers.items()), loss.answer.body)
            return
        # Closing with data to linger for no time sends a reset.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the standard library's name
        """Log nothing."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            # The client has gone: it was killed, or waited long enough.
            return

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            # The connection was closed on purpose.
            return
