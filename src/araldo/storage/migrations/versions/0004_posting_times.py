"""Posting times of accounts, and posts that come again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("posting_times", sa.JSON()))
    op.add_column("posts", sa.Column("recurrence_id", sa.String(length=48)))
    op.add_column("posts", sa.Column("occurrence_at", sa.DateTime(timezone=True)))
    op.create_index(
        op.f("ix_posts_recurrence_id_occurrence_at"), "posts", ["recurrence_id", "occurrence_at"], unique=True
    )
    op.create_table(
        "recurrences",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("workspace_id", sa.String(length=48), nullable=False),
        sa.Column("post_id", sa.String(length=48), nullable=False),
        sa.Column("rrule", sa.String(length=500), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("start", sa.String(length=40), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True)),
        sa.Column("last_made_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_recurrences_workspace_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_recurrences_post_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurrences")),
    )
    open_only = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_recurrences_post_id_open",
        "recurrences",
        ["post_id"],
        unique=True,
        sqlite_where=open_only,
        postgresql_where=open_only,
    )
    op.create_index(op.f("ix_recurrences_ended_at_next_at"), "recurrences", ["ended_at", "next_at"])
