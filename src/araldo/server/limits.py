"""The limits of one server: number of connections, and time for each phase of a request."""

from __future__ import annotations

import resource
from contextlib import suppress
from dataclasses import dataclass

# More descriptors are not needed: connections are limited to far fewer, and the worker uses a few hundred.
_DESCRIPTORS_MAX = 8_192
_CONNECTIONS_MAX, _CONNECTIONS_MIN = 1_000, 16
_BACKLOG_MAX, _BACKLOG_MIN = 100, 16


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Times in seconds. `connections`: open ones; `backlog`: those that the kernel holds until they are accepted.

    `head_s`: from the first byte of a request (or the connection) to the end of its head. `body_s`: for the whole body,
    and one second more for each `body_rate` bytes that have come. `discard_s`: for the rest of a body that was answered
    before it was read. `write_s`: how long a client may take nothing of its answer.
    """

    connections: int
    backlog: int
    head_s: float = 10.0
    body_s: float = 60.0
    body_rate: int = 64 * 1024
    discard_s: float = 5.0
    write_s: float = 60.0


def raise_descriptor_limit() -> int:
    """Raise the soft limit of open files to the hard one (at most 8,192) and return the limit that holds then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    infinite = resource.RLIM_INFINITY
    wanted = _DESCRIPTORS_MAX if hard == infinite else min(hard, _DESCRIPTORS_MAX)
    if soft != infinite and soft < wanted:
        # Some systems name a hard limit that they do not grant; the soft one stays then.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return _DESCRIPTORS_MAX if soft == infinite else soft


def limits_for(descriptors: int) -> ServerLimits:
    """Divide the open files that a process may have: half for incoming connections, the rest for the worker.

    asyncio accepts up to a backlog of connections before the first of them is counted, so it is subtracted first.
    """
    backlog = min(_BACKLOG_MAX, max(_BACKLOG_MIN, descriptors // 8))
    connections = min(_CONNECTIONS_MAX, max(_CONNECTIONS_MIN, (descriptors - backlog) // 2))
    return ServerLimits(connections, backlog)
