"""The interface of a service: who accounts log in to. It declares its settings and connect methods as data.

How to write one: docs/adding-a-platform.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from araldo.errors import UserError
from araldo.messages import Message
from araldo.platforms.base import Platform, PlatformContext
from araldo.platforms.credentials import AccessEnd, Credentials


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a connect method's form. A `secret` is never shown, logged or taken from a command line.

    `default` is used where nothing is answered; a field without one is required unless `required` is False.
    """

    name: str
    label: Message
    type: Literal["text", "secret", "url"] = "text"
    required: bool = True
    help: Message | None = None
    placeholder: str = ""
    default: str = ""
    length_max: int = 4_000


@dataclass(frozen=True, slots=True)
class ConnectMethod:
    """One way to connect accounts: `oauth` leads to a log-in at the service, `form` finds accounts by its answers.

    `title` names the method, `label` says what its button does. An `oauth` method asks its `fields` before the log-in.
    """

    name: str
    kind: Literal["oauth", "form"]
    title: Message
    label: Message
    help: Message | None = None
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class LoginCallback:
    """Where an OAuth log-in leads back to: the redirect URI, and the `state` that comes back with it."""

    redirect_uri: str
    state: str


@dataclass(frozen=True, slots=True)
class LoginStart:
    """A begun OAuth log-in: the URL to open, and JSON values to remember until it is finished, stored sealed."""

    url: str
    remembered: Mapping[str, Any] = field(default_factory=dict, repr=False)


class LoginDeclined(UserError):
    """The person did not grant access."""

    status = 422
    code = "login_declined"

    def __init__(self) -> None:
        super().__init__(Message("connect.declined"))


@dataclass(frozen=True, slots=True)
class DiscoveredAccount:
    """An account that can be connected.

    `kind`: the `Declaration.account_kind` of its platforms. `remote_id`: unique at the service, over all its hosts; it
    is `Destination.remote_id` later. `scopes`: the granted permissions, None when unknown. `lacks`: what will not work.
    `facts`: what this account changes of its platforms' declarations, see `platforms.account_facts`.
    """

    kind: str
    remote_id: str
    name: str
    username: str | None
    credentials: Credentials
    ends: tuple[AccessEnd, ...] = ()
    scopes: tuple[str, ...] | None = None
    lacks: tuple[Message, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccountGroup:
    """Accounts that are chosen and connected together. `refusal`: why they cannot be connected, None when they can."""

    id: str
    name: str
    members: tuple[DiscoveredAccount, ...]
    refusal: Message | None = None


@dataclass(frozen=True, slots=True)
class DiscoveredAccounts:
    """The accounts that a log-in or a form gives access to, and notes for the person about it.

    `complete`: False when the service's lists could not be read to their end; then a note says so.
    """

    groups: tuple[AccountGroup, ...]
    notes: tuple[Message, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the service says about an account's credentials. Empty `ends` and None mean that it did not say.

    `access_lost`: they no longer work at all. `problem`: they work, but something that publishing needs is gone.
    `warning`: everything works now, but depends on something that will end.
    """

    ends: tuple[AccessEnd, ...] = ()
    scopes: tuple[str, ...] | None = None
    facts: Mapping[str, Any] | None = None
    access_lost: Message | None = None
    problem: Message | None = None
    warning: Message | None = None


@dataclass(frozen=True, slots=True)
class SettingsFinding:
    """What `araldo doctor` says about a service's settings. `note`: works for trying out, fix it before real use."""

    grade: Literal["good", "note", "bad"]
    message: Message


@dataclass(frozen=True, slots=True)
class ServiceDeclaration:
    """What differs between services, as data.

    `name`: the id in URLs, settings (ARALDO_<NAME>__X) and the database; `label`: the name for people. `methods`: the
    first is suggested. `secret_patterns`: regular expressions of its secrets, which `redact` removes from logs and
    stored errors. `texts`: the folder of its catalogues, one JSON file per language, whose keys begin with `name`.
    """

    name: str
    label: str
    settings: type[BaseModel]
    methods: tuple[ConnectMethod, ...]
    platforms: tuple[Callable[[PlatformContext], Platform], ...]
    texts: Path
    secret_patterns: tuple[str, ...] = ()


class Service(Protocol):
    """Log-in to one service: finds accounts, and keeps and inspects their credentials.

    Methods raise errors.OutsideError, or UserError when the person has to do something first. No message that they
    raise or return contains an answer to a secret field.
    """

    declaration: ServiceDeclaration

    def local_address(self, host: str | None) -> str | None:
        """Return the URL of `host` (None: the service's own) when it is on this machine or its network, else None."""
        ...

    def settings_findings(self) -> Sequence[SettingsFinding]:
        """Return what is missing or worth knowing about the settings. Calls nobody."""
        ...

    async def begin_login(self, method: str, answers: Mapping[str, str], callback: LoginCallback) -> LoginStart:
        """Begin an OAuth log-in. May call the service, for example to register an app there."""
        ...

    async def finish_login(
        self, method: str, query: Mapping[str, str], remembered: Mapping[str, Any], redirect_uri: str
    ) -> DiscoveredAccounts:
        """Return the accounts of a log-in by the redirect's whole `query`. Raises LoginDeclined."""
        ...

    async def find_accounts(self, method: str, answers: Mapping[str, str]) -> DiscoveredAccounts:
        """Return the accounts of a form's answers, at least one."""
        ...

    async def renew(self, credentials: Credentials) -> Credentials:
        """Return renewed credentials. Called past `renew_after` only, by one process at a time.

        May be called again with the same credentials when a process died before it stored the result. Raises
        ReconnectNeeded when the service refuses to renew them, TryLater when it cannot be reached.
        """
        ...

    async def inspect(self, credentials: Credentials) -> Inspection:
        """Read the state of an account's credentials. Raises TryLater only: other problems are in the Inspection."""
        ...

    async def revoke(self, credentials: Credentials) -> Message | None:
        """End the access at the service; return None, or what the person has to do there because it cannot be ended."""
        ...


class FormService:
    """Base of a service whose methods are all forms: there is no log-in to begin."""

    declaration: ServiceDeclaration

    async def begin_login(self, method: str, answers: Mapping[str, str], callback: LoginCallback) -> LoginStart:
        raise LookupError(f"{method} of {self.declaration.name} is no log-in")

    async def finish_login(
        self, method: str, query: Mapping[str, str], remembered: Mapping[str, Any], redirect_uri: str
    ) -> DiscoveredAccounts:
        raise LookupError(f"{method} of {self.declaration.name} is no log-in")


class ServiceType(Protocol):
    """A service's class: its declaration is known before it is constructed."""

    @property
    def declaration(self) -> ServiceDeclaration: ...

    def __call__(self, context: PlatformContext) -> Service: ...
