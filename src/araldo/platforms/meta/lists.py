"""Edges of the Graph that are given out in turns: read to their end, or said to have broken off.

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
from araldo.platforms.meta.graph import SERVICE, Graph, listed

LIMIT = 100
# For a search after a send: a thousand posts since then are more than any Page publishes in that time.
CHECK_REQUESTS_MAX = 10
# Parameters of a `next` address that say where the list goes on. Everything else in it, tokens above all, is not used.
_POSITIONS = frozenset({"after", "offset", "until", "__paging_token", "__previous", "page"})


@dataclass(frozen=True, slots=True)
class Listing:
    """What could be read, each item once; `broken` says why that is not everything, None when it is."""

    items: list[dict[str, Any]]
    broken: OutsideError | None = None

    def raise_if_passing(self) -> None:
        """Raise what broke it off where reading again, or connecting again, can help."""
        if isinstance(self.broken, TryLater | ReconnectNeeded):
            raise self.broken


async def read_list(graph: Graph, path: str, token: str, *, requests_max: int, **params: str) -> Listing:
    """Read an edge in at most `requests_max` requests of 100 items. Raises what the first of them raises."""
    found: dict[str, dict[str, Any]] = {}
    position: dict[str, str] = {}
    seen: set[tuple[tuple[str, str], ...]] = set()
    for number in range(requests_max):
        try:
            answer = await graph.read(path, token, **{**params, "limit": str(LIMIT), **position})
            items = listed(answer)
        except OutsideError as failure:
            if number == 0:
                raise
            return Listing(list(found.values()), failure)
        fresh = {_name(item, len(found) + at): item for at, item in enumerate(items)}
        brings_nothing = bool(items) and fresh.keys() <= found.keys()
        found |= fresh
        paging = answer.get("paging")
        following = paging.get("next") if isinstance(paging, Mapping) else None
        if not following:
            return Listing(list(found.values()))
        position = _position(paging, following)
        place = tuple(sorted(position.items()))
        if not position or place in seen or brings_nothing:
            return Listing(list(found.values()), _broke_off("no_cursor" if not position else "cursor_loop"))
        seen.add(place)
    return Listing(list(found.values()), _broke_off("too_long"))


def whole(edge: object) -> list[dict[str, Any]]:
    """What an edge inside a node lists. Raises TryLater when it lists nothing, or says that there is more of it."""
    items = listed(edge)
    paging = edge.get("paging") if isinstance(edge, Mapping) else None
    if isinstance(paging, Mapping) and paging.get("next"):
        raise TryLater(Message("meta.lists.broke_off", {"code": "too_long"}), service=SERVICE, code="too_long")
    return items


def _name(item: Mapping[str, Any], number: int) -> str:
    """What an item is known by; rows without an id are all taken for different ones."""
    return str(item.get("id") or item.get("post_id") or f"#{number}")


def _position(paging: Any, following: object) -> dict[str, str]:
    """Where the list goes on, as parameters for our own address: an answer does not say where our token is sent."""
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, Mapping) else None
    if after:
        return {"after": str(after)}
    try:
        pairs = parse_qsl(urlsplit(str(following)).query)
    except ValueError:
        return {}
    return {name: value for name, value in pairs if name in _POSITIONS}


def _broke_off(code: str) -> Rejected:
    return Rejected(Message("meta.lists.broke_off", {"code": code}), service=SERVICE, code=code)
