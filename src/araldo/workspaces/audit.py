"""What the audit log records: actions, and who did them from where. Pure but for the current actor."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AuditAction(StrEnum):
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    LOCKED_OUT = "locked_out"
    SIGNED_OUT = "signed_out"
    SESSIONS_ENDED = "sessions_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - an action's name
    PASSWORD_FORGOTTEN = "password_forgotten"  # noqa: S105 - an action's name
    TOTP_ENABLED = "totp_enabled"
    TOTP_DISABLED = "totp_disabled"
    KEY_CREATED = "key_created"
    KEY_REVOKED = "key_revoked"
    USER_CREATED = "user_created"
    USER_REMOVED = "user_removed"
    MEMBER_REMOVED = "member_removed"
    ACCOUNT_CONNECTED = "account_connected"
    PUBLISH_REQUESTED = "publish_requested"
    PUBLISHED = "published"
    POST_DELETED = "post_deleted"
    MEDIA_DELETED = "media_deleted"


class ActorKind(StrEnum):
    KEY = "key"
    USER = "user"
    # Somebody at the machine's command line.
    COMMAND = "command"
    # Araldo itself, where nobody asked.
    SYSTEM = "system"
    # Somebody who has not proved who they are.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Actor:
    """`id`: the key's or the user's. `address`: the peer's, None where nothing came over the network."""

    kind: ActorKind
    id: str | None = None
    name: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """`target`: the id of what it was done to; `target_name`: the name that people know it by."""

    id: str
    created_at: datetime
    workspace_id: str | None
    action: AuditAction
    actor: Actor
    target: str | None
    target_name: str | None


SYSTEM = Actor(ActorKind.SYSTEM)

# Set once a request or a command has proved who it is, so that every transaction on the way knows without being told.
current_actor: ContextVar[Actor] = ContextVar("current_actor", default=SYSTEM)
