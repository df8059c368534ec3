"""Which browser a log-in belongs to, and whether all that it opens could be listed.

Log-ins that were under way before belong to no browser: they are begun again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("connections", sa.Column("browser_hash", sa.String(length=64)))
    op.add_column("connections", sa.Column("complete", sa.Boolean(), nullable=False, server_default=sa.true()))
