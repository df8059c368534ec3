"""Hashtags and a call to action in the brand, which new posts start with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("brands", sa.Column("hashtags", sa.JSON()))
    op.add_column("brands", sa.Column("cta", sa.Text(), nullable=False, server_default=""))
