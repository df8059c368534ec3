"""The tables of pictures: slides and history of deliveries, the cache of generated ones, and their cost."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
)

from araldo.storage.schema import metadata
from araldo.storage.utc import UtcTime

__all__ = [
    "delivery_pictures",
    "metadata",
    "picture_cache",
    "picture_history",
    "picture_spend",
    "slide_media",
    "slide_pictures",
]

# What a delivery shows; of a carousel the medium is the first slide's. Its state is `deliveries.picture_state`.
delivery_pictures = Table(
    "delivery_pictures",
    metadata,
    Column("delivery_id", String(48), ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("workspace_id", String(48), ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("medium_id", String(48), ForeignKey("media.id")),
    Column("digest", String(64)),
    Column("origin", String(20), nullable=False),
    # Of a custom picture: the library picture and its crop. No foreign key: the copy outlives its source.
    Column("source", JSON(none_as_null=True)),
    Column("error", JSON(none_as_null=True)),
    Column("notes", JSON(none_as_null=True)),
    # The user's alt text; NULL: the post's headline.
    Column("alt", Text),
    Column("wish", JSON(none_as_null=True)),
    Column("locked", Boolean, nullable=False, server_default=false()),
    # Made anew from changed words after another one was shown.
    Column("remade", Boolean, nullable=False, server_default=false()),
    Index(None, "medium_id"),
)

slide_pictures = Table(
    "slide_pictures",
    metadata,
    Column("delivery_id", String(48), ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("state", String(20), nullable=False),
    Column("digest", String(64)),
    Column("medium_id", String(48), ForeignKey("media.id")),
    Column("error", JSON(none_as_null=True)),
    Column("notes", JSON(none_as_null=True)),
    Index(None, "medium_id"),
)

# The media of the slides in a delivery's history, in no order: a reference that keeps them from being deleted.
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
    Column("source", JSON(none_as_null=True)),
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
