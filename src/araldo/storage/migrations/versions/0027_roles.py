"""The role of each member of a workspace, and who made an API key.

Everybody could do everything so far, so every member becomes an owner.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("members", sa.Column("role", sa.String(length=16), nullable=False, server_default="owner"))
    # No default stays: a membership that is written without a role must fail, not own the workspace.
    with op.batch_alter_table("members") as members:
        members.alter_column("role", server_default=None)
    op.add_column("api_keys", sa.Column("created_by", sa.String(length=48)))
    op.execute(
        "UPDATE api_keys SET created_by = (SELECT MAX(actor_id) FROM audit_log WHERE audit_log.target = api_keys.id"
        " AND audit_log.action = 'key_created' AND audit_log.actor_kind = 'user')"
    )
