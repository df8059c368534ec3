"""Data folders that backups are restored to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from araldo.storage.database import Database
from araldo.storage.local_blobs import LocalBlobs
from araldo.workflows.deliveries.hold_back import hold_back_deliveries
from araldo.workflows.maintenance.backup import ignore_progress
from araldo.workflows.maintenance.restore import BackupRestorer, RestoreResult
from tests.support.backups import BackupHarness
from tests.support.clock import FakeClock


@dataclass
class RestoreTarget:
    """An empty data folder and database, of the source's kind or the other one."""

    url: str
    folder: Path
    clock: FakeClock

    @property
    def restorer(self) -> BackupRestorer:
        return BackupRestorer(
            url=self.url,
            data_dir=self.folder,
            configured_keys=[],
            blobs=LocalBlobs(self.folder / "blobs"),
            clock=self.clock,
            hold_back=hold_back_deliveries,
        )

    async def restore(self, file: Path, *, keys: list[str] | None = None, replace: bool = False) -> RestoreResult:
        return await self.restorer.restore(file, keys=keys or [], replace=replace, progress=ignore_progress)


class OpenedDatabases:
    """Opens the target's database, as a process that starts; `close` stops them all."""

    def __init__(self, target: RestoreTarget) -> None:
        self._target = target
        self._opened: list[Database] = []

    def __call__(self) -> Database:
        self._opened.append(Database(self._target.url, self._target.clock))
        return self._opened[-1]

    async def close(self) -> None:
        for database in self._opened:
            await database.close()


async def write_backup(source: BackupHarness, folder: Path, **options: Any) -> Path:
    file = folder / "araldo.tar"
    await source.writer.write(file, **options)
    return file
