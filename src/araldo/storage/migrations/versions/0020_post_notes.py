"""A post's note for colleagues."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
# Written side by side with 0024, which came first.
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("note", sa.Text()))
