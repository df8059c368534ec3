"""Blobs as files of a local folder, which several processes can share."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import islice
from pathlib import Path

import structlog

from araldo.storage.blobs import PAGE_MAX, BlobMissing, require_digest
from araldo.storage.private_files import FOLDER_MODE, open_private

log = structlog.get_logger()

_REMEMBERED_MAX = 1_000


class LocalBlobs:
    """Implements `Blobs`. A lock file makes deleting safe between threads and processes (`flock`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # By digest: when this object created the file, in ns since the epoch.
        self._new: OrderedDict[str, int] = OrderedDict()

    @property
    def where(self) -> str:
        return str(self._folder)

    async def put(self, data: bytes) -> str:
        writing = asyncio.ensure_future(asyncio.to_thread(self._put, data))
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            # A thread cannot be cancelled, so the file that it writes is deleted afterwards.
            await asyncio.to_thread(self._discard, await writing)
            raise

    async def get(self, digest: str) -> bytes:
        try:
            return await asyncio.to_thread(self._path(digest).read_bytes)
        except FileNotFoundError as missing:
            log.warning("blob_missing", digest=digest)
            raise BlobMissing(digest) from missing

    async def require(self, digest: str) -> None:
        if not await asyncio.to_thread(self._path(digest).is_file):
            log.warning("blob_missing", digest=digest)
            raise BlobMissing(digest)

    async def discard(self, digest: str) -> None:
        await asyncio.to_thread(self._discard, digest)

    async def list_older_than(self, before: datetime) -> AsyncIterator[list[str]]:
        """Yield digests as `Blobs` says, and delete old temporary files of crashed writes."""
        digests = self._list_older_than(before.timestamp())
        while page := await asyncio.to_thread(lambda: list(islice(digests, PAGE_MAX))):
            yield page

    async def delete_if_older(self, digest: str, before: datetime) -> bool:
        return await asyncio.to_thread(self._delete_if_older, digest, before.timestamp())

    async def measure(self) -> tuple[int, int]:
        return await asyncio.to_thread(self._measure)

    async def check(self) -> None:
        probe = secrets.token_bytes(16)
        digest = await self.put(probe)
        await self.get(digest)
        await self.discard(digest)

    def _path(self, digest: str) -> Path:
        return self._folder / require_digest(digest)[:2] / digest

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
                # After a power cut a row must not exist without its picture.
                os.fsync(file.fileno())
            with self._file_lock():
                # Another writer may have stored the same bytes meanwhile.
                if self._touch_if_present(digest):
                    temporary.unlink()
                    return digest
                temporary.replace(path)
                self._new[digest] = path.stat().st_mtime_ns
        except BaseException:
            # On a full disk the temporary file would take the space that the next attempt needs.
            temporary.unlink(missing_ok=True)
            raise
        while len(self._new) > _REMEMBERED_MAX:
            self._new.popitem(last=False)
        return digest

    def _touch_if_present(self, digest: str) -> bool:
        """Return whether the file exists; if so, renew its time and no longer count it as created by this object."""
        path = self._path(digest)
        if not path.exists():
            return False
        # Set explicitly: the kernel's own timestamps are some milliseconds coarse.
        now = time.time_ns()
        os.utime(path, ns=(now, now))
        self._new.pop(digest, None)
        return True

    def _discard(self, digest: str) -> None:
        path = self._path(digest)
        with self._file_lock():
            put_at = self._new.pop(digest, None)
            # A newer time means that another writer has stored the same bytes since.
            with suppress(FileNotFoundError):
                if path.stat().st_mtime_ns == put_at:
                    path.unlink()

    def _list_older_than(self, before: float) -> Iterator[str]:
        for path in self._folder.glob("??/*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime >= before:
                    continue
                if path.name.startswith("."):
                    path.unlink()
                else:
                    yield path.name

    def _measure(self) -> tuple[int, int]:
        count, size = 0, 0
        for path in self._folder.glob("??/*"):
            with suppress(FileNotFoundError):
                size += path.stat().st_size
                count += 1
        return count, size

    def _delete_if_older(self, digest: str, before: float) -> bool:
        path = self._path(digest)
        with self._file_lock():
            if not path.exists() or path.stat().st_mtime >= before:
                return False
            path.unlink()
        return True

    @contextmanager
    def _file_lock(self) -> Iterator[None]:
        """Lock the folder between threads and processes, so that no file is deleted just after it was found."""
        with open(self._folder / ".turn", "a", opener=open_private) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
