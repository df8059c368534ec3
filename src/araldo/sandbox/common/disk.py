"""Store a world between two runs: records in SQLite, each picture in a file; or in memory alone."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_PICTURE_NAME = re.compile(r"[a-z]*_?\d+", re.ASCII)
RecordKey = tuple[str, str]


class InMemoryStorage:
    """Stores only the pictures, until the process ends."""

    def __init__(self) -> None:
        self._pictures: dict[str, bytes] = {}

    def load(self) -> Iterator[tuple[str, str, Any]]:
        return iter(())

    def write(self, changes: Mapping[RecordKey, Any]) -> None:
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
    """Writes each Graph call in one transaction: after a kill a call is stored completely or not at all."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder / "pictures"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(folder / "world.db", isolation_level=None, check_same_thread=False)
        # NORMAL survives a killed process, as promised; only a power cut could lose the last call.
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS things (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id))"
        )

    def load(self) -> Iterator[tuple[str, str, Any]]:
        """Yield (kind, id, body) in insertion order."""
        for kind, name, body in self._database.execute("SELECT kind, id, body FROM things ORDER BY rowid"):
            yield kind, name, json.loads(body)

    def write(self, changes: Mapping[RecordKey, Any]) -> None:
        """Write records; a body of None deletes."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            for (kind, name), body in changes.items():
                self._write_record(kind, name, body)
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _write_record(self, kind: str, name: str, body: Any) -> None:
        if body is None:
            self._database.execute("DELETE FROM things WHERE kind = ? AND id = ?", (kind, name))
            return
        # Not REPLACE, which would move the record to the end of the order.
        self._database.execute(
            "INSERT INTO things VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (kind, name, json.dumps(body)),
        )

    def clear(self) -> None:
        self._database.execute("DELETE FROM things")
        for path in self._folder.iterdir():
            path.unlink()

    def put_picture(self, name: str, data: bytes) -> None:
        """Write a picture atomically: to a temporary file, then rename it."""
        fresh = self._folder / f".{name}"
        try:
            fresh.write_bytes(data)
            fresh.replace(self._folder / name)
        except BaseException:
            # On a full disk the partial file would take the space that the next try needs.
            fresh.unlink(missing_ok=True)
            raise

    def picture(self, name: str) -> bytes | None:
        if not _PICTURE_NAME.fullmatch(name):
            return None
        path = self._folder / name
        return path.read_bytes() if path.is_file() else None

    def close(self) -> None:
        self._database.close()
