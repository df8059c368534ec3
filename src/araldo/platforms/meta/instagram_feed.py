"""Instagram feed posts: a caption with one picture, or with a carousel of two to ten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from araldo.errors import Rejected
from araldo.images.spec import ImageSpec
from araldo.messages import Message
from araldo.platforms.base import (
    CheckResult,
    Declaration,
    Destination,
    Fold,
    PlatformContext,
    Publication,
    Published,
    Shape,
    Ticket,
)
from araldo.platforms.counting import TextLimits
from araldo.platforms.meta.app import SERVICE
from araldo.platforms.meta.containers import CONTENT_SCOPES, Containers
from araldo.platforms.meta.rights import RightsInspector, names_missing_right


class InstagramFeed:
    declaration = Declaration(
        name="instagram",
        label="Instagram",
        service=SERVICE,
        account_kind="instagram_account",
        # Instagram Platform, reference of /{ig-user}/media.
        limits=TextLimits(text_max=2_200, hashtags_max=30, mentions_max=20),
        image=ImageSpec(1080, 1080),
        prompt_suffix="Instagram-optimized, square",
        preview="square_post",
        # Not documented, and different from screen to screen.
        fold=Fold(characters=125, lines=2),
        shows_text=True,
        links_clickable=False,
        needs_picture=True,
        needs_public_url=True,
        scopes=CONTENT_SCOPES,
        pictures_max=10,
        # The tallest ratio that the feed accepts (4:5 to 1.91:1), by the same reference.
        other_shapes=(Shape(ImageSpec(1080, 1350), "Instagram-optimized, portrait 4:5"),),
    )

    def __init__(self, context: PlatformContext) -> None:
        self.rights = RightsInspector(context)
        self._containers = Containers(context, edge="media", match=_same_caption)

    @names_missing_right
    async def prepare(self, destination: Destination, publication: Publication, key: str) -> Ticket:
        if not publication.pictures:
            raise Rejected(Message("meta.instagram_feed.needs_picture"), service=SERVICE, code="picture_needed")
        caption = {"caption": publication.text} if publication.text else {}
        if len(publication.pictures) > 1:
            return await self._containers.create_carousel(destination, publication, caption)
        return await self._containers.create_single(destination, publication, caption)

    @names_missing_right
    async def check(self, destination: Destination, ticket: Ticket) -> CheckResult:
        return await self._containers.check(destination, ticket)

    @names_missing_right
    async def publish(self, destination: Destination, ticket: Ticket, publication: Publication) -> Published:
        return await self._containers.publish(destination, ticket)

    async def read_permalink(self, destination: Destination, remote_id: str) -> str | None:
        return await self._containers.read_permalink(destination, remote_id)

    async def count_visible_pictures(self, destination: Destination, remote_id: str) -> int | None:
        return await self._containers.count_visible_pictures(destination, remote_id)


def _same_caption(media: Mapping[str, Any], ticket: Ticket) -> bool:
    is_feed = media.get("media_product_type", "FEED") == "FEED"
    return bool(is_feed and media.get("caption", "") == ticket.text)
