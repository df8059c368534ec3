"""The tables of pictures: slides and history of deliveries, the cache of generated ones, and their cost."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from araldo.storage.schema import metadata
from araldo.storage.utc import UtcTime

__all__ = ["metadata", "picture_cache", "picture_history", "picture_spend", "slide_media"]

# The media that a delivery's `pictures` refer to, in no order: a reference that keeps them from being deleted.
slide_media = Table(
    "slide_media",
    metadata,
    Column("delivery_id", String(48), ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("medium_id", String(48), ForeignKey("media.id"), primary_key=True),
    Index(None, "medium_id"),
)

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
    Column("alt", Text),
    # Of a carousel: each picture; `medium_id` is then the first generated one.
    Column("pictures", JSON(none_as_null=True)),
    Column("made_at", UtcTime(), nullable=False),
    # When the delivery last showed it: only the most recently shown ones are kept.
    Column("shown_at", UtcTime(), nullable=False),
    Index(None, "medium_id"),
)

picture_cache = Table(
    "picture_cache",
    metadata,
    Column("workspace_id", String(48), ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    # Of the whole cache key; see images.providers.cache.
    Column("digest", String(64), primary_key=True),
    # Digest of the bytes among the blobs, which may have been deleted since.
    Column("blob", String(64), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("placeholder", Text, nullable=False),
    Column("provider", String(40), nullable=False),
    Column("model", String(200)),
    Column("made_at", UtcTime(), nullable=False),
)

picture_spend = Table(
    "picture_spend",
    metadata,
    Column("id", String(48), primary_key=True),
    Column("workspace_id", String(48), ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("provider", String(40), nullable=False),
    Column("model", String(200), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    # `made`, `recalled` (from the cache), or the kind of the failure.
    Column("outcome", String(40), nullable=False),
    Column("seconds", Float, nullable=False),
    # In millionths of the currency; NULL when the provider does not report it.
    Column("price_micros", BigInteger),
    Column("currency", String(3)),
    Column("at", UtcTime(), nullable=False),
    Index(None, "workspace_id", "at"),
)
