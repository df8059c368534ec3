"""Approval of posts: whether a workspace requires it, each post's state, comments, and links for clients."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("approval_required", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(op.f("ix_workspaces_approval_required"), "workspaces", ["approval_required"])
    op.create_table(
        "approvals",
        sa.Column("post_id", sa.String(length=48), nullable=False),
        sa.Column("workspace_id", sa.String(length=48), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("approved", sa.JSON(none_as_null=True)),
        sa.Column("requested_by", sa.String(length=200)),
        sa.Column("requested_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.String(length=200)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("reminded_for", sa.DateTime(timezone=True)),
        *_owners("approvals"),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_approvals")),
    )
    op.create_index(op.f("ix_approvals_workspace_id_state"), "approvals", ["workspace_id", "state"])
    op.create_table(
        "approval_comments",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("workspace_id", sa.String(length=48), nullable=False),
        sa.Column("post_id", sa.String(length=48), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("by_link", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_owners("approval_comments"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_comments")),
    )
    op.create_index(
        op.f("ix_approval_comments_post_id_created_at_id"), "approval_comments", ["post_id", "created_at", "id"]
    )
    op.create_table(
        "approval_links",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("workspace_id", sa.String(length=48), nullable=False),
        sa.Column("post_id", sa.String(length=48), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("maker_kind", sa.String(length=16), nullable=False),
        sa.Column("maker_id", sa.String(length=48), nullable=False),
        sa.Column("maker_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        *_owners("approval_links"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_links")),
        sa.UniqueConstraint("hash", name=op.f("uq_approval_links_hash")),
    )
    op.create_index(op.f("ix_approval_links_post_id"), "approval_links", ["post_id"])
    op.create_index(op.f("ix_approval_links_expires_at"), "approval_links", ["expires_at"])


def _owners(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")
        for column, target in (("workspace_id", "workspaces.id"), ("post_id", "posts.id"))
    ]
