"""What a workspace's language was taken from. Workspaces of before keep theirs, as if it had been chosen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "workspaces", sa.Column("language_source", sa.String(length=16), nullable=False, server_default="workspace")
    )
