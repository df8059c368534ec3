"""Close a connection without losing the response that was just sent on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


class LingeringTransport:
    """A transport whose `close`, while the client is still sending, ends the response and keeps reading.

    The kernel resets a connection that is closed with unread bytes; a client that sends its whole request before it
    reads would then get a broken pipe instead of the response (RFC 9112, 9.6). The owner discards what is read, and
    the second `close` is final.
    """

    def __init__(self, transport: asyncio.Transport, is_sending: Callable[[], bool]) -> None:
        self._transport = transport
        self._is_sending = is_sending
        self.is_lingering = False

    def close(self) -> None:
        if self.is_lingering or self._transport.is_closing() or not self._is_sending():
            self._transport.close()
            return
        self.is_lingering = True
        self._transport.write_eof()
        self._transport.resume_reading()

    def is_closing(self) -> bool:
        """Whether nothing more can be written."""
        return self.is_lingering or self._transport.is_closing()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
