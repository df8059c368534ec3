"""The outbox's consumers under their name: `tellers` becomes `outbox_consumers`, `told_up_to` becomes `position`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox_consumers",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_outbox_consumers")),
    )
    op.execute("INSERT INTO outbox_consumers (name, position) SELECT name, told_up_to FROM tellers")
    op.drop_table("tellers")
