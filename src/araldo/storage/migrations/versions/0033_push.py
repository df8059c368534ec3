"""Push notifications: the VAPID key pair, people's browsers, and the messages for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "push_keys",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("private_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_keys")),
    )
    _create_devices()
    _create_messages()
    # -1: until the first start enables it, so that no earlier event is sent.
    op.execute("INSERT INTO outbox_consumers (name, position) VALUES ('push', -1)")


def _create_devices() -> None:
    op.create_table(
        "push_devices",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("workspace_id", sa.String(length=48), nullable=False),
        sa.Column("member_id", sa.String(length=48), nullable=False),
        sa.Column("session_id", sa.String(length=48), nullable=False),
        sa.Column("endpoint_hash", sa.String(length=64), nullable=False),
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("error", sa.JSON()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sent_at", sa.DateTime(timezone=True)),
        *(_cascade("push_devices", f"{table}_id", f"{table}s.id") for table in ("workspace", "member", "session")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_devices")),
        sa.UniqueConstraint("workspace_id", "endpoint_hash", name=op.f("uq_push_devices_workspace_id_endpoint_hash")),
    )
    op.create_index(op.f("ix_push_devices_member_id"), "push_devices", ["member_id"])
    op.create_index(op.f("ix_push_devices_session_id"), "push_devices", ["session_id"])


def _create_messages() -> None:
    op.create_table(
        "push_messages",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("workspace_id", sa.String(length=48), nullable=False),
        sa.Column("device_id", sa.String(length=48), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("event_ids", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True)),
        sa.Column("lease_owner", sa.String(length=64)),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("error", sa.JSON()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        _cascade("push_messages", "workspace_id", "workspaces.id"),
        _cascade("push_messages", "device_id", "push_devices.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_messages")),
    )
    op.create_index(op.f("ix_push_messages_state_next_at"), "push_messages", ["state", "next_at"])
    op.create_index(op.f("ix_push_messages_device_id_about"), "push_messages", ["device_id", "about"])


def _cascade(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")
