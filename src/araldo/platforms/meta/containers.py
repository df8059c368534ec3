"""Create, check and publish Instagram media containers, for the feed and for stories.

Facts: Instagram Platform, "Content Publishing", and the references of /{ig-user}/media, /{ig-container} and
/{ig-user}/media_publish. The status PUBLISHED proves that a container was published. Meta does not say which media it
became, so the media id is found by a unique match or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from araldo.errors import OutsideError, ReconnectNeeded, Rejected
from araldo.messages import Message
from araldo.platforms.base import (
    CheckResult,
    Destination,
    Picture,
    PlatformContext,
    Publication,
    Published,
    Quota,
    Ready,
    Ticket,
    TicketUnusable,
    UnknownStatus,
    Waiting,
)
from araldo.platforms.meta.concurrency import gather_in_order
from araldo.platforms.meta.graph import GraphClient, parse_id
from araldo.platforms.meta.graph_errors import NO_JSON, error_from
from araldo.platforms.meta.lists import CHECK_REQUESTS_MAX, Listing, complete_items, read_list
from araldo.platforms.meta.quota_reads import QuotaReads
from araldo.platforms.meta.times import since_field, was_created_after
from araldo.platforms.meta.tokens import page_token, person_token

# Whether one of the account's media may be what this ticket published.
MediaMatcher = Callable[[Mapping[str, Any], Ticket], bool]

# Meta's "Content Publishing" guide, for log-ins with Facebook.
CONTENT_SCOPES = ("instagram_basic", "instagram_content_publish", "pages_show_list", "pages_read_engagement")

# In a ticket's state: the ids of a carousel's children, in order.
_CHILDREN = "children"
_DAY_S = 86_400
_MEDIA_FIELDS = "id,caption,permalink,timestamp,media_product_type"


class Containers:
    """`edge` is the Graph edge that lists the account's media of this kind: `media`, or `stories`."""

    def __init__(self, context: PlatformContext, *, edge: str, match: MediaMatcher) -> None:
        self._graph = GraphClient(context)
        self._clock = context.clock
        self._edge = edge
        self._match = match
        self._quotas = QuotaReads()

    async def create(self, destination: Destination, form: Mapping[str, str]) -> str:
        made = await self._graph.write(f"{destination.remote_id}/media", page_token(destination), form)
        return parse_id(made)

    async def create_carousel(
        self, destination: Destination, publication: Publication, form: Mapping[str, str]
    ) -> Ticket:
        """Create a child container for each picture, then the carousel container with the caption, in this order.

        When one child fails, the others cannot be deleted (the reference of /{ig-container} has no DELETE); they are
        not visible and expire after 24 hours.
        """
        children = await gather_in_order(
            self.create(destination, _picture_form(picture) | {"is_carousel_item": "true"})
            for picture in publication.pictures
        )
        whole = {**form, "media_type": "CAROUSEL", "children": ",".join(children)}
        carousel_id = await self.create(destination, whole)
        return Ticket.of(publication, ids=(carousel_id,), state={_CHILDREN: list(children)})

    async def create_single(
        self, destination: Destination, publication: Publication, form: Mapping[str, str]
    ) -> Ticket:
        container_id = await self.create(destination, _picture_form(publication.pictures[0]) | dict(form))
        return Ticket.of(publication, ids=(container_id,))

    async def check(self, destination: Destination, ticket: Ticket) -> CheckResult:
        container_id = ticket.ids[0]
        if not ticket.sends:
            account = (destination.remote_id, hash(page_token(destination)))
            self._quotas.begin(container_id, account, lambda: self._read_quota(destination))
        try:
            container = await self._read_with_person_token(destination, container_id, fields="status_code,status")
            # A carousel can be FINISHED although a child failed. After a send only the carousel's own status counts.
            children = (
                await self._read_children(destination, ticket)
                if ticket.state.get(_CHILDREN) and not ticket.sends
                else []
            )
        except Rejected as refusal:
            # 100/33 means either that the container does not exist or that this kind of token may not see it.
            if (refusal.code, refusal.subcode) == ("100", "33"):
                return UnknownStatus(Message("meta.containers.cannot_read"))
            raise
        if container.get("status_code") == "PUBLISHED":
            return await self._find_published(destination, ticket)
        for found in (container, *children):
            if found.get("status_code") == "EXPIRED":
                return TicketUnusable(Message("meta.containers.expired"))
            if found.get("status_code") == "ERROR":
                return TicketUnusable(_failure_message(str(found.get("status", ""))))
        statuses = {found.get("status_code") for found in (container, *children)}
        if "IN_PROGRESS" in statuses:
            return Waiting()
        if statuses <= {"FINISHED", None}:
            return await self._check_finished(destination, ticket)
        return UnknownStatus(Message("meta.containers.status_unknown"))

    async def _read_children(self, destination: Destination, ticket: Ticket) -> list[Mapping[str, Any]]:
        """Read the status of all children of a carousel in one call."""
        ids: list[str] = ticket.state[_CHILDREN]
        answer = await self._read_with_person_token(destination, "", ids=",".join(ids), fields="status_code,status")
        found = [answer.get(name) for name in ids]
        if not all(isinstance(child, dict) for child in found):
            raise error_from(NO_JSON, visible=False)
        return [child for child in found if isinstance(child, dict)]

    async def _read_with_person_token(self, destination: Destination, path: str, **params: str) -> dict[str, Any]:
        """Read with the person's token, as some Page tokens may not read containers (100/33); else the Page's."""
        person = person_token(destination)
        if person is None:
            return await self._graph.read(path, page_token(destination), **params)
        try:
            return await self._graph.read(path, person, **params)
        except ReconnectNeeded:
            return await self._graph.read(path, page_token(destination), **params)

    async def _check_finished(self, destination: Destination, ticket: Ticket) -> CheckResult:
        """Return Ready unless the account's media show that it was published: FINISHED can lag behind a publish."""
        # A story has no text: any story of that time would match, so a match proves nothing.
        if not ticket.sends:
            return Ready(await self._quotas.take(ticket.ids[0], lambda: self._read_quota(destination)))
        if not ticket.text or ticket.sent_since is None:
            return Ready(await self._read_quota(destination))
        listing = await self._read_media(destination, ticket.sent_since)
        listing.raise_if_transient()
        found = self._find_match(listing, destination, ticket)
        if found is None:
            return Ready(await self._read_quota(destination))
        return replace(found, certain=False) if isinstance(found, Published) else found

    async def _read_quota(self, destination: Destination) -> Quota | None:
        """Read the account's own publishing limit: Meta's documentation names two different ones."""
        path, read_at = f"{destination.remote_id}/content_publishing_limit", self._clock.now()
        try:
            answer = await self._read_with_person_token(destination, path, fields="quota_usage,config")
        except Rejected:
            # Meta does not show it for every account; then the publish call itself is refused (9/2207042).
            return None
        for entry in answer.get("data") or []:
            config, used = entry.get("config", {}), entry.get("quota_usage")
            total, window_s = config.get("quota_total"), config.get("quota_duration", _DAY_S)
            if isinstance(total, int) and isinstance(used, int) and isinstance(window_s, int):
                return Quota(
                    total,
                    used,
                    window_s,
                    read_at,
                    Message("meta.containers.quota_used_up", {"used": used, "total": total}),
                )
        return None

    async def _find_published(self, destination: Destination, ticket: Ticket) -> Published:
        """Find the media id of a container that is PUBLISHED; the outcome is certain without it."""
        if ticket.sent_since is None:
            return Published()
        found = self._find_match(await self._read_media(destination, ticket.sent_since), destination, ticket)
        return found if isinstance(found, Published) else Published()

    def _find_match(
        self, listing: Listing, destination: Destination, ticket: Ticket
    ) -> Published | UnknownStatus | None:
        """Return the one medium that matches the ticket; None only when none matches in a list read to its end."""
        matches = [
            media
            for media in listing.items
            if media.get("id") not in {None, *destination.excluded_ids}
            and was_created_after(media.get("timestamp"), ticket.sent_since)
            and self._match(media, ticket)
        ]
        if listing.error is not None:
            # The unread part of the list may hold a second match.
            return UnknownStatus(Message("meta.containers.list_incomplete"))
        if len(matches) > 1:
            return UnknownStatus(Message("meta.containers.ambiguous"))
        return Published(str(matches[0]["id"]), matches[0].get("permalink"), matched_by_text=True) if matches else None

    async def _read_media(self, destination: Destination, since: datetime) -> Listing:
        """List what the account published since then, with the person's token while it works, else the Page's."""
        path, asked = f"{destination.remote_id}/{self._edge}", {"fields": _MEDIA_FIELDS, "since": since_field(since)}
        person = person_token(destination)
        if person is not None:
            try:
                return await read_list(self._graph, path, person, requests_max=CHECK_REQUESTS_MAX, **asked)
            except ReconnectNeeded:
                pass
        return await read_list(self._graph, path, page_token(destination), requests_max=CHECK_REQUESTS_MAX, **asked)

    async def publish(self, destination: Destination, ticket: Ticket) -> Published:
        form = {"creation_id": ticket.ids[0]}
        media = await self._graph.send_visible_write(
            f"{destination.remote_id}/media_publish", page_token(destination), form, ticket.send_before
        )
        remote_id = media.get("id")
        return Published(None if remote_id is None else str(remote_id))

    async def read_permalink(self, destination: Destination, remote_id: str) -> str | None:
        try:
            media = await self._read_with_person_token(destination, remote_id, fields="permalink")
        except OutsideError:
            return None
        link = media.get("permalink")
        return None if link is None else str(link)

    async def count_visible_pictures(self, destination: Destination, remote_id: str) -> int | None:
        """Count the children: Instagram has been seen to publish a carousel with fewer pictures, and no error."""
        try:
            media = await self._read_with_person_token(destination, remote_id, fields="id,children{id}")
            children = media.get("children")
            # A single picture has no children.
            return 1 if children is None else len(complete_items(children))
        except OutsideError:
            return None


def _picture_form(picture: Picture) -> dict[str, str]:
    form = {"image_url": picture.url}
    if picture.alt:
        form["alt_text"] = picture.alt
    return form


def _failure_message(status: str) -> Message:
    """Return our message for `Error: Media upload has failed with error code 2207026`, or for the bare number."""
    number = re.search(r"\b2207\d{3}\b", status)
    code = _CODE_BY_SUBCODE.get(int(number[0])) if number else None
    if code is None:
        return Message("meta.containers.failed", {"status": status or "ERROR"})
    return error_from({"code": code}, visible=False).message


# A container's status names the subcode alone; the error table is keyed by code.
_CODE_BY_SUBCODE: Mapping[int, int] = {
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
