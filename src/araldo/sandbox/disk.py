"""Where a world is kept between two runs: SQLite for what it knows, one file a picture; or memory alone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Change = tuple[str, str]


class InMemoryStorage:
    """Keeps nothing but the pictures of this run."""

    def __init__(self) -> None:
        self._pictures: dict[str, bytes] = {}

    def load(self) -> Iterator[tuple[str, str, Any]]:
        return iter(())

    def write(self, changes: Mapping[Change, Any]) -> None:
        pass

    def clear(self) -> None:
        self._pictures.clear()

    def put_picture(self, name: str, data: bytes) -> None:
        self._pictures[name] = data

    def picture(self, name: str) -> bytes | None:
        return self._pictures.get(name)

    def close(self) -> None:
        pass


class DiskStorage(InMemoryStorage):
    """One transaction a Graph call: a killed sandbox comes back with all of a call or with nothing of it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder / "pictures"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(folder / "world.db", isolation_level=None, check_same_thread=False)
        # NORMAL outlives a killed process, which is what is promised; only a power cut could lose the last call.
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS things (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id))"
        )

    def load(self) -> Iterator[tuple[str, str, Any]]:
        """(kind, id, body) in the order in which they first came."""
        for kind, name, body in self._database.execute("SELECT kind, id, body FROM things ORDER BY rowid"):
            yield kind, name, json.loads(body)

    def write(self, changes: Mapping[Change, Any]) -> None:
        """A body of None takes the thing away."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            for (kind, name), body in changes.items():
                self._write_one(kind, name, body)
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _write_one(self, kind: str, name: str, body: Any) -> None:
        if body is None:
            self._database.execute("DELETE FROM things WHERE kind = ? AND id = ?", (kind, name))
            return
        # Not REPLACE: that would move the thing to the end of the order.
        self._database.execute(
            "INSERT INTO things VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (kind, name, json.dumps(body)),
        )

    def clear(self) -> None:
        self._database.execute("DELETE FROM things")
        for path in self._folder.iterdir():
            path.unlink()

    def put_picture(self, name: str, data: bytes) -> None:
        """Whole or not at all: written beside its place and moved there."""
        fresh = self._folder / f".{name}"
        try:
            fresh.write_bytes(data)
            fresh.replace(self._folder / name)
        except BaseException:
            # On a full disk it would hold the very space that the next try needs.
            fresh.unlink(missing_ok=True)
            raise

    def picture(self, name: str) -> bytes | None:
        if not name.isdigit():
            return None
        path = self._folder / name
        return path.read_bytes() if path.is_file() else None

    def close(self) -> None:
        self._database.close()
