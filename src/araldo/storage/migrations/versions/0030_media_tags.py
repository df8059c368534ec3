"""Tags of the library's pictures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media_tags",
        sa.Column("medium_id", sa.String(length=48), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("workspace_id", sa.String(length=48), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["medium_id"], ["media.id"], name=op.f("fk_media_tags_medium_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_media_tags_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("medium_id", "key", name=op.f("pk_media_tags")),
    )
    op.create_index(op.f("ix_media_tags_workspace_id_key"), "media_tags", ["workspace_id", "key"])
