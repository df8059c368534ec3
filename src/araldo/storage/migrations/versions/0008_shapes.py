"""Which shape of picture a post asks for, by platform."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("shapes", sa.JSON(none_as_null=True)))
