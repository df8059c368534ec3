"""Facebook Page stories: one vertical photo for 24 hours, without text.

Facts: Meta's "Page Stories API" guide and the reference of /{page}/stories. Meta does not confirm that a story's
`media_id` is our photo's id, so any other story of that time makes the outcome unknown; only an empty list proves that
nothing was published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from araldo.errors import OutsideError, Rejected
from araldo.images.spec import ImageSpec
from araldo.messages import Message
from araldo.platforms.base import (
    CheckResult,
    Declaration,
    Destination,
    PlatformContext,
    Publication,
    Published,
    Ready,
    SafeMargins,
    Ticket,
    UnknownStatus,
)
from araldo.platforms.counting import TextLimits
from araldo.platforms.empty_checks import confirm_absence
from araldo.platforms.meta.app import SERVICE
from araldo.platforms.meta.graph import GraphClient
from araldo.platforms.meta.lists import CHECK_REQUESTS_MAX, Listing, read_list
from araldo.platforms.meta.photos import PhotoUploader
from araldo.platforms.meta.rights import RightsInspector, names_missing_right
from araldo.platforms.meta.times import since_field
from araldo.platforms.meta.tokens import page_token


class FacebookStory:
    declaration = Declaration(
        name="facebook_story",
        label="Facebook Story",
        service=SERVICE,
        account_kind="facebook_page",
        limits=TextLimits(text_max=63_206),
        image=ImageSpec(1080, 1920, max_bytes=4_000_000),
        prompt_suffix="vertical Story, mobile",
        preview="fullscreen",
        shows_text=False,
        links_clickable=False,
        needs_picture=True,
        # The account's name and the progress bar above, the reply field below; a cautious value, as phones differ.
        safe_margins=SafeMargins(top=270, bottom=400),
        needs_public_url=False,
        scopes=("pages_show_list", "pages_read_engagement", "pages_manage_posts"),
    )

    def __init__(self, context: PlatformContext) -> None:
        self.rights = RightsInspector(context)
        self._clock = context.clock
        self._check_gap_s = context.check_gap_s
        self._graph = GraphClient(context)
        self._photos = PhotoUploader(context)

    @names_missing_right
    async def prepare(self, destination: Destination, publication: Publication, key: str) -> Ticket:
        if not publication.pictures:
            raise Rejected(Message("meta.facebook_story.needs_picture"), service=SERVICE, code="picture_needed")
        photo_id = await self._photos.upload(destination, publication.pictures[0])
        return Ticket.of(publication, ids=(photo_id,), picture_count=1)

    @names_missing_right
    async def check(self, destination: Destination, ticket: Ticket) -> CheckResult:
        if ticket.sends == 0 or ticket.sent_since is None:
            return Ready()
        listing = await self._stories(destination, since=since_field(ticket.sent_since))
        free = [story for story in listing.items if not _story_ids(story) & destination.excluded_ids]
        ours = [story for story in free if str(story.get("media_id")) in ticket.ids and story.get("post_id")]
        if len(ours) == 1:
            return Published(str(ours[0]["post_id"]), ours[0].get("url"))
        if free:
            # A story of that time that may be ours under another media id.
            return UnknownStatus(Message("meta.facebook_story.ambiguous"))
        if listing.error is not None:
            listing.raise_if_transient()
            return UnknownStatus(Message("meta.facebook_story.list_incomplete"))
        return confirm_absence(ticket, now=self._clock.now(), gap_s=self._check_gap_s)

    @names_missing_right
    async def publish(self, destination: Destination, ticket: Ticket, publication: Publication) -> Published:
        form = {"photo_id": ticket.ids[0]}
        path = f"{destination.remote_id}/photo_stories"
        story = await self._graph.send_visible_write(
            path, page_token(destination), form, ticket.send_before, id_field="post_id"
        )
        remote_id = story.get("post_id")
        return Published(None if remote_id is None else str(remote_id))

    async def read_permalink(self, destination: Destination, remote_id: str) -> str | None:
        """Read the URL from the list of stories: a story's own node has no permalink."""
        try:
            listing = await self._stories(destination)
        except OutsideError:
            return None
        return next((story.get("url") for story in listing.items if str(story.get("post_id")) == remote_id), None)

    async def count_visible_pictures(self, destination: Destination, remote_id: str) -> int | None:
        """Return 1 when the story can be read, else None."""
        return None if await self.read_permalink(destination, remote_id) is None else 1

    async def _stories(self, destination: Destination, **params: str) -> Listing:
        fields = "post_id,media_id,status,url"
        path = f"{destination.remote_id}/stories"
        return await read_list(
            self._graph, path, page_token(destination), requests_max=CHECK_REQUESTS_MAX, fields=fields, **params
        )


def _story_ids(story: Mapping[str, Any]) -> set[str]:
    return {str(story.get("post_id")), str(story.get("media_id"))}
