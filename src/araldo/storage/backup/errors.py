"""Why a backup could not be made, or cannot be used."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from araldo.errors import Conflict
from araldo.messages import Message
from araldo.storage.blobs import BlobStoreUnavailable


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
def failing_as(message: Message, error: type[Conflict] = BackupFailed) -> Iterator[None]:
    """Raise `error`, with the cause as the message's value `why`, in place of an error of the disk or the database.

    An error of the picture store has a message of its own, which says what to do.
    """
    try:
        yield
    except BlobStoreUnavailable as away:
        raise error(away.message) from away
    except (OSError, sqlite3.Error, SQLAlchemyError) as wrong:
        raise error(message.with_values(why=_describe(wrong))) from wrong


def _describe(error: Exception) -> str:
    """Return the cause, without a statement and its values."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, OSError):
        return cause.strerror or str(cause)
    # Of PostgreSQL only what connecting says (no such database, say): other errors quote rows.
    tells = isinstance(cause, sqlite3.Error) or type(cause).__name__ == "OperationalError"
    # The first line: the others are hints, and further addresses of the same host.
    return str(cause).strip().partition("\n")[0] if tells else type(cause).__name__
