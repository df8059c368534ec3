"""Restore a backup: verified first, then pictures, keys, and at last all rows in one transaction."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from araldo.clock import Clock
from araldo.messages import Message
from araldo.storage.backup.archive import Manifest, open_archive
from araldo.storage.backup.errors import failing_as
from araldo.storage.backup.load import load_snapshot, require_usable
from araldo.storage.backup.stale_rows import clear_stale_rows
from araldo.storage.backup.verify import VerifiedBackup, verify_backup
from araldo.storage.blobs import Blobs
from araldo.storage.database import Transaction
from araldo.storage.sealed_columns import count_unreadable
from araldo.storage.vault import Vault, add_keys, key_file, read_key_file
from araldo.workflows.maintenance.backup import SCRATCH, BackupProgress, BackupStep, run_in_thread

# Holds back the deliveries that may have been published since the time of the backup; returns how many.
HoldBack = Callable[[Transaction, datetime], int]


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """`held_back`: deliveries that are now `unconfirmed`; `unsent_mails`: mails that are not sent any more.

    `unreadable`: how many sealed values no key at hand decrypts.
    """

    manifest: Manifest
    held_back: int
    unsent_mails: int
    unreadable: int


class BackupRestorer:
    """`configured_keys`: those of the settings, which go before the key file. The data folder is the caller's alone."""

    def __init__(
        self,
        *,
        url: str,
        data_dir: Path,
        configured_keys: Sequence[str],
        blobs: Blobs,
        clock: Clock,
        hold_back: HoldBack,
    ) -> None:
        self._url = url
        self._data_dir = data_dir
        self._configured_keys = configured_keys
        self._blobs = blobs
        self._clock = clock
        self._hold_back = hold_back

    async def restore(
        self, path: Path, *, keys: Sequence[str], replace: bool, progress: BackupProgress
    ) -> RestoreResult:
        """Restore the file `path`. `keys`: handed in beside it. `replace`: also over a database that is not empty.

        Raises, before anything is written, BackupDamaged, BackupTooNew, DatabaseNotEmpty and DatabaseInUse;
        BackupFailed when this machine fails. The database has all of the backup or is as it was.
        """
        with failing_as(Message("restore.failed").with_values(path=path)):
            scratch = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=self._data_dir))
            try:
                verified = await run_in_thread(verify_backup, path, scratch, partial(progress, BackupStep.VERIFICATION))
                await run_in_thread(require_usable, self._url, replace=replace)
                await self._put_pictures(verified, progress)
                usable = await run_in_thread(self._install_keys, [*keys, *verified.keys])
                return await run_in_thread(self._load, verified, usable, replace, progress)
            finally:
                await run_in_thread(shutil.rmtree, scratch)

    async def _put_pictures(self, verified: VerifiedBackup, progress: BackupProgress) -> None:
        with open_archive(verified.path) as archive:
            for number, digest in enumerate(archive.digests, 1):
                await self._blobs.put(await run_in_thread(archive.read_picture, digest))
                progress(BackupStep.PICTURES, number, len(archive.digests))

    def _install_keys(self, keys: Sequence[str]) -> list[str]:
        """Put the keys in front of the key file, unless the settings have keys; return all that can decrypt."""
        if self._configured_keys:
            return [*self._configured_keys]
        path = key_file(self._data_dir)
        if keys:
            add_keys(path, keys)
        return read_key_file(path) if path.exists() else []

    def _load(
        self, verified: VerifiedBackup, keys: Sequence[str], replace: bool, progress: BackupProgress
    ) -> RestoreResult:
        manifest = verified.manifest

        def finish(transaction: Transaction) -> RestoreResult:
            mail_error = Message("restore.mail_not_sent").as_json()
            unsent = clear_stale_rows(transaction, mail_error)
            held_back = self._hold_back(transaction, manifest.made_at)
            return RestoreResult(
                manifest, held_back, unsent, count_unreadable(transaction, Vault(keys) if keys else None)
            )

        return load_snapshot(
            self._url,
            verified.database,
            manifest.revision,
            finish,
            now=self._clock.now(),
            replace=replace,
            progress=partial(progress, BackupStep.DATABASE),
        )
