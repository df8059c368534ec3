"""One picture at a time: what a person asks of it, whether it is locked, and those that it had before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("picture_wish", sa.JSON()))
    op.add_column("deliveries", sa.Column("picture_locked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "picture_history",
        sa.Column("delivery_id", sa.String(length=48), nullable=False),
        sa.Column("medium_id", sa.String(length=48), nullable=False),
        sa.Column("workspace_id", sa.String(length=48), nullable=False),
        sa.Column("wish", sa.JSON()),
        sa.Column("digest", sa.String(length=64)),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("notes", sa.JSON()),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_picture_history_delivery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["medium_id"], ["media.id"], name=op.f("fk_picture_history_medium_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_picture_history_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "medium_id", name=op.f("pk_picture_history")),
    )
