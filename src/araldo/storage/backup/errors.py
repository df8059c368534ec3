"""Why a backup could not be made, or cannot be used."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from araldo.errors import Conflict
from araldo.messages import Message


class BackupFailed(Conflict):
    """This machine could not write the backup, as when its disk is full; nothing is left under its name."""

    code = "backup_failed"


class BackupDamaged(Conflict):
    """The file is no complete backup, or not the one that was written."""

    code = "backup_damaged"

    def __init__(self, path: Path, why: Message) -> None:
        super().__init__(Message("backup.damaged", {"path": path, "why": why}))


class BackupTooNew(Conflict):
    """A newer version of Araldo made the backup."""

    code = "backup_too_new"


@contextmanager
def failing_as_backup(path: Path) -> Iterator[None]:
    """Raise BackupFailed in place of an error of the disk or the database."""
    try:
        yield
    except OSError as wrong:
        raise BackupFailed(Message("backup.failed", {"path": path, "why": wrong.strerror or str(wrong)})) from wrong
    except (sqlite3.Error, SQLAlchemyError) as wrong:
        # Without the statement and its values.
        why = getattr(wrong, "orig", None) or wrong
        text = str(why).partition("\n")[0] if isinstance(why, sqlite3.Error) else type(why).__name__
        raise BackupFailed(Message("backup.failed", {"path": path, "why": text})) from wrong
