"""Connections to pooled PostgreSQL databases that stay open, reset, for the next test's engine.

A new one costs the server a process and the reading of its catalogs, about 10 ms of CPU, and a test opens several.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

# Of each database: as many as one `Database` has threads for PostgreSQL.
_KEPT_MAX = 8
_CLOSEABLE = (TransactionStatus.IDLE, TransactionStatus.INTRANS, TransactionStatus.INERROR)


class KeptConnections:
    """What is open and unused of the databases whose names were given to `keep_for`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: set[str] = set()
        self._free: dict[str, list[KeptConnection]] = defaultdict(list)

    def keep_for(self, database: str) -> None:
        self._names.add(database)

    def close_all(self, database: str) -> None:
        """Close the connections of this database, and keep none from now on."""
        with self._lock:
            self._names.discard(database)
            closing = self._free.pop(database, [])
        for connection in closing:
            connection.close_for_good()

    def pids(self, database: str) -> list[int]:
        """Return the server's process ids of the kept connections."""
        with self._lock:
            return [connection.info.backend_pid for connection in self._free[database]]

    def connect(self, _dialect: Any, _record: Any, arguments: Any, options: dict[str, Any]) -> psycopg.Connection:
        """Return a kept connection that was opened with these options, or a new one (a listener of `do_connect`)."""
        # Each engine has type adapters of its own ("context"), all of them alike.
        opened_with = (*arguments, *sorted((name, str(options[name])) for name in options.keys() - {"context"}))
        while (kept := self._take(str(options.get("dbname")), opened_with)) is not None:
            if kept.is_alive():
                return kept
            kept.close_for_good()
        opened = KeptConnection.connect(*arguments, **options)
        opened.opened_with = opened_with
        return opened

    def _take(self, database: str, opened_with: tuple[Any, ...]) -> KeptConnection | None:
        with self._lock:
            free = self._free[database]
            # The one kept last is the most likely to be alive.
            found = next((connection for connection in reversed(free) if connection.opened_with == opened_with), None)
            if found is not None:
                free.remove(found)
        return found

    def keep(self, connection: KeptConnection) -> bool:
        """Keep a connection, reset, when it can be used again; whether it can."""
        if connection.closed or connection.info.dbname not in self._names or not connection.reset():
            return False
        with self._lock:
            free = self._free[connection.info.dbname]
            is_kept = len(free) < _KEPT_MAX and connection.info.dbname in self._names
            if is_kept:
                free.append(connection)
        return is_kept


class KeptConnection(psycopg.Connection[tuple[Any, ...]]):
    """A connection whose `close` keeps it where that is possible."""

    opened_with: tuple[Any, ...] = ()

    def close(self) -> None:
        if not KEPT_CONNECTIONS.keep(self):
            super().close()

    def close_for_good(self) -> None:
        super().close()

    def is_alive(self) -> bool:
        try:
            self.execute("SELECT 1")
            self.rollback()
        except psycopg.Error:
            return False
        return True

    def reset(self) -> bool:
        """Make it as one that was just opened; False for one that is in use or broken."""
        if self.lock.locked() or self.info.transaction_status not in _CLOSEABLE:
            return False
        try:
            self.rollback()
            self.autocommit, self.isolation_level, self.read_only = True, None, None
            self.execute("DISCARD ALL")
            self.autocommit = False
        except psycopg.Error:
            return False
        self._notice_handlers.clear()
        return True


KEPT_CONNECTIONS = KeptConnections()
