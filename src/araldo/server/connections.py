"""The table of open connections, and which one is evicted when there are too many."""

from __future__ import annotations

import ipaddress
from enum import IntEnum
from typing import Protocol

from araldo.clock import SystemClock
from araldo.local_faults import TransientFault
from araldo.loops import FailureLog


class Phase(IntEnum):
    """The phase of a connection. The lowest is evicted first, ANSWERING never."""

    CLOSING = 0
    IDLE = 1
    DISCARDING = 2
    HEAD = 3
    BODY = 4
    ANSWERING = 5


class TrackedConnection(Protocol):
    @property
    def address(self) -> str: ...
    @property
    def phase(self) -> Phase: ...
    @property
    def since(self) -> float:
        """When the phase began, in seconds of the event loop's clock."""
        ...

    def evict(self) -> None:
        """Close at once, without an answer."""
        ...


class ConnectionTable:
    """Keeps at most `most` connections open.

    A new connection replaces one that is not being answered: of the client with the most connections, the one that has
    been longest in the lowest phase. So a client that opens many loses its own, and a complete request is answered
    however many are half sent.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._by_address: dict[str, dict[TrackedConnection, None]] = {}
        self._count = 0
        self._failures = FailureLog(SystemClock())

    def __len__(self) -> int:
        return self._count

    def admit(self, newcomer: TrackedConnection) -> bool:
        """Add a connection, evicting another if needed. Return False when all are being answered."""
        if self._count >= self._most:
            self._failures.write("connections_full", TransientFault(f"more than {self._most} connections"))
            victim = self._find_evictable()
            if victim is None:
                return False
            self.remove(victim)
            victim.evict()
        self._by_address.setdefault(newcomer.address, {})[newcomer] = None
        self._count += 1
        return True

    def remove(self, connection: TrackedConnection) -> None:
        """Remove a connection, if it is in the table."""
        connections = self._by_address.get(connection.address, {})
        if connection not in connections:
            return
        del connections[connection]
        self._count -= 1
        if not connections:
            del self._by_address[connection.address]

    def _find_evictable(self) -> TrackedConnection | None:
        for connections in sorted(self._by_address.values(), key=len, reverse=True):
            unanswered = [connection for connection in connections if connection.phase is not Phase.ANSWERING]
            if unanswered:
                return min(unanswered, key=lambda connection: (connection.phase, connection.since))
        return None


def client_network_of(host: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 network of an IPv6 address."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    return str(address)
