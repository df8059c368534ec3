"""What a command says when this machine fails: its database, its disk, its picture store."""

from __future__ import annotations

from araldo.local_faults import is_transient
from araldo.loops import describe_error
from araldo.messages import Message
from araldo.storage.blobs import BlobStoreUnavailable


def fault_message(error: Exception) -> Message | None:
    """Return what to say of a fault of this machine; None for anything else, which is a bug."""
    if isinstance(error, BlobStoreUnavailable):
        return error.message
    if not is_transient(error):
        return None
    if getattr(getattr(error, "orig", None), "sqlstate", "") is None:
        # psycopg's, of a connection that could not be opened, or that was closed.
        return Message("doctor.database_down")
    return Message("cli.local_fault", {"why": describe_error(error)})
