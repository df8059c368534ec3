"""The design seed of a post, and whether a picture was made anew.

Existing posts have no seed: their cards look as before, and the next edit stores the seed that keeps them so.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("design_seed", sa.JSON(none_as_null=True)))
    op.add_column("deliveries", sa.Column("picture_remade", sa.Boolean(), nullable=False, server_default=sa.false()))
