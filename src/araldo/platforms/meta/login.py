"""From a code or a token to the Pages that it opens, their own tokens, and their Instagram accounts.

Facts: Meta's "Manually Build a Login Flow", "Access Tokens" and "Long-Lived Access Tokens" guides, and the references
of /me/accounts and /{business}/owned_pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from araldo.errors import OutsideError, ReconnectNeeded, Rejected, Sentence, UserError
from araldo.platforms.base import Found, FoundAccount, Inspection, Keys, Surroundings
from araldo.platforms.meta.graph import SERVICE, Graph
from araldo.platforms.meta.inspect import DEAD, Inspector, Known

# All that the platforms declare; business_management is for Pages that a portfolio owns.
_DIALOG_SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_posts",
    "instagram_basic",
    "instagram_content_publish",
    "business_management",
)
_INSTAGRAM = "instagram_business_account{id,username},connected_instagram_account{id,username}"
_PAGE_FIELDS = f"id,name,access_token,tasks,{_INSTAGRAM}"
_PAGES_MAX = 500

_NO_TOKEN = Sentence("The token is empty.", "Il token è vuoto.")
_WRONG_KIND = Sentence(
    "This is an app token. Give a user token, a system-user token or a Page token.",
    "Questo è un token dell'app. Serve un token utente, di un utente di sistema o di una Pagina.",
)
_NO_PAGES = Sentence(
    "This token opens no Page: allow pages_show_list and choose at least one Page when you grant it.",
    "Questo token non apre nessuna Pagina: consenti pages_show_list e scegli almeno una Pagina quando lo concedi.",
)
_NO_SECRET = Sentence(
    "ARALDO_META__APP_ID and ARALDO_META__APP_SECRET are not both set: the token could be neither inspected nor made "
    "long-lived, so it may end within hours.",
    "ARALDO_META__APP_ID e ARALDO_META__APP_SECRET non sono entrambi impostati: il token non può essere né controllato "
    "né reso di lunga durata, quindi può scadere entro poche ore.",
)
_NO_APP = Sentence(
    "Set ARALDO_META__APP_ID and ARALDO_META__APP_SECRET first: without a Meta app nobody can log in.",
    "Imposta prima ARALDO_META__APP_ID e ARALDO_META__APP_SECRET: senza un'app Meta non si può accedere.",
)
_NO_TASK = Sentence(
    "Your role on this Page does not allow publishing: ask for the task CREATE_CONTENT.",
    "Il tuo ruolo su questa Pagina non consente di pubblicare: chiedi il compito CREATE_CONTENT.",
)
_NO_INSTAGRAM = Sentence(
    "No Instagram business account is linked to this Page.",
    "A questa Pagina non è collegato nessun account Instagram aziendale.",
)


class TokenRefused(UserError):
    status = 422
    code = "token_refused"


class MetaLogin:
    def __init__(self, around: Surroundings) -> None:
        self._service = around.services[SERVICE]
        self._graph = Graph(around)
        self._inspector = Inspector(self._graph, self._service, around.clock)

    def dialog_url(self, state: str, redirect_uri: str) -> str:
        if not self._inspector.can_ask:
            raise TokenRefused(_NO_APP, code="app_missing")
        asked = {
            "client_id": self._service.app_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "scope": ",".join(_DIALOG_SCOPES),
            "response_type": "code",
        }
        return f"{self._service.dialog_url}?{urlencode(asked)}"

    async def token_of(self, code: str, redirect_uri: str) -> str:
        if not self._inspector.can_ask:
            raise TokenRefused(_NO_APP, code="app_missing")
        app = {"client_id": str(self._service.app_id), "client_secret": str(self._service.app_secret)}
        # Some log-ins leave a fragment's mark at the code's end.
        asked = app | {"code": code.removesuffix("#_"), "redirect_uri": redirect_uri}
        answer = await self._graph.write_openly("oauth/access_token", asked)
        return str(answer["access_token"])

    async def accounts_of(self, token: str) -> Found:
        if not token:
            raise TokenRefused(_NO_TOKEN)
        if "|" in token:
            raise TokenRefused(_WRONG_KIND)
        known = await self._inspector.ask(token)
        if known.trouble is not None:
            raise _refused(known.trouble)
        if known.kind == "APP":
            raise TokenRefused(_WRONG_KIND)
        notes = () if self._inspector.can_ask else (_NO_SECRET,)
        try:
            accounts = await self._accounts(token, known)
        except ReconnectNeeded as dead:
            raise _refused(dead) from dead
        return Found(tuple(accounts), notes)

    async def inspect(self, keys: Keys) -> Inspection:
        return await self._inspector.inspect(keys)

    async def _accounts(self, token: str, known: Known) -> list[FoundAccount]:
        if known.kind == "PAGE":
            return await self._of_page_token(token)
        token = await self._lengthened(token, known)
        pages = await self._pages(token)
        if not pages and known.kind is None:
            # Without an app secret nobody tells us the kind; a Page's own token lists no Pages but is one.
            return await self._of_page_token(token)
        person = await self._inspector.ask(token)
        found: list[FoundAccount] = []
        for page in pages:
            found += await self._of_page(page, str(page["access_token"]), token, person)
        if not found:
            raise TokenRefused(_NO_PAGES)
        return found

    async def _of_page_token(self, token: str) -> list[FoundAccount]:
        try:
            page = await self._graph.read("me", token, fields=f"id,name,{_INSTAGRAM}")
        except Rejected as refusal:
            # A person has no `instagram_business_account`: then it was a user token that opens nothing.
            raise TokenRefused(_NO_PAGES) from refusal
        return await self._of_page(page, token, None, Known())

    async def _lengthened(self, token: str, known: Known) -> str:
        """A Page token lives as long as the user token that it came from, so that one is made long-lived first."""
        if not self._inspector.can_ask or known.expiry == "never" or known.kind != "USER":
            return token
        asked = {
            "grant_type": "fb_exchange_token",
            "client_id": str(self._service.app_id),
            "client_secret": str(self._service.app_secret),
            "fb_exchange_token": token,
        }
        answer = await self._graph.write("oauth/access_token", token, asked)
        return str(answer["access_token"])

    async def _pages(self, token: str) -> list[Mapping[str, Any]]:
        """Those of the person; when there are none, those of the portfolios that the person is in."""
        pages = await self._listed("me/accounts", token)
        if pages:
            return pages
        try:
            businesses = await self._listed("me/businesses", token, fields="id")
        except (ReconnectNeeded, Rejected):
            # business_management was not granted: then there is nothing more to see.
            return []
        for business in businesses:
            for edge in ("owned_pages", "client_pages"):
                pages += await self._listed(f"{business['id']}/{edge}", token)
        return list({str(page["id"]): page for page in pages}.values())

    async def _listed(self, path: str, token: str, fields: str = _PAGE_FIELDS) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        after: dict[str, str] = {}
        while len(found) < _PAGES_MAX:
            answer = await self._graph.read(path, token, fields=fields, limit="100", **after)
            found += [one for one in answer.get("data", []) if "access_token" in one or "access_token" not in fields]
            paging = answer.get("paging", {})
            cursor = paging.get("cursors", {}).get("after")
            if not paging.get("next") or not cursor:
                break
            # By cursor and not by the `next` address: an answer does not say where our token is sent.
            after = {"after": str(cursor)}
        return found

    async def _of_page(
        self, page: Mapping[str, Any], token: str, user_token: str | None, person: Known
    ) -> list[FoundAccount]:
        known = await self._inspector.ask(token)
        page_id, name = str(page["id"]), str(page.get("name", page["id"]))
        instagram = page.get("instagram_business_account") or page.get("connected_instagram_account")
        lacks = [] if _may_publish(page) else [_NO_TASK]

        def found(kind: str, remote_id: str, name: str, username: str | None, parent: str | None) -> FoundAccount:
            return FoundAccount(
                kind=kind,
                service=SERVICE,
                remote_id=remote_id,
                page_id=page_id,
                name=name,
                username=username,
                parent_remote_id=parent,
                token=token,
                token_kind="page",  # noqa: S106 - a kind of token, not one
                expiry=known.expiry,
                expires_at=known.expires_at,
                read_token=user_token,
                read_token_expires_at=person.expires_at,
                data_access_expires_at=known.data_access_expires_at,
                scopes=known.scopes,
                lacks=tuple(lacks if instagram or parent else [*lacks, _NO_INSTAGRAM]),
            )

        accounts = [found("facebook_page", page_id, name, None, None)]
        if instagram:
            username = instagram.get("username")
            accounts.append(found("instagram_account", str(instagram["id"]), str(username or name), username, page_id))
        return accounts


def _may_publish(page: Mapping[str, Any]) -> bool:
    tasks = page.get("tasks")
    return tasks is None or bool({"CREATE_CONTENT", "MANAGE"} & set(tasks))


def _refused(trouble: OutsideError) -> TokenRefused:
    plain = trouble.code in {"190", "102"} and trouble.subcode is None
    return TokenRefused(DEAD if plain else trouble.sentence)
