"""The table of the audit log."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from araldo.storage.columns import identity, instant, metadata

# Rows are inserted and, once old, deleted, never changed. No foreign keys: an entry outlives the key, the user and the
# workspace that it names.
audit_log = Table(
    "audit_log",
    metadata,
    identity(),
    instant("created_at", nullable=False),
    # NULL: no workspace, as for a failed sign-in with an unknown name.
    Column("workspace_id", String(48)),
    Column("action", String(40), nullable=False),
    # `key`, `user`, `command`, `system` or `unknown`.
    Column("actor_kind", String(16), nullable=False),
    Column("actor_id", String(48)),
    Column("actor_name", String(200)),
    # The peer's address; NULL for what did not come over the network.
    Column("address", String(64)),
    # Id and display name of the object that the action changed.
    Column("target", String(100)),
    Column("target_name", String(200)),
    Index(None, "workspace_id", "created_at", "id"),
    Index(None, "created_at", "id"),
    Index(None, "target"),
)
