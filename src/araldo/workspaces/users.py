"""People: who they are, and the secrets that sign them in. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from araldo.errors import Language
from araldo.workspaces.keys import hash_of
from araldo.workspaces.models import Workspace

LINK_LIVES = timedelta(minutes=15)
# Counted from the last use.
SESSION_LIVES = timedelta(days=30)
# Counted from signing in, unless a setting says otherwise.
SESSION_MAX = timedelta(days=90)
AGENT_MAX = 200

_SESSION, _LINK, _CSRF = "aras_", "aral_", "arac_"

# Told apart by words that each of them has and none before it: Edge calls itself Chrome, and Chrome Safari.
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
    """A person who can sign in. `language`: None until the person chooses one."""

    id: str
    name: str
    language: Language | None
    has_password: bool


@dataclass(frozen=True, slots=True)
class Session:
    """Where a person is signed in. `member_id`: that person's membership of the workspace it is in at present."""

    id: str
    user: User
    workspace: Workspace
    member_id: str
    user_agent: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NewSecret:
    """`secret` is for the person or the browser, once; `hash` is what is kept."""

    secret: str
    hash: str


def make_session_token() -> NewSecret:
    return _made(_SESSION)


def make_link_token() -> NewSecret:
    return _made(_LINK)


def link_url(own_url: str, token: str) -> str:
    """The token stands in the fragment, which browsers send to nobody: it reaches no log."""
    return f"{own_url}/sign-in#{token}"


def csrf_token_of(session_token: str) -> str:
    """Follows from the session's token and leads nowhere back, so it is kept nowhere."""
    digest = hashlib.sha256(b"araldo csrf\0" + session_token.encode("utf-8", "replace")).digest()
    return _CSRF + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_csrf_token_of(session_token: str, given: str) -> bool:
    return hmac.compare_digest(csrf_token_of(session_token).encode(), given.encode("utf-8", "replace"))


def chosen_language(stored: str) -> Language | None:
    """Return the language in a user's row; None for the empty one, which stands for no choice yet."""
    return None if stored == "" else "it" if stored == "it" else "en"


def clean_name(name: str) -> str:
    """One writing of what looks alike, without spaces around it."""
    return unicodedata.normalize("NFC", name).strip()


def folded(name: str) -> str:
    """As names are compared: without capitals."""
    return unicodedata.normalize("NFC", clean_name(name).casefold())


def short_agent(user_agent: str) -> str:
    """`Firefox, Linux`; "" for what is not known."""
    found = (next((name for mark, name in marks if mark in user_agent), "") for marks in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in found if name)


def _made(prefix: str) -> NewSecret:
    secret = prefix + secrets.token_urlsafe(32)
    return NewSecret(secret, hash_of(secret))
