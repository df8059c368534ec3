"""Instagram's containers, which its feed and its stories share: made from a URL, polled, published once.

Facts: Instagram Platform, "Content Publishing", and the references of /{ig-user}/media, /{ig-container} and
/{ig-user}/media_publish. A container's PUBLISHED is proof enough; Meta maps no container to its media, so the id is
found by a unique match or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from araldo.errors import OutsideError, ReconnectNeeded, Rejected
from araldo.messages import Message
from araldo.platforms.base import (
    Destination,
    Finding,
    Gone,
    Picture,
    PlatformContext,
    Published,
    Quota,
    Ready,
    Ticket,
    Unknown,
    Waiting,
)
from araldo.platforms.meta.concurrency import gather_in_order
from araldo.platforms.meta.graph import Graph, id_of
from araldo.platforms.meta.graph_errors import NO_JSON, error_from
from araldo.platforms.meta.lists import CHECK_REQUESTS_MAX, Listing, read_list, whole
from araldo.platforms.meta.times import since_field, was_created_after

# Which media of an account could be a ticket's, by what can be told of them.
Match = Callable[[Mapping[str, Any], Ticket], bool]

# Meta's "Content Publishing" guide, for log-ins with Facebook.
CONTENT_SCOPES = ("instagram_basic", "instagram_content_publish", "pages_show_list", "pages_read_engagement")

_DAY_S = 86_400
_MEDIA_FIELDS = "id,caption,permalink,timestamp,media_product_type"


class Containers:
    """`edge` lists the account's media of this sort: `media`, or `stories`, which `media` leaves out."""

    def __init__(self, context: PlatformContext, *, edge: str, match: Match) -> None:
        self._graph = Graph(context)
        self._clock = context.clock
        self._edge = edge
        self._match = match

    async def create(self, to: Destination, form: Mapping[str, str]) -> str:
        made = await self._graph.write(f"{to.remote_id}/media", to.token, form)
        return id_of(made)

    async def create_carousel(self, to: Destination, pictures: Sequence[Picture], form: Mapping[str, str]) -> Ticket:
        """A child for each picture, then the container that shows them in this order. The caption is the whole's.

        Children that are left when one fails cannot be deleted (Meta's reference of /{ig-container} knows no DELETE);
        they are seen by nobody and end after 24 hours.
        """
        children = await gather_in_order(
            self.create(to, _of_picture(picture) | {"is_carousel_item": "true"}) for picture in pictures
        )
        whole = {**form, "media_type": "CAROUSEL", "children": ",".join(children)}
        return Ticket(text=form.get("caption", ""), handles=(await self.create(to, whole),), parts=children)

    async def create_single(self, to: Destination, picture: Picture, form: Mapping[str, str]) -> Ticket:
        container_id = await self.create(to, _of_picture(picture) | dict(form))
        return Ticket(text=form.get("caption", ""), handles=(container_id,))

    async def check(self, to: Destination, ticket: Ticket) -> Finding:
        container_id = ticket.handles[0]
        try:
            container = await self._read(to, container_id, fields="status_code,status")
            # A carousel can be FINISHED with a child that never will be. Once it was sent, only it itself counts.
            children = await self._children(to, ticket) if ticket.parts and not ticket.sends else []
        except Rejected as refusal:
            # 100/33 is said of what is gone, and of what this kind of token may not see.
            if (refusal.code, refusal.subcode) == ("100", "33"):
                return Unknown(Message("meta.containers.cannot_read"))
            raise
        if container.get("status_code") == "PUBLISHED":
            return await self._published(to, ticket)
        for found in (container, *children):
            if found.get("status_code") == "EXPIRED":
                return Gone(Message("meta.containers.expired"))
            if found.get("status_code") == "ERROR":
                return Gone(_why_failed(str(found.get("status", ""))))
        statuses = {found.get("status_code") for found in (container, *children)}
        if "IN_PROGRESS" in statuses:
            return Waiting()
        if statuses <= {"FINISHED", None}:
            return await self._ready_unless_out(to, ticket)
        return Unknown(Message("meta.containers.strange"))

    async def _children(self, to: Destination, ticket: Ticket) -> list[Mapping[str, Any]]:
        """All of a carousel's, in one call."""
        answer = await self._read(to, "", ids=",".join(ticket.parts), fields="status_code,status")
        found = [answer.get(name) for name in ticket.parts]
        if not all(isinstance(child, dict) for child in found):
            raise error_from(NO_JSON, visible=False)
        return [child for child in found if isinstance(child, dict)]

    async def _read(self, to: Destination, path: str, **params: str) -> dict[str, Any]:
        """With the person's token: some Pages' own are refused on containers (100/33). It ends sooner, though."""
        if to.read_token is None:
            return await self._graph.read(path, to.token, **params)
        try:
            return await self._graph.read(path, to.read_token, **params)
        except ReconnectNeeded:
            return await self._graph.read(path, to.token, **params)

    async def _ready_unless_out(self, to: Destination, ticket: Ticket) -> Finding:
        """FINISHED can lag behind a publishing that went through, so after a send the account itself is looked at."""
        # A story has no words of its own: any story of that time would match, so a match says nothing here.
        if not ticket.sends or not ticket.text or ticket.sent_since is None:
            return Ready(await self._quota(to))
        listing = await self._media(to, ticket.sent_since)
        listing.raise_if_passing()
        found = self._match_in(listing, to, ticket)
        if found is None:
            return Ready(await self._quota(to))
        return replace(found, sure=False) if isinstance(found, Published) else found

    async def _quota(self, to: Destination) -> Quota | None:
        """Meta names two different limits, so the account's own is asked."""
        path, read_at = f"{to.remote_id}/content_publishing_limit", self._clock.now()
        try:
            answer = await self._read(to, path, fields="quota_usage,config")
        except Rejected:
            # Not every account is told; then publishing itself says it (9/2207042).
            return None
        for told in answer.get("data") or []:
            config, used = told.get("config", {}), told.get("quota_usage")
            total, window_s = config.get("quota_total"), config.get("quota_duration", _DAY_S)
            if isinstance(total, int) and isinstance(used, int) and isinstance(window_s, int):
                return Quota(
                    total, used, window_s, read_at, Message("meta.containers.full", {"used": used, "total": total})
                )
        return None

    async def _published(self, to: Destination, ticket: Ticket) -> Published:
        """It is out, that is certain; the list serves to find its id only."""
        if ticket.sent_since is None:
            return Published()
        found = self._match_in(await self._media(to, ticket.sent_since), to, ticket)
        return found if isinstance(found, Published) else Published()

    def _match_in(self, listing: Listing, to: Destination, ticket: Ticket) -> Published | Unknown | None:
        """The one medium that can only be this ticket's; None only where none could be, in a list read to its end."""
        matches = [
            media
            for media in listing.items
            if media.get("id") not in {None, *to.taken}
            and was_created_after(media.get("timestamp"), ticket.sent_since)
            and self._match(media, ticket)
        ]
        if listing.broken is not None:
            # One that matches may have a twin in the part that was not read.
            return Unknown(Message("meta.containers.unseen"))
        if len(matches) > 1:
            return Unknown(Message("meta.containers.several"))
        return Published(str(matches[0]["id"]), matches[0].get("permalink"), by_text=True) if matches else None

    async def _media(self, to: Destination, since: datetime) -> Listing:
        """What the account published since then, read with the person's token while that lasts, as in `_read`."""
        path, asked = f"{to.remote_id}/{self._edge}", {"fields": _MEDIA_FIELDS, "since": since_field(since)}
        if to.read_token is not None:
            try:
                return await read_list(self._graph, path, to.read_token, requests_max=CHECK_REQUESTS_MAX, **asked)
            except ReconnectNeeded:
                pass
        return await read_list(self._graph, path, to.token, requests_max=CHECK_REQUESTS_MAX, **asked)

    async def publish(self, to: Destination, ticket: Ticket) -> Published:
        form = {"creation_id": ticket.handles[0]}
        media = await self._graph.send_visible_write(
            f"{to.remote_id}/media_publish", to.token, form, ticket.send_before
        )
        remote_id = media.get("id")
        return Published(None if remote_id is None else str(remote_id))

    async def link(self, to: Destination, remote_id: str) -> str | None:
        try:
            media = await self._read(to, remote_id, fields="permalink")
        except OutsideError:
            return None
        link = media.get("permalink")
        return None if link is None else str(link)

    async def pictures_shown(self, to: Destination, remote_id: str) -> int | None:
        """A carousel has been seen to go out with fewer pictures than it was made of, and no word of it."""
        try:
            media = await self._read(to, remote_id, fields="id,children{id}")
            children = media.get("children")
            # A single picture is no album and has no children.
            return 1 if children is None else len(whole(children))
        except OutsideError:
            return None


def _of_picture(picture: Picture) -> dict[str, str]:
    form = {"image_url": picture.url}
    if picture.alt:
        form["alt_text"] = picture.alt
    return form


def _why_failed(status: str) -> Message:
    """`Error: Media upload has failed with error code 2207026`, or the bare number: our message for it."""
    number = re.search(r"\b2207\d{3}\b", status)
    code = _CODE_OF.get(int(number[0])) if number else None
    if code is None:
        return Message("meta.containers.failed", {"status": status or "ERROR"})
    return error_from({"code": code}, visible=False).message


# A container's status names the subcode alone; the table of errors goes by code.
_CODE_OF: Mapping[int, int] = {
    2207001: -1,
    2207003: -2,
    2207004: 36000,
    2207005: 36001,
    2207009: 36003,
    2207010: 36004,
    2207026: 352,
    2207052: 9004,
    2207083: 36001,
}
