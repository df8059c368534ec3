"""The tables of approvals: each post's state, the comments on it, and the links for people without an account."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from araldo.storage.columns import identity, instant, json_column, metadata, reference

# One row for each post whose approval was ever asked for or given.
approvals = Table(
    "approvals",
    metadata,
    Column("post_id", String(48), ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    reference("workspace_id", "workspaces.id"),
    Column("state", String(16), nullable=False),
    # Rises with every change of the state.
    Column("number", Integer, nullable=False),
    # What the approval covers; NULL while there is none. See posts.approval.
    json_column("approved"),
    Column("requested_by", String(200)),
    instant("requested_at"),
    Column("decided_by", String(200)),
    instant("decided_at"),
    # The time of the post for which people were reminded.
    instant("reminded_for"),
    Index(None, "workspace_id", "state"),
)

approval_comments = Table(
    "approval_comments",
    metadata,
    identity(),
    reference("workspace_id", "workspaces.id"),
    reference("post_id", "posts.id"),
    # What it belongs to: `comment`, `requested`, `approved`, `sent_back`.
    Column("kind", String(16), nullable=False),
    Column("author", String(200), nullable=False),
    Column("by_link", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    instant("created_at", nullable=False),
    Index(None, "post_id", "created_at", "id"),
)

# Withdrawn and expired ones are deleted.
approval_links = Table(
    "approval_links",
    metadata,
    identity(),
    reference("workspace_id", "workspaces.id"),
    reference("post_id", "posts.id"),
    Column("hash", String(64), nullable=False, unique=True),
    # For whom it is.
    Column("note", String(200), nullable=False),
    # The user or the API key that made it; it ends when they may not approve any more.
    Column("maker_kind", String(16), nullable=False),
    Column("maker_id", String(48), nullable=False),
    Column("maker_name", String(200), nullable=False),
    instant("created_at", nullable=False),
    instant("expires_at", nullable=False),
    Index(None, "post_id"),
    Index(None, "expires_at"),
)
