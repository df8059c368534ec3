"""Mastodon as a service: accounts of any instance, by a log-in there or by a token from its settings.

Sources: content/en/client/authorized.md and content/en/methods/oauth.md of Mastodon's documentation. Tokens do not end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from araldo.addresses import is_public_url
from araldo.errors import OutsideError, ReconnectNeeded, Rejected, TryLater
from araldo.messages import Message
from araldo.platforms.base import PlatformContext
from araldo.platforms.credentials import Credentials
from araldo.platforms.mastodon.accounts import TOKEN_END, AccountReader
from araldo.platforms.mastodon.api import MastodonClient
from araldo.platforms.mastodon.app import SERVICE, MastodonSettings, NotConnected, host_of, parse_instance
from araldo.platforms.mastodon.login import InstanceLogin
from araldo.platforms.mastodon.status import MastodonStatus
from araldo.platforms.service import (
    ConnectMethod,
    DiscoveredAccounts,
    Field,
    Inspection,
    LoginCallback,
    LoginStart,
    ServiceDeclaration,
    SettingsFinding,
)

_INSTANCE = Field(
    "instance",
    Message("mastodon.connect.instance"),
    help=Message("mastodon.connect.instance_help"),
    placeholder="mastodon.example",
    length_max=300,
)


class MastodonService:
    declaration = ServiceDeclaration(
        name=SERVICE,
        label="Mastodon",
        settings=MastodonSettings,
        methods=(
            ConnectMethod(
                "login",
                "oauth",
                Message("mastodon.connect.log_in_title"),
                Message("mastodon.connect.log_in"),
                Message("mastodon.connect.log_in_help"),
                fields=(_INSTANCE,),
            ),
            ConnectMethod(
                "token",
                "form",
                Message("mastodon.connect.token_title"),
                Message("mastodon.connect.use_token"),
                Message("mastodon.connect.token_help"),
                fields=(_INSTANCE, Field("token", Message("mastodon.connect.token"), "secret", length_max=500)),
            ),
        ),
        platforms=(MastodonStatus,),
        texts=Path(__file__).parent / "messages",
        # Its tokens have no shape of their own: what a call carries is redacted by value.
        secret_patterns=(r"(?i:code_verifier)=[^&\s\"'\\]+",),
    )

    def __init__(self, context: PlatformContext) -> None:
        self._client = MastodonClient(context)
        self._login = InstanceLogin(self._client, MastodonSettings.of(context))
        self._accounts = AccountReader(self._client)

    def local_address(self, host: str | None) -> str | None:
        return None if host is None or is_public_url(host) else host

    def settings_findings(self) -> Sequence[SettingsFinding]:
        return (SettingsFinding("good", Message("mastodon.settings.nothing_needed")),)

    async def begin_login(self, method: str, answers: Mapping[str, str], callback: LoginCallback) -> LoginStart:
        return await self._login.begin(parse_instance(answers["instance"]), callback)

    async def finish_login(
        self, method: str, query: Mapping[str, str], remembered: Mapping[str, Any], redirect_uri: str
    ) -> DiscoveredAccounts:
        secrets, scopes = await self._login.exchange_code(query, remembered, redirect_uri)
        return await self._accounts.discover(remembered["base_url"], secrets, scopes)

    async def find_accounts(self, method: str, answers: Mapping[str, str]) -> DiscoveredAccounts:
        base_url = parse_instance(answers["instance"])
        if not all("!" <= character <= "~" for character in answers["token"]):
            # A header takes only printable ASCII characters.
            raise NotConnected(Message("mastodon.connect.not_a_token"), code="token_refused")
        return await self._accounts.discover(base_url, {"token": answers["token"]}, None)

    async def renew(self, credentials: Credentials) -> Credentials:
        """Return them unchanged: tokens do not expire."""
        return replace(credentials, renew_after=None)

    async def inspect(self, credentials: Credentials) -> Inspection:
        try:
            known = await self._accounts.read(str(credentials.host), credentials.secrets["token"])
        except ReconnectNeeded as gone:
            # A token that still exists, but may not do this, answers 403.
            if gone.code == "401":
                return Inspection(access_lost=gone.message)
            return Inspection(problem=gone.message)
        except Rejected as refused:
            return Inspection(problem=refused.message)
        if known.fields.get("suspended") is True:
            host = host_of(str(credentials.host))
            return Inspection(problem=Message("mastodon.error.login_off", {"host": host}))
        scopes = credentials.facts["scopes"]
        return Inspection((TOKEN_END,), None if scopes is None else tuple(scopes), known.instance.facts)

    async def revoke(self, credentials: Credentials) -> Message | None:
        """End the token, which takes the app that it was made by; one from the settings is ended there."""
        base_url = str(credentials.host)
        by_hand = Message("mastodon.connect.revoke_by_hand", {"host": host_of(base_url)})
        app = {name: credentials.secrets.get(name, "") for name in ("client_id", "client_secret")}
        if not all(app.values()):
            return by_hand
        answer = await self._client.ask(
            "POST", base_url, "/oauth/revoke", form={**app, "token": credentials.secrets["token"]}
        )
        if answer.status == 200:
            return None
        trouble: OutsideError = self._client.error_of(answer, base_url)
        if isinstance(trouble, TryLater):
            raise trouble
        return by_hand
