"""Make a backup of the database and the pictures while the server runs, and read it back before it counts."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from araldo import __version__
from araldo.clock import Clock
from araldo.messages import Message
from araldo.storage.backup.archive import DATABASE, FORMAT, KEYS, ArchiveWriter, Manifest
from araldo.storage.backup.errors import BackupFailed, failing_as
from araldo.storage.backup.snapshot import SnapshotContents, SnapshotDamaged, read_snapshot, write_snapshot
from araldo.storage.backup.verify import verify_backup
from araldo.storage.blobs import BlobMissing, Blobs

# Unfinished backups are in folders whose names begin so, beside the file.
SCRATCH = ".araldo-backup-"
_Parameters = ParamSpec("_Parameters")
_Value = TypeVar("_Value")


class BackupStep(StrEnum):
    DATABASE = "database"
    PICTURES = "pictures"
    VERIFICATION = "verification"


# The step, how much of it is done, and of how much.
BackupProgress = Callable[[BackupStep, int, int], None]


def ignore_progress(_step: BackupStep, _done: int, _total: int) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True)
class FinishedBackup:
    path: Path
    size: int
    manifest: Manifest


class BackupWriter:
    """`url`: of the database. `keys`: those that encrypt tokens, for a backup that is to have them."""

    def __init__(self, *, url: str, blobs: Blobs, clock: Clock, keys: Callable[[], Sequence[str]]) -> None:
        self._url = url
        self._blobs = blobs
        self._clock = clock
        self._keys = keys

    async def write(
        self, path: Path, *, with_keys: bool = False, progress: BackupProgress = ignore_progress
    ) -> FinishedBackup:
        """Write the new file `path`. It gets that name once it is complete, on the disk and verified.

        Raises BackupFailed, with nothing left behind, and SchemaTooNew.
        """
        with failing_as(Message("backup.failed").with_values(path=path)):
            scratch = await run_in_thread(_make_scratch, path)
            try:
                return await self._write(path, scratch, with_keys=with_keys, progress=progress)
            finally:
                await run_in_thread(shutil.rmtree, scratch)

    async def _write(self, path: Path, scratch: Path, *, with_keys: bool, progress: BackupProgress) -> FinishedBackup:
        made_at = self._clock.now()
        snapshot, unfinished = scratch / "snapshot.sqlite", scratch / "unfinished.tar"
        await run_in_thread(write_snapshot, self._url, snapshot, partial(progress, BackupStep.DATABASE))
        contents = await run_in_thread(_read_own_snapshot, snapshot)
        archive = ArchiveWriter(unfinished)
        try:
            size, digest = await run_in_thread(archive.add_compressed, DATABASE, snapshot, scratch / "packed")
            snapshot.unlink()
            pictures, picture_bytes, missing = await self._add_pictures(archive, contents, progress)
            keys = "".join(f"{key}\n" for key in self._keys()).encode() if with_keys else None
            if keys is not None:
                archive.add(KEYS, keys)
            manifest = Manifest(
                format=FORMAT,
                araldo=__version__,
                made_at=made_at,
                database="sqlite" if self._url.startswith("sqlite") else "postgresql",
                revision=contents.revision,
                database_bytes=size,
                database_sha256=digest,
                rows=contents.rows,
                pictures=pictures,
                picture_bytes=picture_bytes,
                missing=missing,
                keys_sha256=None if keys is None else hashlib.sha256(keys).hexdigest(),
            )
            await run_in_thread(archive.finish, manifest)
        finally:
            archive.close()
        await run_in_thread(verify_backup, unfinished, scratch, partial(progress, BackupStep.VERIFICATION))
        return FinishedBackup(path, await run_in_thread(_rename, unfinished, path), manifest)

    async def _add_pictures(
        self, archive: ArchiveWriter, contents: SnapshotContents, progress: BackupProgress
    ) -> tuple[int, int, list[str]]:
        """Return how many pictures were added, their bytes, and the digests of those that the disk has lost."""
        count, size, missing = 0, 0, []
        for number, digest in enumerate(contents.digests, 1):
            data = await self._read_picture(digest)
            if data is None:
                missing.append(digest)
            else:
                await run_in_thread(archive.add, f"blobs/{digest}", data)
                count, size = count + 1, size + len(data)
            progress(BackupStep.PICTURES, number, len(contents.digests))
        return count, size, missing

    async def _read_picture(self, digest: str) -> bytes | None:
        """Return the bytes; None when there are none or they have another digest."""
        try:
            data = await self._blobs.get(digest)
        except BlobMissing:
            return None
        found = await run_in_thread(lambda: hashlib.sha256(data).hexdigest())
        return data if found == digest else None


async def run_in_thread(
    function: Callable[_Parameters, _Value], *arguments: _Parameters.args, **named: _Parameters.kwargs
) -> _Value:
    """Run in a thread. A cancelled caller waits for it, so that nothing writes into a folder that is deleted."""
    running = asyncio.ensure_future(asyncio.to_thread(function, *arguments, **named))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise


def _read_own_snapshot(snapshot: Path) -> SnapshotContents:
    try:
        return read_snapshot(snapshot)
    except SnapshotDamaged as wrong:
        # Of what was copied just now: it is the database that is damaged.
        raise BackupFailed(Message("backup.database_damaged")) from wrong


def _make_scratch(path: Path) -> Path:
    """Make a folder for the unfinished backup, on the same disk. Raises BackupFailed when `path` exists."""
    if path.exists():
        raise BackupFailed(Message("backup.exists", {"path": path}))
    return Path(tempfile.mkdtemp(prefix=SCRATCH, dir=path.parent))


def _rename(unfinished: Path, path: Path) -> int:
    """Give the finished file its name, wait until the disk has that too, and return its size.

    Raises BackupFailed when another command has written a file of that name meanwhile.
    """
    try:
        path.hardlink_to(unfinished)
    except FileExistsError as taken:
        raise BackupFailed(Message("backup.exists", {"path": path})) from taken
    except OSError:
        # Some file systems, such as FAT, have no hard links.
        unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return path.stat().st_size
