"""The audit log: who did what, from where, in which workspace."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from araldo.storage.columns import identity, instant, metadata

# Rows are inserted and, once they are old, deleted; none is changed. No foreign keys: an entry outlives the key, the
# person and the workspace that it names.
audit_log = Table(
    "audit_log",
    metadata,
    identity(),
    instant("created_at", nullable=False),
    # NULL: of no workspace, as a failed sign-in under a name that nobody has.
    Column("workspace_id", String(48)),
    Column("action", String(40), nullable=False),
    # `key`, `user`, `command`, `system` or `unknown`.
    Column("actor_kind", String(16), nullable=False),
    Column("actor_id", String(48)),
    Column("actor_name", String(200)),
    # The peer's address; NULL where nothing came over the network.
    Column("address", String(64)),
    # The id of what it was done to, and the name that people know it by.
    Column("target", String(100)),
    Column("target_name", String(200)),
    Index(None, "workspace_id", "created_at", "id"),
    Index(None, "created_at", "id"),
    Index(None, "target"),
)
