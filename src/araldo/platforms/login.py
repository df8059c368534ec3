"""The interface of a service's log-in: find the accounts of a token, and inspect their tokens later."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from araldo.messages import Message

Expiry = Literal["never", "at", "unknown"]


@dataclass(frozen=True, slots=True)
class DiscoveredAccount:
    """An account that a token gives access to; accounts with one `page_id` are connected together.

    `expires_at` is set when `expiry` is "at"; see accounts.models.Account. `lacks`: what will not work as it is.
    `refusal`: why the account cannot be connected, None when it can.
    """

    kind: str
    service: str
    remote_id: str
    page_id: str
    name: str
    username: str | None
    parent_remote_id: str | None
    token: str = field(repr=False)
    token_kind: str
    expiry: Expiry
    expires_at: datetime | None
    read_token: str | None = field(default=None, repr=False)
    read_token_expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    scopes: tuple[str, ...] | None = None
    lacks: tuple[Message, ...] = ()
    refusal: Message | None = None


@dataclass(frozen=True, slots=True)
class DiscoveredAccounts:
    """The accounts that a token gives access to, and notes for the person about the token.

    `complete`: False when the service's lists could not be read to their end; then a note says so.
    """

    accounts: tuple[DiscoveredAccount, ...]
    notes: tuple[Message, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Credentials:
    """One account's decrypted tokens and its ids: the input of `Login.inspect`."""

    kind: str
    remote_id: str
    parent_remote_id: str | None
    token: str = field(repr=False)
    read_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the service says about an account's tokens. None and "unknown" mean that it did not say, never "never".

    `token_invalid`: the token no longer works at all. `problem`: it works, but something that publishing needs is gone.
    `warning`: everything works now, but depends on something that will end.
    """

    expiry: Expiry = "unknown"
    expires_at: datetime | None = None
    read_token_expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    scopes: tuple[str, ...] | None = None
    token_invalid: Message | None = None
    problem: Message | None = None
    warning: Message | None = None


class Login(Protocol):
    """Log-in to one service: find the accounts that a token gives access to, and inspect their tokens later.

    Methods raise errors.OutsideError, or UserError when the person has to do something first.
    """

    def build_dialog_url(self, state: str, redirect_uri: str) -> str:
        """Return the URL where a person grants access; it leads to `redirect_uri` with `state` and a code or error."""
        ...

    async def exchange_code(self, code: str, redirect_uri: str) -> str:
        """Exchange the single-use code of the redirect for the person's token."""
        ...

    async def discover_accounts(self, token: str) -> DiscoveredAccounts:
        """Return every account that this token gives access to, at least one."""
        ...

    async def inspect(self, credentials: Credentials) -> Inspection:
        """Read the state of an account's tokens. Raises TryLater only: every other problem is in the Inspection."""
        ...
