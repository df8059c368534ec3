"""Revisions of the schema: which one a database has, and whether this version of Araldo knows it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, inspect, select, text

from araldo.errors import Conflict
from araldo.messages import Message

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
# The key of PostgreSQL's advisory lock for migrations; no other lock has that number.
MIGRATION_LOCK = 0x6172616C646D
# The names of all tables of the schema, which this module cannot import; a test compares them.
TABLE_NAMES = frozenset(
    """
    accounts api_keys approval_comments approval_links approvals attempts audit_log brands connections deliveries
    delivery_pictures earlier_credentials events idempotency invitations mails media media_tags members outbox_consumers
    picture_cache picture_claims picture_history picture_spend posts push_devices push_keys push_messages recovery_codes
    recurrences sessions sign_in_links sign_in_tries slide_media slide_pictures system_state user_totp users
    webhook_deliveries webhooks workspaces
    """.split()  # noqa: SIM905 - a list takes a line for each name
)
# Every revision has these, and hardly another program all of them.
_FIRST_TABLES = {"alembic_version", "workspaces", "deliveries", "posts", "attempts"}


class DatabaseForeign(Conflict):
    """Another program's tables are in the database, under names that Araldo needs."""

    code = "database_foreign"


class SchemaTooNew(Conflict):
    """A newer version of Araldo has migrated the database."""

    code = "schema_too_new"


def migration_config(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def lock_schema(connection: Connection) -> None:
    """Let nobody else migrate until the transaction ends, however long it takes; on SQLite it has the only write lock.

    Processes that start together migrate one after the other.
    """
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))


def known_revisions() -> list[str]:
    """Return this version's revisions, oldest first, by the names of their files (`0011_users.py`)."""
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def revision_of(connection: Connection) -> str | None:
    """Return the revision that the database was migrated to; None for a database without a schema."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def require_own_tables(connection: Connection) -> None:
    """Raise DatabaseForeign when tables with our names, or Alembic's, are not Araldo's."""
    present = set(inspect(connection).get_table_names())
    found = sorted(present & {*TABLE_NAMES, "alembic_version"})
    if found and not present.issuperset(_FIRST_TABLES):
        raise DatabaseForeign(Message("database.foreign", {"tables": ", ".join(found)}))


def needs_migration(connection: Connection) -> bool:
    """Return whether the newest migration is still to be applied. Raises SchemaTooNew and DatabaseForeign."""
    require_own_tables(connection)
    revision, known = revision_of(connection), known_revisions()
    if revision is None:
        return True
    if revision not in known:
        raise SchemaTooNew(Message("database.schema_too_new", {"revision": revision, "newest": known[-1]}))
    return revision != known[-1]
