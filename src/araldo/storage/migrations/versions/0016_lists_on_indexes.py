"""What lists and workers look for, on indexes: a post's status and place in lists, and when a delivery is due."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# As the schema of this revision has it: `storage.derived` may know columns later that do not exist yet here.
_WORK_AT = """CASE
WHEN state IN ('queued', 'preparing', 'waiting', 'publishing') THEN coalesce(next_at, created_at)
WHEN state = 'scheduled' AND picture_state IN ('queued', 'making', 'stale')
AND (due_at IS NULL OR coalesce(next_at, created_at) < due_at) THEN coalesce(next_at, created_at)
WHEN state = 'scheduled' THEN due_at
WHEN state IN ('draft', 'failed', 'missed', 'needs_reconnect') AND picture_state IN ('queued', 'making')
THEN coalesce(next_at, created_at) END"""
_WAKE_AT = f"CASE WHEN lease_until > {_WORK_AT} THEN lease_until ELSE {_WORK_AT} END"

_INDEXES = (
    ("ix_posts_workspace_id_created_at", "posts", ["workspace_id", "created_at", "id"], "deleted_at IS NULL"),
    (
        "ix_posts_workspace_id_status_created_at",
        "posts",
        ["workspace_id", "status", "created_at", "id"],
        "deleted_at IS NULL",
    ),
    ("ix_posts_workspace_id_listed_at", "posts", ["workspace_id", "listed_at", "id"], "deleted_at IS NULL"),
    (
        "ix_posts_workspace_id_status_listed_at",
        "posts",
        ["workspace_id", "status", "listed_at", "id"],
        "deleted_at IS NULL",
    ),
    ("ix_posts_deleted_at", "posts", ["deleted_at"], "deleted_at IS NOT NULL"),
    ("ix_deliveries_wake_at", "deliveries", ["wake_at"], "wake_at IS NOT NULL"),
    ("ix_deliveries_lease_until", "deliveries", ["lease_until"], "lease_until IS NOT NULL"),
    ("ix_deliveries_workspace_id_platform_post_id", "deliveries", ["workspace_id", "platform", "post_id"], None),
    ("ix_deliveries_account_id_post_id_platform", "deliveries", ["account_id", "post_id", "platform"], None),
    ("ix_deliveries_account_id_state_due_at", "deliveries", ["account_id", "state", "due_at"], None),
    (
        "ix_deliveries_account_id_published_at",
        "deliveries",
        ["account_id", "published_at"],
        "published_at IS NOT NULL",
    ),
    (
        "ix_deliveries_without_permalink",
        "deliveries",
        ["published_at"],
        "permalink IS NULL AND published_at IS NOT NULL",
    ),
)


def _derived(name: str, rule: str) -> sa.Column[datetime]:
    # SQLite can only add a column that it computes when it is read; PostgreSQL can only index a stored one.
    is_stored = op.get_bind().dialect.name == "postgresql"
    return sa.Column(name, sa.DateTime(timezone=True), sa.Computed(rule, persisted=is_stored or None))


def upgrade() -> None:
    op.add_column("posts", sa.Column("status", sa.String(length=20), nullable=False, server_default="draft"))
    op.add_column("posts", _derived("listed_at", "coalesce(due_at, created_at)"))
    op.add_column("deliveries", _derived("wake_at", _WAKE_AT))
    op.drop_index("ix_posts_workspace_id_created_at_id", "posts")
    for gone in ("ix_deliveries_state_due_at", "ix_deliveries_state_next_at", "ix_deliveries_pictures"):
        op.drop_index(gone, "deliveries")
    for name, table, columns, condition in _INDEXES:
        where = None if condition is None else sa.text(condition)
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
