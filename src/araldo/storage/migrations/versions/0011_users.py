"""Users, the workspaces they belong to, their sessions and the links that they sign in with."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _id(name: str = "id") -> sa.Column[str]:
    return sa.Column(name, sa.String(length=48), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _belongs(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "users",
        _id(),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded_name", sa.String(length=400), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("language", sa.String(length=8), nullable=False),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_users_folded_name")),
    )
    op.create_table(
        "members",
        _id(),
        _id("user_id"),
        _id("workspace_id"),
        _time("created_at"),
        _belongs("members", "user_id", "users.id"),
        _belongs("members", "workspace_id", "workspaces.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("user_id", "workspace_id", name=op.f("uq_members_user_id_workspace_id")),
    )
    op.create_index(op.f("ix_members_workspace_id"), "members", ["workspace_id"])
    _sessions()
    op.create_table(
        "sign_in_links",
        _id(),
        sa.Column("hash", sa.String(length=64), nullable=False),
        _id("user_id"),
        _time("created_at"),
        _time("expires_at"),
        _time("used_at", nullable=True),
        _belongs("sign_in_links", "user_id", "users.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_links")),
        sa.UniqueConstraint("hash", name=op.f("uq_sign_in_links_hash")),
    )
    op.create_index(op.f("ix_sign_in_links_expires_at"), "sign_in_links", ["expires_at"])
    # SQLite makes the table anew for this; nothing refers to it.
    with op.batch_alter_table("connections") as connections:
        connections.add_column(sa.Column("session_id", sa.String(length=48)))
        connections.create_foreign_key(
            op.f("fk_connections_session_id"), "sessions", ["session_id"], ["id"], ondelete="CASCADE"
        )
    # In plain words, which both databases know: Alembic would make this table anew as well.
    op.execute("ALTER TABLE idempotency RENAME COLUMN api_key_id TO caller_id")


def _sessions() -> None:
    op.create_table(
        "sessions",
        _id(),
        sa.Column("hash", sa.String(length=64), nullable=False),
        _id("user_id"),
        _id("workspace_id"),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        _time("created_at"),
        _time("last_used_at"),
        _time("expires_at"),
        _belongs("sessions", "user_id", "users.id"),
        _belongs("sessions", "workspace_id", "workspaces.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("hash", name=op.f("uq_sessions_hash")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"])
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"])
