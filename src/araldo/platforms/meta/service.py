"""Meta log-in: from a code or a token to its Pages, the Pages' own tokens, and their Instagram accounts.

Facts: Meta's "Manually Build a Login Flow", "Access Tokens" and "Long-Lived Access Tokens" guides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from araldo.errors import OutsideError, ReconnectNeeded, Rejected, TryLater, UserError
from araldo.messages import Message
from araldo.platforms.base import PlatformContext
from araldo.platforms.credentials import Credentials
from araldo.platforms.meta.app import SERVICE, MetaApp, MetaSettings
from araldo.platforms.meta.facebook_page import FacebookPage
from araldo.platforms.meta.facebook_story import FacebookStory
from araldo.platforms.meta.graph import GraphClient
from araldo.platforms.meta.inspect import SESSION_ERROR_CODES, TokenInfo, TokenInspector
from araldo.platforms.meta.instagram_feed import InstagramFeed
from araldo.platforms.meta.instagram_story import InstagramStory
from araldo.platforms.meta.pages import PageLister, build_group
from araldo.platforms.meta.rights import RightsInspector
from araldo.platforms.meta.tokens import identity_of, person_token_of
from araldo.platforms.service import (
    AccountGroup,
    ConnectMethod,
    DiscoveredAccounts,
    Field,
    Inspection,
    LoginCallback,
    LoginDeclined,
    LoginStart,
    ServiceDeclaration,
    SettingsFinding,
)

# All scopes that the platforms declare; business_management is for Pages that a portfolio owns.
_DIALOG_SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_posts",
    "instagram_basic",
    "instagram_content_publish",
    "business_management",
)
# How many Pages' tokens are inspected at once.
_CONCURRENT_PAGES = 8
# What an empty URL fragment leaves at the end of the code, one for each kind of log-in.
_FRAGMENTS = ("#_=_", "#_")


class TokenRefused(UserError):
    status = 422
    code = "token_refused"


class MetaService:
    declaration = ServiceDeclaration(
        name=SERVICE,
        label="Meta",
        settings=MetaSettings,
        methods=(
            ConnectMethod(
                "login",
                "oauth",
                Message("meta.connect.log_in_title"),
                Message("meta.connect.log_in"),
                Message("meta.connect.log_in_help"),
            ),
            ConnectMethod(
                "token",
                "form",
                Message("meta.connect.token_title"),
                Message("meta.connect.find_pages"),
                fields=(
                    Field("token", Message("meta.connect.token"), "secret", help=Message("meta.connect.token_kinds")),
                ),
            ),
        ),
        platforms=(FacebookPage, InstagramFeed, InstagramStory, FacebookStory),
        texts=Path(__file__).parent / "messages",
        secret_patterns=(
            r"EAA[A-Za-z0-9]{8,}",
            r"(?i:input_token|fb_exchange_token|appsecret_proof)=[^&\s\"'\\]+",
        ),
    )

    def __init__(self, context: PlatformContext) -> None:
        self._app = MetaApp.of(context)
        self._graph = GraphClient(context)
        self._inspector = TokenInspector(self._graph, self._app, context.clock)
        self._rights = RightsInspector(context)

    def local_address(self, host: str | None) -> str | None:
        return self._app.base_url if self._app.is_local else None

    def settings_findings(self) -> Sequence[SettingsFinding]:
        values = {"url": self._app.base_url, "note": " (sandbox)" if self._app.is_local else ""}
        where = SettingsFinding("good", Message("meta.settings.graph_api", values))
        if self._inspector.has_app_credentials:
            return where, SettingsFinding("good", Message("meta.settings.app_id_set"))
        return where, SettingsFinding("note", Message("meta.settings.app_id_missing"))

    async def begin_login(self, method: str, answers: Mapping[str, str], callback: LoginCallback) -> LoginStart:
        app = self._app_credentials()
        asked = {"client_id": app["client_id"], "redirect_uri": callback.redirect_uri, "state": callback.state}
        if self._app.login_config:
            # Facebook Login for Business: the app's settings hold the permissions, under this id.
            asked["config_id"] = self._app.login_config
        else:
            asked["scope"] = ",".join(_DIALOG_SCOPES)
        return LoginStart(f"{self._app.dialog_url}?{urlencode(asked | {'response_type': 'code'})}")

    async def finish_login(
        self, method: str, query: Mapping[str, str], remembered: Mapping[str, Any], redirect_uri: str
    ) -> DiscoveredAccounts:
        if not query.get("code"):
            raise LoginDeclined
        return await self._discover_accounts(await self._exchange_code(query["code"], redirect_uri))

    async def find_accounts(self, method: str, answers: Mapping[str, str]) -> DiscoveredAccounts:
        return await self._discover_accounts(answers["token"])

    async def renew(self, credentials: Credentials) -> Credentials:
        """Return them unchanged: a Page's token does not have to be renewed."""
        return replace(credentials, renew_after=None)

    async def revoke(self, credentials: Credentials) -> Message | None:
        """Revoke nothing: Meta can only end what a person granted for all of their Pages at once."""
        return Message("meta.connect.revoke_by_hand")

    async def _exchange_code(self, code: str, redirect_uri: str) -> str:
        for mark in _FRAGMENTS:
            code = code.removesuffix(mark)
        asked = self._app_credentials() | {"code": code, "redirect_uri": redirect_uri}
        try:
            answer = await self._graph.post_unauthenticated("oauth/access_token", asked)
        except OutsideError as refusal:
            raise _login_error(refusal, redirect_uri) from refusal
        if not answer.get("access_token"):
            raise TokenRefused(Message("meta.login.login_refused", {"code": "-"}), code="login_refused")
        return str(answer["access_token"])

    async def _discover_accounts(self, token: str) -> DiscoveredAccounts:
        _validate_token_format(token)
        known = await self._inspector.read_token_info(token)
        if known.error is not None:
            raise _token_refused(known.error)
        if known.kind == "APP":
            raise TokenRefused(Message("meta.login.app_token"))
        if known.kind not in {None, "USER", "SYSTEM_USER", "PAGE"}:
            raise TokenRefused(Message("meta.login.token_kind_wrong", {"kind": known.kind}))
        try:
            found = await self._discover(token, known)
        except (ReconnectNeeded, Rejected) as refusal:
            raise _token_refused(refusal, with_secret=self._inspector.has_app_credentials) from refusal
        return (
            found
            if self._inspector.has_app_credentials
            else replace(found, notes=(*found.notes, Message("meta.login.app_secret_missing")))
        )

    async def inspect(self, credentials: Credentials) -> Inspection:
        seen = await self._inspector.inspect(credentials)
        person_token = person_token_of(credentials)
        if seen.access_lost is not None or seen.problem is not None or person_token is None:
            return seen
        lost = await self._rights.find_lost_task(identity_of(credentials).remote_id, person_token)
        return seen if lost is None else replace(seen, problem=lost)

    def _app_credentials(self) -> dict[str, str]:
        if not self._inspector.has_app_credentials:
            raise TokenRefused(Message("meta.login.app_not_configured"), code="app_missing")
        return {"client_id": str(self._app.app_id), "client_secret": str(self._app.app_secret)}

    async def _discover(self, token: str, known: TokenInfo) -> DiscoveredAccounts:
        pages = PageLister(self._graph)
        if known.kind == "PAGE":
            return DiscoveredAccounts((await self._discover_page_of_token(pages, token),))
        if known.kind is None:
            # The token was not inspected: make sure that it works, so that a later refusal is about a list.
            await self._graph.read("me", token, fields="id")
        token, notes = await self._exchange_for_long_lived(token, known)
        listed = await pages.find_pages(token)
        if pages.tokenless:
            notes = (*notes, Message("meta.pages.no_page_token", {"pages": ", ".join(pages.tokenless)}))
        notes = (*notes, *pages.incomplete)
        if not listed and known.kind is None:
            # Without an app secret the kind is unknown; a Page's own token lists no Pages.
            return DiscoveredAccounts((await self._discover_page_of_token(pages, token),))
        if not listed and isinstance(pages.last_error, TryLater):
            raise pages.last_error
        if not listed:
            raise TokenRefused(notes[-1] if pages.tokenless or pages.incomplete else Message("meta.login.no_pages"))
        person = await self._inspector.read_token_info(token)
        turn = asyncio.Semaphore(_CONCURRENT_PAGES)

        async def inspect_page(page: Mapping[str, Any]) -> AccountGroup:
            own = str(page["access_token"])
            async with turn:
                known = await self._inspector.read_token_info(own)
                return build_group(
                    page, own, known, token, person, has_instagram_fields=pages.has_instagram_fields(page)
                )

        groups = tuple(await asyncio.gather(*[inspect_page(page) for page in listed]))
        return DiscoveredAccounts(groups, notes, complete=not pages.incomplete)

    async def _discover_page_of_token(self, pages: PageLister, token: str) -> AccountGroup:
        try:
            page = await pages.read_page_of_token(token)
        except Rejected as refusal:
            # A person has no `instagram_business_account`: it was a user token without Pages.
            raise TokenRefused(Message("meta.login.no_pages")) from refusal
        return build_group(page, token, await self._inspector.read_token_info(token), None, TokenInfo())

    async def _exchange_for_long_lived(self, token: str, known: TokenInfo) -> tuple[str, tuple[Message, ...]]:
        """Return a long-lived user token, and notes: a Page token expires with the user token that it came from."""
        if not self._inspector.has_app_credentials or known.expiry == "never" or known.kind != "USER":
            return token, ()
        asked = self._app_credentials() | {"grant_type": "fb_exchange_token", "fb_exchange_token": token}
        try:
            answer = await self._graph.write("oauth/access_token", token, asked)
        except (Rejected, ReconnectNeeded) as refusal:
            if refusal.code in SESSION_ERROR_CODES:
                raise
            return token, (Message("meta.login.token_short_lived", {"code": _error_numbers(refusal)}),)
        longer = answer.get("access_token")
        return (str(longer), ()) if longer else (token, (Message("meta.login.token_short_lived", {"code": "-"}),))


