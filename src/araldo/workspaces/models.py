"""A workspace, its API keys, and the authenticated caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from araldo.workspaces.permissions import Permissions
from araldo.workspaces.request_rate import KeyUsage


class LanguageSource(StrEnum):
    """What a workspace's language was taken from: the machine's locale, the browser or the choice of the first member,
    or a choice for the workspace, which nothing replaces but another one."""

    MACHINE = "machine"
    BROWSER = "browser"
    MEMBER = "member"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True)
class Workspace:
    """One brand's accounts, posts and keys. `language`: `en` or `it`; `zone`: an IANA name.

    `approval_required`: its posts go out only when they are approved.
    """

    id: str
    name: str
    language: str
    zone: str
    approval_required: bool = False


@dataclass(frozen=True, slots=True)
class WorkspaceChanges:
    """What a person changes of a workspace; None: unchanged."""

    name: str | None = None
    language: str | None = None
    zone: str | None = None
    approval_required: bool | None = None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is stored of an API key. `prefix`: its first letters, to recognise it by. `scopes`: see `permissions`.

    `created_by`: the name of the user who made it; None: a command, or somebody who is no user any more.
    """

    id: str
    name: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    scopes: list[str]
    created_by: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """The authenticated sender of a request, by API key or session, and the workspace of the request.

    `id` owns the request's Idempotency-Keys: the API key's id, or the id of the user's membership of the workspace,
    which outlives a session. Exactly one of `key_id` and `session_id` is set; ending it ends the access.
    """

    workspace: Workspace
    id: str
    permissions: Permissions
    key_id: str | None = None
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A valid API key, as its caller is authenticated by it. `last_used_at`: the last use that was recorded."""

    caller: Caller
    name: str
    last_used_at: datetime | None
    usage: KeyUsage
