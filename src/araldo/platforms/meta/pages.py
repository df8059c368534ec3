"""Which Pages a token opens: those of the person, else of the portfolios that the person is in; and what each lacks.

Facts: the references of /me/accounts, /me/businesses and /{business}/owned_pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from araldo.errors import OutsideError, Rejected, Sentence, TryLater
from araldo.platforms.base import FoundAccount
from araldo.platforms.meta.graph import SERVICE, Graph
from araldo.platforms.meta.inspect import SESSION_LOST, Known

INSTAGRAM = "instagram_business_account{id,username},connected_instagram_account{id,username}"
_PLAIN_FIELDS = "id,name,access_token,tasks"
_PAGES_MAX = 500

_NO_TASK = Sentence(
    "Your role on this Page does not allow publishing: ask for the task CREATE_CONTENT.",
    "Il tuo ruolo su questa Pagina non consente di pubblicare: chiedi il compito CREATE_CONTENT.",
)
_NO_INSTAGRAM = Sentence(
    "No Instagram business account is linked to this Page: link one in the Page's settings if you want Instagram.",
    "A questa Pagina non è collegato un account Instagram aziendale: collegalo dalle impostazioni della Pagina.",
)
_CANNOT_SEE = Sentence(
    "Without the permission instagram_basic it cannot be seen whether an Instagram account is linked.",
    "Senza il permesso instagram_basic non si può vedere se è collegato un account Instagram.",
)
NO_PAGE_TOKEN = Sentence(
    "Left out, for Meta gives no token for them: {pages}; ask for the task CREATE_CONTENT on them.",
    "Escluse, perché Meta non dà un token: {pages}; chiedi il compito CREATE_CONTENT per queste Pagine.",
)


class Pages:
    """One listing; `tokenless` are the names of Pages that came without a token of their own."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.tokenless: list[str] = []

    async def of(self, token: str) -> list[Mapping[str, Any]]:
        """Each with its own token. Raises ReconnectNeeded when the session is over, and TryLater."""
        pages = await self._readable("me/accounts", token)
        if not pages:
            for business in await self._or_none("me/businesses", token, "id"):
                for edge in ("owned_pages", "client_pages"):
                    pages += await self._readable(f"{business['id']}/{edge}", token)
        usable = {str(page["id"]): page for page in pages if page.get("access_token")}
        self.tokenless = sorted({str(page.get("name", page["id"])) for page in pages if str(page["id"]) not in usable})
        return list(usable.values())

    async def _readable(self, path: str, token: str) -> list[Mapping[str, Any]]:
        """Asking for Instagram without its permission may fail the whole: then without asking."""
        with_instagram = await self._or_none(path, token, f"{_PLAIN_FIELDS},{INSTAGRAM}")
        return with_instagram or await self._or_none(path, token, _PLAIN_FIELDS)

    async def _or_none(self, path: str, token: str, fields: str) -> list[Mapping[str, Any]]:
        """Nothing where a permission is missing, or where this kind of token has no such list."""
        try:
            return await self._listed(path, token, fields)
        except TryLater:
            raise
        except OutsideError as refusal:
            if refusal.code in SESSION_LOST:
                raise
            return []

    async def _listed(self, path: str, token: str, fields: str) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        after: dict[str, str] = {}
        while len(found) < _PAGES_MAX:
            answer = await self._graph.read(path, token, fields=fields, limit="100", **after)
            data = answer.get("data")
            found += [one for one in data if isinstance(one, dict) and "id" in one] if isinstance(data, list) else []
            paging = answer.get("paging") or {}
            cursor = (paging.get("cursors") or {}).get("after")
            if not paging.get("next") or not cursor or after == {"after": str(cursor)}:
                break
            # By cursor and not by the `next` address: an answer does not say where our token is sent.
            after = {"after": str(cursor)}
        return found[:_PAGES_MAX]

    async def of_page_token(self, token: str) -> Mapping[str, Any]:
        """The Page whose own token it is. Raises Rejected when it is nobody's but a person's."""
        page = await self._graph.read("me", token, fields=f"id,name,{INSTAGRAM}")
        if "id" not in page:
            raise Rejected(_NO_TASK, service=SERVICE, code="no_page")
        return page


def accounts_on(
    page: Mapping[str, Any], token: str, known: Known, person_token: str | None, person: Known
) -> list[FoundAccount]:
    """The Page, and its Instagram account if it has one. `known` is of the Page's `token`, `person` of the other."""
    page_id, name = str(page["id"]), str(page.get("name", page["id"]))
    instagram = page.get("instagram_business_account") or page.get("connected_instagram_account") or {}
    instagram_id = str(instagram["id"]) if instagram.get("id") else None
    scopes = known.scopes_for(page_id, instagram_id)
    lacks = [] if _may_publish(page) else [_NO_TASK]
    if instagram_id is None:
        lacks.append(_CANNOT_SEE if scopes is not None and "instagram_basic" not in scopes else _NO_INSTAGRAM)

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
            read_token=person_token,
            # Only Instagram is read with it.
            read_token_expires_at=None if parent is None else person.expires_at,
            data_access_expires_at=known.data_access_expires_at or person.data_access_expires_at,
            scopes=scopes,
            lacks=tuple(lacks),
        )

    accounts = [found("facebook_page", page_id, name, None, None)]
    if instagram_id is not None:
        username = instagram.get("username")
        accounts.append(found("instagram_account", instagram_id, str(username or name), username, page_id))
    return accounts


def _may_publish(page: Mapping[str, Any]) -> bool:
    tasks = page.get("tasks")
    return tasks is None or bool({"CREATE_CONTENT", "MANAGE"} & set(tasks))
