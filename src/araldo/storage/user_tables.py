"""The tables of users: memberships, sessions, sign-in links, invitations, second factors and failed sign-ins."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from araldo.storage.columns import identity, instant, json_column, metadata, reference

users = Table(
    "users",
    metadata,
    identity(),
    Column("name", String(200), nullable=False),
    # The name as it is compared, without case: the databases fold ASCII only, or nothing.
    Column("folded_name", String(400), nullable=False, unique=True),
    # NULL: the user signs in by links only.
    Column("password_hash", Text),
    # Empty until the person chooses one.
    Column("language", String(8), nullable=False),
    # For other people to reach them; nothing is sent there.
    Column("email", String(254)),
    instant("created_at", nullable=False),
)

members = Table(
    "members",
    metadata,
    identity(),
    reference("user_id", "users.id"),
    reference("workspace_id", "workspaces.id"),
    # What the person may do in the workspace; see workspaces.roles.
    Column("role", String(16), nullable=False),
    instant("created_at", nullable=False),
    UniqueConstraint("user_id", "workspace_id"),
    Index(None, "workspace_id"),
)

# No CSRF token is stored: it is derived from the session token, of which only the hash is stored.
sessions = Table(
    "sessions",
    metadata,
    identity(),
    Column("hash", String(64), nullable=False, unique=True),
    reference("user_id", "users.id"),
    # The current one of the user's workspaces.
    reference("workspace_id", "workspaces.id"),
    Column("user_agent", String(200), nullable=False),
    instant("created_at", nullable=False),
    instant("last_used_at", nullable=False),
    instant("expires_at", nullable=False),
    Index(None, "user_id"),
    Index(None, "expires_at"),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    identity(),
    Column("hash", String(64), nullable=False, unique=True),
    reference("user_id", "users.id"),
    instant("created_at", nullable=False),
    instant("expires_at", nullable=False),
    instant("used_at"),
    Index(None, "expires_at"),
)

# Links with which somebody joins a workspace, once. Used, withdrawn and expired ones are deleted.
invitations = Table(
    "invitations",
    metadata,
    identity(),
    reference("workspace_id", "workspaces.id"),
    Column("hash", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    # For whom it is: an e-mail address or a name.
    Column("note", String(200), nullable=False),
    # The owner who made it: it ends with their membership.
    reference("created_by", "users.id"),
    instant("created_at", nullable=False),
    instant("expires_at", nullable=False),
    Index(None, "workspace_id"),
    Index(None, "expires_at"),
)

# One per user: the secret of an authenticator app. NULL `confirmed_at`: not yet confirmed by a code.
user_totp = Table(
    "user_totp",
    metadata,
    Column("user_id", String(48), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    # Sealed by the vault.
    Column("secret", Text, nullable=False),
    # The time step of the last accepted code: each code is accepted once.
    Column("last_step", Integer, nullable=False),
    instant("created_at", nullable=False),
    instant("confirmed_at"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    identity(),
    reference("user_id", "users.id"),
    Column("hash", String(64), nullable=False),
    instant("created_at", nullable=False),
    instant("used_at"),
    UniqueConstraint("user_id", "hash"),
)

# Failed sign-ins and codes of the last quarter of an hour. No name or address is stored, because people type passwords
# where names belong: `digest` is keyed with the vault's key.
sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("digest", String(64), primary_key=True),
    # Times in microseconds since 1970.
    json_column("made", nullable=False),
    instant("paused_at"),
    instant("lockout_at"),
    instant("expires_at", nullable=False),
    Index(None, "expires_at"),
)
