"""Deletes the files of media whose rows were never written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

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
        async with database.reading() as transaction:
            used = await media_store.existing_digests(transaction, sorted(digests))
        for digest in digests - used:
            await blobs.discard(digest)
    except Exception as failure:
        log.warning("file_not_discarded", why=type(failure).__name__)


@asynccontextmanager
async def media_transaction(database: Database, blobs: Blobs, media: Sequence[Medium]) -> AsyncIterator[Transaction]:
    """Open a transaction for the rows of `media`, whose files were just written; delete the files when it fails."""
    try:
        async with database.transaction() as transaction:
            yield transaction
    except Exception as failure:
        # A PostgreSQL connection lost during COMMIT leaves unknown whether it committed; with SQLite a failure is sure.
        if database.is_sqlite or not is_transient(failure):
            await delete_unused_files(database, blobs, media)
        raise
