"""From a code or a token to the Pages that it opens, their own tokens, and their Instagram accounts.

Facts: Meta's "Manually Build a Login Flow", "Access Tokens" and "Long-Lived Access Tokens" guides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from araldo.errors import OutsideError, ReconnectNeeded, Rejected, TryLater, UserError
from araldo.messages import Message
from araldo.platforms.base import Credentials, Found, FoundAccount, Inspection, PlatformContext
from araldo.platforms.meta.graph import SERVICE, Graph
from araldo.platforms.meta.inspect import SESSION_LOST, Inspector, Known
from araldo.platforms.meta.pages import Pages, accounts_on
from araldo.platforms.meta.rights import Rights

# All that the platforms declare; business_management is for Pages that a portfolio owns.
_DIALOG_SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_posts",
    "instagram_basic",
    "instagram_content_publish",
    "business_management",
)
# How many Pages' tokens are looked at side by side.
_AT_ONCE = 8
# A browser leaves the mark of an empty fragment at the code's end, one for each kind of log-in.
_FRAGMENTS = ("#_=_", "#_")


class TokenRefused(UserError):
    status = 422
    code = "token_refused"


class MetaLogin:
    def __init__(self, context: PlatformContext) -> None:
        self._service = context.services[SERVICE]
        self._graph = Graph(context)
        self._inspector = Inspector(self._graph, self._service, context.clock)
        self._rights = Rights(context)

    def dialog_url(self, state: str, redirect_uri: str) -> str:
        app = self._app()
        asked = {"client_id": app["client_id"], "redirect_uri": redirect_uri, "state": state}
        if self._service.login_config:
            # Facebook Login for Business: what is asked for is written in the app's settings, under this id.
            asked["config_id"] = self._service.login_config
        else:
            asked["scope"] = ",".join(_DIALOG_SCOPES)
        return f"{self._service.dialog_url}?{urlencode(asked | {'response_type': 'code'})}"

    async def token_of(self, code: str, redirect_uri: str) -> str:
        for mark in _FRAGMENTS:
            code = code.removesuffix(mark)
        asked = self._app() | {"code": code, "redirect_uri": redirect_uri}
        try:
            answer = await self._graph.post_unauthenticated("oauth/access_token", asked)
        except OutsideError as refusal:
            raise _not_logged_in(refusal, redirect_uri) from refusal
        if not answer.get("access_token"):
            raise TokenRefused(Message("meta.login.login_refused", {"code": "-"}), code="login_refused")
        return str(answer["access_token"])

    async def accounts_of(self, token: str) -> Found:
        _check_looks(token)
        known = await self._inspector.ask(token)
        if known.trouble is not None:
            raise _refused(known.trouble)
        if known.kind == "APP":
            raise TokenRefused(Message("meta.login.wrong_kind"))
        if known.kind not in {None, "USER", "SYSTEM_USER", "PAGE"}:
            raise TokenRefused(Message("meta.login.other_kind", {"kind": known.kind}))
        try:
            found = await self._found(token, known)
        except (ReconnectNeeded, Rejected) as refusal:
            raise _refused(refusal, with_secret=self._inspector.can_ask) from refusal
        return (
            found if self._inspector.can_ask else replace(found, notes=(*found.notes, Message("meta.login.no_secret")))
        )

    async def inspect(self, credentials: Credentials) -> Inspection:
        seen = await self._inspector.inspect(credentials)
        if seen.dead is not None or seen.broken is not None or credentials.read_token is None:
            return seen
        lost = await self._rights.lost_task(credentials.remote_id, credentials.read_token)
        return seen if lost is None else replace(seen, broken=lost)

    def _app(self) -> dict[str, str]:
        if not self._inspector.can_ask:
            raise TokenRefused(Message("meta.login.no_app"), code="app_missing")
        return {"client_id": str(self._service.app_id), "client_secret": str(self._service.app_secret)}

    async def _found(self, token: str, known: Known) -> Found:
        pages = Pages(self._graph)
        if known.kind == "PAGE":
            return Found(tuple(await self._of_page_token(pages, token)))
        if known.kind is None:
            # Nobody has said that this token is good for anything: a refusal here is of the token, not of a list.
            await self._graph.read("me", token, fields="id")
        token, notes = await self._lengthened(token, known)
        listed = await pages.of(token)
        if pages.tokenless:
            notes = (*notes, Message("meta.pages.no_page_token", {"pages": ", ".join(pages.tokenless)}))
        notes = (*notes, *pages.incomplete)
        if not listed and known.kind is None:
            # Without an app secret nobody tells us the kind; a Page's own token lists no Pages but is one.
            return Found(tuple(await self._of_page_token(pages, token)))
        if not listed and isinstance(pages.broken, TryLater):
            raise pages.broken
        if not listed:
            raise TokenRefused(notes[-1] if pages.tokenless or pages.incomplete else Message("meta.login.no_pages"))
        person = await self._inspector.ask(token)
        turn = asyncio.Semaphore(_AT_ONCE)

        async def on(page: Mapping[str, Any]) -> list[FoundAccount]:
            own = str(page["access_token"])
            async with turn:
                known = await self._inspector.ask(own)
                return accounts_on(page, own, known, token, person, shows_instagram=pages.shows_instagram(page))

        found = await asyncio.gather(*[on(page) for page in listed])
        accounts = tuple(account for places in found for account in places)
        return Found(accounts, notes, complete=not pages.incomplete)

    async def _of_page_token(self, pages: Pages, token: str) -> list[FoundAccount]:
        try:
            page = await pages.of_page_token(token)
        except Rejected as refusal:
            # A person has no `instagram_business_account`: then it was a user token that opens nothing.
            raise TokenRefused(Message("meta.login.no_pages")) from refusal
        return accounts_on(page, token, await self._inspector.ask(token), None, Known())

    async def _lengthened(self, token: str, known: Known) -> tuple[str, tuple[Message, ...]]:
        """A Page token lives as long as the user token that it came from, so that one is made long-lived first."""
        if not self._inspector.can_ask or known.expiry == "never" or known.kind != "USER":
            return token, ()
        asked = self._app() | {"grant_type": "fb_exchange_token", "fb_exchange_token": token}
        try:
            answer = await self._graph.write("oauth/access_token", token, asked)
        except (Rejected, ReconnectNeeded) as refusal:
            if refusal.code in SESSION_LOST:
                raise
            return token, (Message("meta.login.stays_short", {"code": _numbers(refusal)}),)
        longer = answer.get("access_token")
        return (str(longer), ()) if longer else (token, (Message("meta.login.stays_short", {"code": "-"}),))


def _check_looks(token: str) -> None:
    """What needs nobody to be asked. A token travels in a header, where nothing but plain signs may stand."""
    if not token:
        raise TokenRefused(Message("meta.login.no_token"))
    if not all("!" <= sign <= "~" for sign in token):
        raise TokenRefused(Message("meta.login.not_a_token"))
    if "|" in token:
        raise TokenRefused(Message("meta.login.wrong_kind"))
    if token.startswith("IG"):
        raise TokenRefused(Message("meta.login.instagram_kind"))


def _refused(trouble: OutsideError, *, with_secret: bool = True) -> TokenRefused:
    if trouble.code in SESSION_LOST and trouble.subcode is None:
        return TokenRefused(Message("meta.login.dead"))
    if isinstance(trouble, Rejected) and trouble.code.lstrip("-").isdigit():
        # A row of the table speaks of posts; here it is the token's.
        said = Message("meta.login.login_refused") if with_secret else Message("meta.login.proof_wanted")
        return TokenRefused(said.with_values(code=_numbers(trouble)))
    return TokenRefused(trouble.message)


def _not_logged_in(refusal: OutsideError, redirect_uri: str) -> Exception:
    """Why the code was not taken: what is wrong is with the code, the redirect address or the app, not with a post."""
    if refusal.subcode == "36008":
        return TokenRefused(Message("meta.login.other_redirect", {"url": redirect_uri}), code="redirect_mismatch")
    if refusal.subcode in {"36007", "36009"}:
        return TokenRefused(Message("meta.login.code_spent"), code="code_spent")
    if refusal.code in {"1", "101", "190"}:
        # Meta says 1 of a wrong secret, as it does of passing problems.
        return TokenRefused(Message("meta.inspect.app_refused"), code="app_refused")
    if isinstance(refusal, TryLater):
        return refusal
    return TokenRefused(Message("meta.login.login_refused", {"code": _numbers(refusal)}), code="login_refused")


def _numbers(refusal: OutsideError) -> str:
    return refusal.code if refusal.subcode is None else f"{refusal.code}/{refusal.subcode}"
