"""A post's options on each platform."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("options", sa.JSON(none_as_null=True)))
