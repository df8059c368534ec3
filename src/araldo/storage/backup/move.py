"""Copy the database from SQLite to PostgreSQL, and leave the old one marked as moved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, update

from araldo.errors import Conflict
from araldo.storage import connections
from araldo.storage.backup.load import open_empty_schema
from araldo.storage.moved import clear_mark, mark_as_moved, place_of, require_not_moved_elsewhere
from araldo.storage.picture_tables import picture_claims
from araldo.storage.push_tables import push_messages
from araldo.storage.schema import deliveries, idempotency, mails, webhook_deliveries
from araldo.storage.schema_revision import known_revisions, needs_migration
from araldo.storage.table_copy import Progress, copy_rows
from araldo.storage.upgrade import upgrade_schema

_LOCK_TIMEOUT_S = 60.0


class MoveFailed(Conflict):
    """The database could not be copied."""

    code = "move_failed"


def move_database(source_url: str, target_url: str, *, now: datetime, progress: Progress) -> int:
    """Copy every row to an empty database, mark the source as moved, and return how many rows.

    No server runs on the source, and nothing else writes to it meanwhile. The mark is committed before the copy: a
    crash between the two leaves no database that publishes, never two, and the same command goes on. Raises
    DatabaseNotEmpty, DatabaseInUse, DatabaseForeign, SchemaTooNew, CopyIncomplete, and DatabaseMoved for a source that
    was moved to another place.
    """
    engine = connections.create_writing_engine(source_url, _LOCK_TIMEOUT_S)
    with connections.begin(engine, foreign_keys=False) as source:
        if needs_migration(source):
            upgrade_schema(source)
        # Both places would publish what is scheduled.
        require_not_moved_elsewhere(source, place_of(target_url))
        with open_empty_schema(target_url, known_revisions()[-1], replace=False) as target:
            counts = copy_rows(source, target, progress)
            clear_mark(target)
            _release_leases(target)
            mark_as_moved(source, place_of(target_url), now)
            source.commit()
        return sum(counts.values())


def _release_leases(connection: Connection) -> None:
    for table in (deliveries, webhook_deliveries, mails, push_messages):
        connection.execute(
            update(table).values(lease_owner=None, lease_until=None).where(table.c.lease_until.is_not(None))
        )
    connection.execute(update(idempotency).values(lease_until=None))
    connection.execute(delete(picture_claims))