def _validate_token_format(token: str) -> None:
    """Raise TokenRefused for what cannot be a user token: a header takes only printable ASCII characters."""
    if not token:
        raise TokenRefused(Message("meta.login.token_empty"))
    if not all("!" <= character <= "~" for character in token):
        raise TokenRefused(Message("meta.login.not_a_token"))
    if "|" in token:
        raise TokenRefused(Message("meta.login.app_token"))
    if token.startswith("IG"):
        raise TokenRefused(Message("meta.login.instagram_token"))


def _token_refused(trouble: OutsideError, *, with_secret: bool = True) -> TokenRefused:
    if trouble.code in SESSION_ERROR_CODES and trouble.subcode is None:
        return TokenRefused(Message("meta.login.token_invalid"))
    if isinstance(trouble, Rejected) and trouble.code.lstrip("-").isdigit():
        # The error table's messages are about posts; this error is about the token.
        message = Message("meta.login.login_refused") if with_secret else Message("meta.login.proof_needed")
        return TokenRefused(message.with_values(code=_error_numbers(trouble)))
    return TokenRefused(trouble.message)


def _login_error(refusal: OutsideError, redirect_uri: str) -> Exception:
    """Return the error for a code that was refused: the code, the redirect URL or the app is wrong."""
    if refusal.subcode == "36008":
        return TokenRefused(Message("meta.login.redirect_mismatch", {"url": redirect_uri}), code="redirect_mismatch")
    if refusal.subcode in {"36007", "36009"}:
        return TokenRefused(Message("meta.login.code_used"), code="code_spent")
    if refusal.code in {"1", "101", "190"}:
        # Meta returns 1 for a wrong secret, and for temporary problems too.
        return TokenRefused(Message("meta.inspect.app_refused"), code="app_refused")
    if isinstance(refusal, TryLater):
        return refusal
    return TokenRefused(Message("meta.login.login_refused", {"code": _error_numbers(refusal)}), code="login_refused")


def _error_numbers(refusal: OutsideError) -> str:
    return refusal.code if refusal.subcode is None else f"{refusal.code}/{refusal.subcode}"
