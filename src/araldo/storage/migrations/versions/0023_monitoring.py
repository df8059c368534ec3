"""An index of the deliveries that monitoring counts, and the trace that an event belongs to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("trace_parent", sa.String(55)))
    counted = sa.text("state NOT IN ('published', 'cancelled')")
    op.create_index(
        "ix_deliveries_counted",
        "deliveries",
        ["state", "platform"],
        sqlite_where=counted,
        postgresql_where=counted,
    )
