"""The table of brand kits."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from araldo.storage.columns import json_column
from araldo.storage.picture_tables import metadata
from araldo.storage.utc import UtcTime

__all__ = ["brands", "metadata"]

# One row per workspace, once its brand is set.
brands = Table(
    "brands",
    metadata,
    Column("workspace_id", String(48), ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("logo_media_id", String(48), ForeignKey("media.id")),
    Column("first_color", String(7)),
    Column("second_color", String(7)),
    Column("fonts", String(40)),
    Column("handle", String(200), nullable=False),
    Column("tone", String(500), nullable=False),
    # What new posts start with; NULL: none.
    json_column("hashtags"),
    Column("cta", Text, nullable=False, server_default=""),
    Column("updated_at", UtcTime(), nullable=False),
    Index(None, "logo_media_id"),
)
