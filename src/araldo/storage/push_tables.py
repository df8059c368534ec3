"""The tables of push notifications: the key pair of this installation, people's browsers, and what is sent to them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint

from araldo.storage.columns import identity, instant, json_column, metadata, reference

# One row: the VAPID key pair (RFC 8292). A browser's subscription is bound to its public key.
push_keys = Table(
    "push_keys",
    metadata,
    identity(),
    # The uncompressed point, in base64url without padding, as browsers take it.
    Column("public_key", Text, nullable=False),
    # The private number, in base64url without padding, sealed by the vault.
    Column("private_key", Text, nullable=False),
    instant("created_at", nullable=False),
)

# A browser that a person gets notifications of one workspace in. It ends with the session and with the membership.
push_devices = Table(
    "push_devices",
    metadata,
    identity(),
    reference("workspace_id", "workspaces.id"),
    reference("member_id", "members.id"),
    reference("session_id", "sessions.id"),
    # SHA-256 of the endpoint, to find a browser that subscribes again.
    Column("endpoint_hash", String(64), nullable=False),
    # JSON of endpoint and keys, sealed by the vault: who knows them can send to the browser.
    Column("subscription", Text, nullable=False),
    # Why the last message was not accepted; NULL after one that was.
    json_column("error"),
    instant("created_at", nullable=False),
    instant("last_sent_at"),
    UniqueConstraint("workspace_id", "endpoint_hash"),
    Index(None, "member_id"),
    Index(None, "session_id"),
)

push_messages = Table(
    "push_messages",
    metadata,
    identity(),
    reference("workspace_id", "workspaces.id"),
    reference("device_id", "push_devices.id"),
    # Id of the post, account or webhook that the message is about.
    Column("about", String(80), nullable=False),
    json_column("event_ids", nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    instant("next_at"),
    Column("lease_owner", String(64)),
    instant("lease_until"),
    json_column("error"),
    instant("created_at", nullable=False),
    instant("updated_at", nullable=False),
    instant("sent_at"),
    Index(None, "state", "next_at"),
    Index(None, "device_id", "about"),
)
