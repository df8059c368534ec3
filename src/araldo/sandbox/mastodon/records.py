"""The records of the Mastodon instance; times are unix seconds of the sandbox's clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class App:
    """An application that a client registered; `id` is its client_id."""

    id: str
    number: str
    name: str
    website: str | None
    redirect_uris: list[str]
    scopes: list[str]
    client_secret: str


@dataclass(slots=True)
class Account:
    id: str
    username: str
    display_name: str
    created: float


@dataclass(slots=True)
class AccessToken:
    """`id`: the token itself; `account` None: the app's own, from client_credentials."""

    id: str
    app: str
    account: str | None
    scopes: list[str]
    created: float
    revoked: bool = False


@dataclass(slots=True)
class Grant:
    """An authorization code: valid once, for ten minutes. `challenge`: of PKCE, with its method."""

    id: str
    app: str
    account: str
    redirect_uri: str
    scopes: list[str]
    created: float
    challenge: str = ""
    challenge_method: str = ""
    used: bool = False


@dataclass(slots=True)
class MediaAttachment:
    """`status`: the status that it is attached to; a medium is attached to one status at most."""

    id: str
    account: str
    created: float
    ready_at: float
    content_type: str
    size: int
    width: int
    height: int
    description: str | None = None
    focus: str | None = None
    failed: bool = False
    status: str | None = None


@dataclass(slots=True)
class Status:
    id: str
    account: str
    app: str
    created: float
    text: str
    spoiler_text: str
    visibility: str
    sensitive: bool
    language: str
    media: list[str]
    in_reply_to: str | None = None


@dataclass(slots=True)
class IdempotencyKey:
    """`id`: the account's id and the key."""

    id: str
    status: str
    created: float


@dataclass(slots=True)
class RateWindow:
    """The calls of one token (or of nobody) in one period; `id` names both and the limit."""

    id: str
    ends_at: float
    count: int
