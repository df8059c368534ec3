"""Limits that all processes share: failed sign-ins, requests by API key, and pictures that are being paid for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "sign_in_tries",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made", sa.JSON(), nullable=False),
        sa.Column("paused_at", moment),
        sa.Column("lockout_at", moment),
        sa.Column("expires_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in_tries")),
    )
    op.create_index(op.f("ix_sign_in_tries_expires_at"), "sign_in_tries", ["expires_at"])
    op.add_column("api_keys", sa.Column("usage_window", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("api_keys", sa.Column("requests_reserved", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "picture_claims",
        sa.Column("workspace_id", sa.String(length=48), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("lease_until", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_picture_claims_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "digest", name=op.f("pk_picture_claims")),
    )
