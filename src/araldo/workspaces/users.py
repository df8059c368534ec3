"""Users, sessions, and the tokens that sign users in. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from araldo.messages import Language, known_language
from araldo.workspaces.keys import hash_secret
from araldo.workspaces.models import Workspace
from araldo.workspaces.permissions import Permissions
from araldo.workspaces.roles import ROLE_PERMISSIONS, Role

LINK_LIFETIME = timedelta(minutes=15)
# Counted from the last use.
SESSION_IDLE_LIFETIME = timedelta(days=30)
# Counted from signing in, unless a setting says otherwise.
SESSION_MAX_LIFETIME = timedelta(days=90)
AGENT_MAX = 200

# From its making to its end, used or not.
INVITATION_LIFETIME = timedelta(days=7)

_SESSION, _LINK, _CSRF, _INVITATION, _APPROVAL = "aras_", "aral_", "arac_", "arai_", "arap_"

# In this order: Edge's user agent also contains "Chrome/", and Chrome's "Safari/".
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class User:
    """A person who can sign in. `language`: None until the person chooses one. `email`: None where none is known."""

    id: str
    name: str
    language: Language | None
    has_password: bool
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `member_id` and `role`: of the user's membership of the session's current workspace."""

    id: str
    user: User
    workspace: Workspace
    member_id: str
    role: Role
    user_agent: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime

    @property
    def permissions(self) -> Permissions:
        return ROLE_PERMISSIONS[self.role]


@dataclass(frozen=True, slots=True)
class NewToken:
    """`secret` is given to the user or the browser and not stored; `hash` is stored."""

    secret: str
    hash: str


def make_session_token() -> NewToken:
    return _make_token(_SESSION)


def make_link_token() -> NewToken:
    return _make_token(_LINK)


def make_invitation_token() -> NewToken:
    return _make_token(_INVITATION)


def make_approval_token() -> NewToken:
    return _make_token(_APPROVAL)


def approval_url(own_url: str, token: str) -> str:
    """Return the URL of an approval link. The token is in the fragment, as that of `link_url`."""
    return f"{own_url}/approval#{token}"


def invitation_url(own_url: str, token: str) -> str:
    """Return the URL of an invitation. The token is in the fragment, as that of `link_url`."""
    return f"{own_url}/invitation#{token}"


def link_url(own_url: str, token: str) -> str:
    """Return the sign-in URL. The token is in the fragment, which browsers do not send, so no log records it."""
    return f"{own_url}/sign-in#{token}"


def csrf_token_of(session_token: str) -> str:
    """Derive the CSRF token from the session token, one way, so that it needs no storage."""
    digest = hashlib.sha256(b"araldo csrf\0" + session_token.encode("utf-8", "replace")).digest()
    return _CSRF + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_csrf_token_of(session_token: str, given: str) -> bool:
    return hmac.compare_digest(csrf_token_of(session_token).encode(), given.encode("utf-8", "replace"))


def chosen_language(stored: str) -> Language | None:
    """Return the language in a user's row; None for the empty one, which stands for no choice yet."""
    return known_language(stored) if stored else None


def clean_name(name: str) -> str:
    """Return the name in NFC and trimmed."""
    return unicodedata.normalize("NFC", name).strip()


def fold_name(name: str) -> str:
    """Return the name as it is compared: without case."""
    return unicodedata.normalize("NFC", clean_name(name).casefold())


def describe_user_agent(user_agent: str) -> str:
    """Return browser and system, as `Firefox, Linux`; leave out what is not recognized."""
    found = (next((name for mark, name in marks if mark in user_agent), "") for marks in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in found if name)


def _make_token(prefix: str) -> NewToken:
    secret = prefix + secrets.token_urlsafe(32)
    return NewToken(secret, hash_secret(secret))
