"""List the Pages that a token gives access to: the person's own, else those of the person's business portfolios.

Facts: the references of /me/accounts, /me/businesses and /{business}/owned_pages. Publishing, to the Page and to its
Instagram account, needs the task CREATE_CONTENT or MANAGE ("Pages API", "Content Publishing").
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from araldo.errors import OutsideError, Rejected, TryLater
from araldo.messages import Message
from araldo.platforms.meta.app import SERVICE
from araldo.platforms.meta.graph import GraphClient
from araldo.platforms.meta.inspect import SESSION_ERROR_CODES, TokenInfo
from araldo.platforms.meta.lists import Listing, read_list
from araldo.platforms.meta.tasks import may_publish
from araldo.platforms.meta.tokens import AccountIdentity, access_ends, make_credentials
from araldo.platforms.service import AccountGroup, DiscoveredAccount

INSTAGRAM = "instagram_business_account{id,username},connected_instagram_account{id,username}"
_PLAIN_FIELDS = "id,name,access_token,tasks"
# Five thousand Pages: more than a person chooses from, and an end for a list that never ends.
_REQUESTS_MAX = 50


class PageLister:
    """Lists Pages for one log-in. `tokenless` are the names of Pages that came without a token of their own.

    `incomplete` holds a message for each list that could not be read to its end, `last_error` why the last could not.
    """

    def __init__(self, graph: GraphClient) -> None:
        self._graph = graph
        self._instagram_unseen: set[str] = set()
        self.tokenless: list[str] = []
        self.incomplete: list[Message] = []
        self.last_error: OutsideError | None = None

    async def find_pages(self, token: str) -> list[Mapping[str, Any]]:
        """Return the Pages that have an own token. Raises TryLater, and ReconnectNeeded when the session is over."""
        pages = [page async for page in self._iterate_pages(token)]
        usable = {str(page["id"]): page for page in pages if page.get("access_token")}
        self.tokenless = sorted({str(page.get("name", page["id"])) for page in pages if str(page["id"]) not in usable})
        return list(usable.values())

    async def read_tasks(self, remote_id: str, token: str) -> object:
        """Return the person's tasks on the Page with this id, or on the Page of the Instagram account with this id.

        None when Meta does not list them. Raises as `find_pages` does.
        """
        async for page in self._iterate_pages(token):
            if remote_id in {str(page["id"]), linked_instagram_account(page).get("id")}:
                return page.get("tasks")
        return None

    def has_instagram_fields(self, page: Mapping[str, Any]) -> bool:
        """Whether the Page was read with the fields that show its Instagram account."""
        return str(page["id"]) not in self._instagram_unseen

    async def _iterate_pages(self, token: str) -> AsyncIterator[Mapping[str, Any]]:
        pages = await self._read_pages("me/accounts", token, Message("meta.pages.list_of_pages"))
        for page in pages:
            yield page
        if pages:
            return
        for business in await self._businesses(token):
            name = Message("meta.pages.list_of_portfolio", {"name": business.get("name", business["id"])})
            for edge in ("owned_pages", "client_pages"):
                for page in await self._read_pages(f"{business['id']}/{edge}", token, name, needed=True):
                    yield page

    async def _businesses(self, token: str) -> list[Mapping[str, Any]]:
        listing = await self._read_or_refusal("me/businesses", token, "id,name")
        return (
            []
            if isinstance(listing, OutsideError)
            else self._accept_items(listing, Message("meta.pages.list_of_portfolios"))
        )

    async def _read_pages(
        self, path: str, token: str, name: Message, *, needed: bool = False
    ) -> list[Mapping[str, Any]]:
        """Read a list of Pages with their Instagram accounts, and again without where Meta refuses those fields.

        `needed`: a list that is refused as a whole counts as incomplete, not as one that this token does not have.
        """
        listing = await self._read_or_refusal(path, token, f"{_PLAIN_FIELDS},{INSTAGRAM}", passing=needed)
        if isinstance(listing, Listing) and not _is_refused(listing.error):
            return self._accept_items(listing, name)
        seen = listing.items if isinstance(listing, Listing) else []
        plain = await self._read_or_refusal(path, token, _PLAIN_FIELDS, passing=needed)
        if isinstance(plain, OutsideError):
            if seen or needed:
                self._record_incomplete(name, len(seen), plain)
            return self._with_ids(seen)
        known = {str(page.get("id")) for page in seen}
        others = [page for page in self._accept_items(plain, name) if str(page["id"]) not in known]
        self._instagram_unseen |= {str(page["id"]) for page in others}
        return [*self._with_ids(seen), *others]

    async def _read_or_refusal(
        self, path: str, token: str, fields: str, *, passing: bool = False
    ) -> Listing | OutsideError:
        """Read a list, or return the error that refused it: a missing permission, or no such list for this token.

        Raises for a lost session, and TryLater unless `passing`, which lets the other lists be read all the same.
        """
        try:
            listing = await read_list(self._graph, path, token, requests_max=_REQUESTS_MAX, fields=fields)
        except OutsideError as refusal:
            if refusal.code in SESSION_ERROR_CODES or (isinstance(refusal, TryLater) and not passing):
                raise
            return refusal
        if listing.error is not None and listing.error.code in SESSION_ERROR_CODES:
            raise listing.error
        return listing

    def _accept_items(self, listing: Listing, name: Message) -> list[Mapping[str, Any]]:
        if listing.error is not None:
            self._record_incomplete(name, len(listing.items), listing.error)
        return self._with_ids(listing.items)

    def _record_incomplete(self, name: Message, count: int, broken: OutsideError) -> None:
        self.last_error = broken
        self.incomplete.append(Message("meta.pages.incomplete", {"list": name, "count": count, "code": broken.code}))

    @staticmethod
    def _with_ids(items: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
        return [item for item in items if "id" in item]

    async def read_page_of_token(self, token: str) -> Mapping[str, Any]:
        """Return the Page that this Page token belongs to. Raises Rejected for a person's token."""
        page = await self._graph.read("me", token, fields=f"id,name,{INSTAGRAM}")
        if "id" not in page:
            raise Rejected(Message("meta.tasks.task_missing"), service=SERVICE, code="no_page")
        return page


