"""Make a backup every so often, keep the newest ones, and record each failure where an operator sees it."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import structlog

from araldo.clock import Clock
from araldo.errors import AraldoError
from araldo.local_faults import is_transient
from araldo.loops import repeat_forever
from araldo.messages import Message
from araldo.storage.backup.errors import failing_as
from araldo.storage.database import Database
from araldo.workflows.maintenance import backup_status
from araldo.workflows.maintenance.backup import SCRATCH, BackupWriter, FinishedBackup

log = structlog.get_logger()

_EVERY_S = 60.0
_NAMES = "araldo-????????T??????Z.tar"
# Nobody writes to an unfinished backup that is older.
_ABANDONED_S = 86_400


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """Where backups are written to, how often, and how many are kept."""

    folder: Path
    every: timedelta
    kept: int


class BackupSchedule:
    def __init__(self, *, database: Database, clock: Clock, writer: BackupWriter, plan: BackupPlan | None) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer
        self._plan = plan

    async def make_due_backup(self) -> Path | None:
        """Make the backup that is due, and delete the oldest beyond those kept; return its path, None without one.

        A failure is recorded and logged; the next try is ten minutes later. Raises what is no fault of the disk.
        """
        plan = self._plan
        if plan is None or not await self._database.write(partial(backup_status.claim, every=plan.every)):
            return None
        path = plan.folder / _name_at(self._clock.now())
        try:
            with failing_as(Message("backup.failed").with_values(path=path)):
                await asyncio.to_thread(_make_folder, plan.folder)
            finished = await self._writer.write(path)
        except Exception as failure:
            await self._record_failure(path, failure)
            if not isinstance(failure, AraldoError) and not is_transient(failure):
                raise
            return None
        await self.record_success(finished)
        log.info("backup_made", path=str(path), bytes=finished.size, missing_pictures=len(finished.manifest.missing))
        await asyncio.to_thread(_delete_old, plan.folder, plan.kept, self._clock.now())
        return path

    async def record_success(self, finished: FinishedBackup) -> None:
        """Remember the backup for `araldo doctor`, unless the database is still to be migrated to this version."""
        if await self._database.is_migrated():
            await self._database.write(partial(backup_status.record_success, finished=finished))

    async def _record_failure(self, path: Path, failure: Exception) -> None:
        why = (
            failure.message
            if isinstance(failure, AraldoError)
            else Message("backup.failed", {"path": path, "why": type(failure).__name__})
        )
        log.error("backup_failed", path=str(path), why=why.to("en"))
        await self._database.write(partial(backup_status.record_failure, why=why))

    async def run(self) -> None:
        """Look once a minute whether a backup is due, until cancelled."""
        await repeat_forever(self.make_due_backup, every_s=_EVERY_S, event="backup_bug", clock=self._clock)


def _name_at(moment: datetime) -> str:
    """Return e.g. `araldo-20300131T090000Z.tar`: names sort as their times do."""
    second = moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()
    return f"araldo-{second.replace('-', '').replace(':', '')}Z.tar"


def _make_folder(folder: Path) -> None:
    # The permissions of a folder that exists are its owner's business; the files have mode 0600.
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _delete_old(folder: Path, kept: int, now: datetime) -> None:
    """Delete the oldest backups beyond `kept`, and what killed processes have left unfinished."""
    for path in sorted(folder.glob(_NAMES))[:-kept]:
        path.unlink(missing_ok=True)
    for abandoned in folder.glob(f"{SCRATCH}*"):
        if abandoned.is_dir() and abandoned.stat().st_mtime < now.timestamp() - _ABANDONED_S:
            shutil.rmtree(abandoned, ignore_errors=True)
