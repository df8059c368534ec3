"""From a token to the Pages that it opens, their own tokens, and their Instagram accounts.

Facts: Meta's "Access Tokens" and "Long-Lived Access Tokens" guides, the references of /debug_token and /me/accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from araldo.errors import Rejected, Sentence, UserError
from araldo.platforms.base import FoundAccount, Surroundings
from araldo.platforms.meta.graph import SERVICE, Graph

_PAGE_FIELDS = "id,name,access_token,tasks,instagram_business_account{id,username}"
_PAGES_MAX = 500

_NO_TOKEN = Sentence("The token is empty.", "Il token è vuoto.")
_WRONG_KIND = Sentence(
    "This is an app token. Give a user token, a system-user token or a Page token.",
    "Questo è un token dell'app. Serve un token utente, di un utente di sistema o di una Pagina.",
)
_DEAD = Sentence("Meta says that this token is no longer valid.", "Meta dice che questo token non è più valido.")
_NO_PAGES = Sentence(
    "This token opens no Page: allow pages_show_list and choose at least one Page when you grant it.",
    "Questo token non apre nessuna Pagina: consenti pages_show_list e scegli almeno una Pagina quando lo concedi.",
)


class TokenRefused(UserError):
    status = 422
    code = "token_refused"


@dataclass(frozen=True, slots=True)
class _Known:
    """What /debug_token says of a token; all unknown where no app secret is set to ask with."""

    kind: str | None = None
    expiry: Literal["never", "at", "unknown"] = "unknown"
    expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    scopes: tuple[str, ...] | None = None


class MetaLogin:
    def __init__(self, around: Surroundings) -> None:
        self._service = around.services[SERVICE]
        self._graph = Graph(around.http, self._service, around.clock)

    async def accounts_of(self, token: str) -> list[FoundAccount]:
        if not token:
            raise TokenRefused(_NO_TOKEN)
        known = await self._inspect(token)
        if known.kind == "APP":
            raise TokenRefused(_WRONG_KIND)
        if known.kind == "PAGE":
            return await self._of_page_token(token)
        token = await self._lengthened(token, known)
        pages = await self._pages(token)
        if not pages and known.kind is None:
            # Without an app secret nobody tells us the kind; a Page's own token lists no Pages but is one.
            return await self._of_page_token(token)
        found: list[FoundAccount] = []
        for page in pages:
            found += await self._of_page(page, str(page["access_token"]), token)
        if not found:
            raise TokenRefused(_NO_PAGES)
        return found

    async def _of_page_token(self, token: str) -> list[FoundAccount]:
        try:
            page = await self._graph.read("me", token, fields="id,name,tasks,instagram_business_account{id,username}")
        except Rejected as refusal:
            # A person has no `instagram_business_account`: then it was a user token that opens nothing.
            raise TokenRefused(_NO_PAGES) from refusal
        return await self._of_page(page, token, None)

    async def _inspect(self, token: str) -> _Known:
        app_token = self._app_token()
        if app_token is None:
            return _Known()
        answer = await self._graph.read("debug_token", app_token, input_token=token)
        data = answer.get("data", {})
        if not data.get("is_valid", False):
            raise TokenRefused(_DEAD)
        return _known(data)

    async def _lengthened(self, token: str, known: _Known) -> str:
        """A Page token lives as long as the user token that it came from, so that one is made long-lived first."""
        app_id, secret = self._service.app_id, self._service.app_secret
        if app_id is None or secret is None or known.expiry == "never" or known.kind != "USER":
            return token
        answer = await self._graph.write(
            "oauth/access_token",
            token,
            {
                "grant_type": "fb_exchange_token",
                "client_id": app_id,
                "client_secret": secret,
                "fb_exchange_token": token,
            },
        )
        return str(answer["access_token"])

    async def _pages(self, token: str) -> list[Mapping[str, Any]]:
        pages: list[Mapping[str, Any]] = []
        after: dict[str, str] = {}
        while len(pages) < _PAGES_MAX:
            answer = await self._graph.read("me/accounts", token, fields=_PAGE_FIELDS, limit="100", **after)
            pages += [page for page in answer.get("data", []) if "access_token" in page]
            paging = answer.get("paging", {})
            cursor = paging.get("cursors", {}).get("after")
            if not paging.get("next") or not cursor:
                break
            # By cursor and not by the `next` address: an answer does not say where our token is sent.
            after = {"after": str(cursor)}
        return pages

    async def _of_page(self, page: Mapping[str, Any], page_token: str, user_token: str | None) -> list[FoundAccount]:
        known = await self._inspect(page_token)

        def found(kind: str, remote_id: str, name: str, username: str | None, parent: str | None) -> FoundAccount:
            return FoundAccount(
                kind=kind,
                service=SERVICE,
                remote_id=remote_id,
                name=name,
                username=username,
                parent_remote_id=parent,
                token=page_token,
                token_kind="page",  # noqa: S106 - a kind of token, not one
                expiry=known.expiry,
                expires_at=known.expires_at,
                read_token=user_token,
                data_access_expires_at=known.data_access_expires_at,
                scopes=known.scopes,
            )

        page_id, name = str(page["id"]), str(page.get("name", page["id"]))
        accounts = [found("facebook_page", page_id, name, None, None)]
        instagram = page.get("instagram_business_account")
        if instagram:
            username = instagram.get("username")
            accounts.append(found("instagram_account", str(instagram["id"]), str(username or name), username, page_id))
        return accounts

    def _app_token(self) -> str | None:
        app_id, secret = self._service.app_id, self._service.app_secret
        return f"{app_id}|{secret}" if app_id and secret else None


def _known(data: Mapping[str, Any]) -> _Known:
    expires = data.get("expires_at")
    data_access = data.get("data_access_expires_at")
    return _Known(
        kind=data.get("type"),
        # Absent is not "never": only a plain 0 is.
        expiry="unknown" if expires is None else "never" if expires == 0 else "at",
        expires_at=_moment(expires),
        data_access_expires_at=_moment(data_access),
        scopes=tuple(data["scopes"]) if isinstance(data.get("scopes"), list) else None,
    )


def _moment(unix: object) -> datetime | None:
    return datetime.fromtimestamp(unix, UTC) if isinstance(unix, int) and unix > 0 else None
