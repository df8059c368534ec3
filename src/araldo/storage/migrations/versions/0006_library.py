"""A library of pictures: names, sources, notes, and words for who cannot see them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("filename", sa.String(length=255), nullable=False, server_default=""),
        sa.Column("source_id", sa.String(length=48)),
        sa.Column("cut", sa.JSON(none_as_null=True)),
        # What is there already is kept: nothing of it says what it was made for.
        sa.Column("kept", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.Column("dhash", sa.String(length=16)),
        sa.Column("notes", sa.JSON(none_as_null=True)),
        sa.Column("search_text", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("media", column)
    op.create_index(op.f("ix_media_digest"), "media", ["digest"])
    op.create_index(op.f("ix_media_source_id"), "media", ["source_id"])
    op.add_column("deliveries", sa.Column("picture_alt", sa.Text()))
    op.create_index(op.f("ix_deliveries_picture_media_id"), "deliveries", ["picture_media_id"])
