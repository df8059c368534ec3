"""Instagram stories: one tall picture, no caption, for a day."""

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
    SafeMargins,
    Ticket,
)
from araldo.platforms.meta.containers import CONTENT_SCOPES, Containers
from araldo.platforms.meta.graph import SERVICE
from araldo.platforms.meta.rights import Rights, naming_missing_right


class InstagramStory:
    declaration = Declaration(
        name="instagram_story",
        label="Instagram Story",
        service=SERVICE,
        account_kind="instagram_account",
        limits=Limits(text_max=2_200),
        image=ImageSpec(1080, 1920),
        prompt_suffix="vertical Story, mobile",
        preview="fullscreen",
        shows_text=False,
        links_clickable=False,
        needs_picture=True,
        # Name and progress above, the answer field below: a cautious measure, for phones differ.
        safe_margins=SafeMargins(top=270, bottom=400),
        needs_public_url=True,
        scopes=CONTENT_SCOPES,
    )

    def __init__(self, context: PlatformContext) -> None:
        self.rights = Rights(context)
        self._containers = Containers(context, edge="stories", match=_is_story)

    @naming_missing_right
    async def prepare(self, to: Destination, publication: Publication) -> Ticket:
        if not publication.pictures:
            raise Rejected(Message("meta.instagram_feed.needs_picture"), service=SERVICE, code="picture_needed")
        form = {"image_url": publication.pictures[0].url, "media_type": "STORIES"}
        return Ticket(text="", handles=(await self._containers.create(to, form),))

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


def _is_story(media: Mapping[str, Any], _: Ticket) -> bool:
    return bool(media.get("media_product_type", "STORY") == "STORY")
