"""Find the account of a token: whose it is, what it may do, and what its instance allows.

Sources: content/en/methods/accounts.md (verify_credentials), apps.md and instance.md of Mastodon's documentation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from araldo.errors import OutsideError, ReconnectNeeded, Rejected, TryLater
from araldo.messages import Message
from araldo.platforms.caller import Answer, is_remote_id
from araldo.platforms.credentials import AccessEnd, Credentials
from araldo.platforms.mastodon.api import MastodonClient
from araldo.platforms.mastodon.app import SCOPES, NotConnected, expand_scopes, host_of, missing_scopes
from araldo.platforms.mastodon.facts import InstanceFacts, facts_of
from araldo.platforms.mastodon.status import MastodonStatus
from araldo.platforms.service import AccountGroup, DiscoveredAccount, DiscoveredAccounts

TOKEN_END = AccessEnd(Message("mastodon.access.token"), None)


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """A CredentialAccount, and what its instance says."""

    fields: Mapping[str, Any]
    instance: InstanceFacts


class AccountReader:
    def __init__(self, client: MastodonClient) -> None:
        self._client = client

    async def discover(
        self, base_url: str, secrets: Mapping[str, str], scopes: Sequence[str] | None
    ) -> DiscoveredAccounts:
        """Return the account of `secrets["token"]`. `scopes`: as granted; None: the instance is asked for them.

        Raises NotConnected for a token that does not work, TryLater.
        """
        token, host = secrets["token"], host_of(base_url)
        try:
            known = await self.read(base_url, token)
        except ReconnectNeeded as refused:
            raise NotConnected(refused.message, code="token_refused") from refused
        except (Rejected, TryLater) as refused:
            if isinstance(refused, TryLater) and not _is_of_another_program(refused):
                raise
            raise not_an_instance(refused, host) from refused
        granted = await self._read_scopes(base_url, token) if scopes is None else expand_scopes(scopes)
        name, account_id = str(known.fields["username"]), str(known.fields["id"])
        facts = {
            "account_id": account_id,
            "description_max": known.instance.description_max,
            "scopes": None if granted is None else list(granted),
        }
        found = DiscoveredAccount(
            kind=MastodonStatus.declaration.account_kind,
            remote_id=f"{account_id}@{host}",
            name=str(known.fields.get("display_name") or "") or name,
            username=f"{name}@{host}",
            credentials=Credentials(secrets, facts, base_url),
            ends=(TOKEN_END,),
            scopes=granted,
            lacks=known.instance.lacks,
            facts=known.instance.facts,
        )
        missing = [] if granted is None else missing_scopes(granted)
        refusal = Message("mastodon.connect.scopes_missing", {"scopes": ", ".join(missing)}) if missing else None
        return DiscoveredAccounts((AccountGroup(found.remote_id, f"@{found.username}", (found,), refusal),))

    async def read(self, base_url: str, token: str) -> KnownAccount:
        """Read the token's account and its instance. Raises OutsideError, never OutcomeUnknown."""
        answer = await self._client.ask("GET", base_url, "/api/v1/accounts/verify_credentials", token=token)
        account = self._client.require_success(answer, base_url).fields
        if account is None or not is_remote_id(account.get("id")) or not isinstance(account.get("username"), str):
            raise self._client.error_of(answer, base_url)
        return KnownAccount(account, facts_of(await self._read_instance(base_url, token), account))

    async def _read_instance(self, base_url: str, token: str) -> Mapping[str, Any]:
        """Read the Instance; before 4.0 there is only the first version."""
        answer = await self._client.ask("GET", base_url, "/api/v2/instance", token=token)
        if answer.status == 404:
            answer = await self._client.ask("GET", base_url, "/api/v1/instance", token=token)
        instance = self._client.require_success(answer, base_url).fields
        if instance is None:
            raise self._client.error_of(answer, base_url)
        return instance

    async def _read_scopes(self, base_url: str, token: str) -> tuple[str, ...] | None:
        """Return the permissions of the token's app, which a token made in the settings has; None before 4.3."""
        try:
            answer = await self._client.ask("GET", base_url, "/api/v1/apps/verify_credentials", token=token)
            app = self._client.require_success(answer, base_url).fields or {}
        except OutsideError:
            return None
        scopes = app.get("scopes")
        if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
            return None
        return expand_scopes(scopes)


def _is_of_another_program(away: TryLater) -> bool:
    """Return whether the host answered, at once and without JSON, as a web site or a redirect does."""
    return away.code.isdecimal() and int(away.code) < 408


def not_an_instance(refused: Rejected | TryLater, host: str) -> NotConnected:
    """Return the error for a host that refuses or must not be reached; the guard's own sentences are kept."""
    if refused.service == "web":
        return NotConnected(refused.message, code=refused.code)
    return NotConnected(Message("mastodon.connect.no_instance", {"host": host}), code="no_instance")


def granted_text(answer: Answer) -> str:
    """Return the `scope` of a Token, permissions with spaces between; what was asked for when it says nothing."""
    scope = (answer.fields or {}).get("scope")
    return scope if isinstance(scope, str) else " ".join(SCOPES)
