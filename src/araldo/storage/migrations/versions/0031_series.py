"""An index to find the recurrences of a post, also those that have ended."""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_recurrences_post_id"), "recurrences", ["post_id"])
