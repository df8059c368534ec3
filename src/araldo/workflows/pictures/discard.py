"""Deletes the files of media whose rows were never written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from araldo.local_faults import is_transient
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database, Transaction

log = structlog.get_logger()


async def delete_unused_files(database: Database, blobs: Blobs, media: Sequence[Medium]) -> None:
    """Delete the files of `media` that no row refers to. Best effort: housekeeping finds what is left after a day."""
    digests = {medium.digest for medium in media}
    try:
        used = await database.read(lambda transaction: media_store.existing_digests(transaction, sorted(digests)))
        for digest in digests - used:
            await blobs.discard(digest)
    except Exception as failure:
        log.warning("file_not_discarded", why=type(failure).__name__)


async def write_media(
    database: Database, blobs: Blobs, media: Sequence[Medium], function: Callable[[Transaction], None]
) -> None:
    """Run `function`, which stores rows of `media` whose files were just written; delete the files when it fails."""
    try:
        await database.write(function)
    except Exception as failure:
        # A PostgreSQL connection lost during COMMIT may still commit later; SQLite has decided by now.
        if database.is_sqlite or not is_transient(failure):
            await delete_unused_files(database, blobs, media)
        raise
