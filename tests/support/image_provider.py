"""A fake picture provider: speaks OpenAI's API on loopback, returns one test picture, and fails on request."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.images.pictures import encode_picture, quarters
from tests.images.providers.contract import as_base64


@dataclass
class FakeImageProvider:
    """A server in threads of its own. `gates`: by prompt, an event that the answer waits for; `statuses`: by prompt."""

    url: str = ""
    seen: list[str] = field(default_factory=list)
    gates: dict[str, threading.Event] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    picture: str = as_base64(encode_picture(quarters((320, 320))))

    def answer(self, prompt: str) -> tuple[int, bytes]:
        word = prompt.split(",")[0]
        self.seen.append(word)
        if word in self.gates:
            self.gates[word].wait(30)
        said = {"data": [{"b64_json": self.picture}], "usage": {"cost": 0.25, "currency": "EUR"}}
        return self.statuses.get(word, 200), json.dumps(said).encode()


@contextmanager
def running_image_provider() -> Iterator[FakeImageProvider]:
    image_provider = FakeImageProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = image_provider.answer(asked["prompt"])
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Not on the test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    image_provider.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield image_provider
    finally:
        for gate in image_provider.gates.values():
            gate.set()
        server.shutdown()
        server.server_close()
        thread.join()
