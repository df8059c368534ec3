"""Every table but those of `picture_tables`. A test checks Alembic's migrations against both."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from araldo.storage.approval_tables import approvals
from araldo.storage.audit_tables import audit_log
from araldo.storage.columns import identity as _id
from araldo.storage.columns import instant as _time
from araldo.storage.columns import json_column as _json
from araldo.storage.columns import metadata
from araldo.storage.columns import reference as _ref
from araldo.storage.derived import IS_COUNTED, LISTED_AT, WAKE_AT
from araldo.storage.notification_tables import mails, outbox_consumers, webhook_deliveries, webhooks
from araldo.storage.push_tables import push_devices
from araldo.storage.state_table import system_state
from araldo.storage.user_tables import (
    members,
    recovery_codes,
    sessions,
    sign_in_links,
    sign_in_tries,
    user_totp,
    users,
)
from araldo.storage.utc import UtcTime

__all__ = [
    "approvals",
    "audit_log",
    "mails",
    "members",
    "metadata",
    "outbox_consumers",
    "push_devices",
    "recovery_codes",
    "sessions",
    "sign_in_links",
    "sign_in_tries",
    "system_state",
    "user_totp",
    "users",
    "webhook_deliveries",
    "webhooks",
]


def _unique_where(condition: str, name: str, *columns: str) -> Index:
    """Return a unique index of the rows that meet a condition in SQL."""
    return Index(name, *columns, unique=True, sqlite_where=text(condition), postgresql_where=text(condition))


workspaces = Table(
    "workspaces",
    metadata,
    _id(),
    Column("name", String(200), nullable=False),
    Column("language", String(8), nullable=False),
    Column("zone", String(64), nullable=False),
    _time("created_at", nullable=False),
    Column("language_source", String(16), nullable=False, server_default="workspace"),
    # Whether posts go out only when they are approved; see posts.approval.
    Column("approval_required", Boolean, nullable=False, server_default=false()),
    Index(None, "approval_required"),
)

api_keys = Table(
    "api_keys",
    metadata,
    _id(),
    _ref("workspace_id", "workspaces.id"),
    Column("name", String(200), nullable=False),
    Column("prefix", String(16), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    _json("scopes", nullable=False),
    # The id of the user who made it, also once they are gone. NULL: made by a command, or by somebody unknown.
    Column("created_by", String(48)),
    _time("created_at", nullable=False),
    _time("last_used_at"),
    _time("expires_at"),
    _time("revoked_at"),
    # How many requests the processes have reserved in which minute since 1970; see workspaces.request_rate.
    Column("usage_window", BigInteger, nullable=False, server_default="0"),
    Column("requests_reserved", Integer, nullable=False, server_default="0"),
)

accounts = Table(
    "accounts",
    metadata,
    _id(),
    _ref("workspace_id", "workspaces.id"),
    Column("kind", String(40), nullable=False),
    Column("service", String(40), nullable=False),
    Column("remote_id", String(128), nullable=False),
    Column("name", String(300), nullable=False),
    Column("username", String(300)),
    Column("is_default", Boolean, nullable=False),
    Column("health", String(20), nullable=False),
    _json("health_detail"),
    # The method of its service by which it was connected; NULL: the first.
    Column("connect_method", String(40)),
    Column("host", String(255)),
    # Sealed JSON that only the service reads; NULL once it is disconnected.
    Column("credentials", Text),
    # Raised whenever other credentials are stored.
    Column("credentials_version", Integer, nullable=False, server_default="0"),
    # Who renews the credentials, and until when nobody else does.
    Column("lease_owner", String(64)),
    _time("lease_until"),
    # What access depends on, and when it ends; what the service did not say is left out.
    _json("ends"),
    # What the service says of this account's limits and options (`araldo.platforms.account_facts`).
    Column("facts", JSON(none_as_null=True), nullable=False, server_default="{}"),
    _json("scopes"),
    _json("quota"),
    _json("posting_times"),
    _time("checked_at"),
    _time("created_at", nullable=False),
    _time("connected_at", nullable=False),
    # Its row stays, because its deliveries wait until it is connected again.
    _time("disconnected_at"),
    UniqueConstraint("workspace_id", "kind", "remote_id"),
)

# Tokens as versions before 0025 sealed them, until a process with their key makes them credentials.
earlier_credentials = Table(
    "earlier_credentials",
    metadata,
    Column("account_id", String(48), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("token", Text, nullable=False),
    Column("read_token", Text),
    _json("facts", nullable=False),
)

connections = Table(
    "connections",
    metadata,
    _id(),
    _ref("workspace_id", "workspaces.id"),
    # The key that began it: once revoked, the log-in cannot be finished. NULL: begun otherwise.
    Column("api_key_id", String(48), ForeignKey("api_keys.id", ondelete="CASCADE")),
    # The session that began it: deleted with it.
    Column("session_id", String(48), ForeignKey("sessions.id", ondelete="CASCADE")),
    Column("service", String(40), nullable=False),
    Column("method", String(40), nullable=False, server_default="login"),
    # `begun`: waits for the log-in; `pending`: waits for the choice of accounts; `done` and `failed`: final.
    Column("status", String(20), nullable=False),
    Column("nonce_hash", String(64)),
    # Hash of the secret in the cookie of the only browser that may finish the log-in; NULL before consent.
    Column("browser_hash", String(64)),
    # The log-in's URL and what its service remembers until it is finished, encrypted as a whole; NULL afterwards.
    Column("remembered", Text),
    # Whether all accounts of the log-in could be listed.
    Column("complete", Boolean, nullable=False, server_default=true()),
    # The found accounts with their credentials, encrypted as a whole; NULL once it is final.
    Column("found", Text),
    _json("notes"),
    _json("error"),
    _time("created_at", nullable=False),
    _time("expires_at", nullable=False),
    Index(None, "expires_at"),
)


def _where(condition: str) -> dict[str, Any]:
    """Return the options of an index of only these rows."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def _indexes_of_lists(*times: str) -> list[Index]:
    """Return indexes for the lists of posts, all and by status, in the order of each of these times."""
    kept = _where("deleted_at IS NULL")
    return [
        Index("_".join(["ix_posts", *filtered, time]), *filtered, time, "id", **kept)
        for time in times
        for filtered in (("workspace_id",), ("workspace_id", "status"))
    ]


