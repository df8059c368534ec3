"""Instagram's feed: a caption with one picture, or with a carousel of two to ten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from araldo.errors import Rejected
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
    Shape,
    Ticket,
)
from araldo.platforms.meta.containers import CONTENT_SCOPES, Containers
from araldo.platforms.meta.graph import SERVICE
from araldo.platforms.meta.rights import Rights, naming_missing_right


class InstagramFeed:
    declaration = Declaration(
        name="instagram",
        label="Instagram",
        service=SERVICE,
        account_kind="instagram_account",
        # Instagram Platform, reference of /{ig-user}/media.
        limits=Limits(text_max=2_200, hashtags_max=30, mentions_max=20),
        image=ImageSpec(1080, 1080),
        prompt_suffix="Instagram-optimized, square",
        preview="square_post",
        shows_text=True,
        links_clickable=False,
        needs_picture=True,
        needs_public_url=True,
        scopes=CONTENT_SCOPES,
        # The tallest that the feed takes: 4:5 to 1.91:1, by the same reference.
        pictures_max=10,
        other_shapes=(Shape(ImageSpec(1080, 1350), "Instagram-optimized, portrait 4:5"),),
    )

    def __init__(self, context: PlatformContext) -> None:
        self.rights = Rights(context)
        self._containers = Containers(context, edge="media", match=_same_caption)

    @naming_missing_right
    async def prepare(self, to: Destination, publication: Publication) -> Ticket:
        if not publication.pictures:
            raise Rejected(Message("meta.instagram_feed.needs_picture"), service=SERVICE, code="picture_needed")
        caption = {"caption": publication.text} if publication.text else {}
        if len(publication.pictures) > 1:
            return await self._containers.create_carousel(to, publication.pictures, caption)
        return await self._containers.create_single(to, publication.pictures[0], caption)

    @naming_missing_right
    async def check(self, to: Destination, ticket: Ticket) -> Finding:
        return await self._containers.check(to, ticket)

    @naming_missing_right
    async def publish(self, to: Destination, ticket: Ticket) -> Published:
        return await self._containers.publish(to, ticket)

    async def link(self, to: Destination, remote_id: str) -> str | None:
        return await self._containers.link(to, remote_id)

    async def pictures_shown(self, to: Destination, remote_id: str) -> int | None:
        return await self._containers.pictures_shown(to, remote_id)


def _same_caption(media: Mapping[str, Any], ticket: Ticket) -> bool:
    is_feed = media.get("media_product_type", "FEED") == "FEED"
    return bool(is_feed and media.get("caption", "") == ticket.text)
