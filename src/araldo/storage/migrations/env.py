"""Alembic's entry point: migrates the connection in its config's attributes."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from araldo.storage.brand_tables import metadata
from araldo.storage.derived import create_status_triggers, drop_status_triggers, refresh_all_statuses
from araldo.storage.utc import UtcTime


def render(kind: str, item: Any, _: object) -> str | Literal[False]:
    """Render our column type as SQLAlchemy's own, so that migrations do not import current code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcTime) else False


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out of a new migration what `storage.job_schema` migrates."""
    return kind != "table" or not str(name).startswith(("procrastinate_", "job_queue_"))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite alters a table by rebuilding it.
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    include_name=is_ours,
    render_item=render,
)
with context.begin_transaction():
    # SQLite alters a table by rebuilding it: that drops the table's triggers, and fails while others refer to it.
    if sa.inspect(connection).has_table("deliveries"):
        drop_status_triggers(connection)
    context.run_migrations()
    if any(column["name"] == "status" for column in sa.inspect(connection).get_columns("posts")):
        # Whatever the migrations changed without them.
        refresh_all_statuses(connection)
        create_status_triggers(connection)