posts = Table(
    "posts",
    metadata,
    _id(),
    _ref("workspace_id", "workspaces.id"),
    Column("content", Text, nullable=False),
    Column("cta", Text),
    _json("hashtags", nullable=False),
    _json("texts"),
    Column("image_prompt", Text, nullable=False),
    _json("platform_prompts"),
    _json("shapes"),
    _json("options"),
    _json("slides"),
    # The words that choose the design of the cards; NULL: the present words.
    _json("design_seed"),
    Column("image_style", String(100), nullable=False),
    Column("image_provider", String(100), nullable=False),
    Column("note", Text),
    _time("due_at"),
    Column("zone", String(64)),
    Column("wall_time", String(40)),
    Column("late_limit_s", Integer, nullable=False),
    Column("rev", Integer, nullable=False),
    _time("created_at", nullable=False),
    _time("updated_at", nullable=False),
    _time("deleted_at"),
    # The folded words for searching; see storage.search.
    Column("search_text", Text, nullable=False, server_default=""),
    # The row's id in SQLite's full-text index, because VACUUM changes rowids.
    Column("search_id", BigInteger, default=lambda: secrets.randbits(62)),
    # No foreign key: recurrences refer to posts, and an occurrence outlives its recurrence.
    Column("recurrence_id", String(48)),
    _time("occurrence_at"),
    # Kept by triggers; see storage.derived.
    Column("status", String(20), nullable=False, server_default="draft"),
    Column("listed_at", UtcTime(), Computed(LISTED_AT)),
    *_indexes_of_lists("created_at", "listed_at"),
    Index("ix_posts_deleted_at", "deleted_at", **_where("deleted_at IS NOT NULL")),
    Index("uq_posts_search_id", "search_id", unique=True),
    # One post for each occurrence, also with concurrent workers.
    Index(None, "recurrence_id", "occurrence_at", unique=True),
)

recurrences = Table(
    "recurrences",
    metadata,
    _id(),
    _ref("workspace_id", "workspaces.id"),
    # The post that is copied.
    _ref("post_id", "posts.id"),
    Column("rrule", String(500), nullable=False),
    Column("zone", String(64), nullable=False),
    # A wall time in the zone, ISO 8601 without an offset.
    Column("start", String(40), nullable=False),
    # The next occurrence that has no post yet; NULL once there is none.
    _time("next_at"),
    _time("last_made_at"),
    _time("created_at", nullable=False),
    _time("ended_at"),
    _unique_where("ended_at IS NULL", "uq_recurrences_post_id_open", "post_id"),
    Index(None, "post_id"),
    Index(None, "ended_at", "next_at"),
)

