"""The table of what this installation remembers of itself."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from araldo.storage.columns import instant, json_column, metadata

system_state = Table(
    "system_state",
    metadata,
    Column("name", String(40), primary_key=True),
    json_column("value", nullable=False),
    instant("updated_at", nullable=False),
)
