"""Facebook Page stories: one tall photo for a day, no words.

Facts: Meta's "Page Stories API" guide and the reference of /{page}/stories. That a story's `media_id` is our photo's id
is not confirmed by Meta; so any other story of that time makes the outcome unknown, and only an empty list is a no.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from araldo.errors import OutsideError, Rejected
from araldo.images.spec import ImageSpec
from araldo.messages import Message
from araldo.platforms.base import (
    Declaration,
    Destination,
    Finding,
    Limits,
    PlatformContext,
    Publication,
    Published,
    Ready,
    SafeMargins,
    Ticket,
    Unknown,
)
from araldo.platforms.meta.graph import SERVICE, Graph
from araldo.platforms.meta.lists import CHECK_REQUESTS_MAX, Listing, read_list
from araldo.platforms.meta.photos import Photos
from araldo.platforms.meta.rights import Rights, naming_missing_right
from araldo.platforms.meta.times import since_field


class FacebookStory:
    declaration = Declaration(
        name="facebook_story",
        label="Facebook Story",
        service=SERVICE,
        account_kind="facebook_page",
        limits=Limits(text_max=63_206),
        image=ImageSpec(1080, 1920, max_bytes=4_000_000),
        prompt_suffix="vertical Story, mobile",
        preview="fullscreen",
        shows_text=False,
        links_clickable=False,
        needs_picture=True,
        # Name and progress above, the answer field below: a cautious measure, for phones differ.
        safe_margins=SafeMargins(top=270, bottom=400),
        needs_public_url=False,
        scopes=("pages_show_list", "pages_read_engagement", "pages_manage_posts"),
    )

    def __init__(self, context: PlatformContext) -> None:
        self.rights = Rights(context)
        self._graph = Graph(context)
        self._photos = Photos(context)

    @naming_missing_right
    async def prepare(self, to: Destination, publication: Publication) -> Ticket:
        if not publication.pictures:
            raise Rejected(Message("meta.facebook_story.needs_picture"), service=SERVICE, code="picture_needed")
        return Ticket(text="", handles=(await self._photos.upload(to, publication.pictures[0]),))

    @naming_missing_right
    async def check(self, to: Destination, ticket: Ticket) -> Finding:
        if ticket.sends == 0 or ticket.sent_since is None:
            return Ready()
        listing = await self._stories(to, since=since_field(ticket.sent_since))
        free = [story for story in listing.items if not _ids_of(story) & to.taken]
        ours = [story for story in free if str(story.get("media_id")) in ticket.handles and story.get("post_id")]
        if len(ours) == 1:
            return Published(str(ours[0]["post_id"]), ours[0].get("url"))
        if free:
            # Somebody's story of that time, maybe ours under another media id.
            return Unknown(Message("meta.facebook_story.somebodys"))
        if listing.broken is not None:
            listing.raise_if_passing()
            return Unknown(Message("meta.facebook_story.unseen"))
        return self._photos.nothing_found(ticket)

    @naming_missing_right
    async def publish(self, to: Destination, ticket: Ticket) -> Published:
        form = {"photo_id": ticket.handles[0]}
        path = f"{to.remote_id}/photo_stories"
        story = await self._graph.send_visible_write(path, to.token, form, ticket.send_before, names="post_id")
        remote_id = story.get("post_id")
        return Published(None if remote_id is None else str(remote_id))

    async def link(self, to: Destination, remote_id: str) -> str | None:
        """A story's node has no permalink; the list of stories shows its address."""
        try:
            listing = await self._stories(to)
        except OutsideError:
            return None
        return next((story.get("url") for story in listing.items if str(story.get("post_id")) == remote_id), None)

    async def pictures_shown(self, to: Destination, remote_id: str) -> int | None:
        """It is one picture or it is not there."""
        return None if await self.link(to, remote_id) is None else 1

    async def _stories(self, to: Destination, **params: str) -> Listing:
        fields = "post_id,media_id,status,url"
        path = f"{to.remote_id}/stories"
        return await read_list(self._graph, path, to.token, requests_max=CHECK_REQUESTS_MAX, fields=fields, **params)


def _ids_of(story: Mapping[str, Any]) -> set[str]:
    return {str(story.get("post_id")), str(story.get("media_id"))}
