"""Pictures on disk, named by the digest of what they hold."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import secrets
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import structlog

from araldo.storage.private_files import FOLDER_MODE, open_private

log = structlog.get_logger()

_REMEMBERED_MAX = 1_000


class BlobMissing(FileNotFoundError):
    """There is no file of that digest: it was never put, or is gone, as after half a restore."""


class Blobs:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # When this object created which file, in ns since the epoch.
        self._new: OrderedDict[str, int] = OrderedDict()

    async def put(self, data: bytes) -> str:
        """Keep `data`; its SHA-256 in hex is the name to ask for it by. Putting the same twice keeps one.

        What was put stays for as long as `drop` is told to leave young ones alone, so that its row can follow.
        """
        writing = asyncio.ensure_future(asyncio.to_thread(self._put, data))
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            # A thread cannot be cancelled: what it writes, nobody will ask for.
            await asyncio.to_thread(self._discard, await writing)
            raise

    async def get(self, digest: str) -> bytes:
        """Raises BlobMissing when there is none."""
        try:
            return await asyncio.to_thread(self._path(digest).read_bytes)
        except FileNotFoundError as missing:
            log.warning("blob_missing", digest=digest)
            raise BlobMissing(digest) from missing

    async def discard(self, digest: str) -> None:
        """Delete what this object has just put and nobody else has put since: its row was never written."""
        await asyncio.to_thread(self._discard, digest)

    async def list_older_than(self, before: datetime) -> list[str]:
        """Digests of what was last put before that; what a crash left half written is deleted on the way."""
        return await asyncio.to_thread(self._list_older_than, before.timestamp())

    async def delete_if_older(self, digest: str, before: datetime) -> bool:
        """Delete it, unless it was put again since `before`: then somebody's row is about to follow."""
        return await asyncio.to_thread(self._delete_if_older, digest, before.timestamp())

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or not all(letter in "0123456789abcdef" for letter in digest):
            raise ValueError("not a digest")
        return self._folder / digest[:2] / digest

    def _put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        for folder in (self._folder, path.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        with self._file_lock():
            if self._touch_if_present(digest):
                return digest
        temporary = path.with_name(f".{digest}.{secrets.token_hex(4)}")
        try:
            with open(temporary, "wb", opener=open_private) as file:
                file.write(data)
                file.flush()
                # A row must never outlive a power cut that its picture did not.
                os.fsync(file.fileno())
            with self._file_lock():
                # Another may have put the same meanwhile: then it is theirs too.
                if self._touch_if_present(digest):
                    temporary.unlink()
                    return digest
                temporary.replace(path)
                self._new[digest] = path.stat().st_mtime_ns
        except BaseException:
            # On a full disk it would hold the very space that the next try needs.
            temporary.unlink(missing_ok=True)
            raise
        while len(self._new) > _REMEMBERED_MAX:
            self._new.popitem(last=False)
        return digest

    def _touch_if_present(self, digest: str) -> bool:
        """Whether it was put before; from here on it is young again and nobody's alone, so nobody takes it away."""
        path = self._path(digest)
        if not path.exists():
            return False
        # Not the kernel's own time, which stands still for some milliseconds.
        now = time.time_ns()
        os.utime(path, ns=(now, now))
        self._new.pop(digest, None)
        return True

    def _discard(self, digest: str) -> None:
        path = self._path(digest)
        with self._file_lock():
            put_at = self._new.pop(digest, None)
            # Put again by somebody else, it is younger: theirs then, too.
            with suppress(FileNotFoundError):
                if path.stat().st_mtime_ns == put_at:
                    path.unlink()

    def _list_older_than(self, before: float) -> list[str]:
        found = []
        for path in self._folder.glob("??/*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime >= before:
                    continue
                if path.name.startswith("."):
                    path.unlink()
                else:
                    found.append(path.name)
        return found

    def _delete_if_older(self, digest: str, before: float) -> bool:
        path = self._path(digest)
        with self._file_lock():
            if not path.exists() or path.stat().st_mtime >= before:
                return False
            path.unlink()
        return True

    @contextmanager
    def _file_lock(self) -> Iterator[None]:
        """Between processes too: a file is not taken away in the moment in which it is found to be there."""
        with open(self._folder / ".turn", "a", opener=open_private) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
