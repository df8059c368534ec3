"""Instagram stories: one vertical picture for 24 hours, without a caption."""

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
    PlatformContext,
    Publication,
    Published,
    SafeMargins,
    Ticket,
)
from araldo.platforms.counting import TextLimits
from araldo.platforms.meta.app import SERVICE
from araldo.platforms.meta.containers import CONTENT_SCOPES, Containers
from araldo.platforms.meta.rights import RightsInspector, names_missing_right


class InstagramStory:
    declaration = Declaration(
        name="instagram_story",
        label="Instagram Story",
        service=SERVICE,
        account_kind="instagram_account",
        limits=TextLimits(text_max=2_200),
        image=ImageSpec(1080, 1920),
        prompt_suffix="vertical Story, mobile",
        preview="fullscreen",
        shows_text=False,
        links_clickable=False,
        needs_picture=True,
        # The account's name and the progress bar above, the reply field below; a cautious value, as phones differ.
        safe_margins=SafeMargins(top=270, bottom=400),
        needs_public_url=True,
        scopes=CONTENT_SCOPES,
    )

    def __init__(self, context: PlatformContext) -> None:
        self.rights = RightsInspector(context)
        self._containers = Containers(context, edge="stories", match=_is_story)

    @names_missing_right
    async def prepare(self, destination: Destination, publication: Publication, key: str) -> Ticket:
        if not publication.pictures:
            raise Rejected(Message("meta.instagram_feed.needs_picture"), service=SERVICE, code="picture_needed")
        form = {"image_url": publication.pictures[0].url, "media_type": "STORIES"}
        return Ticket.of(publication, ids=(await self._containers.create(destination, form),), picture_count=1)

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


def _is_story(media: Mapping[str, Any], _: Ticket) -> bool:
    return bool(media.get("media_product_type", "STORY") == "STORY")
