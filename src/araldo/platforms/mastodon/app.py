"""Settings of Mastodon, the address of an instance as people type it, and the permissions to ask for.

Sources: content/en/api/oauth-scopes.md and content/en/client/token.md of Mastodon's documentation.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from pydantic import BaseModel, Field

from araldo.errors import UserError
from araldo.messages import Message
from araldo.platforms.base import PlatformContext
from araldo.setting_fields import Text

SERVICE = "mastodon"
# What publishing needs, besides reading whose account it is.
SCOPES = ("read:statuses", "write:statuses", "write:media")
# Either is enough to read whose account it is; `profile` (4.3 and later) gives the least.
WHO_SCOPES = ("profile", "read:accounts")
_PARTS = {
    "read": ("read:accounts", "read:statuses"),
    "write": ("write:statuses", "write:media"),
}


class MastodonSettings(BaseModel):
    app_name: str = Field("Araldo", description="What instances show as the app of a log-in, and of a post")
    website: Text = Field(None, description="Website that instances link that name to")

    @classmethod
    def of(cls, context: PlatformContext) -> MastodonSettings:
        settings = context.settings[SERVICE]
        if not isinstance(settings, MastodonSettings):
            raise TypeError(f"the settings of {SERVICE} are {type(settings).__name__}")
        return settings


class NotConnected(UserError):
    """What was typed or granted does not lead to an account that can be connected."""

    status = 422
    code = "not_connected"


def parse_instance(typed: str) -> str:
    """Return the base URL of an instance: of `mastodon.example`, its URL, or `@name@mastodon.example`.

    Raises NotConnected for anything else. Whether it may be reached is decided when it is called.
    """
    text = typed.strip()
    if "://" not in text:
        text = f"https://{text.rpartition('@')[2]}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
        parts = urlsplit("")
    is_base = parts.path.startswith("/@") or parts.path in {"", "/"}
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or not is_base:
        raise NotConnected(Message("mastodon.connect.instance_invalid"), code="instance_invalid")
    shown = f"[{host}]" if ":" in host else host
    is_default = port in {None, 443 if parts.scheme == "https" else 80}
    return f"{parts.scheme}://{shown}{'' if is_default else f':{port}'}"


def host_of(base_url: str) -> str:
    """Return host and port of an instance's base URL, as in `@name@host`."""
    return urlsplit(base_url).netloc


def expand_scopes(granted: Iterable[str]) -> tuple[str, ...]:
    """Return the granted permissions, and those that they include of what Araldo needs."""
    return tuple(dict.fromkeys(part for scope in granted for part in (scope, *_PARTS.get(scope, ()))))


def missing_scopes(granted: Iterable[str]) -> list[str]:
    """Return what the permissions of a token lack for publishing."""
    known = set(expand_scopes(granted))
    return [scope for scope in SCOPES if scope not in known]
