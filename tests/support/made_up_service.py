"""A service that does not exist: connected by a form or by OAuth with PKCE, with refresh tokens that work once."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, Field

from araldo.clock import Clock
from araldo.errors import ReconnectNeeded, TryLater, UserError
from araldo.messages import Message, message_of
from araldo.platforms.base import Declaration, PlatformContext
from araldo.platforms.credentials import AccessEnd, Credentials
from araldo.platforms.service import (
    AccountGroup,
    ConnectMethod,
    DiscoveredAccount,
    DiscoveredAccounts,
    Inspection,
    LoginCallback,
    LoginDeclined,
    LoginStart,
    ServiceDeclaration,
    SettingsFinding,
)
from araldo.platforms.service import Field as FormField
from tests.support.made_up_platforms import SQUARE, WALL

LIFETIME = timedelta(hours=2)
PASSWORD = "wall-password-7f3a91"


def text(english: str) -> Message:
    return message_of({"en": english, "it": f"[it] {english}"})


REFUSED = ReconnectNeeded(text("The wall wants you to log in again."), service="made_up", code="invalid_grant")


class WallSettings(BaseModel):
    url: str = Field("http://127.0.0.1:9/wall", description="Where the wall is")


@dataclass
class WallServer:
    """The state of the service: which tokens work, how often each was used, and which apps are registered."""

    registered: list[str] = field(default_factory=list)
    challenges: dict[str, str] = field(default_factory=dict)
    refresh_tokens: set[str] = field(default_factory=set)
    uses: Counter[str] = field(default_factory=Counter)
    revoked: list[str] = field(default_factory=list)
    # What to raise at the next renewals and revocations.
    faults: list[Exception] = field(default_factory=list)
    # Set while a renewal waits, and waited for before it answers.
    renewing: asyncio.Event | None = None
    go_on: asyncio.Event | None = None

    def issue(self) -> str:
        token = f"wall-refresh-{secrets.token_hex(16)}"
        self.refresh_tokens.add(token)
        return token


SERVER = WallServer()


class WallPlatform:
    """Declarations alone: these tests publish nothing there."""

    declaration: Declaration

    def __init__(self, context: PlatformContext) -> None:
        self.context = context


class Wall(WallPlatform):
    declaration = WALL


class Square(WallPlatform):
    declaration = SQUARE


class WallService:
    """`server` is shared by all instances of a test, as a real service is by all processes."""

    declaration = ServiceDeclaration(
        name="made_up",
        label="The Wall",
        settings=WallSettings,
        methods=(
            ConnectMethod(
                "password",
                "form",
                text("App password"),
                text("Connect the wall"),
                text("Use a password made for Araldo."),
                (
                    FormField("handle", text("Handle"), placeholder="name.example"),
                    FormField("password", text("App password"), "secret", help=text("Never your own password.")),
                    FormField("host", text("Server"), "url", required=False, default="https://wall.example"),
                ),
            ),
            ConnectMethod(
                "login", "oauth", text("Log in"), text("Log in to the wall"), None, (FormField("host", text("Server")),)
            ),
        ),
        platforms=(Wall, Square),  # type: ignore[arg-type]  # platforms that these tests never publish to
        texts=Path("nowhere"),
        secret_patterns=(r"wall-(?:refresh|access|password)-[0-9a-f]+",),
    )

    def __init__(self, context: PlatformContext | None = None, clock: Clock | None = None) -> None:
        self.server = SERVER
        self._clock = context.clock if context is not None else clock
        self.says: Inspection | Exception = Inspection()
        self.asked: list[Credentials] = []
        self.meanwhile: Any = None

    def local_address(self, host: str | None) -> str | None:
        return None if host is not None and host.startswith("https://") else "http://127.0.0.1:9/wall"

    def settings_findings(self) -> Sequence[SettingsFinding]:
        return [SettingsFinding("good", text("The wall is up."))]

    async def begin_login(self, method: str, answers: Mapping[str, str], callback: LoginCallback) -> LoginStart:
        app = f"app-{len(self.server.registered)}"
        self.server.registered.append(answers["host"])
        verifier = secrets.token_hex(16)
        self.server.challenges[app] = hashlib.sha256(verifier.encode()).hexdigest()
        asked = {"client_id": app, "state": callback.state, "redirect_uri": callback.redirect_uri}
        remembered = {"verifier": verifier, "app": app, "host": answers["host"]}
        return LoginStart(f"https://{answers['host']}/authorize?{urlencode(asked)}", remembered)

    async def finish_login(
        self, method: str, query: Mapping[str, str], remembered: Mapping[str, Any], redirect_uri: str
    ) -> DiscoveredAccounts:
        if "error" in query:
            raise LoginDeclined
        digest = hashlib.sha256(remembered["verifier"].encode()).hexdigest()
        if self.server.challenges[remembered["app"]] != digest or query["iss"] != remembered["host"]:
            raise UserError(text("The wall does not know this log-in."))
        return self._found(query["who"], remembered["host"])

    async def find_accounts(self, method: str, answers: Mapping[str, str]) -> DiscoveredAccounts:
        if answers["password"] != PASSWORD:
            raise UserError(text("The wall does not accept this password."), code="wall_password")
        return self._found(answers["handle"], answers["host"])

    def _found(self, handle: str, host: str) -> DiscoveredAccounts:
        credentials = self._credentials({"handle": handle}, host)
        ends = self._ends(credentials)
        accounts = [
            DiscoveredAccount(kind, f"{handle}@{host}", handle, handle, credentials, ends)
            for kind in (WALL.account_kind, SQUARE.account_kind)
        ]
        return DiscoveredAccounts(
            (AccountGroup("open", handle, tuple(accounts)), AccountGroup("shut", "Shut", (), text("Shut.")))
        )

    def _credentials(self, facts: Mapping[str, Any], host: str) -> Credentials:
        assert self._clock is not None
        tokens = {"access": f"wall-access-{secrets.token_hex(16)}", "refresh": self.server.issue()}
        return Credentials(tokens, facts, host, renew_after=self._clock.now() + LIFETIME)

    def _ends(self, credentials: Credentials) -> tuple[AccessEnd, ...]:
        assert credentials.renew_after is not None
        return (AccessEnd(text("Session"), credentials.renew_after + timedelta(minutes=5), is_renewable=True),)

    async def renew(self, credentials: Credentials) -> Credentials:
        used = credentials.secrets["refresh"]
        self.server.uses[used] += 1
        if self.server.renewing is not None and self.server.go_on is not None:
            self.server.renewing.set()
            await self.server.go_on.wait()
        if self.server.faults:
            raise self.server.faults.pop(0)
        if used not in self.server.refresh_tokens:
            raise REFUSED
        self.server.refresh_tokens.remove(used)
        return replace(self._credentials(credentials.facts, str(credentials.host)), version=credentials.version)

    async def inspect(self, credentials: Credentials) -> Inspection:
        self.asked.append(credentials)
        if self.meanwhile is not None:
            await self.meanwhile()
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    async def revoke(self, credentials: Credentials) -> Message | None:
        if self.server.faults:
            raise self.server.faults.pop(0)
        self.server.revoked.append(credentials.secrets["refresh"])
        return None


AWAY = TryLater(text("The wall is away."), after_s=5, service="made_up", code="away")
