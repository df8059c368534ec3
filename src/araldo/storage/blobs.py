"""Pictures on disk, named by the digest of what they hold."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from pathlib import Path


class Blobs:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, data: bytes) -> str:
        """Keep `data`; its SHA-256 in hex is the name to ask for it by. Putting the same twice keeps one."""
        return await asyncio.to_thread(self._put, data)

    async def get(self, digest: str) -> bytes:
        """Raises FileNotFoundError when there is none."""
        return await asyncio.to_thread(self._path(digest).read_bytes)

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or not all(letter in "0123456789abcdef" for letter in digest):
            raise ValueError("not a digest")
        return self._folder / digest[:2] / digest

    def _put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{digest}.{secrets.token_hex(4)}")
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            # A row must never outlive a power cut that its picture did not.
            os.fsync(file.fileno())
        temporary.replace(path)
        return digest
