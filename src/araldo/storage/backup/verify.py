"""Read a whole backup back, before it is called good and before anything of it is restored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from araldo.messages import Message
from araldo.storage.backup.archive import ArchiveReader, Manifest, open_archive
from araldo.storage.backup.errors import BackupDamaged, BackupFailed, BackupTooNew
from araldo.storage.backup.snapshot import SnapshotDamaged, read_snapshot
from araldo.storage.disk import free_bytes
from araldo.storage.schema_revision import known_revisions
from araldo.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class VerifiedBackup:
    """A backup whose every byte was read. `database`: the snapshot, unpacked. `keys`: those that came with it."""

    path: Path
    manifest: Manifest
    database: Path
    keys: list[str]


def verify_backup(path: Path, scratch: Path, progress: Callable[[int, int], None]) -> VerifiedBackup:
    """Check sizes, checksums, counts, the snapshot's schema and every picture; unpack the snapshot into `scratch`.

    Raises BackupDamaged, BackupTooNew, and BackupFailed when the disk has no room for it.
    """
    with open_archive(path) as archive:
        manifest = archive.manifest
        if manifest.revision not in known_revisions():
            raise BackupTooNew(Message("backup.too_new", {"path": path}))
        if manifest.database_bytes > free_bytes(scratch):
            raise BackupFailed(Message("backup.no_space", {"path": scratch}))
        database = scratch / "verified.sqlite"
        archive.extract_database(database)
        _check_snapshot(path, database, manifest, archive.digests)
        size = 0
        for number, digest in enumerate(archive.digests, 1):
            size += len(archive.read_picture(digest))
            progress(number, len(archive.digests))
        if size != manifest.picture_bytes:
            raise BackupDamaged(path, Message("backup.checksum_wrong"))
        return VerifiedBackup(path, manifest, database, _valid_keys(path, archive))


def _check_snapshot(path: Path, database: Path, manifest: Manifest, digests: list[str]) -> None:
    try:
        found = read_snapshot(database)
    except SnapshotDamaged as wrong:
        raise BackupDamaged(path, wrong.why) from wrong
    if (found.revision, found.rows) != (manifest.revision, manifest.rows):
        raise BackupDamaged(path, Message("backup.checksum_wrong"))
    if sorted({*digests, *manifest.missing}) != found.digests:
        raise BackupDamaged(path, Message("backup.files_wrong"))


def _valid_keys(path: Path, archive: ArchiveReader) -> list[str]:
    keys = archive.read_keys()
    try:
        if archive.manifest.has_keys:
            Vault(keys)
    except ValueError as wrong:
        raise BackupDamaged(path, Message("backup.files_wrong")) from wrong
    return keys
