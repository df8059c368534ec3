"""The tables of pictures beside the media themselves: those that a delivery had."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, String, Table

from araldo.storage.schema import metadata
from araldo.storage.utc import UtcTime

__all__ = ["metadata", "picture_history"]

picture_history = Table(
    "picture_history",
    metadata,
    Column("delivery_id", String(48), ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("medium_id", String(48), ForeignKey("media.id", ondelete="CASCADE"), primary_key=True),
    Column("workspace_id", String(48), ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("wish", JSON(none_as_null=True)),
    Column("digest", String(64)),
    Column("origin", String(20), nullable=False),
    Column("notes", JSON(none_as_null=True)),
    Column("made_at", UtcTime(), nullable=False),
)
