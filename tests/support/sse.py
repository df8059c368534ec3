"""A client for server-sent events, reading line by line over HTTP/1.1."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass
class SseMessage:
    id: str | None
    event: str | None
    data: Any


@dataclass
class Stream:
    """`comments`: the lines beginning with a colon that were read so far."""

    answer: http.client.HTTPResponse
    comments: list[str] = field(default_factory=list)
    retry: str | None = None
    last_id: str | None = None

    def next(self) -> SseMessage | None:
        """Return the next message with data; None when the server has ended the stream."""
        event, data = None, None
        for raw in iter(self.answer.readline, b""):
            line = raw.decode().rstrip("\n")
            if not line:
                if data is not None:
                    return SseMessage(self.last_id, event, json.loads(data))
                event = None
            elif line.startswith(":"):
                self.comments.append(line)
            else:
                name, _, value = line.partition(": ")
                if name == "id":
                    self.last_id = value
                elif name == "event":
                    event = value
                elif name == "retry":
                    self.retry = value
                else:
                    data = value
        return None

    def until(self, kind: str) -> list[SseMessage]:
        """Return all messages up to the first of that kind."""
        found: list[SseMessage] = []
        while not found or found[-1].event != kind:
            message = self.next()
            assert message is not None, f"ended before {kind}: {found}"
            found.append(message)
        return found


@contextmanager
def stream(url: str, path: str, key: str | None, headers: Mapping[str, str] | None = None) -> Iterator[Stream]:
    """Open a stream with an API key, or as a browser with its `headers`."""
    parts = urlsplit(url)
    named = {} if key is None else {"Authorization": f"Bearer {key}"}
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request("GET", path, headers={**named, **(headers or {})})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        yield Stream(answer)
    finally:
        connection.close()
