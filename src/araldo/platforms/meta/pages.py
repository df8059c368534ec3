"""Which Pages a token opens: those of the person, else of the portfolios that the person is in; and what each lacks.

Facts: the references of /me/accounts, /me/businesses and /{business}/owned_pages. Publishing, to the Page and to its
Instagram account, needs the task CREATE_CONTENT or MANAGE ("Pages API", "Content Publishing").
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from araldo.errors import OutsideError, Rejected, TryLater
from araldo.messages import Message
from araldo.platforms.base import FoundAccount
from araldo.platforms.meta.graph import SERVICE, Graph
from araldo.platforms.meta.inspect import SESSION_LOST, Known
from araldo.platforms.meta.lists import Listing, read_list
from araldo.platforms.meta.tasks import may_publish

INSTAGRAM = "instagram_business_account{id,username},connected_instagram_account{id,username}"
_PLAIN_FIELDS = "id,name,access_token,tasks"
# Five thousand Pages: more than one person ever chooses from, and an end for a list that has none.
_REQUESTS_MAX = 50


class Pages:
    """One listing; `tokenless` are the names of Pages that came without a token of their own.

    `incomplete` says which lists broke off, a message each, and `broken` what broke off the last of them.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._instagram_unseen: set[str] = set()
        self.tokenless: list[str] = []
        self.incomplete: list[Message] = []
        self.broken: OutsideError | None = None

    async def of(self, token: str) -> list[Mapping[str, Any]]:
        """Each with its own token. Raises ReconnectNeeded when the session is over, and TryLater."""
        pages = [page async for page in self._of_person(token)]
        usable = {str(page["id"]): page for page in pages if page.get("access_token")}
        self.tokenless = sorted({str(page.get("name", page["id"])) for page in pages if str(page["id"]) not in usable})
        return list(usable.values())

    async def tasks_on(self, remote_id: str, token: str) -> object:
        """What the person may do on the Page, or on the Page of the Instagram account, that has this id.

        None where Meta does not tell. Raises as `of` does.
        """
        async for page in self._of_person(token):
            if remote_id in {str(page["id"]), instagram_of(page).get("id")}:
                return page.get("tasks")
        return None

    def shows_instagram(self, page: Mapping[str, Any]) -> bool:
        """Whether the Page was listed with its Instagram account, if it has one."""
        return str(page["id"]) not in self._instagram_unseen

    async def _of_person(self, token: str) -> AsyncIterator[Mapping[str, Any]]:
        pages = await self._readable("me/accounts", token, Message("meta.pages.yours"))
        for page in pages:
            yield page
        if pages:
            return
        for business in await self._businesses(token):
            name = Message("meta.pages.portfolio", {"name": business.get("name", business["id"])})
            for edge in ("owned_pages", "client_pages"):
                for page in await self._readable(f"{business['id']}/{edge}", token, name, needed=True):
                    yield page

    async def _businesses(self, token: str) -> list[Mapping[str, Any]]:
        listing = await self._read("me/businesses", token, "id,name")
        return [] if isinstance(listing, OutsideError) else self._taken(listing, Message("meta.pages.portfolios"))

    async def _readable(self, path: str, token: str, name: Message, *, needed: bool = False) -> list[Mapping[str, Any]]:
        """Asking for Instagram without its permission may fail the whole, or break it off: then also without asking.

        `needed`: a list that cannot be read at all is one that broke off, and not one that this token does not have.
        """
        listing = await self._read(path, token, f"{_PLAIN_FIELDS},{INSTAGRAM}", passing=needed)
        if isinstance(listing, Listing) and not _is_refused(listing.broken):
            return self._taken(listing, name)
        seen = listing.items if isinstance(listing, Listing) else []
        plain = await self._read(path, token, _PLAIN_FIELDS, passing=needed)
        if isinstance(plain, OutsideError):
            if seen or needed:
                self._note(name, len(seen), plain)
            return self._with_ids(seen)
        known = {str(page.get("id")) for page in seen}
        others = [page for page in self._taken(plain, name) if str(page["id"]) not in known]
        self._instagram_unseen |= {str(page["id"]) for page in others}
        return [*self._with_ids(seen), *others]

    async def _read(self, path: str, token: str, fields: str, *, passing: bool = False) -> Listing | OutsideError:
        """What refused the whole list, where a permission is missing or this kind of token has no such list.

        Raises for a lost session, and for what may pass unless `passing` lets the other lists be read all the same.
        """
        try:
            listing = await read_list(self._graph, path, token, requests_max=_REQUESTS_MAX, fields=fields)
        except OutsideError as refusal:
            if refusal.code in SESSION_LOST or (isinstance(refusal, TryLater) and not passing):
                raise
            return refusal
        if listing.broken is not None and listing.broken.code in SESSION_LOST:
            raise listing.broken
        return listing

    def _taken(self, listing: Listing, name: Message) -> list[Mapping[str, Any]]:
        if listing.broken is not None:
            self._note(name, len(listing.items), listing.broken)
        return self._with_ids(listing.items)

    def _note(self, name: Message, count: int, broken: OutsideError) -> None:
        self.broken = broken
        self.incomplete.append(Message("meta.pages.incomplete", {"list": name, "count": count, "code": broken.code}))

    @staticmethod
    def _with_ids(items: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
        return [item for item in items if "id" in item]

    async def of_page_token(self, token: str) -> Mapping[str, Any]:
        """The Page whose own token it is. Raises Rejected when it is nobody's but a person's."""
        page = await self._graph.read("me", token, fields=f"id,name,{INSTAGRAM}")
        if "id" not in page:
            raise Rejected(Message("meta.tasks.no_task"), service=SERVICE, code="no_page")
        return page


def _is_refused(broken: OutsideError | None) -> bool:
    """Whether Meta said no in the middle of a list, as it may to one field of one Page."""
    return broken is not None and not isinstance(broken, TryLater) and broken.code.lstrip("-").isdigit()


def instagram_of(page: Mapping[str, Any]) -> Mapping[str, Any]:
    """The Instagram account that a Page shows; empty where it shows none."""
    found = page.get("instagram_business_account") or page.get("connected_instagram_account")
    return found if isinstance(found, Mapping) else {}


def accounts_on(
    page: Mapping[str, Any],
    token: str,
    known: Known,
    person_token: str | None,
    person: Known,
    *,
    shows_instagram: bool = True,
) -> list[FoundAccount]:
    """The Page, and its Instagram account if it has one. `known` is of the Page's `token`, `person` of the other."""
    page_id, name = str(page["id"]), str(page.get("name", page["id"]))
    instagram = instagram_of(page)
    instagram_id = str(instagram["id"]) if instagram.get("id") else None
    scopes = known.scopes_for(page_id, instagram_id)
    refusal = None if may_publish(page.get("tasks")) else Message("meta.tasks.no_task")
    lacks = [] if refusal is None else [refusal]
    if instagram_id is None:
        cannot_see = scopes is not None and "instagram_basic" not in scopes
        lacks.append(
            Message("meta.pages.cannot_see")
            if cannot_see
            else Message("meta.pages.no_instagram")
            if shows_instagram
            else Message("meta.pages.not_shown")
        )

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
            refusal=refusal,
        )

    accounts = [found("facebook_page", page_id, name, None, None)]
    if instagram_id is not None:
        username = instagram.get("username")
        accounts.append(found("instagram_account", instagram_id, str(username or name), username, page_id))
    return accounts
