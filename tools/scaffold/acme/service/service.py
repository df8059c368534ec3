"""Connect accounts of Acme by an access token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from araldo.addresses import is_public_url
from araldo.errors import OutsideError, ReconnectNeeded, TryLater, UserError
from araldo.messages import Message
from araldo.platforms.base import PlatformContext
from araldo.platforms.caller import is_remote_id
from araldo.platforms.credentials import Credentials
from araldo.platforms.service import (
    AccountGroup,
    ConnectMethod,
    DiscoveredAccount,
    DiscoveredAccounts,
    Field,
    FormService,
    Inspection,
    ServiceDeclaration,
    SettingsFinding,
)
from tools.scaffold.acme.service.client import SERVICE, AcmeClient, AcmeSettings, settings_of, unclear
from tools.scaffold.acme.service.platform import ACCOUNT_KIND, AcmePlatform


class TokenRefused(UserError):
    status = 422
    code = "token_refused"


class AcmeService(FormService):
    declaration = ServiceDeclaration(
        name=SERVICE,
        label="Acme",
        settings=AcmeSettings,
        methods=(
            ConnectMethod(
                "token",
                "form",
                Message("acme.connect.title"),
                Message("acme.connect.button"),
                fields=(Field("token", Message("acme.connect.token"), "secret", help=Message("acme.connect.help")),),
            ),
        ),
        platforms=(AcmePlatform,),
        texts=Path(__file__).parent / "messages",
        secret_patterns=(r"acme_token_\w{8,}",),
    )

    def __init__(self, context: PlatformContext) -> None:
        self._client = AcmeClient(context)
        self._url = settings_of(context).url

    def local_address(self, host: str | None) -> str | None:
        return None if is_public_url(self._url) else self._url

    def settings_findings(self) -> Sequence[SettingsFinding]:
        return [SettingsFinding("good", Message("acme.settings.url", {"url": self._url}))]

    async def find_accounts(self, method: str, answers: Mapping[str, str]) -> DiscoveredAccounts:
        token = answers["token"].strip()
        if not token or not all("!" <= character <= "~" for character in token):
            # A header takes only printable ASCII characters.
            raise TokenRefused(Message("acme.connect.not_a_token"))
        credentials = Credentials({"token": token})
        try:
            account = await self._client.call("GET", "me", credentials)
        except TryLater:
            raise
        except OutsideError as refusal:
            raise TokenRefused(refusal.message) from refusal
        if not is_remote_id(account.get("id")):
            raise unclear(visible=False)
        remote_id, name = str(account["id"]), str(account.get("name") or account["id"])
        found = DiscoveredAccount(ACCOUNT_KIND, remote_id, name, None, credentials)
        return DiscoveredAccounts((AccountGroup(remote_id, name, (found,)),))

    async def renew(self, credentials: Credentials) -> Credentials:
        return credentials

    async def inspect(self, credentials: Credentials) -> Inspection:
        try:
            await self._client.call("GET", "me", credentials)
        except ReconnectNeeded as ended:
            return Inspection(access_lost=ended.message)
        except TryLater:
            raise
        except OutsideError as refusal:
            return Inspection(problem=refusal.message)
        return Inspection()

    async def revoke(self, credentials: Credentials) -> Message | None:
        return Message("acme.connect.revoke_by_hand")