def _is_refused(broken: OutsideError | None) -> bool:
    """Whether Meta refused a later page of results, as it may for one field of one Page."""
    return broken is not None and not isinstance(broken, TryLater) and broken.code.lstrip("-").isdigit()


def linked_instagram_account(page: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the Instagram account of a Page; empty when it has none."""
    found = page.get("instagram_business_account") or page.get("connected_instagram_account")
    return found if isinstance(found, Mapping) else {}


def build_group(
    page: Mapping[str, Any],
    token: str,
    known: TokenInfo,
    person_token: str | None,
    person: TokenInfo,
    *,
    has_instagram_fields: bool = True,
) -> AccountGroup:
    """Return the Page and, if it has one, its Instagram account. `known` is about `token`, `person` about the other."""
    page_id, name = str(page["id"]), str(page.get("name", page["id"]))
    instagram = linked_instagram_account(page)
    instagram_id = str(instagram["id"]) if instagram.get("id") else None
    scopes = known.scopes_for(page_id, instagram_id)
    refusal = None if may_publish(page.get("tasks")) else Message("meta.tasks.task_missing")
    lacks: list[Message] = []
    if instagram_id is None:
        cannot_see = scopes is not None and "instagram_basic" not in scopes
        lacks.append(
            Message("meta.pages.instagram_permission_missing")
            if cannot_see
            else Message("meta.pages.instagram_not_linked")
            if has_instagram_fields
            else Message("meta.pages.instagram_unknown")
        )

    def account(kind: str, remote_id: str, name: str, username: str | None, parent: str | None) -> DiscoveredAccount:
        return DiscoveredAccount(
            kind=kind,
            remote_id=remote_id,
            name=name,
            username=username,
            credentials=make_credentials(AccountIdentity(kind, remote_id, parent), token, person_token),
            ends=access_ends(
                known.expiry,
                known.expires_at,
                # Only Instagram is read with the person's token.
                person_expires_at=None if parent is None else person.expires_at,
                data_access_expires_at=known.data_access_expires_at or person.data_access_expires_at,
            ),
            scopes=scopes,
            lacks=tuple(lacks),
        )

    accounts = [account("facebook_page", page_id, name, None, None)]
    if instagram_id is not None:
        username = instagram.get("username")
        accounts.append(account("instagram_account", instagram_id, str(username or name), username, page_id))
    return AccountGroup(page_id, name, tuple(accounts), refusal)
