"""Read paginated edges of the Graph API to their end, or report that a list is incomplete.

Facts: Meta's "Paginated Results" guide: cursor, offset and time-based paging; no `next` means the end, fewer items than
the limit do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from araldo.errors import OutsideError, ReconnectNeeded, Rejected, TryLater
from araldo.messages import Message
from araldo.platforms.meta.app import SERVICE
from araldo.platforms.meta.graph import GraphClient, parse_items

PAGE_SIZE = 100
# For a search after a send: more than a Page can publish in that time (a thousand posts).
CHECK_REQUESTS_MAX = 10
# Parameters of a `next` URL that hold the position in the list. The rest of it, above all tokens, is not used.
_POSITION_PARAMS = frozenset({"after", "offset", "until", "__paging_token", "__previous", "page"})


@dataclass(frozen=True, slots=True)
class Listing:
    """The items that could be read, each once; `error` is why the list is incomplete, None when it is complete."""

    items: list[dict[str, Any]]
    error: OutsideError | None = None

    def raise_if_transient(self) -> None:
        """Raise the error when reading again, or connecting the account again, can help."""
        if isinstance(self.error, TryLater | ReconnectNeeded):
            raise self.error


async def read_list(graph: GraphClient, path: str, token: str, *, requests_max: int, **params: str) -> Listing:
    """Read an edge in at most `requests_max` requests of 100 items. Raises OutsideError when the first one fails."""
    found: dict[str, dict[str, Any]] = {}
    position: dict[str, str] = {}
    seen: set[tuple[tuple[str, str], ...]] = set()
    for number in range(requests_max):
        try:
            answer = await graph.read(path, token, **{**params, "limit": str(PAGE_SIZE), **position})
            items = parse_items(answer)
        except OutsideError as failure:
            if number == 0:
                raise
            return Listing(list(found.values()), failure)
        fresh = {_item_key(item, len(found) + at): item for at, item in enumerate(items)}
        brings_nothing = bool(items) and fresh.keys() <= found.keys()
        found |= fresh
        paging = answer.get("paging")
        following = paging.get("next") if isinstance(paging, Mapping) else None
        if not following:
            return Listing(list(found.values()))
        position = _next_position(paging, following)
        place = tuple(sorted(position.items()))
        if not position or place in seen or brings_nothing:
            return Listing(list(found.values()), _incomplete_list_error("no_cursor" if not position else "cursor_loop"))
        seen.add(place)
    return Listing(list(found.values()), _incomplete_list_error("too_long"))


def complete_items(edge: object) -> list[dict[str, Any]]:
    """Return the items of an edge inside a node. Raises TryLater when it has no list, or only part of it."""
    items = parse_items(edge)
    paging = edge.get("paging") if isinstance(edge, Mapping) else None
    if isinstance(paging, Mapping) and paging.get("next"):
        raise TryLater(Message("meta.lists.incomplete", {"code": "too_long"}), service=SERVICE, code="too_long")
    return items


def _item_key(item: Mapping[str, Any], number: int) -> str:
    """Return what identifies an item; items without an id all count as different."""
    return str(item.get("id") or item.get("post_id") or f"#{number}")


def _next_position(paging: Any, following: object) -> dict[str, str]:
    """Return the position of the next page as parameters for our own URL: an answer must not redirect our token."""
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, Mapping) else None
    if after:
        return {"after": str(after)}
    try:
        pairs = parse_qsl(urlsplit(str(following)).query)
    except ValueError:
        return {}
    return {name: value for name, value in pairs if name in _POSITION_PARAMS}


def _incomplete_list_error(code: str) -> Rejected:
    return Rejected(Message("meta.lists.incomplete", {"code": code}), service=SERVICE, code=code)
