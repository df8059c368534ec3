"""The tables of notifications: how far the outbox has read, webhooks with their deliveries, and mails."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint

from araldo.storage.columns import identity as _id
from araldo.storage.columns import instant as _time
from araldo.storage.columns import json_column as _json
from araldo.storage.columns import metadata
from araldo.storage.columns import reference as _ref

# How far each consumer of the outbox has read the events: moved in the transaction that queues what is to be sent.
# -1: switched off.
outbox_consumers = Table(
    "outbox_consumers",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("position", BigInteger, nullable=False),
)

webhooks = Table(
    "webhooks",
    metadata,
    _id(),
    _ref("workspace_id", "workspaces.id"),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("old_secret", Text),
    _time("old_secret_until"),
    # NULL: the default types.
    _json("events"),
    Column("active", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    _time("failing_since"),
    _json("stopped"),
    _time("created_at", nullable=False),
    _time("updated_at", nullable=False),
    Index(None, "workspace_id", "created_at", "id"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    _id(),
    _ref("workspace_id", "workspaces.id"),
    _ref("webhook_id", "webhooks.id"),
    # No foreign key: a delivery outlives its post. NULL for a test.
    Column("event_id", BigInteger),
    Column("type", String(60), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    _time("next_at"),
    Column("lease_owner", String(64)),
    _time("lease_until"),
    Column("status_code", Integer),
    _json("error"),
    _json("log", nullable=False),
    _time("created_at", nullable=False),
    _time("updated_at", nullable=False),
    _time("delivered_at"),
    UniqueConstraint("webhook_id", "event_id", "type"),
    Index(None, "state", "next_at"),
    Index(None, "webhook_id", "created_at", "id"),
)

mails = Table(
    "mails",
    metadata,
    _id(),
    _ref("workspace_id", "workspaces.id"),
    # Id of the post, account or webhook that the mail is about.
    Column("about", String(80), nullable=False),
    _json("event_ids", nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    _time("next_at"),
    Column("lease_owner", String(64)),
    _time("lease_until"),
    _json("error"),
    _time("created_at", nullable=False),
    _time("updated_at", nullable=False),
    _time("sent_at"),
    Index(None, "state", "next_at"),
)
