"""Capture of log lines while a server logs in another thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from structlog.testing import LogCapture
from structlog.typing import EventDict


@contextmanager
def capture_server_logs() -> Iterator[list[EventDict]]:
    """Collect every line that is begun within the block.

    structlog's own `capture_logs` empties the list of processors in place: a line half-way through it in another thread
    comes out unformatted and raises TypeError there. Here the list is exchanged as a whole.
    """
    before = structlog.get_config()["processors"]
    capture = LogCapture()
    structlog.configure(processors=[capture])
    try:
        yield capture.entries
    finally:
        structlog.configure(processors=before)
