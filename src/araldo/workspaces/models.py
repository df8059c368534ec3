"""A workspace, and who is calling on its behalf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from araldo.workspaces.permissions import Permissions


@dataclass(frozen=True, slots=True)
class Workspace:
    """One brand. `language` is `en` or `it`; `zone` an IANA name."""

    id: str
    name: str
    language: str
    zone: str


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of an API key; `prefix` is how it begins, for people to know it by. `scopes`: see `permissions`."""

    id: str
    name: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    scopes: list[str]


@dataclass(frozen=True, slots=True)
class Caller:
    """A program with a key or a person who is signed in, and the workspace that it is about.

    `id` is what Idempotency-Keys belong to: the key's, or that of the person's membership of the workspace, which
    outlives every session. One of `key_id` and `session_id` is set: what gives access, and ends it.
    """

    workspace: Workspace
    id: str
    permissions: Permissions
    key_id: str | None = None
    session_id: str | None = None
