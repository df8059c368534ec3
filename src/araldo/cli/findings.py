"""What `araldo doctor` finds: its shape, and the finding on backups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from araldo.messages import Message
from araldo.messages.times import ZonedInstant
from araldo.workflows.maintenance.backup_status import BackupStatus

Grade = Literal["good", "note", "bad"]


@dataclass(frozen=True, slots=True)
class DoctorFinding:
    """`note`: works for trying out, fix it before real use."""

    grade: Grade
    message: Message

    @property
    def mark(self) -> str:
        return {"good": "✓", "note": "!", "bad": "✗"}[self.grade]


def megabytes(size: int) -> float:
    return round(size / 1e6, 1)


def database_size_finding(size: int, rows: Mapping[str, int]) -> DoctorFinding:
    """Return the database's bytes, and the rows of its tables, the largest first."""
    filled = sorted((name for name in rows if rows[name]), key=lambda name: (-rows[name], name))
    values = {"size": megabytes(size), "rows": ", ".join(f"{name} {rows[name]}" for name in filled) or "-"}
    return DoctorFinding("good", Message("doctor.database_size", values))


def backup_finding(status: BackupStatus, *, is_scheduled: bool, zone: str) -> DoctorFinding:
    """Return the last backup, or why it failed. `is_scheduled`: backups are made by themselves."""
    if status.failed_at is not None and status.why is not None:
        values = {"when": ZonedInstant(status.failed_at, zone), "why": status.why}
        return DoctorFinding("bad", Message("doctor.backup_failed", values))
    if status.succeeded_at is None:
        message = Message("doctor.backup_to_come") if is_scheduled else Message("doctor.no_backup")
        return DoctorFinding("note", message)
    values = {
        "when": ZonedInstant(status.succeeded_at, zone),
        "file": status.file,
        "size": megabytes(status.size),
    }
    return DoctorFinding("good", Message("doctor.backup", values))
