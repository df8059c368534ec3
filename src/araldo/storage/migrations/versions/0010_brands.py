"""A brand for each workspace: logo, colours, faces, handle, tone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brands",
        sa.Column("workspace_id", sa.String(length=48), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("logo_media_id", sa.String(length=48)),
        sa.Column("first_color", sa.String(length=7)),
        sa.Column("second_color", sa.String(length=7)),
        sa.Column("fonts", sa.String(length=40)),
        sa.Column("handle", sa.String(length=200), nullable=False),
        sa.Column("tone", sa.String(length=500), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], ondelete="CASCADE", name=op.f("fk_brands_workspace_id")
        ),
        sa.ForeignKeyConstraint(["logo_media_id"], ["media.id"], name=op.f("fk_brands_logo_media_id")),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_brands")),
    )
    op.create_index(op.f("ix_brands_logo_media_id"), "brands", ["logo_media_id"])
