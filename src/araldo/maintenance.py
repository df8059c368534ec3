"""Build what keeps the database and the disk in order from the settings: backups and housekeeping."""

from __future__ import annotations

from datetime import timedelta

from araldo.clock import Clock, SystemClock
from araldo.settings import Settings
from araldo.storage.blob_stores import open_blobs
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database
from araldo.storage.vault import Vault, key_file
from araldo.workflows.deliveries.hold_back import hold_back_deliveries
from araldo.workflows.maintenance.backup import BackupWriter
from araldo.workflows.maintenance.backup_schedule import BackupPlan, BackupSchedule
from araldo.workflows.maintenance.housekeeping import Housekeeping
from araldo.workflows.maintenance.key_rotation import KeyRotation
from araldo.workflows.maintenance.restore import BackupRestorer
from araldo.workflows.maintenance.retention import Retention


class Maintenance:
    """The maintenance of one process."""

    def __init__(self, settings: Settings, *, database: Database, clock: Clock, blobs: Blobs, vault: Vault) -> None:
        backup = settings.backup
        plan = (
            None
            if backup.folder is None
            else BackupPlan(backup.folder, timedelta(hours=backup.every_hours), backup.kept)
        )
        self.backup_every = None if plan is None else plan.every
        self.backup_writer = BackupWriter(url=settings.database_url, blobs=blobs, clock=clock, keys=lambda: vault.keys)
        self.backup_schedule = BackupSchedule(database=database, clock=clock, writer=self.backup_writer, plan=plan)
        self.key_rotation = KeyRotation(
            database=database,
            vault=vault,
            data_dir=settings.data_dir,
            key_file=None if settings.secret_keys else key_file(settings.data_dir),
        )
        self.housekeeping = Housekeeping(database=database, clock=clock, blobs=blobs, retention=retention_of(settings))


def retention_of(settings: Settings) -> Retention:
    kept = settings.kept
    return Retention(
        audit=timedelta(days=settings.audit_kept_days),
        events=timedelta(days=kept.events_days),
        attempts=timedelta(days=kept.attempts_days),
        messages=timedelta(days=kept.messages_days),
        idempotency_keys=timedelta(hours=kept.idempotency_hours),
        pictures=timedelta(days=kept.pictures_days),
    )


def build_restorer(settings: Settings, clock: Clock | None = None) -> BackupRestorer:
    """Build what restores a backup: without opening the database, which may be empty or another version's."""
    return BackupRestorer(
        url=settings.database_url,
        data_dir=settings.data_dir,
        configured_keys=settings.secret_keys,
        blobs=open_blobs(settings.blobs, settings.data_dir / "blobs"),
        clock=clock or SystemClock(),
        hold_back=hold_back_deliveries,
    )
