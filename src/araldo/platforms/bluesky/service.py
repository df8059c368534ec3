"""Bluesky log-in: a handle, an app password and a server, by a form.

Facts: https://bsky.app/settings/app-passwords and the lexicon com.atproto.server.createSession. OAuth is left out: its
profile in the AT Protocol (https://atproto.com/specs/oauth) needs a client whose metadata is public on https, which an
Araldo at home is not, and a DPoP proof in every request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from araldo.addresses import is_public_url
from araldo.errors import OutsideError, ReconnectNeeded, Rejected, TryLater, UserError
from araldo.messages import Message
from araldo.platforms.base import PlatformContext
from araldo.platforms.bluesky.feed import KIND, BlueskyFeed
from araldo.platforms.bluesky.identity import IdentityReader, clean_host, clean_identifier
from araldo.platforms.bluesky.languages import parse_languages
from araldo.platforms.bluesky.sessions import Session, SessionClient, credentials_of
from araldo.platforms.bluesky.settings import ENTRYWAY, SERVICE, BlueskySettings, settings_of
from araldo.platforms.bluesky.xrpc import XrpcClient
from araldo.platforms.credentials import AccessEnd, Credentials
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

_PROFILE = "app.bsky.actor.profile"


class LoginRefused(UserError):
    status = 422
    code = "login_refused"


class BlueskyService(FormService):
    declaration = ServiceDeclaration(
        name=SERVICE,
        label="Bluesky",
        settings=BlueskySettings,
        methods=(
            ConnectMethod(
                "app_password",
                "form",
                Message("bluesky.connect.title"),
                Message("bluesky.connect.find"),
                Message("bluesky.connect.help"),
                (
                    Field("handle", Message("bluesky.connect.handle"), placeholder="name.bsky.social", length_max=300),
                    Field(
                        "app_password",
                        Message("bluesky.connect.app_password"),
                        "secret",
                        help=Message("bluesky.connect.app_password_help"),
                        placeholder="xxxx-xxxx-xxxx-xxxx",
                        length_max=200,
                    ),
                    Field(
                        "host",
                        Message("bluesky.connect.host"),
                        "url",
                        required=False,
                        help=Message("bluesky.connect.host_help"),
                        default=ENTRYWAY,
                        length_max=300,
                    ),
                    Field(
                        "languages",
                        Message("bluesky.options.languages"),
                        required=False,
                        help=Message("bluesky.connect.languages_help"),
                        placeholder="it, en",
                        length_max=100,
                    ),
                ),
            ),
        ),
        platforms=(BlueskyFeed,),
        texts=Path(__file__).parent / "messages",
        # The tokens, and app passwords as the service makes them.
        secret_patterns=(
            r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
            r"\b[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}\b",
        ),
    )

    def __init__(self, context: PlatformContext) -> None:
        self._settings = settings_of(context)
        self._clock = context.clock
        self._xrpc = XrpcClient(context)
        self._sessions = SessionClient(context)
        self._identities = IdentityReader(context)

    def local_address(self, host: str | None) -> str | None:
        return None if host is None or is_public_url(host) else host

    def settings_findings(self) -> Sequence[SettingsFinding]:
        return (SettingsFinding("good", Message("bluesky.settings.app_url", {"url": self._settings.app_url})),)

    async def find_accounts(self, method: str, answers: Mapping[str, str]) -> DiscoveredAccounts:
        languages = parse_languages(answers.get("languages", ""))
        if languages is None:
            raise LoginRefused(Message("bluesky.options.languages_invalid"), code="languages_invalid")
        entry = clean_host(answers["host"])
        session = await self._log_in(entry, clean_identifier(answers["handle"]), answers["app_password"])
        host = await self._identities.find_server(session.did, session.document)
        if host != entry:
            # Publishing calls the account's own server: make sure that it can be reached, and takes the session.
            await self._xrpc.query(host, "com.atproto.server.getSession", {}, token=session.access)
        credentials = credentials_of(session, host, answers["app_password"], self._clock)
        name = await self._read_name(host, session)
        account = DiscoveredAccount(
            KIND, session.did, name, session.handle, credentials, _ends(), facts=_facts_of(languages)
        )
        return DiscoveredAccounts((AccountGroup(session.did, name, (account,)),))

    async def renew(self, credentials: Credentials) -> Credentials:
        return await self._sessions.renew(credentials)

    async def inspect(self, credentials: Credentials) -> Inspection:
        """Read the session. That an app password was deleted shows when the session is renewed."""
        try:
            answer = await self._xrpc.query(
                str(credentials.host), "com.atproto.server.getSession", {}, token=credentials.secrets["access"]
            )
        except ReconnectNeeded as lost:
            return Inspection(access_lost=lost.message)
        except Rejected:
            # The server names no cause: it says that there is no such account.
            return Inspection(access_lost=Message("bluesky.errors.account_hidden"))
        if answer.get("active") is False:
            return Inspection(access_lost=Message("bluesky.errors.deactivated"))
        return Inspection(ends=_ends())

    async def revoke(self, credentials: Credentials) -> Message | None:
        """End the session. An app password cannot delete itself: the person has to."""
        try:
            await self._xrpc.end_session(str(credentials.host), credentials.secrets["refresh"])
        except (ReconnectNeeded, Rejected):
            # It has ended already.
            pass
        except TryLater as refused:
            if refused.code != "ExpiredToken":
                raise
        return Message("bluesky.connect.delete_app_password")

    async def _log_in(self, host: str, identifier: str, app_password: str) -> Session:
        try:
            session = await self._sessions.create(host, identifier, app_password)
        except OutsideError as refusal:
            raise _login_error(refusal, host) from refusal
        if session.is_of_app_password and session.is_active:
            return session
        await self._end_quietly(host, session)
        if session.is_active:
            raise LoginRefused(Message("bluesky.login.not_an_app_password"), code="not_an_app_password")
        raise LoginRefused(Message("bluesky.errors.deactivated"), code="AccountDeactivated")

    async def _end_quietly(self, host: str, session: Session) -> None:
        try:
            await self._xrpc.end_session(host, session.refresh)
        except OutsideError:
            # It was refused; that it ends later by itself changes nothing.
            return

    async def _read_name(self, host: str, session: Session) -> str:
        """Return the profile's display name, else the handle."""
        try:
            found = await self._xrpc.find_record(host, session.did, _PROFILE, "self")
        except OutsideError:
            return session.handle
        name = None if found is None else found["value"].get("displayName")
        return name.strip()[:200] if isinstance(name, str) and name.strip() else session.handle


def _ends() -> tuple[AccessEnd, ...]:
    """Return what access depends on: an app password works until it is deleted."""
    return (AccessEnd(Message("bluesky.connect.app_password"), None),)


def _facts_of(languages: Sequence[str]) -> Mapping[str, Any]:
    if not languages:
        return {}
    return {"platforms": {BlueskyFeed.declaration.name: {"options": {"languages": {"default": ", ".join(languages)}}}}}


def _login_error(refusal: OutsideError, host: str) -> Exception:
    """Return the error for a log-in that was refused: the handle, the password or the server is wrong."""
    if refusal.code in {"AuthenticationRequired", "InvalidRequest"}:
        return LoginRefused(Message("bluesky.login.refused", {"host": host}), code="login_refused")
    if refusal.code == "XRPCNotSupported" or (isinstance(refusal, TryLater) and refusal.code == "no_json"):
        return LoginRefused(Message("bluesky.login.no_server", {"host": host}), code="no_server")
    if isinstance(refusal, ReconnectNeeded):
        return LoginRefused(refusal.message, code=refusal.code)
    return refusal
