"""Several pictures in a post, each of them on every delivery, and notes on what went out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("slides", sa.JSON(none_as_null=True)))
    op.add_column("deliveries", sa.Column("pictures", sa.JSON(none_as_null=True)))
    op.add_column("deliveries", sa.Column("notes", sa.JSON(none_as_null=True)))
    op.create_table(
        "slide_media",
        sa.Column("delivery_id", sa.String(length=48), nullable=False),
        sa.Column("medium_id", sa.String(length=48), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_slide_media_delivery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["medium_id"], ["media.id"], name=op.f("fk_slide_media_medium_id")),
        sa.PrimaryKeyConstraint("delivery_id", "medium_id", name=op.f("pk_slide_media")),
    )
    op.create_index(op.f("ix_slide_media_medium_id"), "slide_media", ["medium_id"])
