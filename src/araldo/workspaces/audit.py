"""Audit log entries: actions, actors, and the actor of the current request. Pure but for the current actor."""

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
    MEMBER_INVITED = "member_invited"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    MEMBER_JOINED = "member_joined"
    ROLE_CHANGED = "role_changed"
    MEMBER_REMOVED = "member_removed"
    ACCOUNT_CONNECTED = "account_connected"
    ACCOUNT_DISCONNECTED = "account_disconnected"
    PUBLISH_REQUESTED = "publish_requested"
    PUBLISHED = "published"
    POST_APPROVED = "post_approved"
    POST_SENT_BACK = "post_sent_back"
    APPROVAL_LINK_CREATED = "approval_link_created"
    APPROVAL_LINK_WITHDRAWN = "approval_link_withdrawn"
    APPROVAL_SETTING_CHANGED = "approval_setting_changed"
    POST_DELETED = "post_deleted"
    MEDIA_DELETED = "media_deleted"


class ActorKind(StrEnum):
    KEY = "key"
    USER = "user"
    # Somebody at the machine's command line.
    COMMAND = "command"
    # Araldo itself, without a request.
    SYSTEM = "system"
    # Not authenticated.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Actor:
    """`id`: of the API key or the user. `address`: of the peer; None for what did not come over the network."""

    kind: ActorKind
    id: str | None = None
    name: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """`target`: the id of the object that the action changed; `target_name`: its display name."""

    id: str
    created_at: datetime
    workspace_id: str | None
    action: AuditAction
    actor: Actor
    target: str | None
    target_name: str | None


SYSTEM = Actor(ActorKind.SYSTEM)

# Set once a request or a command is authenticated, so that every transaction in its context records the same actor.
current_actor: ContextVar[Actor] = ContextVar("current_actor", default=SYSTEM)
