"""One picture at a time: what a person asks of it, those that it had before, what was made once and what it cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _history()
    _cache()
    _spend()


def _history() -> None:
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
        sa.Column("alt", sa.Text()),
        sa.Column("pictures", sa.JSON()),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
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
    op.create_index(op.f("ix_picture_history_medium_id"), "picture_history", ["medium_id"])


def _cache() -> None:
    op.create_table(
        "picture_cache",
        sa.Column("workspace_id", sa.String(length=48), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("placeholder", sa.Text(), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=200)),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_picture_cache_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "digest", name=op.f("pk_picture_cache")),
    )


def _spend() -> None:
    op.create_table(
        "picture_spend",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("workspace_id", sa.String(length=48), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("price_micros", sa.BigInteger()),
        sa.Column("currency", sa.String(length=3)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_picture_spend_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture_spend")),
    )
    op.create_index(op.f("ix_picture_spend_workspace_id_at"), "picture_spend", ["workspace_id", "at"])