media = Table(
    "media",
    metadata,
    _id(),
    _ref("workspace_id", "workspaces.id"),
    Column("digest", String(64), nullable=False),
    Column("mime", String(60), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("origin", String(20), nullable=False),
    Column("provider", String(40)),
    Column("alt", Text, nullable=False),
    Column("placeholder", Text),
    Column("filename", String(255), nullable=False, server_default=""),
    # The source of a fitted copy, and its crop. No foreign key: the copy outlives its source.
    Column("source_id", String(48)),
    _json("cut"),
    # True: stays until the user deletes it; false: deleted when nothing refers to it.
    Column("kept", Boolean, nullable=False, server_default=true()),
    _time("removed_at"),
    Column("dhash", String(16)),
    _json("notes"),
    Column("search_text", Text, nullable=False, server_default=""),
    _time("created_at", nullable=False),
    Index(None, "workspace_id", "created_at", "id"),
    Index(None, "digest"),
    Index(None, "source_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    _ref("workspace_id", "workspaces.id"),
    _ref("post_id", "posts.id"),
    # A draft may not have one yet.
    _ref("account_id", "accounts.id", nullable=True),
    Column("platform", String(40), nullable=False),
    Column("position", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    # `rev` increases with every change by a user, `fence` with every new lease or intent to send.
    Column("rev", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("lease_owner", String(64)),
    _time("lease_until"),
    _time("due_at"),
    _time("next_at"),
    Column("tries", Integer, nullable=False),
    Column("prepares", Integer, nullable=False),
    _json("ticket"),
    Column("open_attempts", Integer, nullable=False),
    Column("remote_id", String(200)),
    Column("permalink", Text),
    _json("error"),
    # Of what `delivery_pictures` stores; here, because `wake_at` follows from it.
    Column("picture_state", String(20), nullable=False),
    _json("notes"),
    _time("created_at", nullable=False),
    _time("updated_at", nullable=False),
    _time("published_at"),
    UniqueConstraint("post_id", "platform", "account_id"),
    # NULLs are distinct above: of deliveries without an account there is one for each platform.
    _unique_where("account_id IS NULL", "uq_deliveries_post_id_platform_no_account", "post_id", "platform"),
    # When a worker has to look at it next; NULL: never.
    Column("wake_at", UtcTime(), Computed(WAKE_AT)),
    UniqueConstraint("account_id", "remote_id"),
    Index("ix_deliveries_wake_at", "wake_at", **_where("wake_at IS NOT NULL")),
    Index("ix_deliveries_counted", "state", "platform", **_where(IS_COUNTED)),
    Index("ix_deliveries_lease_until", "lease_until", **_where("lease_until IS NOT NULL")),
    # Filters of the list of posts.
    Index(None, "workspace_id", "platform", "post_id"),
    Index(None, "account_id", "post_id", "platform"),
    # What is planned on an account, what waits for it, and what was published there.
    Index(None, "account_id", "state", "due_at"),
    Index("ix_deliveries_account_id_published_at", "account_id", "published_at", **_where("published_at IS NOT NULL")),
    Index(
        "ix_deliveries_without_permalink", "published_at", **_where("permalink IS NULL AND published_at IS NOT NULL")
    ),
)

attempts = Table(
    "attempts",
    metadata,
    _id(),
    _ref("workspace_id", "workspaces.id"),
    _ref("delivery_id", "deliveries.id"),
    Column("number", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    _time("opened_at", nullable=False),
    _time("send_before", nullable=False),
    _json("asked", nullable=False),
    # NULL: open (sent or about to be, outcome unknown). Else `published`, `refused`, or `decided` by a user.
    Column("outcome", String(20)),
    _json("answer"),
    Column("seconds", Float),
    _time("closed_at"),
    UniqueConstraint("delivery_id", "number"),
    Index(None, "opened_at"),
)

events = Table(
    "events",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    _ref("workspace_id", "workspaces.id"),
    _ref("post_id", "posts.id", nullable=True),
    Column("delivery_id", String(48)),
    Column("kind", String(60), nullable=False),
    _json("data", nullable=False),
    _time("at", nullable=False),
    # The W3C `traceparent` of the request or job that caused it, while traces are exported.
    Column("trace_parent", String(55)),
    Index(None, "workspace_id", "id"),
    Index(None, "post_id", "id"),
    # Ids are never reused, not even after the last row was deleted, because readers continue after the last id.
    sqlite_autoincrement=True,
)

idempotency = Table(
    "idempotency",
    metadata,
    # Id of an API key or of a membership, so that a user's keys survive a new session.
    Column("caller_id", String(48), primary_key=True),
    Column("route", String(80), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("body_hash", String(64), nullable=False),
    _ref("post_id", "posts.id", nullable=True),
    _json("answer"),
    _time("lease_until"),
    _time("created_at", nullable=False),
    Index(None, "created_at"),
)
